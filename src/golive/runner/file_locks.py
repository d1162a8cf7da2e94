"""Who holds a lock that dpkg or apt waits for."""

import fcntl
import os
import struct
from typing import Iterable

# struct flock on 64-bit Linux: type, whence, start, length, pid.
_FLOCK = "hhqqi4x"


def holder_of(path: str) -> str:
    """The name of the program that holds a write lock on PATH; "" when nobody does, or when it may not be asked."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        question = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        kind, _, _, _, pid = struct.unpack(_FLOCK, fcntl.fcntl(descriptor, fcntl.F_GETLK, question))
    except (OSError, struct.error):
        return ""
    finally:
        os.close(descriptor)
    if kind == fcntl.F_UNLCK:
        return ""
    return program_of(pid) or "another program"


def program_of(pid: int) -> str:
    """What runs as PID: the script rather than its interpreter, "" when it is gone."""
    words = _read("/proc/{}/cmdline".format(pid)).split("\0")
    command = os.path.basename(words[0])
    if command.startswith(("python", "perl", "bash", "sh", "dash")):
        for word in words[1:]:
            if word.startswith("-") and word.endswith("c"):
                break  # what follows is no script's name but the script itself
            if word and not word.startswith("-"):
                return os.path.basename(word)
    return _read("/proc/{}/comm".format(pid)).strip()


def unit_of(pid: int) -> str:
    """The systemd service that PID belongs to, or ""."""
    for line in _read("/proc/{}/cgroup".format(pid)).splitlines():
        for part in reversed(line.split(":", 2)[-1].split("/")):
            if part.endswith(".service"):
                return part
    return ""


def _read(path: str) -> str:
    try:
        with open(path, errors="replace") as stream:
            return stream.read()
    except OSError:
        return ""


def first_holder(paths: Iterable[str]) -> str:
    """The first program found that holds one of PATHS, or ""."""
    for path in paths:
        holder = holder_of(path)
        if holder:
            return holder
    return ""
