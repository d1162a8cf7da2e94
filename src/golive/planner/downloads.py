"""Where the packages of a plan come from: what to measure for it, and the plan with the fastest source in its steps."""

from __future__ import annotations

from dataclasses import replace

from golive.drivers.downloads import Choice, Measure, candidates, choose, sources_text
from golive.model.mirrors import MirrorSettings
from golive.model.plan import Notice, Plan
from golive.protocol.facts import Facts
from golive.protocol.steps import BuildEnvironment, HostPlan, InstallPackages, Step

KINDS = ("apt", "pypi")
_NEEDED_BY = {"apt": InstallPackages, "pypi": BuildEnvironment}


def wants_measured(facts: Facts, settings: MirrorSettings, kinds: tuple[str, ...] = KINDS) -> Measure:
    """The downloads to try from the host, for ``ProbeRequest.measure``."""
    return tuple(trial for kind in kinds for trial in candidates(kind, facts, settings))


def kinds_needed(plan: Plan) -> tuple[str, ...]:
    """The kinds of packages that the plan downloads. A redeploy of the same dependencies has none."""
    return tuple(kind for kind in KINDS if any(isinstance(step.action, _NEEDED_BY[kind]) for step in plan.steps))


def choices(facts: Facts, settings: MirrorSettings, measured: Facts) -> tuple[Choice, ...]:
    """Where each kind of package would come from."""
    return tuple(choose(kind, facts, settings, measured) for kind in KINDS)


def with_downloads(plan: Plan, facts: Facts, settings: MirrorSettings, measured: Facts) -> Plan:
    """PLAN, its packages from the sources that ``choices`` gives, and a notice for each that measuring has chosen."""
    needed = kinds_needed(plan)
    chosen = {choice.kind: choice for choice in choices(facts, settings, measured) if choice.kind in needed}
    stages = tuple(
        replace(stage, plans=tuple(_rewritten(host_plan, chosen, facts) for host_plan in stage.plans))
        for stage in plan.stages
    )
    told = tuple(notice for choice in chosen.values() for notice in mirror_notice("mirror-used", choice))
    return replace(plan, stages=stages, notices=plan.notices + told)


def mirror_notice(code: str, choice: Choice) -> tuple[Notice, ...]:
    """The figures and the line of golive.toml, if measuring has found something better than the host's own."""
    chosen, own = choice.chosen, choice.own
    if not chosen or not own:
        return ()
    line = f'mirrors.{choice.kind} = "{choice.address}"'
    before = (("own", own.name), ("own_speed", speed_text(own.speed)))
    after = (("name", chosen.name), ("speed", speed_text(chosen.speed)))
    return (Notice(code, (("kind", choice.kind), *before, *after, ("line", line))),)


def speed_text(speed: int) -> str:
    """Bytes a second as people say it; "0" for no answer."""
    if not speed:
        return "0"
    return f"{speed / 1_000_000:.1f} MB/s" if speed >= 1_000_000 else f"{max(speed // 1000, 1)} kB/s"


def _rewritten(plan: HostPlan, chosen: dict[str, Choice], facts: Facts) -> HostPlan:
    return plan._replace(steps=tuple(_step(step, chosen, facts) for step in plan.steps))


def _step(step: Step, chosen: dict[str, Choice], facts: Facts) -> Step:
    action = step.action
    if isinstance(action, InstallPackages) and chosen["apt"].address:
        choice = chosen["apt"]
        text = sources_text(facts, choice.address)
        if text:
            action = action._replace(mirror=choice.name, sources=text)
            return step._replace(action=action, why="packages-mirror")
    elif isinstance(action, BuildEnvironment) and chosen["pypi"].address:
        action = action._replace(index_url=chosen["pypi"].address)
    return step._replace(action=action)
