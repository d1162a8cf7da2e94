"""Random plans, killed between any two lines of the runner, with whatever a power cut may take from the journal."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from types import FrameType
from typing import Any

import launcher
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import APP, plan_of, step, tree
from golive import runner
from golive.protocol.codec import encode_plan, write_frame
from golive.protocol.steps import EnsureDirectory, EnsureLink, HostPlan, RemovePaths, Step, SwitchRelease, WriteFile
from golive.runner import inbox, journal, recover, runs, undo, work, workplace
from golive.runner.layout import Layout

CODE = str(Path(runner.__file__).parent)
NAMES = st.sampled_from(["a", "b", "c", "d/e", "d/f"])
WHOLE = 1 << 40
LOADED = (recover, undo, work)
"""Loaded before any line is counted: a kill while Python reads them is a kill before the run."""

# A step on one path below the site: what it makes of it, and with what content.
change = st.tuples(st.sampled_from(["write", "link", "directory"]), NAMES, st.sampled_from(["one", "two"]))
start = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.sampled_from(["one", "two", "link", "directory"]))


class Host:
    """A host whose runner can be cut off after a number of lines."""

    def __init__(self, root: Path, site: dict[str, str]) -> None:
        self.root = root
        self.layout = Layout(str(root))
        self.app = Path(self.layout.app(APP))
        self.synced = root / "synced"
        for folder in ("releases/6", "releases/7", "site/d", "journal"):
            (self.app / folder).mkdir(parents=True)
        (self.app / "current").symlink_to("releases/6")
        for name, content in site.items():
            path = self.app / "site" / name
            if content == "link":
                path.symlink_to("somewhere")
            elif content == "directory":
                path.mkdir()
            else:
                path.write_text(content)

    def receive(self, plan: HostPlan) -> str:
        stream = BytesIO()
        write_frame(stream, "plan", encode_plan(plan))
        write_frame(stream, "end", b"")
        stream.seek(0)
        arrived = inbox.receive(stream, self.layout)
        os.close(arrived.lock)
        return arrived.token

    def work(self, token: str, lines: int = WHOLE, file: str = "") -> int:
        """A worker for TOKEN, killed after LINES lines (of FILE). How many it has run; -1 when it was killed."""
        counted = self.root / "counted"
        counted.unlink(missing_ok=True)
        child = os.fork()
        if child == 0:
            try:
                os.environ["GOLIVE_ROOT"] = str(self.root)
                with killed_after(lines, counted, file), noted_syncs(self.synced):
                    workplace.work(self.layout, APP, token, [], perform=launcher.TABLE)
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        return int(counted.read_text()) if counted.exists() else -1

    def lose(self, share: float) -> None:
        """A power cut takes from the end of the journal up to all that was never synced."""
        for path in self.app.glob("journal/0*/journal.jsonl"):
            kept = int(self.synced.read_text()) if self.synced.exists() else 0
            size = path.stat().st_size
            os.truncate(path, size - int(max(0, size - kept) * share))

    def end(self) -> dict[str, object]:
        """The last event; {} when the run never began."""
        found = runs.all_runs(self.layout, APP)
        return journal.last_event(found[-1] + "/journal.jsonl") if found else {}


@contextmanager
def killed_after(lines: int, counted: Path, file: str) -> Iterator[None]:
    seen = 0

    def on_line(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal seen
        seen += 1
        if seen >= lines:
            os.kill(os.getpid(), signal.SIGKILL)
        return on_line

    def on_call(frame: FrameType, event: str, argument: object) -> Any:
        path = frame.f_code.co_filename
        return on_line if path.startswith(CODE) and path.endswith(file) else None

    sys.settrace(on_call)
    try:
        yield
    finally:
        sys.settrace(None)
        counted.write_text(str(seen))


@contextmanager
def noted_syncs(note: Path) -> Iterator[None]:
    """NOTE holds how much of the journal is on the disk for certain."""
    sync = journal.Journal.sync

    def noted(self: journal.Journal) -> None:
        sync(self)
        note.write_text(str(Path(self.path).stat().st_size))

    journal.Journal.sync = noted  # type: ignore[method-assign]
    yield


def steps_of(host: Host, changes: list[tuple[str, str, str]], prefix: str, phase: str) -> list[Step]:
    made = []
    for number, (kind, name, content) in enumerate(changes):
        path = str(host.app / "site" / name)
        action: object = {
            "write": WriteFile(path, content),
            "link": EnsureLink(path, content),
            "directory": EnsureDirectory(path),
        }[kind]
        made.append(step(f"{prefix}{number}", action, phase))
    return made


def plan_for(host: Host, before: list[Any], after: list[Any], removed: list[str]) -> HostPlan:
    prune = step("prune", RemovePaths(tuple(str(host.app / "site" / name) for name in removed)), "tidy")
    return plan_of(
        *steps_of(host, before, "before", "build"),
        step("switch", SwitchRelease(str(host.app / "current"), "releases/7"), "switch"),
        *steps_of(host, after, "after", "switch"),
        prune,
        commit="switch",
    )


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    site=start,
    before=st.lists(change, max_size=4),
    after=st.lists(change, max_size=3),
    removed=st.lists(NAMES, max_size=2),
    moments=st.lists(st.floats(0, 1), min_size=1, max_size=3),
    lost=st.floats(0, 1),
)
def test_the_site_is_the_old_one_or_the_new_one(
    site: dict[str, str],
    before: list[Any],
    after: list[Any],
    removed: list[str],
    moments: list[float],
    lost: float,
) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        calm = Host(folder / "calm", site)
        old = tree(calm.app)
        lines = calm.work(calm.receive(plan_for(calm, before, after, removed)))
        new = tree(calm.app)
        well = calm.end()["ok"]
        assert lines > 0
        assert well or new == old

        host = Host(folder / "cut", site)
        token = host.receive(plan_for(host, before, after, removed))
        for moment in moments:
            host.work(token, int(lines * moment) + 1)
            host.lose(lost)
            if runs.with_token(host.layout, APP, token):
                token = "recover"
        if token != "recover":
            assert tree(host.app) == old
            return
        host.work("recover")

        end = host.end()
        assert end["event"] == "finished"
        assert tree(host.app) == (new if end["ok"] else old)
        assert end["ok"] or end["code"] in ("recovered", "file-conflict")
        assert not runs.unfinished(host.layout, APP)
    finally:
        shutil.rmtree(folder)


BEFORE = [("write", "a", "two"), ("link", "b", "two"), ("directory", "c", ""), ("write", "d/e", "two")]
WELL = [("write", "d/f", "two")]
FAILING = [("write", "c", "into a directory")]
SITE = {"a": "one", "b": "link"}


class Twice:
    """One plan on many hosts: OLD and NEW are its two only outcomes."""

    def __init__(self, folder: Path, after: list[Any]) -> None:
        self.folder = folder
        self.after = after
        calm = self.host()
        self.old = tree(calm.app)
        calm.work(self.receive(calm))
        self.new = tree(calm.app)
        assert (self.new == self.old) == (after is FAILING)

    def host(self) -> Host:
        shutil.rmtree(self.folder / "host", ignore_errors=True)
        return Host(self.folder / "host", SITE)

    def receive(self, host: Host) -> str:
        return host.receive(plan_for(host, BEFORE, self.after, ["a"]))

    def is_switched_when_killed_at(self, line: int) -> bool:
        host = self.host()
        assert host.work(self.receive(host), line, "perform/switch.py") == -1
        return str((host.app / "current").readlink()) == "releases/7"

    def assert_one_of_both(self, host: Host, moment: str) -> None:
        end = host.end()
        assert end.get("event", "finished") == "finished", moment
        assert tree(host.app) == (self.new if end.get("ok") else self.old), moment


@pytest.mark.parametrize("after", [WELL, FAILING], ids=["going well", "failing"])
@pytest.mark.parametrize(
    ("file", "stride"),
    [("perform/switch.py", 1), ("atomic.py", 3), ("undo.py", 3), ("/work.py", 5), ("journal.py", 11)],
)
def test_a_run_killed_at_every_line_of(file: str, stride: int, after: list[Any], tmp_path: Path) -> None:
    """All that was not synced is lost from the journal; what was done on the disk is there."""
    plan = Twice(tmp_path, after)
    for line in itertools.count(1, stride):
        host = plan.host()
        finished = host.work(plan.receive(host), line, file) >= 0
        host.lose(1)
        if not finished:
            host.work("recover", line, file)
            host.lose(1)
            host.work("recover")
        plan.assert_one_of_both(host, f"killed at line {line} of {file}")
        if finished:
            break
    assert line > 3 or (file == "undo.py" and after is WELL)


@pytest.mark.parametrize("after", [WELL, FAILING], ids=["going well", "failing"])
@pytest.mark.parametrize("switched", [False, True], ids=["before the switch", "after the switch"])
def test_a_recovery_killed_at_every_line(switched: bool, after: list[Any], tmp_path: Path) -> None:
    plan = Twice(tmp_path, after)
    cut = next(line for line in itertools.count(1) if plan.is_switched_when_killed_at(line) == switched)
    for line in itertools.count(1, 2):
        host = plan.host()
        assert host.work(plan.receive(host), cut, "perform/switch.py") == -1
        finished = host.work("recover", line, "recover.py") >= 0
        host.work("recover")
        plan.assert_one_of_both(host, f"killed at line {line}")
        assert host.end()["ok"] == (switched and after is WELL)
        if finished:
            break
    assert line > 30
