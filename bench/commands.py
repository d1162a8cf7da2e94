"""Running a contender's program and keeping what it said for the case that it fails."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path


class BenchError(Exception):
    """A contender did not do its job; its time would mean nothing."""


def call(
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    timeout: float = 900,
    statuses: Sequence[int] = (0,),
) -> str:
    """Run a program and return what it printed. Raises BenchError with its last lines for any other exit status."""
    words = [str(word) for word in argv]
    try:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            timeout=timeout,
            text=True,
            errors="replace",
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BenchError(f"{words[0]} was not ready after {timeout:.0f} s") from error
    if done.returncode not in statuses:
        tail = "\n".join(done.stdout.splitlines()[-20:])
        raise BenchError(f"{Path(words[0]).name} ended with status {done.returncode}\n{tail}")
    return done.stdout


class Stopwatch:
    """``with Stopwatch() as watch: ...`` then ``watch.seconds``."""

    seconds = 0.0

    def __enter__(self) -> Stopwatch:
        self._started = time.monotonic()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.monotonic() - self._started
