"""Code-only redeploys of a small app while visitors keep coming: what they notice, and how long it takes."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.commands import BenchError, Stopwatch
from bench.measure import format_seconds
from bench.peers import piku
from bench.report import Section
from bench.workshop import CHECKOUT, Workshop

APP = CHECKOUT / "bench" / "app"
RATE = 100
AFTERWARDS = 6.0  # seconds of further requests: what a switch breaks later counts too
COLUMNS = ("", "requests", "failed", "longest gap", "command", "until answered", "how they failed")


@dataclass
class Deployer:
    """One contender: the folder with its copy of the app, and what deploys it."""

    name: str
    url: str
    folder: Path
    deploy: Callable[[], object]
    commands: list[float] = field(default_factory=list)
    until_answered: list[float] = field(default_factory=list)
    observed: list[dict[str, Any]] = field(default_factory=list)

    def redeploy(self, version: str) -> None:
        """Change one line of code, deploy it under load, and write down what visitors saw."""
        write_greeting(self.folder, version)
        with visitors(self.url) as outcome:
            with Stopwatch() as command:
                self.deploy()
            started = time.monotonic() - command.seconds
            wait_for(self.url, version)
            self.until_answered.append(time.monotonic() - started)
            time.sleep(AFTERWARDS)
        self.commands.append(command.seconds)
        self.observed.append(outcome)

    def row(self) -> tuple[str, ...]:
        """All its redeploys in one line: sums of requests, the worst gap, medians of seconds."""
        kinds: dict[str, int] = {}
        for outcome in self.observed:
            for kind, count in outcome["failures"].items():
                kinds[kind] = kinds.get(kind, 0) + count
        return (
            self.name,
            str(sum(outcome["sent"] for outcome in self.observed)),
            str(sum(kinds.values())),
            format_seconds(max(outcome["longest_gap"] for outcome in self.observed)),
            format_seconds(statistics.median(self.commands)),
            format_seconds(statistics.median(self.until_answered)),
            ", ".join(f"{kind}: {count}" for kind, count in sorted(kinds.items())) or "none",
        )


def measure(shop: Workshop, rounds: int) -> Section:
    """golive, and Piku if its script was given, each on a server of its own, taking turns."""
    script = piku.script()
    with shop.server("flask") as server:
        app = shop.copy(APP)
        deployers = [Deployer("golive up", f"http://{server.address}/", app, lambda: shop.golive("up", server, app))]
        if script is None:
            _rounds(deployers, rounds)
        else:
            with shop.server("piku") as other:
                piku.install(other, script)
                pusher = piku.Pusher(shop, other, APP)
                deployers.append(Deployer("Piku", f"http://{other.address}/", pusher.folder, pusher.deploy))
                _rounds(deployers, rounds)
    return Section(
        f"Code-only redeploy of a small Flask app under {RATE} requests/s",
        COLUMNS,
        [deployer.row() for deployer in deployers],
        _remarks(deployers),
    )


def _rounds(deployers: list[Deployer], rounds: int) -> None:
    for deployer in deployers:
        write_greeting(deployer.folder, "version first")
        deployer.deploy()
        wait_for(deployer.url, "version first")
    for number in range(rounds):
        for deployer in deployers:
            deployer.redeploy(f"version {number + 1}")


def _remarks(deployers: list[Deployer]) -> list[str]:
    outcomes = [outcome for deployer in deployers for outcome in deployer.observed]
    late = max(outcome["late"] for outcome in outcomes)
    remarks = [
        "Half of the requests come over kept-alive connections; nothing is retried.",
        f"Aims: none failed, longest gap below 100 ms (our own clock was up to {late * 1000:.0f} ms late), 1.5 s.",
        '"Until answered": from the start of the command to the first look afterwards that shows the new code.',
    ]
    if len(deployers) == 1:
        return [*remarks, "Piku was left out: PIKU=FILE, with its piku.py, brings it in."]
    golive, other = deployers
    times = statistics.median(other.until_answered) / statistics.median(golive.until_answered)
    return [
        *remarks,
        f"With Piku it takes {times:.1f} times as long until the new code answers; its push returns before that.",
    ]


def write_greeting(folder: Path, version: str) -> None:
    """The change of code: another greeting, in the place of the last one."""
    lines = (folder / "app.py").read_text("utf-8").splitlines()
    changed = [f'GREETING = "{version}"' if line.startswith("GREETING = ") else line for line in lines]
    (folder / "app.py").write_text("\n".join([*changed, ""]), "utf-8")


def wait_for(url: str, text: str, seconds: float = 60) -> None:
    """Look until the page shows ``text``. Raises BenchError if it does not in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  (always a practice server)
                if text in answer.read().decode("utf-8"):
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.05)
    raise BenchError(f"the new code did not answer within {seconds:.0f} s")


@contextmanager
def visitors(url: str) -> Iterator[dict[str, Any]]:
    """Requests at ``url`` for the time of the block; afterwards the dictionary holds what became of them."""
    argv = [sys.executable, "-m", "bench.load", url, "--expect", "A good answer", "--rate", str(RATE)]
    outcome: dict[str, Any] = {}
    with subprocess.Popen(argv, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as load:
        try:
            if load.stdout is None or load.stdout.readline() != "ready\n":
                raise BenchError("the app did not answer before its redeploy")
            yield outcome
            said, _ = load.communicate(timeout=60)
            outcome.update(json.loads(said))
        finally:
            load.kill()
