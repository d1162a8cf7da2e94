"""The person's own standard streams for a program on a host: as a terminal, or as the files and pipes that they are."""

from __future__ import annotations

import codecs
import os
import signal
import sys
import threading
from types import TracebackType
from typing import Any

from golive.transport.terminal import Opening, Resized

_PIECE = 64 * 1024
_LOOK_EVERY = 0.5
"""Seconds between two looks at the size of a window on Windows, which does not tell by itself."""


class Ends:
    """Pipes and files, byte for byte. As a context manager: at its end everything is as it was."""

    tty = False

    def opening(self, argv: tuple[str, ...]) -> Opening:
        """ARGV at these ends."""
        return Opening(argv)

    def begin(self, resized: Resized) -> None:
        """Nothing has to be made ready."""

    def read(self) -> bytes:
        """What comes next; b"" at the end, and when there is no standard input at all."""
        try:
            return os.read(0, _PIECE)
        except OSError:
            return b""

    def write(self, content: bytes, error: bool) -> None:
        """All of it, at once."""
        while content:
            content = content[os.write(2 if error else 1, content) :]

    def __enter__(self) -> Ends:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.restore()

    def restore(self) -> None:
        """As it was before ``begin``. May be called twice."""


class PosixTerminal(Ends):
    """Keys go to the program as they are, Ctrl-C too; lines are drawn by the host's terminal, not by ours."""

    tty = True

    def __init__(self) -> None:
        self._before: list[Any] | None = None
        self._signals: dict[int, Any] = {}

    def opening(self, argv: tuple[str, ...]) -> Opening:
        """ARGV on a terminal like this one."""
        size = os.get_terminal_size(1)
        return Opening(argv, True, os.environ.get("TERM") or "dumb", size.lines, size.columns)

    def begin(self, resized: Resized) -> None:
        """Raw until ``restore``, which a signal that ends us calls as well."""
        import termios
        import tty

        self._before = termios.tcgetattr(0)
        for number in (signal.SIGTERM, signal.SIGHUP):
            self._signals[number] = signal.signal(number, self._leave)
        self._signals[signal.SIGWINCH] = signal.signal(signal.SIGWINCH, lambda *_: _tell_size(resized))
        # Now: what was typed already is for the program.
        tty.setraw(0, termios.TCSANOW)
        _tell_size(resized)

    def restore(self) -> None:
        """As the shell left it to us."""
        if self._before is None:
            return
        import termios

        termios.tcsetattr(0, termios.TCSANOW, self._before)
        self._before = None
        for number, handler in self._signals.items():
            signal.signal(number, handler)

    def _leave(self, number: int, _: object) -> None:
        self.restore()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)


class WindowsTerminal(Ends):
    """A Windows console that passes keys on as escape sequences and draws those that come back (Windows 10, 1809)."""

    tty = True
    # https://learn.microsoft.com/windows/console/setconsolemode: line input, echo and Ctrl-C handling off.
    _INPUT_OFF, _INPUT_ON = 0x0001 | 0x0002 | 0x0004, 0x0200
    _OUTPUT_ON = 0x0001 | 0x0004 | 0x0008
    _INPUT, _OUTPUT = -10, -11

    def __init__(self) -> None:
        self._before: dict[int, int] = {}
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")

    def opening(self, argv: tuple[str, ...]) -> Opening:
        """ARGV on what Windows' own OpenSSH calls its terminal."""
        size = os.get_terminal_size(1)
        return Opening(argv, True, os.environ.get("TERM") or "xterm-256color", size.lines, size.columns)

    def begin(self, resized: Resized) -> None:
        """Raw until ``restore``; the window's size is looked at now and then."""
        before = self._mode(self._INPUT)
        self._set_mode(self._INPUT, before & ~self._INPUT_OFF | self._INPUT_ON)
        self._set_mode(self._OUTPUT, self._mode(self._OUTPUT) | self._OUTPUT_ON)
        self._watch(resized, os.get_terminal_size(1))

    def read(self) -> bytes:
        """Python's own console stream speaks UTF-8, whatever the code page."""
        raw = getattr(sys.stdin.buffer, "raw", sys.stdin.buffer)
        return raw.read(_PIECE) or b""

    def write(self, content: bytes, error: bool) -> None:
        """A letter that is cut in two waits for its other half."""
        stream = sys.stderr if error else sys.stdout
        stream.buffer.write(self._decoder.decode(content).encode("utf-8"))
        stream.buffer.flush()

    def restore(self) -> None:
        """As the console was."""
        for handle, mode in self._before.items():
            self._set_mode(handle, mode)
        self._before = {}

    def _watch(self, resized: Resized, known: os.terminal_size) -> None:
        if not self._before:
            return
        size = os.get_terminal_size(1)
        if size != known:
            resized(size.lines, size.columns)
        timer = threading.Timer(_LOOK_EVERY, self._watch, (resized, size))
        timer.daemon = True
        timer.start()

    def _mode(self, handle: int) -> int:
        import ctypes

        mode = ctypes.c_uint32()
        kernel: Any = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
        kernel.GetConsoleMode(kernel.GetStdHandle(handle), ctypes.byref(mode))
        self._before.setdefault(handle, mode.value)
        return mode.value

    def _set_mode(self, handle: int, mode: int) -> None:
        import ctypes

        kernel: Any = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
        kernel.SetConsoleMode(kernel.GetStdHandle(handle), mode)


def _tell_size(resized: Resized) -> None:
    size = os.get_terminal_size(1)
    resized(size.lines, size.columns)


def own_ends() -> Ends:
    """This process's: a terminal only where keys come from one and are shown on one."""
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        return Ends()
    return WindowsTerminal() if os.name == "nt" else PosixTerminal()
