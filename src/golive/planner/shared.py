"""What the plans of all commands share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from golive.drivers import tidy
from golive.drivers.assembly import written
from golive.drivers.draft import Draft
from golive.drivers.front_door import in_maintenance
from golive.drivers.proxy import nginx
from golive.drivers.proxy.default_site import ANY_OTHER
from golive.drivers.recipe import Recipe, recipe_from
from golive.drivers.release import Blueprint, instances_of, plan_release, units_of
from golive.errors import Refused
from golive.model.host import Host
from golive.model.plan import Notice, Plan, Stage
from golive.model.release import Release
from golive.protocol.facts import Facts
from golive.protocol.steps import HostPlan

Record = dict[str, Any]


def site_names(slug: str, host: Host, facts: Facts) -> tuple[str, ...]:
    """The names that the proxy knows the app by: a rollback changes the code, not the address."""
    names = tuple(written(facts.get("apps", slug, "domains") or ())) or tuple(written([host.site]))
    return (*names, ANY_OTHER) if facts.get("apps", slug, "catch_all") else names


def site_port(facts: Facts, slug: str) -> int:
    """The port that visitors come by now."""
    return int(facts.get("apps", slug, "port") or 80)


def blueprint_for(draft: Draft, release: Release, recipe: Recipe, site: nginx.Site) -> Blueprint:
    """RELEASE beside the one that is live."""
    current = current_of(draft.facts)
    return Blueprint(
        places=draft.places,
        release=replace(release, units=units_of(draft.places.release(release.number), recipe)),
        recipe=recipe,
        site=site,
        python=str(draft.facts.get("python", "path")),
        host_name=nginx.visitor_host(site),
        app_identity="",
        previous=current["number"] if current else 0,
        old_units=_instances(current) if current else (),
    )


def _instances(record: Record) -> tuple[tuple[str, int], ...]:
    """What a release runs; one whose record is lost runs what every app has."""
    try:
        return instances_of(recipe_from(record.get("recipe") or {}))
    except ValueError:
        return (("web", 1),)


def remade(facts: Facts, origin: str, target: Record, current: Record, recipe: Recipe) -> Release:
    """A new release with the code of ``target``, this ``recipe`` and today's env values, to follow ``current``."""
    return Release(
        number=next_number(facts),
        origin=origin,
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


def recipe_of(record: Record) -> Recipe:
    """What a release was made from. Raises Refused where its record is lost."""
    try:
        return recipe_from(record.get("recipe") or {})
    except ValueError:
        raise Refused("release-incomplete", release=record["number"]) from None


def new_release_plan(draft: Draft, blueprint: Blueprint, notices: tuple[Notice, ...]) -> Plan:
    """All steps to the new release, and what it makes superfluous."""
    plan_release(draft, blueprint)
    release = blueprint.release
    tidy.plan_prune(draft, release.record(), blueprint.previous)
    return finished_plan(draft, release.origin, blueprint.site, release.number, notices)


def finished_plan(
    draft: Draft, purpose: str, site: nginx.Site | None, release: int, notices: tuple[Notice, ...] = ()
) -> Plan:
    """The drafted steps as a plan for one host; an empty one without steps. ``site`` None: there is none yet."""
    url = f"http://{nginx.visitor_host(site)}" if site else ""
    if site and purpose not in ("maintenance", "down") and in_maintenance(draft):
        notices = (*notices, Notice("maintenance-goes-on"))
    if not draft.steps:
        return Plan((), url, release, notices)
    commit_step = "switch" if draft.has("switch") else ""
    consulted = draft.facts.consulted
    host_plan = HostPlan(draft.places.slug, purpose, tuple(draft.steps), commit_step, consulted, draft.request, release)
    return Plan((Stage((host_plan,)),), url, release, notices)


def current_of(facts: Facts) -> Record | None:
    """The live release's record, bare if its folder was deleted by hand (its processes may still run)."""
    number = facts.get("app", "current")
    records: list[Record] = facts.get("app", "releases") or []
    if not number:
        return _stray(records, facts)
    bare: Record = {"number": number, "complete": False}
    return next((record for record in records if record["number"] == number), bare) if number else None


def _stray(records: list[Record], facts: Facts) -> Record | None:
    """The newest release that runs although ``current`` leads nowhere: the link was removed by hand."""
    for record in reversed(records):
        if any(facts.get("units", unit, "active") == "active" for unit in record.get("units") or ()):
            return {**record, "complete": False}
    return None


def next_number(facts: Facts) -> int:
    """One more than any that was ever seen: numbers are not used twice."""
    numbers = [record["number"] for record in facts.get("app", "releases") or ()]
    died = (facts.get("app", "taken_back") or {}).get("release") or 0
    return 1 + int(max([*numbers, died, facts.get("app", "current") or 0]))


def first_of(refusals: Iterable[Refused]) -> None:
    """Raise the first, if there is one."""
    for refusal in refusals:
        raise refusal
