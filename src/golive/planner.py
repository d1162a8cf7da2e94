"""What has to happen on a host so that an app is as it should be: pure functions from the model and facts to a plan.

The same app and the same facts give the same plan. A step is in it only if the facts say that it is not so already;
a plan without steps means that there is nothing to change. No file is opened here and no host asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from golive.drivers import fitness, ground, preflight, tidy
from golive.drivers.assembly import recipe_for, site_for, site_of, written
from golive.drivers.draft import Draft
from golive.drivers.places import AppPlaces
from golive.drivers.proxy import nginx
from golive.drivers.python.environment import is_complete
from golive.drivers.recipe import Recipe, recipe_from
from golive.drivers.release import Blueprint, instances_of, plan_release, units_of
from golive.drivers.repair import plan_repair
from golive.drivers.wanted import wants, wants_down, wants_host, wants_rollback, wants_status
from golive.errors import Refused
from golive.model.app import App
from golive.model.code import Code
from golive.model.host import Host
from golive.model.plan import Notice, Plan, Stage
from golive.model.release import Release
from golive.protocol.facts import Facts
from golive.protocol.steps import HostPlan

__all__ = [
    "Options",
    "host_notices",
    "host_refusals",
    "plan",
    "plan_down",
    "plan_rollback",
    "wants",
    "wants_down",
    "wants_host",
    "wants_rollback",
    "wants_status",
]

Record = dict[str, Any]


@dataclass(frozen=True)
class Options:
    """``secrets``: names of the values that travel with the plan. ``adopt``: take over an app of the same name that
    came from another folder. ``now``: our own clock in epoch seconds, to tell a wrong one (0: do not)."""

    secrets: tuple[str, ...] = ()
    adopt: bool = False
    now: int = 0


def host_refusals(facts: Facts) -> tuple[Refused, ...]:
    """Every reason why a host cannot take any app."""
    return tuple(preflight.host_refusals(facts))


def host_notices(facts: Facts, now: int = 0) -> tuple[Notice, ...]:
    """What is worth knowing about a host."""
    return preflight.host_notices(facts, now)


# Deploy.


def plan(app: App, code: Code, host: Host, facts: Facts, options: Options = Options()) -> Plan:
    """The plan that makes ``code`` the live release. Raises Refused for the first reason that it cannot be."""
    _first_of(fitness.app_refusals(app, code, facts, options.secrets, options.adopt))
    draft = Draft(AppPlaces(app.slug), facts, wants(app, code, host))
    ours = draft.places.proxy_file
    _first_of(preflight.host_refusals(facts, app.port, ours, code.size, code.files))
    recipe = recipe_for(app, code, facts)
    site = site_for(app, host, facts, recipe)
    _first_of(fitness.name_refusals(app.slug, site.names, app.port, facts))
    ground.plan_ground(draft)
    secrets = _secrets(app, facts, options)
    current = _current(facts)
    if current and not secrets and _is_live(current, code, recipe, facts):
        plan_repair(draft, current, recipe, site)
        return _plan(draft, "deploy", site, current["number"], preflight.host_notices(facts, options.now))
    migrate = bool(app.migrate) and _needs_migration(current, app, code)
    release = _deployed(code, recipe, facts, secrets, migrate)
    blueprint = replace(
        _blueprint(draft, release, recipe, site), secrets=secrets, app_identity=code.identity, migrate=migrate
    )
    return _new_release(draft, blueprint, _notices(app, code, facts, recipe, options))


def _secrets(app: App, facts: Facts, options: Options) -> tuple[str, ...]:
    """Names that get a value now: those to be generated, and those that the user has just given."""
    known = set(facts.get("app", "env", "names") or ())
    plain = {name for name, _ in app.plain_env}
    generated = {env.name for env in app.env if env.generate and env.name not in plain}
    return tuple(sorted((generated - known) | set(options.secrets)))


def _is_live(current: Record, code: Code, recipe: Recipe, facts: Facts) -> bool:
    """Whether the live release is what this deploy would make."""
    same_env = current.get("env_digest", "") == (facts.get("app", "env", "digest") or "")
    same_env = same_env and not facts.peek("app", "env", "damaged")
    wanted = (code.tree, recipe.environment.key, recipe.digest)
    there = (current.get("tree"), current.get("environment"), current.get("settings"))
    return bool(current.get("complete")) and same_env and there == wanted and is_complete(facts, recipe.environment.key)


def _needs_migration(current: Record | None, app: App, code: Code) -> bool:
    """Whether the database may not be what this code expects: other migrations, or another command, than last time."""
    if not current:
        return True
    command = tuple((current.get("recipe") or {}).get("migrate") or ())
    return (current.get("migrations_digest"), command) != (code.migrations_digest, app.migrate)


def _deployed(code: Code, recipe: Recipe, facts: Facts, secrets: tuple[str, ...], migrate: bool) -> Release:
    return Release(
        number=_next_number(facts),
        origin="deploy",
        of=0,
        commit=code.commit,
        tree=code.tree,
        subject=code.subject,
        dirty=code.dirty,
        environment=recipe.environment.key,
        settings=recipe.digest,
        # Empty: the host fills it in once the values are made.
        env_digest="" if secrets else str(facts.get("app", "env", "digest") or ""),
        migrations_digest=code.migrations_digest,
        units=(),
        migrated=migrate,
        recipe=recipe.record(),
    )


def _notices(app: App, code: Code, facts: Facts, recipe: Recipe, options: Options) -> tuple[Notice, ...]:
    notices = list(preflight.host_notices(facts, options.now))
    if code.dirty:
        notices.append(Notice("uncommitted-changes"))
    told = {mount.folder for mount in recipe.mounts}
    notices += [Notice("static-by-app", (("folder", m.folder),)) for m in app.static if m.folder not in told]
    return tuple(notices)


# Rollback.


def plan_rollback(slug: str, host: Host, facts: Facts, to: int | None = None) -> Plan:
    """The plan that brings release ``to`` (None: the one that was live before) back, as a new release.

    Its code, environment and settings, with today's env values. Raises Refused.
    """
    draft = Draft(AppPlaces(slug), facts, wants_rollback(slug))
    current = _current(facts)
    if not current:
        raise Refused("not-deployed", app=slug, host=host.name)
    target = _target(facts, slug, current["number"], to)
    _first_of(preflight.host_refusals(facts, 0, draft.places.proxy_file))
    try:
        recipe = recipe_from(target.get("recipe") or {})
    except ValueError:
        raise Refused("release-incomplete", release=target["number"]) from None
    site = site_of(_names(slug, host, facts), _port(facts, slug), facts, recipe)
    if target["number"] == current["number"]:
        return _plan(draft, "rollback", site, current["number"])
    ground.plan_ground(draft)
    notices = (Notice("rollback-to", (("release", target["number"]),)), *preflight.host_notices(facts))
    if target.get("migrations_digest") != current.get("migrations_digest"):
        notices += (Notice("rollback-across-migration", (("release", target["number"]),)),)
    blueprint = _blueprint(draft, _returned(facts, target, current, recipe), recipe, site)
    return _new_release(draft, blueprint, notices)


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
        number=_next_number(facts),
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


def _names(slug: str, host: Host, facts: Facts) -> tuple[str, ...]:
    """The names that the proxy knows the app by: a rollback changes the code, not the address."""
    return tuple(written(facts.get("apps", slug, "domains") or ())) or tuple(written([host.site]))


def _port(facts: Facts, slug: str) -> int:
    return int(facts.get("apps", slug, "port") or 80)


# Down.


def plan_down(slug: str, host: Host, facts: Facts, delete_data: bool = False) -> Plan:
    """The plan that removes the app from the host; its data only with ``delete_data``. Other sites stay as they are."""
    draft = Draft(AppPlaces(slug), facts, wants_down(slug))
    _first_of(preflight.newer_golive(facts))
    site = nginx.Site(_names(slug, host, facts) or ("_",), _port(facts, slug), ())
    tidy.plan_removal(draft, delete_data)
    notices = []
    stay = ", ".join(name for name in ground.PACKAGES if facts.peek("packages", name))
    if draft.steps and stay:
        notices.append(Notice("packages-stay", (("packages", stay),)))
    if draft.steps and not delete_data:
        notices.append(Notice("data-stays", (("folder", draft.places.shared),)))
    return _plan(draft, "down", site, 0, tuple(notices))


# What all of them share.


def _blueprint(draft: Draft, release: Release, recipe: Recipe, site: nginx.Site) -> Blueprint:
    current = _current(draft.facts)
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


def _new_release(draft: Draft, blueprint: Blueprint, notices: tuple[Notice, ...]) -> Plan:
    plan_release(draft, blueprint)
    release = blueprint.release
    tidy.plan_prune(draft, release.record(), blueprint.previous)
    return _plan(draft, release.origin, blueprint.site, release.number, notices)


def _plan(draft: Draft, purpose: str, site: nginx.Site, release: int, notices: tuple[Notice, ...] = ()) -> Plan:
    url = f"http://{nginx.visitor_host(site)}"
    if not draft.steps:
        return Plan((), url, release, notices)
    commit_step = "switch" if draft.has("switch") else ""
    consulted = draft.facts.consulted
    host_plan = HostPlan(draft.places.slug, purpose, tuple(draft.steps), commit_step, consulted, draft.request, release)
    return Plan((Stage((host_plan,)),), url, release, notices)


def _current(facts: Facts) -> Record | None:
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


def _next_number(facts: Facts) -> int:
    """One more than any that was ever seen: numbers are not used twice."""
    numbers = [record["number"] for record in facts.get("app", "releases") or ()]
    died = (facts.get("app", "taken_back") or {}).get("release") or 0
    return 1 + int(max([*numbers, died, facts.get("app", "current") or 0]))


def _first_of(refusals: Iterable[Refused]) -> None:
    """Raise the first, if there is one."""
    for refusal in refusals:
        raise refusal
