"""What it means when pip or uv fails."""

import os
import re
from typing import Any, Iterable

from golive.runner.failure import StepFailed

_NO_NETWORK = re.compile(
    r"NewConnectionError|Temporary failure in name resolution|Name or service not known|Network is unreachable"
    r"|Connection timed out|ConnectTimeoutError|ReadTimeoutError|dns error|failed to lookup address|Connection refused"
    r"|Could not fetch URL|error sending request|CERTIFICATE_VERIFY_FAILED|client error \(Connect\)",
)
_NOT_FOUND = (
    re.compile(r"No matching distribution found for (.+?)(?: \(from .*)?$", re.M),
    re.compile(r"Because (\S+) was not found in the package registry"),
    re.compile(r"Because there (?:is|are) no versions? of (\S+)"),
    re.compile(r"there is no version of (\S+?)[ ,]"),
)
_KILLED = re.compile(r"Killed signal terminated program|fatal error: Killed|signal 9|\(signal: 9, SIGKILL")

LITTLE_ROOM = 16000000
LITTLE_ROOM_FILES = 100


def failure(context: Any, command: str) -> StepFailed:
    """The failure that the last lines of output mean."""
    said = "\n".join(context.tail)
    if context.out_of_memory or _KILLED.search(said):
        return StepFailed("out-of-memory", command=command)
    if "No space left on device" in said:
        return StepFailed("disk-full", path="")
    if _NO_NETWORK.search(said):
        return StepFailed("no-network-python", command=command)
    for pattern in _NOT_FOUND:
        found = pattern.search(said)
        if found:
            return StepFailed("package-not-found", requirement=found.group(1).strip(" ,"))
    return StepFailed("environment-failed", command=command, error=_last_error(context.tail))


def no_room(path: str) -> bool:
    """Whether the disk of PATH is so full that nothing can be installed on it."""
    room = os.statvfs(os.path.dirname(path))
    return room.f_bavail * room.f_frsize < LITTLE_ROOM or bool(room.f_files and room.f_favail < LITTLE_ROOM_FILES)


def _last_error(tail: Iterable[str]) -> str:
    lines = [line.strip() for line in tail if line.strip()]
    errors = [line for line in lines if re.match(r"(error|ERROR)\b", line)]
    return (errors or lines or [""])[-1]
