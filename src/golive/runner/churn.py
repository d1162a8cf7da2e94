"""Worker processes that end again and again under a main process that goes on: systemd sees a healthy unit.

Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import os
from typing import Dict, FrozenSet, Iterable, Set


def children_of(parents: Iterable[int]) -> Dict[int, FrozenSet[int]]:
    """The workers of each of PARENTS: children that still run, of the same program. Source: proc(5), /proc/PID/stat.

    Another program that an app calls for a moment is none.
    """
    found: Dict[int, Set[int]] = {parent: set() for parent in parents if parent}
    for name in os.listdir("/proc") if found and os.path.isdir("/proc") else ():
        if not name.isdigit():
            continue
        try:
            with open("/proc/{}/stat".format(name), errors="replace") as stream:
                state, parent = stream.read().rpartition(")")[2].split()[:2]
        except (OSError, ValueError):
            continue
        if int(parent) in found and state != "Z" and _program(name) == _program(parent):
            found[int(parent)].add(int(name))
    return {parent: frozenset(children) for parent, children in found.items()}


def _program(number: str) -> str:
    try:
        return os.readlink("/proc/{}/exe".format(number))
    except OSError:
        return number


def _faults_of_ended_children(number: int) -> int:
    """Grows with every child that has ended (cminflt, proc(5)), also with one that nobody has seen alive."""
    try:
        with open("/proc/{}/stat".format(number), errors="replace") as stream:
            return int(stream.read().rpartition(")")[2].split()[8])
    except (OSError, ValueError, IndexError):
        return 0


class Churn:
    """``gone``: how many workers of some main processes have ended. ``first``: how many there were at the first look.
    ``busy``: at how many looks some child, worker or not, had ended since the look before."""

    def __init__(self) -> None:
        self.gone = 0
        self.first = 0
        self.busy = 0
        self._alive: Dict[int, FrozenSet[int]] = {}
        self._faults: Dict[int, int] = {}

    def look(self, parents: Iterable[int]) -> int:
        """Look at the children of PARENTS now. Returns how many have ended since the first look."""
        now = children_of(parents)
        faults = {parent: _faults_of_ended_children(parent) for parent in now}
        if any(parent in self._faults and faults[parent] > self._faults[parent] for parent in faults):
            self.busy += 1
        self._faults = faults
        for parent, children in now.items():
            self.gone += len(self._alive.get(parent, frozenset()) - children)
        if not self._alive:
            self.first = sum(len(children) for children in now.values())
        self._alive = now
        return self.gone


def main_processes(states: Iterable[Dict[str, str]]) -> FrozenSet[int]:
    """The main processes of units, given what systemd says of them."""
    return frozenset(int(state.get("MainPID") or 0) for state in states) - {0}
