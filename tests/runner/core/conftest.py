"""A host of its own for each test: a folder as its root, real runner processes in it."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

import pytest

from golive.protocol.codec import encode_plan, write_frame
from golive.protocol.facts import ProbeRequest
from golive.protocol.steps import HostPlan, ReloadUnits, RunCommand, Step, SwitchRelease, WriteFile

LAUNCHER = Path(__file__).with_name("launcher.py")
APP = "shop"
PATIENCE = 20.0

Event = dict[str, object]


class Home:
    """One host below ROOT, driven as the controller does it."""

    def __init__(self, root: Path, python: str = sys.executable) -> None:
        self.root = root
        self.python = python
        self.started: list[subprocess.Popen[bytes]] = []
        self.app = root / "srv/golive" / APP
        self.site = self.app / "site"
        self.site.mkdir(parents=True)

    def start(self, *words: str, sent: bytes = b"") -> subprocess.Popen[bytes]:
        """A runner command; SENT is its stdin."""
        process = subprocess.Popen(
            [self.python, "-W", "error", str(LAUNCHER), *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={"GOLIVE_ROOT": str(self.root), "PATH": os.environ["PATH"]},
        )
        self.started.append(process)
        assert process.stdin is not None
        try:
            process.stdin.write(sent)
            process.stdin.close()
        except BrokenPipeError:
            pass
        process.stdin = None
        return process

    def tell(self, *words: str, sent: bytes = b"") -> list[Event]:
        """The events of a command, once it has ended."""
        return self.events_of(self.start(*words, sent=sent))

    def events_of(self, process: subprocess.Popen[bytes]) -> list[Event]:
        told, complaints = process.communicate(timeout=PATIENCE * 2)
        assert complaints.decode() == ""
        assert process.returncode == 0
        return [json.loads(line) for line in told.splitlines()]

    def start_run(self, plan: HostPlan, **frames: bytes) -> subprocess.Popen[bytes]:
        stream = BytesIO()
        for name, content in [("plan", encode_plan(plan)), *frames.items(), ("who", b"li@laptop"), ("end", b"")]:
            write_frame(stream, name, content)
        return self.start("run", sent=stream.getvalue())

    def run(self, plan: HostPlan, **frames: bytes) -> list[Event]:
        return self.events_of(self.start_run(plan, **frames))

    def recover(self) -> Event:
        return self.tell("recover", APP)[-1]

    def runs(self) -> list[Path]:
        return sorted(path for path in (self.app / "journal").glob("[0-9]*"))

    def journal(self, run: Path | None = None) -> list[Event]:
        path = (run or self.runs()[-1]) / "journal.jsonl"
        return [json.loads(line) for line in path.read_bytes().splitlines()]

    def journal_bytes(self) -> bytes:
        """The newest run's journal, as far as there is one."""
        runs = self.runs()
        path = runs[-1] / "journal.jsonl" if runs else Path("/nowhere")
        return path.read_bytes() if path.exists() else b""

    def until_told(self, word: str) -> None:
        """Wait until the newest journal holds WORD."""
        until(lambda: word.encode() in self.journal_bytes(), f"the journal tells {word}")

    def kill_at(self, point: str, count: int = 1) -> None:
        (self.root / "faults.json").write_text(json.dumps({"kill": [point, count]}))

    def no_faults(self) -> None:
        (self.root / "faults.json").unlink(missing_ok=True)

    def let_go(self) -> None:
        """Ends the step kind ``reload_units``, which waits for this here."""
        (self.root / "go").touch()

    def holders(self) -> list[int]:
        """Who may hold the lease: the parent, then the worker."""
        try:
            lines = (self.app / "journal/lock").read_text().splitlines()
        except FileNotFoundError:
            return []
        return [int(line.split()[0]) for line in lines]

    def kill_worker_and_parent(self) -> None:
        """As a power cut ends them: both at once, with nobody to clean up."""
        for pid in self.holders():
            os.kill(pid, signal.SIGSTOP)
        for pid in self.holders():
            os.kill(pid, signal.SIGKILL)


def until(condition: object, what: str) -> None:
    """Wait for CONDITION() to hold."""
    deadline = time.monotonic() + PATIENCE
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, what
        time.sleep(0.005)


def tree(folder: Path) -> dict[str, tuple[object, ...]]:
    """Everything below FOLDER that a site consists of; the journal left out."""
    found: dict[str, tuple[object, ...]] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if name.split("/")[0] == "journal":
            continue
        status = path.lstat()
        if path.is_symlink():
            found[name] = ("link", str(path.readlink()))
        elif path.is_dir():
            found[name] = ("directory", stat.S_IMODE(status.st_mode))
        else:
            found[name] = ("file", path.read_bytes(), stat.S_IMODE(status.st_mode), status.st_uid)
    return found


def plan_of(*steps: Step, commit: str = "", purpose: str = "deploy", release: int = 7, **fields: object) -> HostPlan:
    values: dict[str, object] = {
        "app": APP,
        "purpose": purpose,
        "steps": steps,
        "commit_step": commit,
        "consulted": (),
        "probe": ProbeRequest(app=APP),
        "release": release,
    }
    return HostPlan(**{**values, **fields})  # type: ignore[arg-type]


def step(name: str, action: object, phase: str = "build", **fields: object) -> Step:
    return Step(id=name, action=action, phase=phase, why="write-file", **fields)  # type: ignore[arg-type]


def write(path: Path, content: str = "new", **fields: object) -> Step:
    return step("write-" + path.name, WriteFile(str(path), content), **fields)


def command(*argv: str, name: str = "command", timeout: int = 30, **fields: object) -> Step:
    return step(name, RunCommand(argv, "/", "root", "", "release", timeout), **fields)


def wait() -> Step:
    """A step that lasts until ``home.let_go()``."""
    return step("wait", ReloadUnits())


def switch(home: Home, target: str = "releases/7") -> Step:
    return step("switch", SwitchRelease(str(home.app / "current"), target), "switch")


def deploy(home: Home, *after: Step, before: Sequence[Step] = ()) -> HostPlan:
    """A plan with a commit in the middle: one file before it, AFTER behind it."""
    (home.app / "releases/7").mkdir(parents=True, exist_ok=True)
    return plan_of(*before, write(home.site / "page"), switch(home), *after, commit="switch")


def old_site(home: Home) -> dict[str, tuple[object, ...]]:
    """The host as an earlier release left it."""
    (home.app / "releases/6").mkdir(parents=True)
    (home.app / "releases/7").mkdir(parents=True)
    (home.app / "current").symlink_to("releases/6")
    (home.site / "page").write_text("old")
    return tree(home.app)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path)
    yield home
    home.let_go()
    for process in home.started:
        process.kill()
        process.communicate()
    for pid in home.holders():
        until(lambda pid=pid: not alive(pid), f"process {pid} ends")


def alive(pid: int) -> bool:
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return words[0] not in "ZX"
