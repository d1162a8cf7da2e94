"""What deploy, rollback and down have in common: look, plan, show, hand over, follow; again if the host moved on."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from golive.engine.downloads import Downloads
from golive.engine.outcome import Outcome
from golive.engine.reporter import Reporter
from golive.engine.session import Session
from golive.errors import Param, RunFailed
from golive.model.plan import Plan
from golive.protocol.events import Event
from golive.protocol.facts import Facts, ProbeRequest

ATTEMPTS = 5
"""How often a plan that somebody else made stale is made anew before giving up."""

TRY_AGAIN = frozenset({"busy", "stale-plan", "code-corrupt"})


@dataclass(frozen=True)
class Freight:
    """What travels beside a plan: secret values by name, and the git objects that the host lacks."""

    secrets: Mapping[str, str] = field(default_factory=dict)
    pack: bytes | None = None


def no_freight(facts: Facts, whole: bool) -> Freight:
    """Nothing travels beside the plan."""
    return Freight()


@dataclass(frozen=True)
class Errand:
    """``wants``: what to look at; ``plan``: facts -> plan (pure).

    ``freight``: facts -> what travels with it; ``whole``: all objects, because some that the host should have had were
    not there or damaged.
    """

    wants: ProbeRequest
    plan: Callable[[Facts], Plan]
    freight: Callable[[Facts, bool], Freight] = no_freight


def carry_out(errand: Errand, session: Session, reporter: Reporter, started: float) -> Outcome:
    """Run ERRAND on the session's host. STARTED: monotonic seconds, when the story began.

    Raises GoliveError for what stops it before anything is changed; a run that failed is an Outcome that is not ok.
    """
    whole = False
    downloads = Downloads(session)
    for _ in range(ATTEMPTS):
        facts = session.settled_facts(errand.wants)
        plan = downloads.improved(errand.plan(facts), facts)
        reporter.plan(plan)
        if not plan.changes:
            return Outcome(ok=True, url=plan.url, release=plan.release, seconds=_seconds(started, reporter))
        final = _execute(plan, errand.freight(facts, whole), session)
        if final.get("code") not in TRY_AGAIN or (whole and final["code"] == "code-corrupt"):
            return _outcome_of(final, plan, _seconds(started, reporter))
        whole = final["code"] == "code-corrupt"
        reporter.say("planning-again", reason=str(final["code"]))
    raise RunFailed("not-settled", host=session.host.name, app=errand.wants.app)


def _execute(plan: Plan, freight: Freight, session: Session) -> Event:
    """The stages in order; the first that fails ends it. Returns the last ``finished`` event, changes summed up."""
    final: Event = {}
    changed = 0
    for stage in plan.stages:
        for host_plan in stage.plans:
            final = session.execute(host_plan, freight.secrets, freight.pack)
            changed += int(final.get("changed", 0))
            final = {**final, "changed": changed}
            if not final.get("ok"):
                return final
    return final


def _seconds(started: float, reporter: Reporter) -> float:
    return time.monotonic() - started - reporter.waited


def _outcome_of(final: Event, plan: Plan, seconds: float) -> Outcome:
    """A run's ``finished`` event as an Outcome."""
    params: dict[str, Param] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in (final.get("params") or {}).items()
    }
    return Outcome(
        ok=bool(final.get("ok")),
        url=plan.url,
        release=plan.release,
        changed=int(final.get("changed", 0)),
        seconds=seconds,
        code=str(final.get("code") or ""),
        params=params,
        output=tuple(final.get("output") or ()),
        kept=tuple(final.get("kept") or ()),
    )
