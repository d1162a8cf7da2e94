"""The programs that the supervisor of the user's own computer has started, as they note it themselves.

Each start adds a line to ``RUN/.programs/NAME``: its process id and when it was born (twin: ``golive.local.start``). So
restarts can be counted, and programs that outlive a killed supervisor be found.
Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import os
import signal
import subprocess
import time
from typing import List, Tuple

from golive.runner.layout import LocalLayout

GRACE = 40.0
POLL = 0.05
LOG_START = ".log-start"


def _folder(layout: LocalLayout) -> str:
    return layout.run + "/.programs"


def _starts(layout: LocalLayout, name: str) -> List[Tuple[int, str]]:
    return _starts_in(os.path.join(_folder(layout), name))


def end_last(path: str) -> None:
    """What the start before, as noted at PATH, has left running without its main process: nginx's workers, say, who
    would keep the port."""
    _end([pid for pid, _ in _starts_in(path)[-1:] if pid != os.getpid() and not is_alive(pid)])


def _starts_in(path: str) -> List[Tuple[int, str]]:
    try:
        with open(path) as stream:
            lines = [line.split(None, 1) for line in stream if line.endswith("\n")]
    except OSError:
        return []
    return [(int(words[0]), words[1].strip() if words[1:] else "") for words in lines if words and words[0].isdigit()]


def restarts(layout: LocalLayout, name: str) -> int:
    """How often the program was started again by itself."""
    return max(len(_starts(layout, name)) - 1, 0)


def forget_starts(layout: LocalLayout, name: str) -> None:
    """The program is about to be started on purpose: its restarts count from there, and so does its log."""
    folder = _folder(layout)
    os.makedirs(folder, 0o700, exist_ok=True)
    try:
        os.unlink(os.path.join(folder, name))
    except OSError:
        pass
    try:
        size = os.stat("{}/{}.log".format(layout.logs, name)).st_size
    except OSError:
        size = 0
    with open(os.path.join(folder, name + LOG_START), "w") as stream:
        stream.write(str(size))


def log_start(layout: LocalLayout, name: str) -> int:
    """How long the program's log was when it was last started on purpose."""
    try:
        with open(os.path.join(_folder(layout), name + LOG_START)) as stream:
            return int(stream.read().strip() or 0)
    except (OSError, ValueError):
        return 0


def end_all(layout: LocalLayout) -> None:
    """No program of a supervisor that is gone still runs."""
    try:
        names = os.listdir(_folder(layout))
    except OSError:
        return
    groups = [group for name in names if not name.endswith(LOG_START) for group in _groups(layout, name)]
    _end(groups)


def end(layout: LocalLayout, name: str) -> None:
    """This program of a supervisor that is gone runs no longer."""
    _end(_groups(layout, name))


def _groups(layout: LocalLayout, name: str) -> List[int]:
    """The process groups (each program leads one) that NAME's last start has left."""
    starts = _starts(layout, name)[-1:]
    return [pid for pid, born in starts if not is_alive(pid) or birth(pid) == born]


def _end(groups: List[int]) -> None:
    groups = list(filter(_has_members, groups))
    for number, patience in ((signal.SIGTERM, GRACE), (signal.SIGKILL, 5.0)) if groups else ():
        for group in groups:
            try:
                os.killpg(group, number)
            except OSError:
                pass
        deadline = time.monotonic() + patience
        while any(map(_has_members, groups)) and time.monotonic() < deadline:
            time.sleep(POLL)


def _has_members(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except OSError:
        return False
    # In a container nobody may collect those that have ended: they count as members for ever.
    states = _states_of(group)
    return not states or any(state not in "ZX" for state in states)


def _states_of(group: int) -> List[str]:
    """The states (proc(5)) of a group's processes; none where there is no /proc."""
    found = []
    for name in os.listdir("/proc") if os.path.isdir("/proc") else ():
        if name.isdigit():
            try:
                with open("/proc/{}/stat".format(name), errors="replace") as stream:
                    words = stream.read().rpartition(")")[2].split()
            except OSError:
                continue
            if int(words[2]) == group:
                found.append(words[0])
    return found


def is_alive(pid: int) -> bool:
    """Whether there is such a process that has not ended."""
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return birth(pid) != ""


def birth(pid: int) -> str:
    """When PID was born, in words that only serve for comparing; "" when it is gone."""
    try:
        with open("/proc/{}/stat".format(pid)) as stream:
            words = stream.read().rpartition(")")[2].split()
        return "" if words[0] in "ZX" else words[19]
    except OSError:
        pass
    if os.path.isdir("/proc/self"):
        return ""
    # No /proc (macOS): ps(1) knows.
    try:
        told = subprocess.run(
            ["ps", "-o", "stat=,lstart=", "-p", str(pid)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ).stdout.decode("ascii", "replace")
    except OSError:
        return ""
    state, _, born = told.strip().partition(" ")
    return "" if not state or state.startswith("Z") else "-".join(born.split())
