"""What golive itself has on the host: its runner, every app, and one app in detail."""

import os
import re
import stat
from typing import Any, Dict, List, Optional, Tuple

from golive.protocol.facts import value_digest
from golive.runner import probe_runs
from golive.runner.env_store import digest_of_store, read_store, values_of_live_release
from golive.runner.layout import host_layout, local_layout
from golive.runner.probe_runs import read_json
from golive.runner.probe_system import read

PROXY_FILES = ("/etc/nginx/conf.d/golive-{}.conf", "/etc/apache2/sites-available/golive-{}.conf")
LOCAL_PROXY_FILES = ("/sites/golive-{}.conf",)
MARKER = ".golive-complete"
_RANDOM = re.compile(r"[0-9a-f]{64}\Z")


def golive_itself() -> Dict[str, Any]:
    """``{runners, format}``: digests of the runners kept there; format 0 where golive never was."""
    layout = host_layout()
    found = (re.match(r"runner-([0-9a-f]+)\.zip$", name) for name in names_in(layout.state))
    text = read(layout.format_marker).strip()
    return {"runners": [match.group(1) for match in found if match], "format": int(text) if text.isdigit() else 0}


def names_in(folder: str) -> List[str]:
    """The sorted names in a folder, none when it is not there."""
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def all_apps() -> Dict[str, Dict[str, Any]]:
    """``{slug: {identity, domains, port, current, catch_all}}`` for every app on the host."""
    layout = host_layout()
    folders = {slug: os.path.join(layout.apps, slug) for slug in names_in(layout.apps)}
    marks = ("identity", "releases")
    return {
        slug: _brief(slug, folder)
        for slug, folder in folders.items()
        if any(os.path.exists(os.path.join(folder, mark)) for mark in marks)
    }


def _brief(slug: str, folder: str) -> Dict[str, Any]:
    root = host_layout().root
    places = PROXY_FILES if local_layout() is None else LOCAL_PROXY_FILES
    site = next(filter(None, (read(root + path.format(slug)) for path in places)), "")
    names = re.search(r"^\s*server_name\s+([^;]*);", site, re.M)
    listen = re.search(r"^\s*listen\s+(?:[^;\s]*:)?(\d+)[\s;]", site, re.M)
    return {
        "identity": read(os.path.join(folder, "identity")).strip(),
        "domains": [name for name in names.group(1).split() if name != "_" and name[0] != "~"] if names else [],
        "catch_all": bool(names and "~." in names.group(1).split()),
        "port": int(listen.group(1)) if listen else 0,
        "current": current(folder),
    }


def current(folder: str) -> int:
    """The number of the live release, 0 when there is none."""
    try:
        target = os.path.basename(os.readlink(os.path.join(folder, "current")))
    except OSError:
        return 0
    return int(target) if target.isdigit() else 0


def one_app(slug: str, salt: str = "") -> Optional[Dict[str, Any]]:
    """Everything about one app; None when it is not on the host."""
    layout = host_layout()
    folder = layout.app(slug)
    if not os.path.isdir(folder):
        return None
    running = probe_runs.running(layout, slug)
    return {
        "identity": read(os.path.join(folder, "identity")).strip(),
        "current": current(folder),
        "releases": releases(folder),
        "environments": environments(folder),
        "env": env(folder, salt),
        "shared": names_in(os.path.join(folder, "shared")),
        "running": running,
        "unfinished": None if running else probe_runs.unfinished(layout, slug),
        "taken_back": read_json(os.path.join(folder, "taken_back.json")),
    }


def live_units(app: Optional[Dict[str, Any]]) -> Tuple[str, ...]:
    """The units of the app's live release: they are looked at unasked, for nobody knows their names before.

    Of all releases when it is lost which one is live.
    """
    found = app or {"current": 0, "releases": []}
    records = (record for record in found["releases"] if found["current"] in (0, record["number"]))
    return tuple(name for record in records for name in record.get("units") or () if isinstance(name, str))


def releases(folder: str) -> List[Dict[str, Any]]:
    """Every release's record, oldest first; ``complete`` when its record and its code are there."""
    numbers = sorted(int(name) for name in names_in(os.path.join(folder, "releases")) if name.isdigit())
    found = []
    for number in numbers:
        place = os.path.join(folder, "releases", str(number))
        record = read_json(os.path.join(place, "release.json"))
        complete = record is not None and os.path.isdir(os.path.join(place, "code"))
        found.append(dict(record or {}, number=number, complete=complete))
    return found


def environments(folder: str) -> Dict[str, bool]:
    """Each environment's key, and whether it is complete."""
    place = os.path.join(folder, "envs")
    return {key: is_whole_environment(os.path.join(place, key)) for key in names_in(place)}


def is_whole_environment(path: str) -> bool:
    """Whether its marker says that it is complete, and its interpreter is (still) there: a newer system has another.

    The marker is ours: what is installed runs as the builder, and could leave one of its own.
    """
    try:
        marker = os.lstat(os.path.join(path, MARKER))
    except OSError:
        return False
    ours = stat.S_ISREG(marker.st_mode) and marker.st_uid == os.geteuid()
    return ours and os.path.exists(os.path.join(path, "bin", "python"))


def env(folder: str, salt: str = "") -> Dict[str, Any]:
    """The names in the env store and a keyed digest; never a value. ``generated``: those with a random value as golive
    makes them. ``damaged``: it has to be written anew. ``digests``: of each value, for who sent a SALT.
    """
    store = os.path.join(folder, "env.json")
    damaged = False
    try:
        values = read_store(store)
    except OSError:
        values = {}
    except ValueError:
        values, damaged = values_of_live_release(folder), True
    found = {"names": sorted(values), "digest": digest_of_store(store), "damaged": damaged}  # type: Dict[str, Any]
    found["generated"] = sorted(name for name, value in values.items() if _RANDOM.match(value))
    if salt:
        found["digests"] = {name: value_digest(salt, name, value) for name, value in values.items()}
    return found
