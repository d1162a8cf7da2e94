"""The plan of ``golive rollback``."""

from __future__ import annotations

from golive.drivers import ground, preflight
from golive.drivers.assembly import site_of
from golive.drivers.draft import Draft
from golive.drivers.places import AppPlaces
from golive.drivers.recipe import Recipe, recipe_from
from golive.drivers.wanted import wants_rollback
from golive.errors import Refused
from golive.model.host import Host
from golive.model.plan import Notice, Plan
from golive.model.release import Release
from golive.planner.rollback_limits import limits
from golive.planner.shared import (
    Record,
    blueprint_for,
    current_of,
    finished_plan,
    first_of,
    new_release_plan,
    next_number,
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
    target = _target(facts, slug, current["number"], to)
    first_of(preflight.host_refusals(facts, 0, draft.places.proxy_file))
    try:
        recipe = recipe_from(target.get("recipe") or {})
    except ValueError:
        raise Refused("release-incomplete", release=target["number"]) from None
    site = site_of(site_names(slug, host, facts), site_port(facts, slug), facts, recipe)
    if target["number"] == current["number"]:
        return finished_plan(draft, "rollback", site, current["number"])
    ground.plan_ground(draft)
    notices = (Notice("rollback-to", (("release", target["number"]),)), *preflight.host_notices(facts))
    notices += limits(target, current, recipe, facts)
    blueprint = blueprint_for(draft, _returned(facts, target, current, recipe), recipe, site)
    return new_release_plan(draft, blueprint, notices)


def _target(facts: Facts, slug: str, current: int, to: int | None) -> Record:
    """The record of the release to bring back. Raises Refused."""
    there: dict[int, Record] = {record["number"]: record for record in facts.get("app", "releases") or ()}
    if to is None:
        died = (facts.get("app", "taken_back") or {}).get("release")
        before = [n for n, record in there.items() if n < current and n != died and record.get("complete")]
        if not before:
            raise Refused("nothing-to-roll-back-to", app=slug)
        return there[max(before)]
    if to not in there:
        raise Refused("no-such-release", release=to, available=tuple(str(number) for number in sorted(there)))
    if not there[to].get("complete"):
        raise Refused("release-incomplete", release=to)
    return there[to]


def _returned(facts: Facts, target: Record, current: Record, recipe: Recipe) -> Release:
    return Release(
        number=next_number(facts),
        origin="rollback",
        of=target["number"],
        commit=target["commit"],
        tree=target["tree"],
        subject=target["subject"],
        dirty=bool(target["dirty"]),
        environment=recipe.environment.key,
        settings=recipe.digest,
        env_digest=str(facts.get("app", "env", "digest") or ""),
        # The database stays as the live release left it, so that the next deploy knows what it finds.
        migrations_digest=current.get("migrations_digest", ""),
        units=(),
        recipe=recipe.record(),
    )
