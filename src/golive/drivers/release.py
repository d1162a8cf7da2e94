"""A new release: made beside the live one, asked, switched to. Until then, and after a failure, the live one serves."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import PurePosixPath

from golive.drivers.draft import Draft
from golive.drivers.front_door import plan_proxy_file, plan_proxy_reload, verify
from golive.drivers.places import AppPlaces, ReleasePlaces
from golive.drivers.proxy import nginx
from golive.drivers.python.environment import is_complete
from golive.drivers.recipe import Recipe
from golive.drivers.supervise import systemd
from golive.drivers.supervise.plan_units import plan_boot_unit, plan_unit
from golive.drivers.values import plan_values
from golive.model.release import Release
from golive.protocol.facts import digest_of
from golive.protocol.steps import (
    BuildEnvironment,
    DrainUnits,
    Endpoint,
    EnsureDirectory,
    EnsureLink,
    ReceiveCode,
    RecordRelease,
    ReloadUnits,
    RunCommand,
    ShareData,
    SnapshotDatabase,
    StartUnits,
    SwitchRelease,
    WaitHealthy,
    WriteEnvironmentFile,
    WriteFile,
)

GUARD = 10
"""Seconds after the switch in which a dying release is taken back."""

DRAIN = 60
"""Seconds that the old release has, at most, to finish what it holds."""

SETTLE_PROVEN = 100
"""Milliseconds over which a release that was live before has to go on answering."""

_BEFORE_COMMANDS = ("build-environment", "env-file", "share-data")
"""What a program of the app needs."""

PROVEN = frozenset({"rollback", "restart", "scale"})
"""Origins of releases whose code, environment and settings have served before."""


@dataclass(frozen=True)
class Blueprint:
    """A release to be. ``previous``: number of the live one, 0 if none. ``secrets``: names that get a value,
    ``removed``: names that lose theirs.

    ``app_identity``: the app's origin, "" = leave it as it is. ``old_units``: (process, instances) of the live release.
    ``set_up``: argv of the app's own command to be run once before the first start.
    """

    places: AppPlaces
    release: Release
    recipe: Recipe
    site: nginx.Site
    python: str
    host_name: str
    app_identity: str
    previous: int
    old_units: tuple[tuple[str, int], ...] = ()
    secrets: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    migrate: bool = False
    set_up: tuple[str, ...] = ()

    @property
    def at(self) -> ReleasePlaces:
        return self.places.release(self.release.number)

    @property
    def identity(self) -> str:
        """What the site answers at IDENTITY_URL while this release is live: tells nothing to strangers."""
        return release_identity(self.places, self.release.number, self.release.commit)


def release_identity(places: AppPlaces, number: int, commit: str) -> str:
    """An opaque text that no other release of this app has; on a computer that people share, nor anybody else's."""
    whose = [places.platform.root] if places.platform.local else []
    return digest_of([places.slug, number, commit, *whose])


def instances_of(recipe: Recipe) -> tuple[tuple[str, int], ...]:
    """(process, instance) for every instance that the release runs."""
    return tuple((unit.process, number) for unit in recipe.units for number in range(1, unit.instances + 1))


def units_of(at: ReleasePlaces, recipe: Recipe) -> tuple[str, ...]:
    """The systemd units of a release."""
    return tuple(at.unit(process, instance) for process, instance in instances_of(recipe))


def endpoints_of(at: ReleasePlaces, instances: tuple[tuple[str, int], ...]) -> tuple[Endpoint, ...]:
    """Where these instances of a release listen."""
    return tuple(Endpoint(socket=at.socket(process, instance)) for process, instance in instances)


def plan_release(draft: Draft, plan: Blueprint) -> None:
    """All steps from nothing to the old release drained; pruning is the caller's."""
    draft.phase = "build"
    _code(draft, plan)
    _settings(draft, plan)
    _units(draft, plan)
    if plan.migrate:
        _migration(draft, plan)
    if plan.set_up:
        draft.add("set-up", _command(plan, plan.set_up, "set-up"), "set-up", needs=_BEFORE_COMMANDS)
    draft.phase = "start"
    _start(draft, plan)
    draft.phase = "switch"
    _switch(draft, plan)
    if plan.previous:
        draft.phase = "tidy"
        _drain(draft, plan)


def _code(draft: Draft, plan: Blueprint) -> None:
    places, at, environment = plan.places, plan.at, plan.recipe.environment
    folder = EnsureDirectory(at.folder, 0o750, places.owner, places.group)
    draft.add("folder-release", folder, "release-folder", needs=("folder-releases",))
    receive = ReceiveCode(places.repository, plan.release.commit, at.code, places.group)
    draft.add("receive-code", receive, "code", needs=("install-packages", "folder-release"))
    if not is_complete(draft.facts, environment.key):
        build = BuildEnvironment(
            path=places.environment(environment.key),
            python=plan.python,
            project=at.code,
            manifests=environment.manifests,
            extras=environment.extras,
            builder=places.platform.builder,
            group=places.group,
            tool=environment.tool,
        )
        draft.add("build-environment", build, "environment", needs=("install-packages", "receive-code"), keep=True)
    if plan.recipe.persist:
        share = ShareData(at.code, places.shared, places.user, plan.recipe.persist)
        draft.add("share-data", share, "share-data", needs=("folder-shared", "receive-code"))


def _settings(draft: Draft, plan: Blueprint) -> None:
    places, at = plan.places, plan.at
    if plan.app_identity and draft.facts.get("app", "identity") != plan.app_identity:
        origin = WriteFile(places.identity, plan.app_identity, 0o640, places.owner, places.platform.group)
        draft.add("app-identity", origin, "app-identity", needs=("folder-app",))
    given = "variables" if plan.release.origin == "env" else "secrets"
    plan_values(draft, plan.secrets, plan.removed, given)
    plain = (("GOLIVE_APP", places.slug), ("GOLIVE_RELEASE", str(plan.release.number)), *plan.recipe.plain_env)
    env = WriteEnvironmentFile(at.env, places.store, plain)
    draft.add("env-file", env, "env-file", needs=("folder-release", "secrets", "remove-secrets"))
    record = RecordRelease(at.record, json.dumps(plan.release.record(), sort_keys=True))
    draft.add("record-release", record, "record", needs=("secrets", "remove-secrets"))


def _units(draft: Draft, plan: Blueprint) -> None:
    places, at = plan.places, plan.at
    listed = WriteFile(at.units, "\n".join(plan.release.units) + "\n", 0o640, places.owner, places.group)
    draft.add("list-units", listed, "list-units", needs=("folder-release",))
    answer = WriteFile(at.identity, plan.identity, 0o640, places.owner, places.group)
    draft.add("release-identity", answer, "release-identity", needs=("folder-release",))
    draft.add("run-link", EnsureLink(at.run_link, at.run), "run-link", needs=("folder-release",))
    for unit in plan.recipe.units:
        plan_unit(draft, at, unit)
    plan_boot_unit(draft)
    if (draft.facts.get("systemd") or 0) < systemd.LOADS_NEW_FILES and not draft.has("reload-units"):
        draft.add("reload-units", ReloadUnits(), "reload-units", needs=("unit-web",))


def _migration(draft: Draft, plan: Blueprint) -> None:
    places, at, recipe = plan.places, plan.at, plan.recipe
    for number, database in enumerate(recipe.databases, 1):
        live = _shared_place(places, recipe, database)
        if live:
            snapshot = SnapshotDatabase(live, f"{at.snapshots}/{database}")
            name = "snapshot-database" if number == 1 else f"snapshot-database-{number}"
            draft.add(name, snapshot, "snapshot", needs=("share-data",))
    command = _command(plan, recipe.migrate, "migrate")
    draft.add("migrate", command, "migrate", needs=(*_BEFORE_COMMANDS, "snapshot-database"), repeat="ask")


def _command(plan: Blueprint, argv: tuple[str, ...], purpose: str) -> RunCommand:
    """A program of the app's environment, run as the app runs."""
    program, *arguments = argv
    return RunCommand(
        argv=(f"{plan.places.environment(plan.recipe.environment.key)}/bin/{program}", *arguments),
        cwd=working_folder(plan.at, plan.recipe),
        user="" if plan.places.platform.local else plan.places.user,
        environment_file=plan.at.env,
        purpose=purpose,
    )


def working_folder(at: ReleasePlaces, recipe: Recipe) -> str:
    """The folder that the app's programs run in."""
    return f"{at.code}/{recipe.chdir}" if recipe.chdir else at.code


def _shared_place(places: AppPlaces, recipe: Recipe, database: str) -> str:
    """Where a database of the app really is; "" when it is not among the data that outlives releases."""
    path = PurePosixPath(database)
    covered = any(path.is_relative_to(PurePosixPath(entry.path)) for entry in recipe.persist)
    return f"{places.shared}/{path}" if covered else ""


def _start(draft: Draft, plan: Blueprint) -> None:
    needs = ("build-environment", "env-file", "run-link", "reload-units", "migrate", "set-up")
    draft.add("start-release", StartUnits(plan.release.units), "start", needs=needs)
    wait = healthy(plan.at, plan.recipe, plan.host_name)
    if plan.release.origin in PROVEN:
        # It has served before; that it starts and answers today is what has to be seen.
        wait = wait._replace(settle=SETTLE_PROVEN)
    draft.add("wait-healthy", wait, "wait", needs=("start-release",))


def healthy(at: ReleasePlaces, recipe: Recipe, host_name: str) -> WaitHealthy:
    """Every web instance answers as it will be asked."""
    web = tuple(pair for pair in instances_of(recipe) if pair[0] == "web")
    health = recipe.health
    units = units_of(at, recipe)
    return WaitHealthy(endpoints_of(at, web), units, host_name, "http", health.path, health.timeout, health.expect)


def _switch(draft: Draft, plan: Blueprint) -> None:
    """On a first deploy the proxy follows the switch: until then `current` leads nowhere, and a visitor would get an
    error page. Later the reload comes first, so that a file that nginx refuses stops the deploy before the switch."""
    first = not plan.previous
    plan_proxy_file(draft, plan.site)
    if not first:
        plan_proxy_reload(draft)
    switch = SwitchRelease(plan.places.current, f"releases/{plan.release.number}")
    draft.add("switch", switch, "switch", needs=("wait-healthy", "proxy-file"))
    if first:
        plan_proxy_reload(draft)
    check = verify(draft, plan.site, plan.recipe, plan.identity)
    draft.add("verify-site", check, "verify", needs=("switch", "reload-proxy"))


def _drain(draft: Draft, plan: Blueprint) -> None:
    places, old = plan.places, plan.places.release(plan.previous)
    drain = DrainUnits(
        name=drain_unit(places, plan.previous),
        units=tuple(old.unit(process, instance) for process, instance in plan.old_units),
        endpoints=endpoints_of(old, tuple(pair for pair in plan.old_units if pair[0] == "web")),
        successors=plan.release.units,
        link=places.current,
        fallback=f"releases/{plan.previous}",
        guard=GUARD,
        timeout=DRAIN,
    )
    draft.add("drain", drain, "drain", needs=("verify-site",))


def drain_unit(places: AppPlaces, number: int) -> str:
    """The transient unit that lets release ``number`` finish."""
    return f"golive-drain-{places.slug}-{number}"
