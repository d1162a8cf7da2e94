"""What golive weighs: on the host when it is not running, on the wire, and on the user's own computer."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.commands import call
from bench.measure import format_seconds, take_turns
from bench.report import Section
from bench.workshop import CHECKOUT, Golive, Workshop
from golive.lab import PracticeServer


def measure(shop: Workshop, rounds: int) -> Section:
    """A table of sizes, counts and the start-up time, each with its aim."""
    server = shop.guestbook
    wait_for_drain(server)
    start, bare = take_turns(
        {
            "golive --help": lambda: _run(Golive.program, "--help"),
            "python -c pass": lambda: _run(Path(sys.executable), "-c", "pass"),
        },
        rounds * 3,
    )
    rows = (
        ("Processes of golive's on the host", str(processes(server)), "0"),
        ("Listening ports of golive's on the host", str(len(foreign_ports(server))), "0"),
        ("The runner that is sent once", f"{runner_bytes(server) / 1024:.1f} KiB", "≤ 80 KiB"),
        ("golive --help", format_seconds(start.median), "≤ 200 ms"),
        ("python -c pass", format_seconds(bare.median), ""),
        ("golive with all it needs, installed by pip", f"{installed_megabytes():.0f} MB", "≤ 100 MB"),
    )
    return Section("Footprint", ("", "measured", "aim"), rows)


def wait_for_drain(server: PracticeServer, seconds: float = 120) -> None:
    """An old release may still be finishing its requests, for a bounded time; give it that."""
    end = time.monotonic() + seconds
    while processes(server) and time.monotonic() < end:
        time.sleep(0.5)


def processes(server: PracticeServer) -> int:
    """How many processes on the host run golive's code; the app's own do not count."""
    listed = server.run(["ps", "-eo", "args="]).stdout.splitlines()
    return sum("golive/runner-" in line or "runner.zip" in line for line in listed)


def foreign_ports(server: PracticeServer) -> list[str]:
    """Listening TCP and UDP sockets of anything but stock parts: sshd and nginx."""
    listed = server.run(["ss", "-Hltunp"]).stdout.splitlines()
    return [line for line in listed if '"sshd"' not in line and '"nginx"' not in line and '"systemd' not in line]


def runner_bytes(server: PracticeServer) -> int:
    """The size of the newest runner on the host."""
    return int(server.run(["sh", "-c", "stat -c %s $(ls -t /var/lib/golive/runner-*.zip | head -n 1)"]).stdout)


def installed_megabytes() -> float:
    """What ``pip install golive`` adds to a fresh virtual environment."""
    with TemporaryDirectory(prefix="golive-bench-") as folder:
        call([sys.executable, "-m", "venv", folder])
        before = _bytes_in(Path(folder))
        call([Path(folder, "bin", "pip"), "install", "--quiet", CHECKOUT])
        return (_bytes_in(Path(folder)) - before) / 1e6


def _bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _run(program: Path, *words: str) -> None:
    call([program, *words])
