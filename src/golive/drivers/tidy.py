"""Taking away: what old releases leave behind, and a whole app."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from golive.drivers.draft import Draft
from golive.drivers.places import AppPlaces
from golive.drivers.proxy import nginx, own_proxy
from golive.drivers.recipe import likeness
from golive.drivers.release import drain_unit
from golive.drivers.supervise import supervisor
from golive.protocol.facts import Facts
from golive.protocol.steps import ReloadProxy, ReloadUnits, RemovePaths, RemoveUser, StopUnits

SUPERVISOR = "golive-supervisor.service"
"""The supervisor itself (twin: ``golive.runner.supervise``)."""

KEEP = 5
"""Releases, the live one included, that a rollback can choose from: the newest, and the newest that differ."""

Record = dict[str, Any]


def plan_prune(draft: Draft, new: Record, current: int) -> None:
    """Releases beyond the newest KEEP, and environments that no kept release uses, once ``new`` is live.

    Restarts and changed variables make releases, too: they must not push out the code that a rollback is for.
    """
    facts, places = draft.facts, draft.places
    there: list[Record] = [*(facts.get("app", "releases") or ()), new]
    good = sorted((record for record in there if record.get("complete", True)), key=lambda record: record["number"])
    different = {likeness(record): record["number"] for record in good}
    newest = [record["number"] for record in good]
    kept = {*newest[-KEEP:], *sorted(different.values())[-KEEP:], current, new["number"]}
    gone = [record for record in there if record["number"] not in kept]
    used = {record.get("environment") for record in there if record["number"] in kept}
    unused = [key for key in facts.get("app", "environments") or () if key not in used]
    paths = [path for record in gone for path in release_paths(places, record)]
    paths += [places.environment(key) for key in sorted(unused)]
    if paths:
        draft.add("prune", RemovePaths(tuple(paths)), "prune", needs=("verify-site",), keep=True)


def release_paths(places: AppPlaces, record: Record) -> list[str]:
    """Everything on the host that belongs to one release alone."""
    at = places.release(record["number"])
    return [at.folder, at.run, at.snapshots, *unit_files(places, record), *_logs(places, record)]


def _logs(places: AppPlaces, record: Record) -> list[str]:
    """The log files of a release, where it has its own."""
    if not places.platform.local:
        return []
    names = (supervisor.program_name(unit) for unit in record.get("units") or ())
    folder = places.platform.file("logs")
    return [f"{folder}/{name}.log{aside}" for name in names for aside in ("", ".1", ".2")]


def unit_files(places: AppPlaces, record: Record) -> list[str]:
    """The unit templates of a release; of one without a readable record, the usual one."""
    at = places.release(record["number"])
    names = [unit.get("process") for unit in (record.get("recipe") or {}).get("units") or ()]
    return [at.unit_file(str(name)) for name in names or ["web"]]


def plan_removal(draft: Draft, delete_data: bool) -> None:
    """The app leaves the host: first from the proxy, so that nobody meets a half of it; its journal stays."""
    facts, places = draft.facts, draft.places
    releases: list[Record] = list(facts.get("app", "releases") or ())
    current = facts.get("app", "current")
    if current and current not in [record["number"] for record in releases]:
        # Its folder was deleted by hand; its processes still run.
        releases.append({"number": current, "units": [places.release(current).unit("web", 1)]})
    _leave_proxy(draft)
    draft.phase = "tidy"
    if releases or is_there(facts, places.boot_unit_file):
        _stop(draft, releases)
    removed = [path for path in _release_folders(places) if is_there(facts, path)]
    # `current` goes first: without it nothing starts at boot, whatever becomes of the rest.
    if removed:
        paths = (*removed, f"{places.platform.run}/{places.slug}")
        draft.add("remove-app", RemovePaths(paths), "remove-app", needs=("stop-app",))
    if delete_data:
        _delete_data(draft)
    if places.platform.local and _is_last(draft):
        _leave_computer(draft)


def _is_last(draft: Draft) -> bool:
    """Whether no other app is live on the user's own computer."""
    apps = draft.facts.peek("apps") or {}
    return not any(draft.facts.get("apps", app, "current") for app in apps if app != draft.places.slug)


def _leave_computer(draft: Draft) -> None:
    """With its last app the supervisor goes, and what all apps share."""
    facts, platform = draft.facts, draft.places.platform
    if is_there(facts, platform.file("supervisord.conf")):
        draft.add("stop-supervisor", StopUnits((own_proxy.UNIT, SUPERVISOR)), "stop-supervisor", lease="host")
        names = ("units", "sites", "logs", "proxy", "nginx.conf", "start", "supervisord.conf")
        paths = (*map(platform.file, names), platform.run)
        draft.add("remove-shared", RemovePaths(paths), "remove-shared", needs=("stop-supervisor",), lease="host")


def _leave_proxy(draft: Draft) -> None:
    facts, places = draft.facts, draft.places
    draft.phase = "switch"
    if not is_there(facts, places.proxy_file):
        return
    draft.add("remove-proxy-file", RemovePaths((places.proxy_file,)), "remove-proxy-file", lease="host")
    if places.platform.local:
        if not _is_last(draft):
            reload = ReloadProxy(*own_proxy.chosen(draft), places.proxy_file)
            draft.add("reload-proxy", reload, "reload-proxy", needs=("remove-proxy-file",), lease="host")
    elif facts.get("proxy", "nginx"):
        reload = ReloadProxy("nginx", nginx.UNIT, places.proxy_file)
        draft.add("reload-proxy", reload, "reload-proxy", needs=("remove-proxy-file",), lease="host")


def _stop(draft: Draft, releases: list[Record]) -> None:
    places = draft.places
    drains = tuple(f"{drain_unit(places, record['number'])}.service" for record in releases)
    units = tuple(unit for record in releases for unit in record.get("units") or ())
    files = tuple(file for record in releases for file in unit_files(places, record))
    if places.platform.local:
        _stop_here(draft, units, files)
        return
    draft.add("stop-app", StopUnits((places.boot_unit, *drains, *units)), "stop", needs=("reload-proxy",))
    remove = RemovePaths((places.boot_unit_file, *files))
    draft.add("remove-units", remove, "remove-units", needs=("stop-app",))
    draft.add("reload-units", ReloadUnits(), "reload-units", needs=("remove-units",))


def _stop_here(draft: Draft, units: tuple[str, ...], files: tuple[str, ...]) -> None:
    """As above, on the user's own computer, where nothing starts at boot and programs log into files of their own."""
    draft.add("stop-app", StopUnits(units), "stop", needs=("reload-proxy",))
    logs = tuple(f"{draft.places.platform.file('logs')}/{supervisor.program_name(unit)}.log" for unit in units)
    draft.add("remove-units", RemovePaths((*files, *logs)), "remove-units", needs=("stop-app",))
    if not _is_last(draft):
        draft.add("reload-units", ReloadUnits(), "reload-units", needs=("remove-units",))


def _release_folders(places: AppPlaces) -> Iterable[str]:
    every = (places.current, places.maintenance, places.releases, places.environments, places.repository)
    return tuple(filter(None, every))


def data_paths(places: AppPlaces) -> tuple[str, ...]:
    """What ``down`` keeps unless asked: the app's data, its environment variables and whose app it is."""
    return (places.shared, places.store, places.snapshots, places.identity)


def _delete_data(draft: Draft) -> None:
    facts, places = draft.facts, draft.places
    paths = tuple(path for path in data_paths(places) if is_there(facts, path))
    if paths:
        draft.add("delete-data", RemovePaths(paths), "delete-data", needs=("stop-app",))
    if not places.platform.local and facts.get("users", places.user):
        draft.add("remove-user", RemoveUser(places.user), "remove-user", needs=("delete-data",), lease="host")


def is_there(facts: Facts, path: str) -> bool:
    """Whether anything is at this path."""
    found = facts.get("files", path) or {}
    return bool(found.get("kind", "absent") != "absent")
