"""The five lines: what they know while a run goes on."""

from __future__ import annotations

from golive.cli.phases import Phases
from golive.protocol.steps import ReloadUnits, RunCommand, Step


class Clock:
    """Goes on only when told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def step(name: str, phase: str) -> Step:
    return Step(id=name, action=ReloadUnits(), phase=phase, why="")


def states(phases: Phases) -> list[str]:
    return [line.state for line in phases.lines]


def test_a_phase_without_steps_has_nothing_to_do() -> None:
    phases = Phases()
    phases.expect((step("a", "build"), step("b", "switch")))
    assert states(phases) == ["nothing", "waiting", "nothing", "waiting", "nothing"]


def test_a_phase_is_done_when_its_last_step_is() -> None:
    clock = Clock()
    phases = Phases(clock)
    phases.expect((step("a", "build"), step("b", "build")))
    phases.follow({"event": "step_started", "step": "a", "phase": "build"})
    clock.now += 1
    phases.follow({"event": "step_output", "step": "a", "line": "Collecting flask"})
    assert phases.lines[1].detail == "Collecting flask"
    assert phases.follow({"event": "step_finished", "step": "a"}) is None
    phases.follow({"event": "step_started", "step": "b", "phase": "build"})
    clock.now += 2
    assert phases.elapsed(phases.lines[1]) == 3
    done = phases.follow({"event": "step_finished", "step": "b"})
    assert done is phases.lines[1]
    assert (done.state, done.seconds, done.detail) == ("done", 3, "")


def test_a_failed_step_fails_its_phase() -> None:
    phases = Phases()
    phases.expect((step("a", "start"),))
    phases.follow({"event": "step_started", "step": "a", "phase": "start"})
    failed = phases.follow({"event": "step_failed", "step": "a", "code": "app-silent"})
    assert failed is phases.lines[2]
    assert failed.state == "failed"


def test_another_plan_starts_the_lines_afresh() -> None:
    phases = Phases()
    phases.expect((step("a", "start"),))
    phases.follow({"event": "step_failed", "step": "a"})
    phases.expect((step("a", "start"),))
    assert states(phases)[2] == "waiting"


def test_until_a_command_says_something_the_line_tells_what_is_done() -> None:
    phases = Phases()
    phases.expect((step("a", "start"),))
    phases.follow({"event": "step_started", "step": "a", "phase": "start"})
    assert phases.lines[2].detail == "Let systemd read its units again"


def test_a_slow_step_has_a_sentence_to_read_and_a_fast_one_none() -> None:
    clock = Clock()
    phases = Phases(clock)
    slow = Step("build-environment", RunCommand(("/bin/flask",), "/", "u", "", "migrate"), "build", "")
    phases.expect((slow, step("a", "build"), step("b", "start")))
    building = phases.lines[1]
    phases.follow({"event": "step_started", "step": "build-environment", "phase": "build"})
    clock.now += 3.9
    assert phases.lesson(building) == ""
    clock.now += 0.2
    assert "no visitor meets the new code before" in phases.lesson(building)
    phases.follow({"event": "step_finished", "step": "build-environment"})
    assert phases.lesson(building) == ""
    phases.follow({"event": "step_started", "step": "a", "phase": "build"})
    clock.now += 9
    assert phases.lesson(building) == "", "systemd's own reading is never slow for long"


def test_nothing_is_taught_while_changes_are_taken_back() -> None:
    clock = Clock()
    phases = Phases(clock)
    phases.expect((Step("a", RunCommand(("/bin/flask",), "/", "u", "", "migrate"), "build", ""),))
    phases.follow({"event": "step_started", "step": "a", "phase": "build"})
    clock.now += 9
    assert phases.lesson(phases.lines[1])
    phases.follow({"event": "undo_started", "reason": "dead"})
    assert phases.lesson(phases.lines[1]) == ""


def test_a_step_that_waits_for_somebody_says_for_whom_and_how_long() -> None:
    phases = Phases()
    phases.expect((step("a", "prepare"),))
    phases.follow({"event": "step_started", "step": "a", "phase": "prepare"})
    for seconds in (0, 12):
        params = {"holder": "unattended-upgrade", "seconds": seconds}
        phases.follow({"event": "step_waiting", "step": "a", "code": "apt-in-use", "params": params})
    assert phases.lines[0].detail == "Waiting (12 s): unattended-upgrade is using apt."
