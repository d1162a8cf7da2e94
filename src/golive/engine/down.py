"""``golive down``: the app leaves the host; its data only if asked."""

from __future__ import annotations

import time
from pathlib import Path

from golive import planner
from golive.config import load
from golive.detect import slug_for
from golive.engine.errand import Errand, carry_out
from golive.engine.login import chosen_host, connected
from golive.engine.outcome import Outcome
from golive.engine.reporter import Reporter
from golive.engine.request import Request
from golive.errors import Refused
from golive.transport.local import LocalTransport


def down(folder: Path, request: Request, delete_data: bool, reporter: Reporter) -> Outcome:
    """Remove the app from the host. DELETE_DATA is confirmed once more. Raises GoliveError."""
    started = time.monotonic()
    settings = load(folder)
    slug = slug_for(folder, settings)
    host = chosen_host(request, settings)
    if delete_data and not request.yes and not reporter.ask("delete-data", False, app=slug, host=host.name):
        raise Refused("not-confirmed", app=slug)
    errand = Errand(
        wants=planner.wants_down(slug, host.platform),
        plan=lambda facts: planner.plan_down(slug, host, facts, delete_data),
    )
    with connected(host, request, reporter) as session:
        outcome = carry_out(errand, session, reporter, started)
        if outcome.ok and delete_data and isinstance(session.transport, LocalTransport):
            session.transport.sweep(slug)
        return outcome
