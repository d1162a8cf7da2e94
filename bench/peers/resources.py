"""The ~25 resources of a deployed guestbook, read from the host where golive made them.

pyinfra and Ansible get this list, so that they look after exactly what is there, and have nothing to change either.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bench.commands import BenchError
from golive.lab import PracticeServer

SLUG = "guestbook"
FOLDER = f"/srv/golive/{SLUG}"
PACKAGES = ("nginx", "git", "python3-venv")
USERS = (f"golive-{SLUG}", "golive-build")
DIRECTORIES = (
    "/srv/golive",
    FOLDER,
    *(f"{FOLDER}/{name}" for name in ("releases", "releases/1", "releases/1/code", "envs", "shared", "journal")),
    "/var/lib/golive",
    "/var/lib/golive/build",
)
FILES = (
    f"/etc/nginx/conf.d/golive-{SLUG}.conf",
    f"/etc/systemd/system/golive-{SLUG}-web-1@.service",
    f"/etc/systemd/system/golive-{SLUG}.service",
    *(f"{FOLDER}/releases/1/{name}" for name in ("release.json", "units", "identity")),
    *(f"{FOLDER}/releases/1/code/{name}" for name in ("wsgi.py", "requirements.txt")),
)
LINKS = (f"{FOLDER}/current",)
STARTED = ("nginx.service", f"golive-{SLUG}-web-1@1.service")
ENABLED = ("nginx.service", f"golive-{SLUG}.service")
FEWEST = 22


def collect(server: PracticeServer, target: Path) -> int:
    """Write resources.json, and beside it a copy of every file, into ``target``; returns how many resources it holds.

    Raises BenchError if the host has so few of them that the comparison would flatter its peers.
    """
    files = _owned(server, FILES)
    for entry in files:
        entry["source"] = str(target / entry["path"].strip("/").replace("/", "-"))
        Path(entry["source"]).write_text(server.run(["cat", entry["path"]]).stdout, "utf-8")
    found: dict[str, Any] = {
        "packages": [name for name in PACKAGES if server.run(["dpkg", "-s", name], check=False).returncode == 0],
        "users": [user for name in USERS for user in _user(server, name)],
        "members": [{"user": "www-data", "group": f"golive-{SLUG}"}],
        "directories": _owned(server, DIRECTORIES),
        "files": files,
        "links": [{"path": path, "target": server.run(["readlink", path]).stdout.strip()} for path in LINKS],
        "started": list(STARTED),
        "enabled": list(ENABLED),
    }
    (target / "resources.json").write_text(json.dumps(found, indent=1), "utf-8")
    count = sum(len(entries) for entries in found.values())
    if count < FEWEST:
        raise BenchError(f"only {count} resources of the guestbook were found on the host")
    return count


def _owned(server: PracticeServer, paths: tuple[str, ...]) -> list[dict[str, str]]:
    """Owner, group and mode of those paths that exist."""
    lines = server.run(["stat", "--format=%n %U %G %a", *paths], check=False).stdout.splitlines()
    keys = ("path", "owner", "group", "mode")
    return [dict(zip(keys, line.split(" "), strict=True)) for line in lines]


def _user(server: PracticeServer, name: str) -> list[dict[str, str]]:
    line = server.run(["getent", "passwd", name], check=False).stdout.strip()
    if not line:
        return []
    _, _, _, _, _, home, shell = line.split(":")
    return [{"name": name, "home": home, "shell": shell}]
