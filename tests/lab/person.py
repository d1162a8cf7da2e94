"""A person with the golive command, a home of their own and an app's folder; and what visitors of the site see."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from golive.lab import PracticeServer

Event = dict[str, Any]


@dataclass(frozen=True)
class Said:
    """How a command ended. ``events``: its JSON lines, the last one is ``finished``."""

    status: int
    events: tuple[Event, ...]
    stderr: str

    @property
    def finished(self) -> Event:
        assert self.events, self.stderr
        assert self.events[-1]["event"] == "finished", self.events[-1]
        return self.events[-1]

    @property
    def text(self) -> str:
        """Everything that a person could have read."""
        return json.dumps(self.events, ensure_ascii=False) + self.stderr


class User:
    """Runs ``golive`` in a process of its own, as installed, with nothing but a home folder."""

    def __init__(self, home: Path, server: PracticeServer) -> None:
        self.home = home
        self.server = server
        home.mkdir(parents=True, exist_ok=True)

    @property
    def host(self) -> str:
        return f"root@{self.server.address}"

    @property
    def reach(self) -> list[str]:
        """The options that lead to the server."""
        return ["--to", self.host, "--identity", str(self.server.key_path), "--yes"]

    def golive(self, *words: str, cwd: Path | None = None, timeout: float = 240) -> Said:
        """A finished command with ``--json --yes`` to the server. ``words``: ``("up", str(folder))`` ..."""
        process = self.start(*words, cwd=cwd)
        try:
            output, errors = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        events = tuple(json.loads(line) for line in output.splitlines())
        return Said(process.returncode, events, errors)

    def start(self, *words: str, cwd: Path | None = None) -> subprocess.Popen[str]:
        """The command as a process that goes on; its standard output is JSON lines."""
        reach = self.reach if words[0] != "check" else []
        return subprocess.Popen(
            [sys.executable, "-m", "golive", *words, "--json", *reach],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment(),
            cwd=cwd or self.home,
        )

    def environment(self) -> dict[str, str]:
        """Nothing of the machine's own settings except where programs are."""
        kept = {name: os.environ[name] for name in ("PATH", "GOLIVE_LAB_HOME") if name in os.environ}
        # Nobody's mirrors are asked by a test.
        return {**kept, "HOME": str(self.home), "LANG": "C.UTF-8", "GOLIVE_MIRRORS": "own"}


def wait_for(process: subprocess.Popen[str], step: str, event: str = "step_started") -> Event:
    """Read the process's JSON lines until EVENT of STEP. Fails if the command ends before."""
    assert process.stdout is not None
    for line in process.stdout:
        found = json.loads(line)
        if found.get("event") == event and found.get("step") == step:
            return dict(found)
    raise AssertionError(f"the command ended before {event} of {step}")


TINY_APP = """\
import os

from flask import Flask

app = Flask(__name__)


@app.route("/")
def index():
    return "answer {version}"


@app.route("/slow")
def slow():
    import time

    time.sleep(3)
    return "slow {version}"
"""


def write_app(folder: Path, version: int = 1, code: str = TINY_APP) -> Path:
    """A tiny Flask app whose ``/`` says ``answer VERSION``. Only ``{version}`` is replaced in CODE."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "app.py").write_text(code.replace("{version}", str(version)), encoding="utf-8")
    (folder / "requirements.txt").write_text("flask\n", encoding="utf-8")
    return folder


def copy_app(source: Path, target: Path) -> Path:
    """A copy of an example without what running it left behind."""
    return Path(shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "instance", ".venv")))


def ask(address: str, path: str = "/", port: int = 80, host: str = "") -> tuple[int, str]:
    """Status and text of one visitor's question; status 0: no answer."""
    connection = http.client.HTTPConnection(address, port, timeout=10)
    try:
        connection.request("GET", path, headers={"Host": host or address})
        response = connection.getresponse()
        return response.status, response.read().decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        return 0, ""
    finally:
        connection.close()


@dataclass
class Visitors:
    """Somebody asks for a page all the time. ``with Visitors(address) as visitors: ...`` then look at ``failures``."""

    address: str
    path: str = "/"
    interval: float = 0.02
    port: int = 80
    answers: list[tuple[float, int, str]] = field(default_factory=list)

    def __enter__(self) -> Visitors:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._visit, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop.set()
        self._thread.join()

    def _visit(self) -> None:
        while not self._stop.wait(self.interval):
            self.answers.append((time.monotonic(), *ask(self.address, self.path, self.port)))

    @property
    def failures(self) -> list[tuple[float, int, str]]:
        """Every answer that was not 200."""
        return [answer for answer in self.answers if answer[1] != 200]
