"""Packages of the operating system, and whether apt can be used just now."""

import os
import re
from typing import Any, Dict, Iterable, Optional

from golive.runner.file_locks import first_holder

STATUS = "/var/lib/dpkg/status"
LISTS = "/var/lib/apt/lists"
LOCKS = ("/var/lib/dpkg/lock-frontend", "/var/lib/dpkg/lock", "/var/lib/apt/lists/lock")

_UNFINISHED = re.compile(
    rb"^Status: \w+ (?:reinstreq \S+|ok (?:unpacked|half-installed|half-configured|triggers-pending))$", re.M
)


def _status() -> bytes:
    try:
        with open(STATUS, "rb") as stream:
            return b"\n" + stream.read()
    except OSError:
        return b""


def versions(names: Iterable[str]) -> Dict[str, str]:
    """The installed version of each package, "" for those that are not (fully) installed."""
    names = tuple(names)
    status = _status() if names else b""
    return {name: _version(status, name) for name in names}


def _version(status: bytes, name: str) -> str:
    start = status.find("\nPackage: {}\n".format(name).encode("utf-8"))
    if start < 0:
        return ""
    end = status.find(b"\n\n", start)
    entry = status[start : end if end >= 0 else len(status)]
    installed = re.search(rb"^Status: \w+ ok installed$", entry, re.M)
    version = re.search(rb"^Version: (\S+)$", entry, re.M)
    return version.group(1).decode("utf-8", "replace") if installed and version else ""


def conffile(path: str) -> str:
    """The MD5 that a package's own settings file had when it was installed, "" for what is none."""
    status, mark = _status(), b"\n %s " % path.encode("utf-8", "surrogateescape")
    start = status.find(mark)
    return "" if start < 0 else status[start + len(mark) : start + len(mark) + 32].decode("ascii", "replace")


def apt() -> Dict[str, Any]:
    """Whether there is an apt, who uses it just now, whether dpkg was interrupted and package lists exist."""
    present = os.access("/usr/bin/apt-get", os.X_OK) and os.path.exists(STATUS)
    busy = first_holder(LOCKS) if present else ""
    return {
        "present": present,
        "busy": busy,
        "interrupted": present and not busy and interrupted(),
        "lists": present and lists_age() is not None,
    }


def interrupted() -> bool:
    """Whether dpkg stopped in the middle (meaningful only while nobody uses it): apt refuses until that is healed."""
    try:
        updates = os.listdir("/var/lib/dpkg/updates")
    except OSError:
        updates = []
    return any(name.isdigit() for name in updates) or bool(_UNFINISHED.search(_status()))


def lists_age() -> Optional[float]:
    """When apt's package lists were last fetched (epoch seconds); None when there are none."""
    try:
        names = os.listdir(LISTS)
    except OSError:
        return None
    if not any(name.endswith(("_Packages", "_Packages.lz4", "_Packages.gz", "_Packages.xz")) for name in names):
        return None
    times = [_modified(os.path.join(LISTS, "partial")), _modified("/var/lib/apt/periodic/update-success-stamp")]
    return max(times)


def _modified(path: str) -> float:
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0
