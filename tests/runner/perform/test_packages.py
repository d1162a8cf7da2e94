"""Waiting for whoever has apt to itself: until it lets go, and not for ever."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from golive.runner import probe_packages
from golive.runner.failure import StepFailed
from golive.runner.perform import packages

_HOLDER = """\
import fcntl, sys
lock = open(sys.argv[1], "w")
fcntl.lockf(lock, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def holder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[str]]:
    """A program that holds dpkg's lock until it is given a line."""
    lock, script = tmp_path / "lock-frontend", tmp_path / "unattended-upgrade"
    script.write_text(_HOLDER)
    monkeypatch.setattr(probe_packages, "LOCKS", (str(lock),))
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, str(script), str(lock)], text=True, **pipes) as program:
        assert program.stdout.readline() == "held\n"
        try:
            yield program
        finally:
            program.kill()


def test_a_lock_that_is_never_released_ends_the_wait_and_its_holder_is_named(holder, context, monkeypatch) -> None:
    monkeypatch.setattr(packages, "LONGEST_WAIT", 1)
    started = time.monotonic()
    with pytest.raises(StepFailed) as caught:
        packages.wait_for_apt(context)
    assert (caught.value.code, caught.value.params) == ("apt-busy", {"holder": "unattended-upgrade", "seconds": 1})
    assert time.monotonic() - started < 10
    assert context.waits[0] == ("apt-in-use", {"holder": "unattended-upgrade", "seconds": 0})


def test_the_wait_ends_when_the_lock_is_free(holder, context, monkeypatch) -> None:
    def let_go(code: str, **params: object) -> None:
        assert params["holder"] == "unattended-upgrade"
        holder.communicate("enough\n")

    monkeypatch.setattr(context, "waiting", let_go)
    packages.wait_for_apt(context)
    assert holder.returncode == 0
