"""A second app without a domain on a host: it may get a port of its own, and golive.toml remembers which."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from golive import planner
from golive.config.edit import remember
from golive.engine.reporter import Reporter
from golive.model.app import App
from golive.model.host import Host
from golive.protocol.facts import Facts


def with_free_port(app: App, folder: Path, host: Host, facts: Facts, reporter: Reporter) -> App:
    """APP on the next free port, if its own leads to another app and the user likes; else APP as it is.

    Only where somebody is there to answer: a port that a firewall may keep shut is nothing to decide for others.
    """
    clash = planner.address_clash(app, host, facts)
    if clash is None or not reporter.attended or not reporter.ask("port-of-its-own", True, **clash.params):
        return app
    port = int(str(clash.params["free"]))
    try:
        remember(folder, "app", "port", port)
    except (OSError, ValueError):
        # The refusal that follows says which line to write.
        return app
    reporter.say("port-remembered", port=port)
    return replace(app, port=port)
