"""What a unit said before it failed, from systemd's journal."""

import re
from typing import Any, List

from golive.runner.probe_system import output_of

LINES = 60


def tell(unit: str, context: Any) -> List[str]:
    """The last lines of the unit's newest start, passed on as output of the step."""
    invocation = (output_of("systemctl", "show", "--property=InvocationID", "--value", "--", unit) or "").strip()
    chosen = ("_SYSTEMD_INVOCATION_ID=" + invocation,) if invocation else ("--unit=" + unit,)
    # What the service itself wrote; systemd's own remarks about it have another field.
    log = _read(*chosen) or _read("--unit=" + unit)
    for line in log:
        context.output(line)
    return log


def _read(*chosen: str) -> List[str]:
    options = ("--no-pager", "--quiet", "--boot", "--output=cat", "--lines={}".format(LINES))
    return (output_of("journalctl", *options, *chosen) or "").splitlines()


def import_error(log: List[str]) -> str:
    """The last line of the last traceback, if importing the app is what raised it; "" otherwise."""
    starts = [index for index, line in enumerate(log) if line.startswith("Traceback (most recent call last)")]
    if not starts:
        return _named_by_the_app_server(log)
    traceback = log[starts[-1] :]
    last = next((line for line in traceback[1:] if line and not line.startswith((" ", "\t"))), "")
    importing = any(
        re.search(r"importlib|import_app|load_wsgi|load_app|_call_with_frames_removed", line) for line in traceback
    )
    is_import = re.match(r"(\w+\.)*(ImportError|ModuleNotFoundError|SyntaxError|IndentationError|NameError)\b", last)
    return last if last and (importing or is_import) else ""


def _named_by_the_app_server(log: List[str]) -> str:
    """gunicorn reports a missing or wrong object without a traceback."""
    found = [line for line in log if re.search(r"Failed to find (attribute|application)|Failed to parse ", line)]
    return found[-1] if found else ""
