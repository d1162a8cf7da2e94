"""Windows and macOS can drive a host: nothing on the controller's path needs a POSIX-only module."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from golive.cli import COMMANDS

POSIX_ONLY = ("fcntl", "pwd", "grp", "termios", "resource", "pty", "tty", "crypt", "spwd", "syslog", "readline", "nis")

# What the libraries import is their own business: they look before they use it. Ours must not.
BLOCKED = f"""
import importlib.abc, os, sys

class Block(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name in {POSIX_ONLY!r}:
            raise ImportError(name + " is not here, as on Windows")

for name in {POSIX_ONLY!r}:
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Block())
"""


def blocked(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", BLOCKED + program], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_shows_its_help(command: str) -> None:
    done = blocked(f"from golive.cli import main; sys.exit(main([{command!r}, '--help']))")
    assert done.returncode == 0, done.stderr
    assert "Examples:" in done.stdout


CONTROLLER = (
    "golive.cli.ends",
    "golive.cli.view_human",
    "golive.cli.view_json",
    "golive.config",
    "golive.detect",
    "golive.engine.check",
    "golive.engine.deploy",
    "golive.engine.down",
    "golive.engine.host_names",
    "golive.engine.hosts",
    "golive.engine.logs",
    "golive.engine.maintenance",
    "golive.engine.releases",
    "golive.engine.run",
    "golive.engine.status",
    "golive.engine.status_all",
    "golive.explain.shell",
    "golive.lab",
    "golive.planner",
    "golive.transport.bundle",
    "golive.transport.code",
    "golive.transport.ssh",
)


@pytest.mark.parametrize("module", CONTROLLER)
def test_the_controller_can_be_imported(module: str) -> None:
    done = blocked(f"import {module}")
    assert done.returncode == 0, done.stderr


def test_the_block_works() -> None:
    assert "as on Windows" in blocked("import fcntl").stderr


HEAVY = ("asyncssh", "cryptography", "dulwich", "rich", "golive.transport", "golive.engine.deploy", "golive.lab")


@pytest.mark.parametrize("words", [["--help"], ["up", "--help"], ["--version"]], ids=" ".join)
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    program = (
        "import sys; from golive.cli import main; main("
        f"{words!r}); sys.exit([name for name in {HEAVY!r} if name in sys.modules] or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="children's processor time is told on POSIX only")
def test_help_comes_within_200_milliseconds() -> None:
    """Of the processor's time, the best of several: what the machine does beside is not golive's."""
    command = [sys.executable, "-c", "from golive.cli import main; main()", "--help"]
    spent = []
    for _ in range(5):
        before = os.times()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        after = os.times()
        spent.append(after.children_user + after.children_system - before.children_user - before.children_system)
    assert min(spent) < 0.2
