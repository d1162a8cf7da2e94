"""The five lines: what is known about each phase while a run goes on. No drawing here."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from golive.explain.failures import notice
from golive.explain.lessons import lesson
from golive.explain.printable import printable
from golive.explain.what import describe
from golive.locale import N_
from golive.protocol import events
from golive.protocol.steps import PHASES, Step

TITLES = {
    "prepare": N_("Prepare"),
    "build": N_("Build"),
    "start": N_("Start"),
    "switch": N_("Switch"),
    "tidy": N_("Tidy"),
}

SLOW = 4.0
"""Seconds after which a step has a sentence to read beside it."""


@dataclass
class Phase:
    """One line. ``state``: ``waiting`` | ``running`` | ``done`` | ``failed`` | ``nothing``.

    ``step``: the one that is at work, since ``step_began``.
    """

    name: str
    state: str = "waiting"
    began: float = 0.0
    seconds: float = 0.0
    detail: str = ""
    step: Step | None = None
    step_began: float = 0.0


class Phases:
    """Follows the events of a run. ``clock`` is monotonic."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._steps: dict[str, Step] = {}
        self._left: dict[str, int] = dict.fromkeys(PHASES, 0)
        self.lines = [Phase(name) for name in PHASES]
        self.undoing = ""

    def expect(self, steps: tuple[Step, ...]) -> None:
        """The steps that will come; a phase without any has nothing to do."""
        self._steps = {step.id: step for step in steps}
        self._left = {name: sum(step.phase == name for step in steps) for name in PHASES}
        self.lines = [Phase(name, "waiting" if self._left[name] else "nothing") for name in PHASES]

    def step(self, name: str) -> Step | None:
        """The planned step of this id."""
        return self._steps.get(name)

    def follow(self, event: events.Event) -> Phase | None:
        """Takes EVENT in. Returns the line that it finished, if it did."""
        kind = event["event"]
        if kind == events.UNDO_STARTED:
            self.undoing = str(event.get("reason", "")) or kind
        line = self._line_of(event)
        if line is None:
            return None
        if kind == events.STEP_STARTED:
            self._start(line, self.step(str(event.get("step", ""))))
        elif kind == events.STEP_OUTPUT:
            line.detail = printable(str(event.get("line", ""))) or line.detail
        elif kind == events.STEP_WAITING:
            line.detail = notice(str(event.get("code", "")), event.get("params") or {})
        elif kind == events.STEP_FINISHED:
            return self._finish_step(line)
        elif kind == events.STEP_FAILED:
            return self._end(line, "failed")
        return None

    def elapsed(self, line: Phase) -> float:
        """Seconds that the phase has taken so far."""
        return self._clock() - line.began if line.state == "running" else line.seconds

    def lesson(self, line: Phase) -> str:
        """What to read under the line while its step takes long; "" otherwise."""
        slow = line.state == "running" and line.step is not None and self._clock() - line.step_began >= SLOW
        return lesson(line.step.action) if slow and line.step is not None and not self.undoing else ""

    def stop(self) -> None:
        """Nothing runs any more (the connection is gone, the user has pressed Ctrl-C)."""
        for line in self.lines:
            if line.state == "running":
                line.seconds = self.elapsed(line)
                line.state = "waiting"

    def _line_of(self, event: events.Event) -> Phase | None:
        step = self._steps.get(str(event.get("step", "")))
        name = event.get("phase") or (step.phase if step else "")
        return next((line for line in self.lines if line.name == name), None)

    def _start(self, line: Phase, step: Step | None) -> None:
        """What the step does is shown until its command has something to say."""
        if line.state != "running":
            line.state, line.began = "running", self._clock()
        line.step, line.step_began = step, self._clock()
        line.detail = describe(step.action) if step else ""

    def _finish_step(self, line: Phase) -> Phase | None:
        self._left[line.name] -= 1
        line.step = None
        return self._end(line, "done") if self._left[line.name] <= 0 else None

    def _end(self, line: Phase, state: str) -> Phase:
        if line.state == "running":
            line.seconds = self._clock() - line.began
        line.state, line.detail, line.step = state, "", None
        return line
