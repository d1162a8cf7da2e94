"""The runner under a real systemd: one unit is lease, limit and clean-up."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from io import BytesIO

import pytest

from golive.lab import PracticeServer
from golive.protocol.codec import encode_plan, write_frame
from golive.protocol.facts import ProbeRequest
from golive.protocol.steps import HostPlan, RunCommand, Step, SwitchRelease, WriteFile
from golive.transport.bundle import bundle

APP = "shop"
UNIT = f"golive-run-{APP}.service"
HOME = f"/srv/golive/{APP}"
SLEEPER = (
    "/usr/bin/python3",
    "-c",
    "import os, time; os.fork() or os.setsid(); print('at work', flush=True); time.sleep(1000)",
)

Event = dict[str, object]


class Runner:
    """The runner on SERVER, spoken to as the controller does."""

    def __init__(self, server: PracticeServer) -> None:
        self.server = server
        self.path = f"/var/lib/golive/runner-{bundle().name}.zip"
        for folder in ("/var/lib/golive", f"{HOME}/site", f"{HOME}/releases/6", f"{HOME}/releases/7"):
            server.run(["mkdir", "-p", folder])
        server.run(["ln", "-sfn", "releases/6", f"{HOME}/current"])
        server.run(["touch", f"{HOME}/env"])
        (server.root / self.path[1:]).write_bytes(bundle().content)
        self._count = 0

    def tell(self, *words: str, sent: str = "") -> list[Event]:
        told = self.server.run(["python3", "-I", self.path, *words], input=sent)
        assert told.stderr == ""
        return [json.loads(line) for line in told.stdout.splitlines()]

    def run(self, plan: HostPlan) -> list[Event]:
        return self.tell("run", sent=_frames(plan))

    def run_apart(self, plan: HostPlan) -> Callable[[], list[Event]]:
        """Run PLAN from a client that we need not wait for. Returns what waits for its events."""
        self._count += 1
        name = f"client{self._count}"
        (self.server.root / f"root/{name}.frames").write_text(_frames(plan))
        command = f"python3 -I {self.path} run < /root/{name}.frames > /root/{name}.events; touch /root/{name}.done"
        self.server.run(["systemd-run", "--quiet", f"--unit={name}", "sh", "-c", command])

        def events() -> list[Event]:
            self.until(lambda: (self.server.root / f"root/{name}.done").exists(), "the client ends")
            told = (self.server.root / f"root/{name}.events").read_text()
            return [json.loads(line) for line in told.splitlines()]

        return events

    def journal(self) -> str:
        paths = sorted((self.server.root / f"{HOME[1:]}/journal").glob("0*/journal.jsonl"))
        return paths[-1].read_text() if paths else ""

    def until_told(self, word: str) -> None:
        self.until(lambda: word in self.journal(), f"the journal tells {word}")

    def until(self, condition: Callable[[], object], what: str, seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, what
            time.sleep(0.02)

    def main_pid(self) -> str:
        return self.server.run(["systemctl", "show", "--property=MainPID", "--value", UNIT]).stdout.strip()

    def sleepers(self) -> list[str]:
        return self.server.run(["pgrep", "-f", "time.sleep.1000"], check=False).stdout.split()

    def state(self) -> str:
        return self.server.run(["systemctl", "show", "--property=LoadState", "--value", UNIT]).stdout.strip()

    def site(self) -> tuple[str, list[str]]:
        link = (self.server.root / f"{HOME[1:]}/current").readlink()
        return str(link), sorted(path.name for path in (self.server.root / f"{HOME[1:]}/site").iterdir())


def _frames(plan: HostPlan) -> str:
    stream = BytesIO()
    for name, content in (("plan", encode_plan(plan)), ("who", b"li@laptop"), ("end", b"")):
        write_frame(stream, name, content)
    return stream.getvalue().decode()


def step(name: str, action: object, **fields: object) -> Step:
    return Step(id=name, action=action, phase="build", why="write-file", **fields)  # type: ignore[arg-type]


def sleeping(name: str = "sleep") -> Step:
    return step(name, RunCommand(SLEEPER, "/", "root", f"{HOME}/env", "release", 2000))


def plan_of(*middle: Step, after: tuple[Step, ...] = ()) -> HostPlan:
    switch = step("switch", SwitchRelease(f"{HOME}/current", "releases/7"))
    steps = (step("page", WriteFile(f"{HOME}/site/page", "new")), *middle, switch, *after)
    return HostPlan(APP, "deploy", steps, "switch", (), ProbeRequest(app=APP), 7)


@pytest.fixture
def runner(server: PracticeServer) -> Runner:
    return Runner(server)


def test_nothing_stays_behind_a_run(runner: Runner) -> None:
    began = time.monotonic()
    end = runner.run(plan_of())[-1]
    took = time.monotonic() - began

    assert (end["ok"], end["changed"]) == (True, 2)
    assert runner.site() == ("releases/7", ["page"])
    assert took < 5
    runner.until(lambda: runner.state() == "not-found", "the unit is gone")
    assert runner.server.run(["pgrep", "-f", "runner-"], check=False).stdout == ""
    # At once another one: the unit of the first may still be going.
    assert [runner.run(plan_of())[-1]["ok"] for _ in range(3)] == [True, True, True]


def test_a_killed_worker_is_cleaned_up_behind_with_all_its_children(runner: Runner) -> None:
    events = runner.run_apart(plan_of(sleeping()))
    runner.until_told("at work")
    runner.until(lambda: len(runner.sleepers()) >= 2, "a child that has left the session")

    runner.server.run(["kill", "-9", runner.main_pid()])

    end = events()[-1]
    assert (end["ok"], end["code"]) == (False, "runner-died")
    assert runner.site() == ("releases/6", [])
    assert runner.sleepers() == []
    assert runner.run(plan_of())[-1]["ok"] is True


def test_what_cleans_up_survives_that_systemd_reads_its_files_again(runner: Runner) -> None:
    events = runner.run_apart(plan_of(sleeping()))
    runner.until_told("at work")

    runner.server.run(["systemctl", "daemon-reload"])
    runner.server.run(["kill", "-9", runner.main_pid()])

    assert events()[-1]["code"] == "runner-died"
    assert runner.site() == ("releases/6", [])
    assert '"finished"' in runner.journal()


def test_a_worker_killed_after_the_switch_is_finished(runner: Runner) -> None:
    last = step("last", WriteFile(f"{HOME}/site/last", "new"))
    events = runner.run_apart(plan_of(after=(sleeping(), last)))
    runner.until_told("at work")
    runner.server.run(["kill", "-9", runner.main_pid()])
    runner.until(lambda: runner.journal().count("at work") == 4, "the sleeping step is repeated")
    for pid in runner.sleepers():
        runner.server.run(["kill", "-9", pid], check=False)

    # Nobody serves the old release here, but nothing drains it either: a step that fails now is taken back.
    end = events()[-1]
    assert (end["ok"], end["code"]) == (False, "command-failed")
    assert runner.site() == ("releases/6", [])


def test_a_second_run_is_refused_and_told_why(runner: Runner) -> None:
    first = runner.run_apart(plan_of(sleeping()))
    runner.until_told("at work")

    end = runner.run(plan_of())[-1]

    assert (end["ok"], end["code"]) == (False, "busy")
    assert end["params"]["who"] == "li@laptop"  # type: ignore[index]
    runner.server.run(["systemctl", "stop", UNIT])
    assert first()[-1]["code"] == "stopped"


def test_stopping_the_unit_takes_everything_back_and_every_child_along(runner: Runner) -> None:
    events = runner.run_apart(plan_of(sleeping()))
    runner.until_told("at work")

    runner.server.run(["systemctl", "stop", UNIT])

    end = events()[-1]
    assert (end["ok"], end["code"]) == (False, "stopped")
    assert runner.sleepers() == []
    assert runner.site() == ("releases/6", [])


def test_a_run_outlives_its_client(runner: Runner) -> None:
    short = step("short", RunCommand(("/bin/sleep", "2"), "/", "root", f"{HOME}/env", "release", 20))
    runner.run_apart(plan_of(short))
    runner.until_told('"short"')

    runner.server.run(["systemctl", "kill", "--signal=KILL", "client1.service"])

    runner.until_told('"finished"')
    assert runner.site() == ("releases/7", ["page"])


def test_a_power_cut_is_recovered(runner: Runner) -> None:
    runner.run_apart(plan_of(sleeping()))
    runner.until_told("at work")
    runner.server.kill()
    runner.server.start()

    end = runner.tell("recover", APP)[-1]

    assert (end["ok"], end["code"]) == (True, "recovered")
    assert runner.site() == ("releases/6", [])
    assert runner.run(plan_of())[-1]["ok"] is True


def test_a_build_is_limited_and_the_site_comes_first(runner: Runner) -> None:
    runner.run_apart(plan_of(sleeping()))
    runner.until_told("at work")

    shown = runner.server.run(["systemctl", "show", UNIT]).stdout

    assert "\nMemoryMax=infinity" not in shown
    assert "\nCPUWeight=20\n" in shown
    assert "\nOOMPolicy=continue\n" in shown
    assert "\nKillMode=mixed\n" in shown
    runner.server.run(["systemctl", "stop", UNIT])
