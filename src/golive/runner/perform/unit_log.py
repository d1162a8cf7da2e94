"""What a unit said before it failed, from systemd's journal."""

import re
from typing import Any, List

from golive.runner.layout import local_layout
from golive.runner.probe_system import output_of
from golive.runner.spawn import clean_line

LINES = 200
_TRACEBACK = "Traceback (most recent call last):"
_BETWEEN = re.compile(r"During handling of the above|The above exception was the direct cause")


def tell(unit: str, context: Any) -> List[str]:
    """The last lines of the unit's newest start, passed on as output of the step."""
    log = read(unit)
    for line in log:
        context.output(line)
    return log


def read(unit: str) -> List[str]:
    """The last lines of the unit's newest start; of all its starts once it has been restarted."""
    here = local_layout()
    if here is not None:
        from golive.runner.supervise import log_of

        return without_the_app_servers_own([clean_line(line) for line in log_of(here, unit, LINES)])
    # What the service has written may still be on its way to the journal.
    output_of("journalctl", "--sync")
    shown = (output_of("systemctl", "show", "--property=InvocationID,NRestarts", "--", unit) or "").splitlines()
    state = dict(line.partition("=")[::2] for line in shown)
    invocation = state.get("InvocationID", "") if state.get("NRestarts", "0") == "0" else ""
    # What the service itself wrote; systemd's own remarks about it have other fields.
    log = _read("_SYSTEMD_INVOCATION_ID=" + invocation) if invocation else []
    return without_the_app_servers_own(log or _read("_SYSTEMD_UNIT=" + unit) or _read("--unit=" + unit))


def _read(*chosen: str) -> List[str]:
    options = ("--no-pager", "--quiet", "--boot", "--output=cat", "--lines={}".format(LINES))
    return [clean_line(line) for line in (output_of("journalctl", *options, *chosen) or "").splitlines()]


def without_the_app_servers_own(log: List[str]) -> List[str]:
    """LOG without the tracebacks by which gunicorn gives up: the app's own, which say why, stand before them."""
    kept: List[str] = []
    index = 0
    while index < len(log):
        end = _end_of_traceback(log, index)
        if end and log[end - 1].startswith("gunicorn.errors."):
            while kept and (not kept[-1].strip() or _BETWEEN.match(kept[-1])):
                kept.pop()
            index = end
            continue
        kept.append(log[index])
        index += 1
    return kept


def _end_of_traceback(log: List[str], index: int) -> int:
    """Where the traceback that begins at INDEX ends; 0 when none begins there, or it has no end."""
    if log[index] != _TRACEBACK:
        return 0
    for end in range(index + 1, len(log)):
        if log[end] and not log[end].startswith((" ", "\t")):
            return end + 1
    return 0


def import_error(log: List[str]) -> str:
    """The last line of the newest traceback that was raised by importing the app; "" when there is none."""
    starts = [index for index, line in enumerate(log) if line.startswith(_TRACEBACK)]
    end = len(log)
    for start in reversed(starts):
        error = _raised_by_importing(log[start:end])
        if error:
            return error
        end = start
    return "" if starts else _named_by_the_app_server(log)


def _raised_by_importing(traceback: List[str]) -> str:
    last = next((line for line in traceback[1:] if line and not line.startswith((" ", "\t"))), "")
    importing = any(
        re.search(r"importlib|import_app|load_wsgi|load_app|_call_with_frames_removed", line) for line in traceback
    )
    is_import = re.match(r"(\w+\.)*(ImportError|ModuleNotFoundError|SyntaxError|IndentationError|NameError)\b", last)
    return last if last and (importing or is_import) else ""


def worker_status(log: List[str]) -> str:
    """The status with which gunicorn's last worker ended, as it says; "" when it does not."""
    found = [re.search(r"Worker \(pid:\d+\) (?:exited with code (\d+)|was sent (SIG\w+))", line) for line in log]
    known = [match for match in found if match]
    return (known[-1].group(1) or known[-1].group(2)) if known else ""


def _named_by_the_app_server(log: List[str]) -> str:
    """gunicorn reports a missing or wrong object without a traceback."""
    found = [line for line in log if re.search(r"Failed to find (attribute|application)|Failed to parse ", line)]
    return found[-1].rstrip(".") if found else ""
