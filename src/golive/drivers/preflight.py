"""What stands in the way, said before anything is touched. A list, so that ``golive host check`` can show all of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from golive.drivers.ground import missing_packages
from golive.drivers.places import ROOT
from golive.errors import Refused
from golive.model.plan import Notice
from golive.protocol.codec import FORMAT
from golive.protocol.facts import Facts

OLDEST = {"debian": (11, 0), "ubuntu": (20, 4)}
"""The oldest supported versions: Python 3.8 and systemd 245 at least."""

FIRST_DEPLOY_BYTES = 300_000_000
"""nginx, git, Python's venv and a small app's environment."""

LATER_DEPLOY_BYTES = 50_000_000
FIRST_DEPLOY_INODES = 20_000
LATER_DEPLOY_INODES = 2_000

LITTLE_MEMORY = 700_000
"""Kilobytes of memory and swap below which installing dependencies may be killed."""

ENOUGH_SWAP = 500_000
"""Kilobytes of swap that are worth having on a small host."""

SWAP = (
    "fallocate -l 1G /swapfile && chmod 600 /swapfile && mkswap /swapfile && swapon /swapfile"
    " && echo '/swapfile none swap sw 0 0' >> /etc/fstab"
)

WRONG_CLOCK = 300
"""Seconds."""

PANELS = {
    "bt": "BT Panel",
    "1panel": "1Panel",
    "dokku": "Dokku",
    "coolify": "Coolify",
    "caprover": "CapRover",
    "plesk": "Plesk",
    "cpanel": "cPanel",
}
"""Found by their own marks; each brings a web server that it wants for itself."""

PROGRAMS = {
    "caddy": "Caddy",
    "docker-proxy": "Docker",
    "dockerd": "Docker",
    "apache2": "Apache",
    "httpd": "Apache",
    "openresty": "OpenResty",
    "traefik": "Traefik",
    "haproxy": "HAProxy",
    "lighttpd": "lighttpd",
    "litespeed": "LiteSpeed",
}

_BROKEN_AT = re.compile(r" in (?P<file>/\S+?):(?P<line>\d+)")


def host_refusals(facts: Facts, port: int = 80, ours: str = "", size: int = 0, files: int = 0) -> Iterator[Refused]:
    """Every reason why this host cannot take an app.

    ``port``: that visitors come by, 0 = the app has it already. ``ours``: path of the app's own proxy file, which may
    be wrong now and is about to be replaced. ``size``, ``files``: of the app's tree.
    """
    yield from newer_golive(facts)
    if facts.peek("kind") == "local":
        yield from _room(facts, size, files)
        yield from _own_port(facts, port)
        return
    yield from _system(facts)
    yield from _room(facts, size, files)
    if port:
        yield from _port(facts, port)
    yield from _proxy(facts, ours)


def host_notices(facts: Facts, now: int = 0) -> tuple[Notice, ...]:
    """What is worth knowing but stops nothing. ``now``: our own clock, epoch seconds; 0 = do not compare."""
    notices = []
    clock = facts.peek("clock")
    off = int(clock or now) - now
    if now and abs(off) > WRONG_CLOCK:
        notices.append(
            Notice("clock-wrong", (("minutes", abs(off) // 60), ("direction", "ahead" if off > 0 else "behind")))
        )
    if little_memory(facts):
        megabytes = int(facts.peek("memory", "total") or 0) // 1024
        notices.append(Notice("memory-low", (("megabytes", megabytes), ("swap", swap_commands(facts)))))
    return tuple(notices)


def little_memory(facts: Facts) -> bool:
    """Whether even installing an app's packages may be too much."""
    memory = facts.peek("memory") or {}
    return bool(memory.get("total")) and memory["total"] + memory.get("swap", 0) < LITTLE_MEMORY


def swap_commands(facts: Facts) -> str:
    """What gives the host a swap file, now and after a restart; "" where it has swap already."""
    return "" if int(facts.peek("memory", "swap") or 0) >= ENOUGH_SWAP else SWAP


def newer_golive(facts: Facts) -> Iterator[Refused]:
    """A newer golive has changed what is where: nothing of ours may touch it."""
    # Only a peek: our own runner writes the format down when it first comes to a host.
    there = facts.peek("golive", "format") or 0
    if there > FORMAT:
        yield Refused("host-newer", found=there, known=FORMAT)


def _system(facts: Facts) -> Iterator[Refused]:
    name, kind = str(facts.peek("os", "name") or ""), facts.get("os", "id")
    if kind not in OLDEST:
        yield Refused("os-unsupported", name=name)
        return
    version = _numbers(str(facts.get("os", "version") or ""))
    if version and version < OLDEST[kind]:
        yield Refused("os-too-old", name=name, oldest="Debian 11" if kind == "debian" else "Ubuntu 20.04")
    if not facts.get("systemd"):
        yield Refused("no-systemd")
    if not facts.get("user", "root"):
        yield Refused("not-root", user=str(facts.peek("user", "name") or ""))
    if missing_packages(facts) and not facts.get("apt", "present"):
        yield Refused("no-apt", packages=missing_packages(facts))


def _numbers(version: str) -> tuple[int, int] | None:
    """Debian's testing has no version: it is newer than any that has."""
    match = re.match(r"(\d+)(?:\.(\d+))?", version)
    return (int(match[1]), int(match[2] or 0)) if match else None


def _room(facts: Facts, size: int, files: int) -> Iterator[Refused]:
    local = facts.peek("kind") == "local"
    for path in facts.peek("disk") or () if local else ("/srv", "/var", "/etc"):
        if facts.peek("disk", path, "read_only"):
            yield Refused("read-only-filesystem", path=path)
    first = bool(missing_packages(facts)) or not facts.peek("app", "current")
    need = (FIRST_DEPLOY_BYTES if first and not local else LATER_DEPLOY_BYTES) + 2 * size
    inodes = (FIRST_DEPLOY_INODES if first else LATER_DEPLOY_INODES) + 2 * files
    places = facts.peek("disk") or () if local else ("/srv", "/var") if first else ("/srv",)
    for path in places:
        free, free_inodes = facts.peek("disk", path, "free"), facts.peek("disk", path, "free_inodes")
        if free is not None and free < need:
            yield Refused("disk-low", path=path, free=free // 1_000_000, need=need // 1_000_000)
        # File systems without a fixed number of inodes (btrfs) say 0.
        if free_inodes and free_inodes < inodes:
            yield Refused("inodes-low", path=path, free=free_inodes, need=inodes)


def _port(facts: Facts, port: int) -> Iterator[Refused]:
    program = facts.get("ports", str(port), "program")
    if facts.peek("ports", str(port)) is None:
        return
    panel = next((PANELS[name] for name in facts.get("panels") or () if name in PANELS), "")
    if program == "nginx" and not panel:
        return
    known = PROGRAMS.get(str(program), str(program or "?"))
    yield Refused("port-taken", port=port, program=known, panel=panel)


def _own_port(facts: Facts, port: int) -> Iterator[Refused]:
    """On the user's own computer. Where an app of golive's has the port, it is our own proxy that listens."""
    ours = {facts.peek("apps", app, "port") for app in facts.peek("apps") or {}}
    if port and port not in ours and facts.get("ports", str(port)) is not None:
        program = facts.peek("ports", str(port), "program")
        yield Refused("port-taken", port=port, program=str(program or "?"), panel="")


def _proxy(facts: Facts, ours: str) -> Iterator[Refused]:
    error = facts.get("proxy", "nginx", "test")
    if not error:
        return
    place = _BROKEN_AT.search(error)
    file, line = (place["file"], int(place["line"])) if place else ("", 0)
    if not file or file != ours:
        yield Refused("proxy-broken", file=file, line=line, error=_first_error(error), folder=ROOT)


def _first_error(text: str) -> str:
    """The line of nginx's answer that says what is wrong, without its prefix."""
    lines = [line for line in text.splitlines() if "[emerg]" in line] or text.splitlines()[:1]
    return lines[0].partition("[emerg] ")[2] or lines[0]
