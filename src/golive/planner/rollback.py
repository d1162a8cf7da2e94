"""The plan of ``golive rollback``."""

from __future__ import annotations

from golive.drivers import ground, preflight
from golive.drivers.assembly import site_of
from golive.drivers.draft import Draft
from golive.drivers.places import AppPlaces
from golive.drivers.recipe import instances_in, likeness
from golive.drivers.wanted import wants_rollback
from golive.errors import Refused
from golive.model.host import Host
from golive.model.plan import Notice, Plan
from golive.planner.rollback_limits import limits
from golive.planner.room import room_beside
from golive.planner.shared import (
    Record,
    blueprint_for,
    current_of,
    finished_plan,
    first_of,
    new_release_plan,
    recipe_of,
    remade,
    site_names,
    site_port,
)
from golive.protocol.facts import Facts


def plan_rollback(slug: str, host: Host, facts: Facts, to: int | None = None) -> Plan:
    """The plan that brings release ``to`` (None: the one that was live before) back, as a new release.

    Its code, environment and settings, with today's env values. Raises Refused.
    """
    draft = Draft(AppPlaces(slug, host.platform), facts, wants_rollback(slug, host.platform))
    current = current_of(facts)
    if not current:
        raise Refused("not-deployed", app=slug, host=host.name)
    target = _target(facts, slug, current, to)
    first_of(preflight.host_refusals(facts, 0, draft.places.proxy_file))
    recipe = recipe_of(target)
    site = site_of(site_names(slug, host, facts), site_port(facts, slug), facts, recipe)
    if target["number"] == current["number"]:
        return finished_plan(draft, "rollback", site, current["number"])
    ground.plan_ground(draft)
    notices = (Notice("rollback-to", (("release", target["number"]),)), *preflight.host_notices(facts))
    notices += limits(target, current, recipe, facts)
    notices += (*_other_instances(target, current), *room_beside(current, recipe, facts))
    blueprint = blueprint_for(draft, remade(facts, "rollback", target, current, recipe), recipe, site)
    return new_release_plan(draft, blueprint, notices)


def _other_instances(target: Record, current: Record) -> tuple[Notice, ...]:
    """How many instances there will be is part of a release's settings: said where the number changes."""
    now, then = instances_in(current), instances_in(target)
    differs = [f"{process}={count}" for process, count in then.items() if now.get(process, count) != count]
    return (Notice("rollback-instances", (("instances", " ".join(differs)),)),) if differs else ()


def _target(facts: Facts, slug: str, current: Record, to: int | None) -> Record:
    """The record of the release to bring back. Raises Refused.

    Unasked, the newest before that is not like the live one: going back over a restart or a changed variable to the
    same code would help nobody.
    """
    there: dict[int, Record] = {record["number"]: record for record in facts.get("app", "releases") or ()}
    if to is None:
        died = (facts.get("app", "taken_back") or {}).get("release")
        live, same = current["number"], likeness(current)
        whole = [n for n, record in there.items() if n < live and n != died and record.get("complete")]
        before = [n for n in whole if likeness(there[n]) != same]
        if not before:
            raise Refused("nothing-to-roll-back-to", app=slug)
        return there[max(before)]
    if to not in there:
        raise Refused("no-such-release", release=to, available=tuple(str(number) for number in sorted(there)))
    if not there[to].get("complete"):
        raise Refused("release-incomplete", release=to)
    return there[to]
