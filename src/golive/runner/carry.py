"""Bytes between a program and the client at the other end of the connection, until one of them ends.

Nothing waits for anything but the poll: whoever reads slowly holds up the other side, and never us, so that the end of
the connection is always noticed.
Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import fcntl
import os
import select
import signal
import struct
import subprocess
import termios
from typing import List, Optional, Tuple

from golive.protocol.codec import MalformedMessage
from golive.protocol.terminal import ERRORS, INPUT, OUTPUT, SIZE, Frames, frame, noted

_PIECE = 32 * 1024
_PLENTY = 256 * 1024
"""Bytes on their way in one direction, beyond which nothing more is read for it."""

_LAST_WORDS = 100
"""Milliseconds that a terminal may still need to give what a program has written before its end."""

_GONE = select.POLLERR | select.POLLHUP | select.POLLNVAL


class Carrier:
    """PROGRAM with our ends of its (input, output, errors); on a terminal there are no errors (-1).

    CLIENT: the descriptors that its frames come from, and that ours go to.
    """

    def __init__(self, program: "subprocess.Popen[bytes]", ends: Tuple[int, int, int], client: Tuple[int, int]) -> None:
        self._program = program
        self._input, output, errors = ends
        self._terminal = errors < 0
        self._sources = {output: OUTPUT} if self._terminal else {output: OUTPUT, errors: ERRORS}
        self._incoming, self._outgoing = client
        self._to_program = b""
        self._to_client = b""
        self._no_more_input = False

    def carry(self, frames: Frames, first: List[Tuple[str, bytes]]) -> Optional[int]:
        """Until the program ends: its exit status, negative for a signal. None when the client has gone.

        FRAMES has read FIRST already.
        """
        for descriptor in (self._incoming, self._outgoing, self._input, *self._sources):
            os.set_blocking(descriptor, False)
        bell = _Bell()
        try:
            self._frames = frames
            self._take(first)
            while True:
                status = self._program.poll()
                if status is not None and (bell.stopped or self._has_said_all()):
                    return status
                if bell.stopped or not self._round(bell):
                    return None
        except (MalformedMessage, BrokenPipeError, ConnectionResetError):
            return None
        finally:
            bell.close()

    def deliver(self, last: bytes) -> None:
        """What is still on its way to the client, and LAST."""
        os.set_blocking(self._outgoing, True)
        content = self._to_client + last
        try:
            while content:
                content = content[os.write(self._outgoing, content) :]
        except OSError:
            pass

    def _round(self, bell: "_Bell") -> bool:
        """Wait for whatever may come, and carry it on. False when the client has gone."""
        for descriptor, event in self._poll(bell.descriptor).poll():
            if descriptor == bell.descriptor:
                bell.hear()
            elif descriptor in self._sources:
                self._hear_program(descriptor)
            elif descriptor == self._input:
                self._feed_program()
            elif not (self._hear_client if descriptor == self._incoming else self._tell_client)(event):
                return False
        return True

    def _poll(self, bell: int) -> "select.poll":
        """Of everybody whom we have room or something for. That the client hangs up is told unasked."""
        poll = select.poll()
        poll.register(bell, select.POLLIN)
        poll.register(self._incoming, select.POLLIN if len(self._to_program) < _PLENTY else 0)
        poll.register(self._outgoing, select.POLLOUT if self._to_client else 0)
        if len(self._to_client) < _PLENTY:
            for source in self._sources:
                poll.register(source, select.POLLIN)
        if self._to_program:
            poll.register(self._input, select.POLLOUT)
        return poll

    def _hear_client(self, event: int) -> bool:
        if not event & select.POLLIN:
            return not event & _GONE
        try:
            content = os.read(self._incoming, _PIECE)
        except BlockingIOError:
            return True
        self._take(self._frames.feed(content))
        return bool(content)

    def _take(self, found: List[Tuple[str, bytes]]) -> None:
        for name, content in found:
            if name == INPUT and content:
                self._to_program += content
            elif name == INPUT and self._terminal:
                self._to_program += b"\x04"
            elif name == INPUT:
                self._no_more_input = True
            elif name == SIZE and self._terminal:
                size = noted(content)
                words = struct.pack("HHHH", int(size["rows"]), int(size["columns"]), 0, 0)
                fcntl.ioctl(self._input, termios.TIOCSWINSZ, words)
        if self._no_more_input and not self._to_program:
            self._end_input()

    def _tell_client(self, event: int) -> bool:
        if not event & select.POLLOUT:
            return not event & _GONE
        try:
            self._to_client = self._to_client[os.write(self._outgoing, self._to_client) :]
        except BlockingIOError:
            pass
        return True

    def _hear_program(self, source: int) -> None:
        """What it says. A source that has ended is not listened to any more."""
        try:
            content = os.read(source, _PIECE)
        except BlockingIOError:
            return
        except OSError:  # EIO: nobody has the terminal open any more
            content = b""
        if content:
            self._to_client += frame(self._sources[source], content)
        else:
            os.close(source)
            del self._sources[source]

    def _feed_program(self) -> None:
        try:
            self._to_program = self._to_program[os.write(self._input, self._to_program[:_PIECE]) :]
        except BlockingIOError:
            return
        except OSError:  # it has closed its input, or ended
            self._to_program = b""
            self._no_more_input = not self._terminal
        if self._no_more_input and not self._to_program:
            self._end_input()

    def _end_input(self) -> None:
        if self._input >= 0:
            os.close(self._input)
            self._input = -1

    def _has_said_all(self) -> bool:
        """The program has ended. What it left running may keep its output open: only what is there counts."""
        while self._sources and len(self._to_client) < _PLENTY:
            poll = select.poll()
            for source in self._sources:
                poll.register(source, select.POLLIN)
            ready = poll.poll(_LAST_WORDS if self._terminal else 0)
            if not ready:
                return True
            for source, _ in ready:
                self._hear_program(source)
        return not self._sources


class _Bell:
    """Rings when a child has ended, and when we are to stop. ``stopped``: the latter."""

    def __init__(self) -> None:
        self.descriptor, self._rope = os.pipe()
        self.stopped = False
        for end in (self.descriptor, self._rope):
            os.set_blocking(end, False)
        for number in (signal.SIGCHLD, signal.SIGHUP, signal.SIGTERM):
            signal.signal(number, lambda *_: None)
        self._before = signal.set_wakeup_fd(self._rope)

    def hear(self) -> None:
        heard = os.read(self.descriptor, 4096)
        self.stopped = self.stopped or bool({signal.SIGHUP, signal.SIGTERM} & set(heard))

    def close(self) -> None:
        signal.set_wakeup_fd(self._before)
        os.close(self.descriptor)
        os.close(self._rope)
