"""What the drain unit does: the old release finishes what it holds, while the new one is on probation.

It ends by itself, holds no lease, and does nothing any more as soon as another run has moved ``link``.
"""

import json
import os
import sys
import time
from typing import Any, Dict, List

from golive.runner import atomic, probe_units
from golive.runner.churn import Churn, main_processes
from golive.runner.layout import local_layout
from golive.runner.probe_system import output_of, read

POLL = 0.25
ENOUGH = 2
"""How often in a row nobody may be seen before nobody is believed to be there."""

ENOUGH_DEATHS = 2
"""How often each worker may end, on average, while the release is on probation. One that has served its number of
requests ends too, but not every few seconds."""


def drain(spec_path: str) -> None:
    """Drain as the file says that ``perform_drain_units`` wrote."""
    with open(spec_path, encoding="utf-8") as stream:
        spec = json.load(stream)
    Drain(spec).run()


class Drain:
    """One drain. ``spec``: DrainUnits' fields, the ``expected`` target of the link, the successors' ``restarts``."""

    def __init__(self, spec: Dict[str, Any]) -> None:
        self._spec = spec
        self._began = time.monotonic()
        self._churn = Churn()

    def run(self) -> None:
        """Wait for visitors to go and for the guard's time to pass; then stop the old units, or go back to them."""
        idle = 0
        while True:
            if not self._link_is_ours():
                self._stop_unless_live()
                return
            dead = self._dead_successor() if self._seconds() < self._spec["guard"] else ""
            # Looking took a moment, in which another run may have switched.
            if dead and self._link_is_ours() and self._old_runs():
                self._take_back(dead)
                return
            idle = idle + 1 if self._connections() == 0 else 0
            over = self._seconds() >= self._spec["timeout"]
            if self._seconds() >= self._spec["guard"] and (idle >= ENOUGH or over):
                self._stop_unless_live()
                return
            time.sleep(POLL)

    def _seconds(self) -> float:
        return time.monotonic() - self._began

    def _link_is_ours(self) -> bool:
        return bool(_target(self._spec["link"]) == self._spec["expected"])

    def _dead_successor(self) -> str:
        """Why a unit of the new release counts as dead, or ""."""
        states = probe_units.show(self._spec["successors"])
        for unit, state in states.items():
            active = state.get("ActiveState")
            if active == "failed":
                return "{} failed: {}".format(unit, state.get("Result", ""))
            restarted = state.get("NRestarts", "0") not in ("", self._spec["restarts"].get(unit, "0"))
            if restarted or state.get("SubState") == "auto-restart":
                return "{} died and was restarted".format(unit)
        if self._churn.look(main_processes(states.values())) > ENOUGH_DEATHS * max(self._churn.first, 1):
            return "workers end again and again"
        return ""

    def _old_runs(self) -> bool:
        """Whether there is something to go back to: a new release that restarts again and again is better than none."""
        states = probe_units.show(self._spec["units"])
        return all(state.get("ActiveState") in ("active", "reloading") for state in states.values())

    def _connections(self) -> int:
        return sum(connections(endpoint) for endpoint in self._spec["endpoints"])

    def _take_back(self, reason: str) -> None:
        """The old release is live again: its units never stopped. The new ones end, or they would restart for ever."""
        folder = os.path.dirname(self._spec["link"])
        number = os.path.basename(self._spec["expected"])
        note = {"release": int(number) if number.isdigit() else 0, "reason": reason, "at": int(time.time())}
        atomic.write_link(self._spec["link"], self._spec["fallback"])
        atomic.write_file(os.path.join(folder, "taken_back.json"), json.dumps(note).encode("utf-8"), 0o600)
        sys.stderr.write("taken back: {}\n".format(reason))
        _stop(self._spec["successors"])

    def _stop_unless_live(self) -> None:
        """Stop the old units, unless somebody has made them the live ones again."""
        if _target(self._spec["link"]) != self._spec["fallback"]:
            _stop(self._spec["units"])


def _target(link: str) -> str:
    try:
        return os.readlink(link)
    except OSError:
        return ""


def _stop(units: List[str]) -> None:
    """In the order given: what brings new work comes before what does it."""
    here = local_layout()
    if here is not None:
        from golive.runner.supervise import Supervisor

        Supervisor(here).act("stop", units)
        return
    for unit in units:
        output_of("systemctl", "stop", "--", unit)


def connections(endpoint: List[Any]) -> int:
    """How many connections an endpoint (its three fields) has: those being served and those still waiting."""
    path, _, port = endpoint
    return _on_socket(path) if path else _on_port(port)


def _on_socket(path: str) -> int:
    """Entries of /proc/net/unix with the server's path: the listener's own, which has a flag, is not one of them."""
    names = {path, os.path.realpath(path)}
    count = 0
    # Where this is not to be seen (macOS), it is the app server that finishes what it holds before it ends.
    for line in read("/proc/net/unix").splitlines():
        if line:
            words = line.rstrip("\n").split(" ", 1)[1].split(None, 6) if " " in line else []
            if len(words) == 7 and words[6] in names and words[2] != "00010000":
                count += 1
    return count


def _on_port(port: int) -> int:
    count = 0
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            with open(table) as lines:
                for line in lines:
                    words = line.split()
                    if words[3] == "01" and words[1].endswith(":{:04X}".format(port)):
                        count += 1
        except OSError:
            continue
    return count
