"""Exact moments of a run on a practice server: it can be killed or held there, without a hook in what is shipped.

Python reads ``sitecustomize`` before a program, even with ``-I``. The practice server gets one that looks at what the
worker of a run writes into its journal, and acts before or after the line is there.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from golive.lab import PracticeServer

FOLDER = "root/moments"

_SITECUSTOMIZE = """
import os
import sys

words = sys.orig_argv
if "work" in words and "--after" not in words and any("/golive/runner-" in word for word in words):
    import json
    import signal
    import time

    FOLDER = "/root/moments"
    BEFORE = ("run_started", "step_finished", "committed", "finished")
    AFTER = ("step_started",)
    write_really = os.write

    def mode():
        try:
            with open(FOLDER + "/mode") as stream:
                return stream.read()
        except OSError:
            return ""

    def die(moment):
        used = os.open(FOLDER + "/used", os.O_RDWR | os.O_CREAT | os.O_APPEND)
        known = os.pread(used, 1 << 20, 0).decode().splitlines()
        if moment not in known:
            write_really(used, (moment + "\\n").encode())
            os.kill(os.getpid(), signal.SIGKILL)

    def hold(moment):
        with open(FOLDER + "/held", "w") as stream:
            stream.write(moment)
        while mode() == "hold" and not os.path.exists(FOLDER + "/go " + moment):
            time.sleep(0.01)

    def write(descriptor, content):
        try:
            event = json.loads(bytes(content))
            name = event["event"]
        except (ValueError, TypeError, KeyError):
            return write_really(descriptor, content)
        moment = " ".join([name, event.get("step", "")]).strip()
        wanted = mode()
        if wanted == "kill" and name in BEFORE:
            die("before " + moment)
        written = write_really(descriptor, content)
        if wanted == "kill" and name in AFTER:
            die("after " + moment)
        if wanted == "hold" and name in ("run_started", "step_started", "step_finished"):
            hold(moment)
        return written

    os.write = write
"""


class Moments:
    """What happens to the workers of SERVER from now on: at first nothing."""

    def __init__(self, server: PracticeServer) -> None:
        self._server = server
        version = server.run(["python3", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]).stdout.strip()
        server.run(["mkdir", "-p", f"/{FOLDER}"])
        server.run(["tee", f"/etc/python{version}/sitecustomize.py"], input=_SITECUSTOMIZE)

    @property
    def _folder(self) -> Path:
        return self._server.root / FOLDER

    def kill(self) -> None:
        """Each run is killed (SIGKILL) at the first moment at which none has been killed yet.

        Moments: before the journal is told of a step's end (it has happened by then), or of the run's beginning, its
        commit or its end; and after it was told of a step's beginning.
        """
        (self._folder / "mode").write_text("kill")

    def spare(self, *moments: str) -> None:
        """No run is killed at these moments."""
        with (self._folder / "used").open("a") as used:
            used.writelines(f"{moment}\n" for moment in moments)

    def hold(self) -> None:
        """Each run waits at each of its steps, after the journal has told that it began or finished."""
        for path in self._folder.glob("go *"):
            path.unlink()
        (self._folder / "held").unlink(missing_ok=True)
        (self._folder / "mode").write_text("hold")

    def let_go(self, moment: str) -> None:
        """The run that waits at MOMENT goes on to the next."""
        (self._folder / ("go " + moment)).touch()

    def let_go_until(self, moment: str) -> None:
        """The run goes on to MOMENT and waits there."""
        until(lambda: self._has_come_to(moment), f"the run comes to {moment}")

    def leave_alone(self) -> None:
        """Nothing happens to runs any more; one that waits goes on."""
        (self._folder / "mode").unlink(missing_ok=True)

    @property
    def held(self) -> str:
        """The moment at which a run waits, or waited last: ``step_finished switch``, say."""
        try:
            return (self._folder / "held").read_text()
        except FileNotFoundError:
            return ""

    @property
    def used(self) -> list[str]:
        """The moments at which runs were killed, in order."""
        try:
            return (self._folder / "used").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _has_come_to(self, moment: str) -> bool:
        held = self.held
        if held and held != moment:
            self.let_go(held)
        return held == moment


class Site:
    """What is on SERVER of the app SLUG."""

    def __init__(self, server: PracticeServer, slug: str = "tiny") -> None:
        self.server = server
        self.slug = slug

    @property
    def folder(self) -> Path:
        """``/srv/golive/SLUG``."""
        return self.server.root / "srv/golive" / self.slug

    @property
    def current(self) -> int:
        """The number of the live release, 0 for none."""
        link = self.folder / "current"
        return int(link.readlink().name) if link.is_symlink() else 0

    @property
    def releases(self) -> list[int]:
        """The numbers of all releases."""
        return sorted(int(path.name) for path in self.folder.glob("releases/*"))

    @property
    def runs(self) -> list[Path]:
        """The folders of all runs, the newest last."""
        return sorted(self.folder.glob("journal/0*"))

    def journal(self, run: Path | None = None) -> list[dict[str, Any]]:
        """What a run's journal tells, the newest run's by default."""
        return [json.loads(line) for line in ((run or self.runs[-1]) / "journal.jsonl").read_text().splitlines()]

    @property
    def ours(self) -> list[str]:
        """Units and the proxy's file, as paths, that are there for this app."""
        etc = self.server.root / "etc"
        found = [*etc.glob(f"systemd/system/golive-{self.slug}*"), *etc.glob(f"nginx/conf.d/golive-{self.slug}*")]
        return sorted(path.name for path in found)

    @property
    def active(self) -> list[str]:
        """The units of this app that run."""
        argv = ["systemctl", "list-units", "--plain", "--no-legend", "--state=active", f"golive-{self.slug}*"]
        return sorted(line.split()[0] for line in self.server.run(argv).stdout.splitlines())

    def assert_at_rest(self) -> None:
        """Nobody works on the app, every run has its end, and nothing that only a run needs is left of one."""
        lease = self.server.run(["systemctl", "is-active", f"golive-run-{self.slug}.service"], check=False)
        assert lease.stdout.strip() in ("inactive", "failed")
        for run in self.runs:
            assert self.journal(run)[-1]["event"] == "finished", run
            left = {path.name for path in run.iterdir()}
            assert left <= {"arrival.json", "plan.json", "journal.jsonl", "drain.json"}, run
        assert [path.name for path in self.folder.glob("journal/incoming-*")] == []

    def wait_at_rest(self) -> None:
        """Until the newest run has told its end and let go."""
        unit = f"golive-run-{self.slug}.service"
        until(
            lambda: (
                self.server.run(["systemctl", "is-active", unit], check=False).stdout.strip() in ("inactive", "failed")
            ),
            "the run ends",
        )
        self.assert_at_rest()


def until(condition: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Returns when CONDITION holds; fails, saying WHAT was waited for, after a generous time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)
