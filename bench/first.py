"""The first deploy on a bare server, beside the work in it that nobody can avoid: packages and the environment.

The twin gets, typed by hand, the very ``apt-get`` commands that are in the first server's apt history, then an
environment by venv and pip with what the app asks for.
"""

from __future__ import annotations

import re
import shlex

from bench.commands import BenchError, Stopwatch
from bench.measure import Samples, ratio, timing_columns, timing_rows
from bench.report import Section
from bench.workshop import GUESTBOOK, Workshop
from golive.lab import PracticeServer

APP_SERVER = "gunicorn"
BARE = "the bare work in it"
ENVIRONMENT = {"DEBIAN_FRONTEND": "noninteractive"}


def measure(shop: Workshop, rounds: int) -> Section:
    """``golive up`` of the guestbook on fresh servers, and the bare work on fresh twins, in turns."""
    app = shop.copy(GUESTBOOK)
    requirements = (app / "requirements.txt").read_text("utf-8")
    deploys: list[float] = []
    bare: list[float] = []
    packages = environment = 0.0
    for number in range(rounds):
        with shop.server(f"first-{number}") as server, Stopwatch() as watch:
            shop.golive("up", server, app)
            commands = installs(server)
        deploys.append(watch.seconds)
        with shop.server(f"twin-{number}") as twin:
            packages, environment = install_packages(twin, commands), build_environment(twin, requirements)
        bare.append(packages + environment)
    samples = [Samples("golive up", tuple(deploys)), Samples(BARE, tuple(bare))]
    return Section(
        "First deploy of the guestbook on a bare server",
        timing_columns(BARE),
        timing_rows(samples, BARE),
        (
            f"golive up takes {ratio(samples[0], samples[1]):.2f} times the bare work (aim: at most 1.3).",
            f"The bare work in the last round: apt {packages:.1f} s, venv and pip {environment:.1f} s.",
        ),
    )


def installs(server: PracticeServer) -> list[list[str]]:
    """The apt commands that golive ran on a server, from apt's own history. Raises BenchError if there are none."""
    history = server.run(["cat", "/var/log/apt/history.log"]).stdout
    found = [shlex.split(line) for line in re.findall(r"^Commandline: (.*)$", history, re.MULTILINE)]
    commands = [words for words in found if "install" in words]
    if not commands:
        raise BenchError("apt's history on the host shows no install")
    return commands


def install_packages(server: PracticeServer, commands: list[list[str]]) -> float:
    """Seconds of ``apt-get update`` and the same installs."""
    with Stopwatch() as watch:
        server.run(["apt-get", "-qq", "update"], timeout=600)
        for words in commands:
            server.run(words, timeout=900, env=ENVIRONMENT)
    return watch.seconds


def build_environment(server: PracticeServer, requirements: str) -> float:
    """Seconds of a virtual environment with the app's requirements and the app server."""
    server.run(["tee", "/root/requirements.txt"], input=requirements)
    install = ["/root/env/bin/pip", "install", "--quiet", "-r", "/root/requirements.txt", APP_SERVER]
    with Stopwatch() as watch:
        server.run(["python3", "-m", "venv", "/root/env"])
        server.run(install, timeout=900)
    return watch.seconds
