"""What is known of an app on its host: its releases, and one to go back to."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from golive import planner
from golive.config import load
from golive.detect import slug_for
from golive.engine.errand import Errand, carry_out
from golive.engine.login import chosen_host, connected
from golive.engine.outcome import Outcome, ReleaseInfo
from golive.engine.reporter import Reporter
from golive.engine.request import Request
from golive.model.plan import Notice, Plan
from golive.protocol.facts import Facts, ProbeRequest

_ABOUT_DATA = ("rollback-data", "rollback-across-migration")


def releases(folder: Path, request: Request, reporter: Reporter) -> tuple[ReleaseInfo, ...]:
    """The app's releases on the host, oldest first; none when it is not there. Raises GoliveError."""
    settings = load(folder)
    with connected(chosen_host(request, settings), request, reporter) as session:
        return releases_in(session.facts(ProbeRequest(app=slug_for(folder, settings))))


def releases_in(facts: Facts) -> tuple[ReleaseInfo, ...]:
    """The releases that FACTS tell of, oldest first."""
    current = facts.peek("app", "current")
    return tuple(_info(record, record["number"] == current) for record in facts.peek("app", "releases") or ())


def _info(record: dict[str, Any], current: bool) -> ReleaseInfo:
    return ReleaseInfo(
        number=record["number"],
        current=current,
        created=float(record.get("created") or 0),
        origin=str(record.get("origin", "")),
        of=int(record.get("of") or 0),
        commit=str(record.get("commit", "")),
        subject=str(record.get("subject", "")),
        dirty=bool(record.get("dirty")),
        complete=bool(record.get("complete")),
    )


def rollback(folder: Path, request: Request, number: int | None, reporter: Reporter) -> Outcome:
    """Bring release NUMBER (None: the one that was live before) back as a new release. Raises GoliveError."""
    started = time.monotonic()
    settings = load(folder)
    slug = slug_for(folder, settings)
    host = chosen_host(request, settings)
    places: set[str] = set()

    def plan(facts: Facts) -> Plan:
        made = planner.plan_rollback(slug, host, facts, number)
        places.update(str(dict(told.params)["places"]) for told in made.notices if told.code in _ABOUT_DATA)
        return made

    errand = Errand(wants=planner.wants_rollback(slug, host.platform), plan=plan)
    with connected(host, request, reporter) as session:
        outcome = carry_out(errand, session, reporter, started)
    after = tuple(Notice("rollback-kept", (("places", place),)) for place in places if place)
    return replace(outcome, after=after) if outcome.ok and outcome.changed else outcome
