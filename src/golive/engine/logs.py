"""``golive logs``: what the app's processes said, across releases."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from golive.config import load
from golive.detect import slug_for
from golive.engine.login import chosen_host, connected
from golive.engine.reporter import Reporter
from golive.engine.request import Request
from golive.errors import Refused, UsageError
from golive.model.platform import SERVER, Platform
from golive.protocol.facts import Facts, ProbeRequest


@dataclass(frozen=True)
class Excerpt:
    """Which part of the logs. ``process`` empty: all of the app's. ``lines``: how many of the last ones."""

    process: str = ""
    lines: int = 100
    follow: bool = False


def logs(
    folder: Path,
    request: Request,
    excerpt: Excerpt,
    on_line: Callable[[str], None],
    reporter: Reporter,
) -> None:
    """Hand each line of the excerpt to ON_LINE, for ever if it follows; say so if there is none. Raises GoliveError."""
    settings = load(folder)
    slug = slug_for(folder, settings)
    host = chosen_host(request, settings)
    with connected(host, request, reporter) as session:
        facts = session.facts(ProbeRequest(app=slug))
        known = processes_in(facts, slug)
        if not known:
            raise Refused("not-deployed", app=slug, host=host.name)
        if excerpt.process and excerpt.process not in known:
            raise UsageError("process-unknown", process=excerpt.process, names=known)
        chosen = (excerpt.process,) if excerpt.process else known
        heard = False

        def hear(line: str) -> None:
            nonlocal heard
            heard = True
            on_line(line)

        platform = host.platform
        command = own_logs_command if platform.local else journal_command
        session.transport.stream(command(slug, chosen, excerpt, platform), hear)
        if not heard and excerpt.lines:
            reporter.say("logs-empty", app=slug)


def processes_in(facts: Facts, slug: str) -> tuple[str, ...]:
    """The names of the processes that the app's releases have, read off their units."""
    releases = facts.peek("app", "releases") or ()
    units = (unit for release in releases for unit in release.get("units") or ())
    found = (re.fullmatch(rf"golive-{slug}-(.+)-\d+@\d+\.service", unit) for unit in units)
    return tuple(sorted({match[1] for match in found if match}))


def own_logs_command(slug: str, processes: tuple[str, ...], excerpt: Excerpt, platform: Platform) -> tuple[str, ...]:
    """On the user's own computer programs log into files (twin: ``golive.local.logs``)."""
    follow = "yes" if excerpt.follow else "no"
    names = tuple(f"golive-{slug}-{process}-" for process in processes)
    show = (platform.python, "-I", "-m", "golive.local.logs", platform.file("logs"), str(excerpt.lines), follow)
    return (*show, *names)


def journal_command(
    slug: str, processes: tuple[str, ...], excerpt: Excerpt, platform: Platform = SERVER
) -> tuple[str, ...]:
    """journalctl's argv. A process logs under ``golive-APP-PROCESS`` whatever its release."""
    identifiers = tuple(f"--identifier=golive-{slug}-{process}" for process in processes)
    command = ("journalctl", "--quiet", "--no-pager", "--output=short-iso", f"--lines={excerpt.lines}", *identifiers)
    return (*command, "--follow") if excerpt.follow else command
