"""The plan of ``golive up``."""

from __future__ import annotations

from dataclasses import dataclass, replace

from golive.drivers import fitness, ground, preflight
from golive.drivers.assembly import names_for, recipe_for, site_for
from golive.drivers.draft import Draft
from golive.drivers.places import AppPlaces
from golive.drivers.ports import own_port
from golive.drivers.proxy import nginx
from golive.drivers.proxy.default_site import kept_by
from golive.drivers.python.environment import is_complete
from golive.drivers.recipe import Recipe, instances_in
from golive.drivers.repair import plan_repair
from golive.drivers.wanted import wants
from golive.errors import Refused
from golive.model.app import App
from golive.model.code import Code
from golive.model.host import Host
from golive.model.plan import Notice, Plan
from golive.model.release import Release
from golive.planner.room import room_beside, room_for_two
from golive.planner.shared import (
    Record,
    blueprint_for,
    current_of,
    finished_plan,
    first_of,
    new_release_plan,
    next_number,
)
from golive.protocol.facts import Facts


@dataclass(frozen=True)
class Options:
    """``secrets``: names of the values that travel with the plan. ``adopt``: take over an app of the same name that
    came from another folder. ``now``: our own clock in epoch seconds, to tell a wrong one (0: do not). ``set_up``: the
    app's own command to be run before its first start."""

    secrets: tuple[str, ...] = ()
    adopt: bool = False
    now: int = 0
    set_up: tuple[str, ...] = ()


def plan(app: App, code: Code, host: Host, facts: Facts, options: Options = Options()) -> Plan:
    """The plan that makes ``code`` the live release. Raises Refused for the first reason that it cannot be."""
    request = wants(app, code, host)
    if host.platform.local:
        app = replace(app, port=own_port(app.slug, app.port, facts))
    first_of(fitness.app_refusals(app, code, facts, options.secrets, options.adopt))
    draft = Draft(AppPlaces(app.slug, host.platform), facts, request)
    ours = draft.places.proxy_file
    first_of(preflight.host_refusals(facts, app.port, ours, code.size, code.files))
    current = current_of(facts)
    recipe = recipe_for(app, code, facts, instances_in(current or {}), host.platform)
    site = site_for(app, host, facts, recipe)
    first_of(fitness.name_refusals(app, site.names, facts))
    ground.plan_ground(draft)
    secrets = _secrets(app, facts, options)
    if current and not secrets and _is_live(current, code, recipe, facts):
        plan_repair(draft, current, recipe, site)
        return finished_plan(draft, "deploy", site, current["number"], preflight.host_notices(facts, options.now))
    migrate = bool(app.migrate) and _needs_migration(current, app, code)
    release = _deployed(code, recipe, facts, secrets, migrate)
    blueprint = replace(
        blueprint_for(draft, release, recipe, site),
        secrets=secrets,
        app_identity=code.identity,
        migrate=migrate,
        set_up=() if current else options.set_up,
    )
    notices = _notices(app, code, facts, recipe, options)
    notices += room_beside(current, recipe, facts) if current else room_for_two(app, recipe, facts)
    if not current and not app.domains:
        notices += _default_site_kept(site, facts)
    return new_release_plan(draft, blueprint, notices)


def address_clash(app: App, host: Host, facts: Facts) -> Refused | None:
    """Why an app without a domain cannot be visited by its host's address on its port; a port of its own would do."""
    found = fitness.name_refusals(app, names_for(app, host, facts), facts)
    return next((refusal for refusal in found if refusal.code == "address-taken"), None)


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
        number=next_number(facts),
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


def _default_site_kept(site: nginx.Site, facts: Facts) -> tuple[Notice, ...]:
    """Somebody has made a site for visitors who come by an unknown name: this app does not get them."""
    file = kept_by(facts, site.port)
    params = (("file", file), ("port", site.port), ("names", ", ".join(site.names)))
    return (Notice("default-site-kept", params),) if file else ()


def _notices(app: App, code: Code, facts: Facts, recipe: Recipe, options: Options) -> tuple[Notice, ...]:
    notices = list(preflight.host_notices(facts, options.now))
    if code.dirty:
        notices.append(Notice("uncommitted-changes"))
    told = {mount.folder for mount in recipe.mounts}
    notices += [Notice("static-by-app", (("folder", m.folder),)) for m in app.static if m.folder not in told]
    return tuple(notices)
