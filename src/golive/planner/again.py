"""The plans of ``golive env``, ``golive restart`` and ``golive scale``: the live release's code once more."""

from __future__ import annotations

from dataclasses import dataclass, replace

from golive.drivers import ground, preflight
from golive.drivers.assembly import site_of
from golive.drivers.draft import Draft
from golive.drivers.places import AppPlaces
from golive.drivers.recipe import Recipe
from golive.drivers.values import plan_values
from golive.drivers.wanted import wants_again
from golive.errors import Refused, UsageError
from golive.model.host import Host
from golive.model.plan import Notice, Plan
from golive.planner.room import MEGABYTE, memory_of
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


@dataclass(frozen=True)
class Change:
    """What is to be different. ``origin``: ``env`` | ``restart`` | ``scale``.

    ``secrets``: names that get the value that travels along, ``removed``: names that lose theirs. ``instances``: a
    process and how many of it. ``salt``: what the facts were asked for with.
    """

    origin: str
    secrets: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    instances: tuple[tuple[str, int], ...] = ()
    salt: str = ""


def plan_again(slug: str, host: Host, facts: Facts, change: Change) -> Plan:
    """The plan that makes a new release from the live one's commit, environment and settings, with this change.

    Variables of an app that is not on the host are only stored, for its first release. Raises Refused, UsageError.
    """
    draft = Draft(AppPlaces(slug, host.platform), facts, wants_again(slug, change.salt, host.platform))
    current = current_of(facts)
    if not current and change.origin != "env":
        raise Refused("not-deployed", app=slug, host=host.name)
    first_of(preflight.host_refusals(facts, 0, draft.places.proxy_file))
    if not current:
        return _stored(draft, change)
    before = recipe_of(current)
    recipe = _changed(before, change)
    site = site_of(site_names(slug, host, facts), site_port(facts, slug), facts, recipe)
    if _is_so(change, current, recipe.units == before.units, facts):
        return finished_plan(draft, change.origin, site, current["number"])
    ground.plan_ground(draft)
    release = remade(facts, change.origin, current, current, recipe)
    if change.secrets or change.removed:
        # Empty: the host fills it in once it has the values.
        release = replace(release, env_digest="")
    blueprint = replace(blueprint_for(draft, release, recipe, site), secrets=change.secrets, removed=change.removed)
    return new_release_plan(draft, blueprint, _notices(change, current, recipe, facts))


def _stored(draft: Draft, change: Change) -> Plan:
    """Only the env store changes. Its folder is there: it holds the journal of the very run that changes it."""
    draft.facts.get("app", "env", "digest")
    draft.phase = "build"
    plan_values(draft, change.secrets, change.removed, "variables")
    return finished_plan(draft, change.origin, None, 0)


def _changed(recipe: Recipe, change: Change) -> Recipe:
    """Raises UsageError for a process that the live release does not have."""
    known = tuple(unit.process for unit in recipe.units)
    for process, _ in change.instances:
        if process not in known:
            raise UsageError("process-unknown", process=process, names=known)
    return recipe.with_instances(dict(change.instances))


def _is_so(change: Change, current: Record, same_units: bool, facts: Facts) -> bool:
    """Whether the live release is as it is to be already."""
    digest = facts.get("app", "env", "digest") or ""
    if change.origin == "scale":
        return same_units
    if change.origin == "restart" or change.secrets or change.removed:
        return False
    # A store that was changed by hand, or is damaged, is not what the live release was given.
    return bool(digest) and current.get("env_digest", "") == digest


def _notices(change: Change, current: Record, recipe: Recipe, facts: Facts) -> tuple[Notice, ...]:
    told = dict(recipe.plain_env)
    overruled = ", ".join(name for name in change.secrets if name in told)
    notices = [Notice("env-overruled", (("names", overruled),))] if overruled else []
    for process, count in change.instances:
        need = count * memory_of(process, current, facts)
        free = int(facts.peek("memory", "available") or 0) * 1024
        if free and need > free:
            wish = f"{process}={count}"
            params = (("instances", wish), ("need", need // MEGABYTE), ("free", free // MEGABYTE))
            notices.append(Notice("memory-for-instances", params))
    return tuple(notices)
