"""``golive restart`` and ``golive scale``: the live release once more, beside itself."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

from golive import planner
from golive.config import FILE_NAME, Settings, load
from golive.detect import slug_for
from golive.engine.errand import Errand, carry_out
from golive.engine.login import chosen_host, connected
from golive.engine.outcome import Outcome
from golive.engine.reporter import Reporter
from golive.engine.request import Request
from golive.errors import Refused


def restart(folder: Path, request: Request, reporter: Reporter) -> Outcome:
    """Start the app anew, whether it runs or not; the old processes serve until the new ones do. Raises GoliveError."""
    return _again(folder, load(folder), request, planner.Change("restart"), reporter)


def scale(folder: Path, request: Request, instances: Mapping[str, int], reporter: Reporter) -> Outcome:
    """Run this many instances of the processes that are named. Raises GoliveError."""
    settings = load(folder)
    for process in instances:
        _refuse_if_told(process, settings)
    return _again(folder, settings, request, planner.Change("scale", instances=tuple(instances.items())), reporter)


def _again(folder: Path, settings: Settings, request: Request, change: planner.Change, reporter: Reporter) -> Outcome:
    started = time.monotonic()
    slug = slug_for(folder, settings)
    host = chosen_host(request, settings)
    errand = Errand(
        wants=planner.wants_again(slug, platform=host.platform),
        plan=lambda facts: planner.plan_again(slug, host, facts, change),
    )
    with connected(host, request, reporter) as session:
        return carry_out(errand, session, reporter, started)


def _refuse_if_told(process: str, settings: Settings) -> None:
    """golive.toml says it: the next ``golive up`` would undo what is wanted here."""
    told = {item.name: (item.instances, f"processes.{item.name}.instances") for item in settings.processes}
    told["web"] = (settings.app.instances, "app.instances")
    instances, key = told.get(process, (0, ""))
    if instances:
        line = settings.line(key)
        raise Refused("scale-in-golive-toml", file=FILE_NAME, line=line, process=process, instances=instances, key=key)
