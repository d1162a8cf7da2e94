"""How a step says that it failed, and how foreign errors become codes.

Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import errno
import traceback
from typing import Any, Dict, List, NamedTuple


class StepFailed(Exception):
    """A step cannot be done. ``code`` is one of the runner's closed list; params are plain values, never secrets."""

    def __init__(self, code: str, **params: Any) -> None:
        Exception.__init__(self, code)
        self.code = code
        self.params: Dict[str, Any] = params


class Failure(NamedTuple):
    """A failure as it is told: the fields of ``step_failed`` and ``finished``."""

    code: str
    params: Dict[str, Any]
    output: List[str]


DISK_FULL = (errno.ENOSPC, errno.EDQUOT)

# What a full or read-only disk makes other programs say (they run with LANG=C.UTF-8): their own codes would mislead.
_SAID_BY_OTHERS = (("No space left on device", "disk-full"), ("Read-only file system", "read-only"))
_MAY_BE_MISLEADING = frozenset(
    ("command-failed", "apt-failed", "environment-failed", "migration-failed", "code-corrupt", "unit-failed")
)


def failure_of(error: BaseException, tail: Any = ()) -> Failure:
    """The failure that ERROR means. TAIL: the last lines of the step's output."""
    output = list(tail)
    if isinstance(error, StepFailed):
        if error.code in _MAY_BE_MISLEADING:
            for words, code in _SAID_BY_OTHERS:
                if any(words in line for line in output):
                    return Failure(code, {"path": ""}, output)
        return Failure(error.code, error.params, output)
    if isinstance(error, OSError) and error.errno in DISK_FULL:
        return Failure("disk-full", {"path": str(error.filename or "")}, output)
    if isinstance(error, OSError) and error.errno == errno.EROFS:
        return Failure("read-only", {"path": str(error.filename or "")}, output)
    told = "".join(traceback.format_exception(type(error), error, error.__traceback__)).splitlines()
    return Failure("internal", {"error": type(error).__name__}, output + told[-40:])
