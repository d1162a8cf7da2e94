"""The machine itself: system, interpreter, memory, disks, who we are."""

import os
import platform
import pwd
import re
import subprocess
import sys
from typing import Any, Dict, Optional, Tuple

from golive.runner import probe_network, probe_packages
from golive.runner.layout import has_systemd, local_layout

ROOM = ("/srv", "/var", "/etc", "/tmp")


def system() -> Dict[str, Any]:
    """All facts that every probe gathers about the machine."""
    addresses, ipv6 = probe_network.addresses()
    return {
        "hostname": os.uname().nodename,
        "os": _os(),
        "python": {"version": platform.python_version(), "path": interpreter()},
        "systemd": systemd_version(),
        "user": _user(),
        "memory": _memory(),
        "cores": os.cpu_count() or 1,
        "disk": {path: _disk(path) for path in room()},
        "addresses": addresses,
        "ipv6": ipv6,
    }


def interpreter() -> str:
    """The Python that environments are made from. On the user's own computer ours is that of golive's own virtual
    environment, which may go any day: the one that it was made from stays."""
    base = getattr(sys, "_base_executable", "") or sys.executable
    return base if local_layout() is not None and os.access(base, os.X_OK) else sys.executable


def room() -> Tuple[str, ...]:
    """The folders whose disks matter."""
    here = local_layout()
    return ROOM if here is None else (here.root,)


def read(path: str) -> str:
    """A small text file, "" where there is none or it may not be read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return stream.read()
    except OSError:
        return ""


def output_of(*argv: str) -> Optional[str]:
    """What a program that ended well printed; None when it did not, or is missing."""
    try:
        done = subprocess.run(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=10
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None


def _os() -> Dict[str, str]:
    pairs = {}
    for line in (read("/etc/os-release") or read("/usr/lib/os-release")).splitlines():
        name, separator, value = line.partition("=")
        if separator:
            pairs[name.strip()] = value.strip().strip("\"'")
    machine = os.uname()
    return {
        "id": pairs.get("ID", "linux"),
        "version": pairs.get("VERSION_ID", ""),
        "codename": pairs.get("VERSION_CODENAME", ""),
        "name": pairs.get("PRETTY_NAME", "Linux"),
        "arch": machine.machine,
        "kernel": machine.release,
    }


def systemd_version() -> int:
    """systemd's version when it is the init, else 0."""
    if not has_systemd():
        return 0
    packaged = re.match(r"(?:\d+:)?(\d+)", probe_packages.versions(("systemd",))["systemd"])
    if packaged:
        return int(packaged.group(1))
    told = re.match(r"systemd (\d+)", output_of("systemctl", "--version") or "")
    return int(told.group(1)) if told else 1


def _user() -> Dict[str, Any]:
    uid = os.geteuid()
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:
        name = str(uid)
    return {"name": name, "uid": uid, "root": uid == 0, "sudo": "" if uid == 0 else _sudo()}


def _sudo() -> str:
    if not os.access("/usr/bin/sudo", os.X_OK):
        return ""
    return "free" if output_of("/usr/bin/sudo", "-n", "true") is not None else "password"


def _memory() -> Dict[str, int]:
    """In kilobytes."""
    found = dict(re.findall(r"^(\w+):\s+(\d+) kB$", read("/proc/meminfo"), re.M))
    names = {"total": "MemTotal", "available": "MemAvailable", "swap": "SwapTotal"}
    return {name: int(found.get(key, 0)) for name, key in names.items()}


def _disk(path: str) -> Dict[str, Any]:
    """In bytes; for a folder that is not there yet, of what it would be in."""
    while not os.path.isdir(path):
        path = os.path.dirname(path)
    room = os.statvfs(path)
    return {
        "free": room.f_bavail * room.f_frsize,
        "free_inodes": room.f_favail,
        "read_only": bool(room.f_flag & os.ST_RDONLY),
    }


def python_version(path: str) -> str:
    """The version of the interpreter at PATH ("" when it does not run)."""
    if sys.executable and os.path.realpath(path) == os.path.realpath(sys.executable):
        return platform.python_version()
    program = "import platform; print(platform.python_version())"
    return (output_of(path, "-I", "-S", "-c", program) or "").strip()
