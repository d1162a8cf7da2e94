"""A person at a real terminal: reads the screen, types answers."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Sequence
from pathlib import Path

PATIENCE = 240.0


class Terminal:
    """``golive`` WORDS on a terminal of its own. Use as a context manager; afterwards ``status`` and ``screen``, and
    ``restored``: the terminal is in the mode that it was in before."""

    def __init__(self, words: Sequence[str], environment: dict[str, str], folder: Path) -> None:
        self._words = words
        self._environment = {**environment, "TERM": "xterm", "COLUMNS": "120", "LINES": "40"}
        self._folder = folder
        self._read = 0
        self.screen = ""
        self.status = -1
        self.restored = False

    def __enter__(self) -> Terminal:
        self._master, slave = pty.openpty()
        self.resize(40, 120)
        self._settings = termios.tcgetattr(self._master)
        # A session of its own, so that getpass finds this terminal as /dev/tty.
        self._process = subprocess.Popen(
            [sys.executable, "-c", _WITH_TERMINAL, *self._words],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=self._environment,
            cwd=self._folder,
            start_new_session=True,
        )
        os.close(slave)
        return self

    def __exit__(self, *exception: object) -> None:
        if exception[0] is not None:
            self._process.kill()
        while self._more(time.monotonic() + PATIENCE):
            pass
        self.status = self._process.wait(timeout=PATIENCE)
        self.restored = termios.tcgetattr(self._master) == self._settings
        os.close(self._master)

    def expect(self, text: str) -> None:
        """Wait until TEXT is on the screen, after what was waited for before."""
        deadline = time.monotonic() + PATIENCE
        while text not in self.screen[self._read :]:
            assert self._more(deadline), f"{text!r} never came:\n{self.screen}"
        self._read = self.screen.index(text, self._read) + len(text)

    def answer(self, question: str, text: str) -> None:
        """Wait for QUESTION and for the terminal to be ready, then type TEXT and Enter."""
        self.expect(question)
        os.write(self._master, f"{text}\n".encode())

    def press(self, keys: str) -> None:
        """Keys as they come from a keyboard: Enter is \\r, Ctrl-C \\x03."""
        os.write(self._master, keys.encode())

    def resize(self, rows: int, columns: int) -> None:
        """The window gets another size."""
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _more(self, deadline: float) -> bool:
        """Takes in what comes next; False at the end."""
        if not select.select([self._master], [], [], max(0.0, deadline - time.monotonic()))[0]:
            raise AssertionError(f"nothing happens:\n{self.screen}")
        try:
            piece = os.read(self._master, 65536)
        except OSError:  # EIO: the last process has closed the terminal
            return False
        self.screen += piece.decode("utf-8", "replace")
        return bool(piece)


_WITH_TERMINAL = """\
import fcntl, runpy, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
sys.argv = ["golive", *sys.argv[1:]]
runpy.run_module("golive", run_name="__main__", alter_sys=True)
"""
