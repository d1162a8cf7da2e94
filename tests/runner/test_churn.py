"""Workers that end under a main process that goes on are seen by real processes' traces."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from golive.runner.churn import Churn, children_of, main_processes

MASTER = """
import os, sys

def worker():
    pid = os.fork()
    if pid == 0:
        sys.stdin.close()
        import signal
        signal.pause()
    return pid

pid = worker()
print("ready", pid, flush=True)
for line in sys.stdin:
    if line.strip() == "replace":
        os.kill(pid, 9)
        os.waitpid(pid, 0)
        pid = worker()
    elif line.strip() == "call":
        import subprocess
        subprocess.run(["true"], check=True)
    elif line.strip() == "stop":
        os.kill(pid, 9)
        os.waitpid(pid, 0)
        break
    print("done", pid, flush=True)
"""


@pytest.fixture
def master() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([sys.executable, "-c", MASTER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    yield process
    process.communicate("stop\n", timeout=30)


def tell(process: subprocess.Popen[str], word: str) -> int:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(word + "\n")
    process.stdin.flush()
    return int(process.stdout.readline().split()[1])


def test_each_worker_that_was_replaced_counts_once(master: subprocess.Popen[str]) -> None:
    churn = Churn()
    assert churn.look([master.pid]) == 0
    assert churn.first == 1
    new = tell(master, "replace")
    assert churn.look([master.pid]) == 1
    assert churn.look([master.pid]) == 1
    assert children_of([master.pid]) == {master.pid: frozenset({new})}


def test_a_program_that_is_called_for_a_moment_is_no_worker(master: subprocess.Popen[str]) -> None:
    churn = Churn()
    churn.look([master.pid])
    tell(master, "call")
    assert churn.look([master.pid]) == 0
    assert churn.busy == 1


def test_main_processes_are_those_that_systemd_knows() -> None:
    assert main_processes([{"MainPID": "12"}, {"MainPID": "0"}, {}]) == {12}
    assert children_of([]) == {}
