"""A terminal of this very computer: the runner as on a host, as a child process. Twin: ``golive.runner.terminal``."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO, Any

from golive.errors import HostError
from golive.protocol.terminal import ERRORS, STARTED
from golive.transport.terminal import Ends, Listener, Opening, input_frame, size_frame

_PIECE = 64 * 1024


def hold(command: Sequence[str], variables: Mapping[str, str], opening: Opening, ends: Ends) -> dict[str, Any]:
    """COMMAND is the runner's; to the program's end: {status}, or {code, params} if it never ran. Raises HostError."""
    pipe = subprocess.PIPE
    # A session of its own: Ctrl-C at the person's terminal is a key of the program's, not a signal for the runner.
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, env=variables, bufsize=0, start_new_session=True
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise ValueError("no pipes")
        try:
            return _Talk(process.stdin, process.stdout, ends).hold(opening)
        finally:
            with suppress(OSError):
                process.stdin.close()


class _Talk:
    def __init__(self, incoming: IO[bytes], outgoing: IO[bytes], ends: Ends) -> None:
        self._in = incoming
        self._out = outgoing
        self._ends = ends
        self._sending = threading.Lock()
        self._over = False

    def hold(self, opening: Opening) -> dict[str, Any]:
        listener = Listener("local")
        self._send(opening.frame)
        try:
            while listener.last is None:
                content = self._out.read(_PIECE)
                if not content:
                    raise HostError("connection-lost", host="local")
                for name, inner in listener.feed(content):
                    if name == STARTED:
                        self._begin()
                    else:
                        self._ends.write(inner, name == ERRORS)
            return listener.last
        finally:
            self._over = True

    def _begin(self) -> None:
        self._ends.begin(self._resized)
        threading.Thread(target=self._feed, name="golive-keyboard", daemon=True).start()

    def _resized(self, rows: int, columns: int) -> None:
        self._tell(size_frame(rows, columns))

    def _feed(self) -> None:
        while not self._over:
            content = self._ends.read()
            if self._over or not self._tell(input_frame(content)) or not content:
                return

    def _tell(self, content: bytes) -> bool:
        """Whether the program may still hear it."""
        try:
            self._send(content)
        except (OSError, ValueError):
            return False
        return True

    def _send(self, content: bytes) -> None:
        with self._sending:
            unsent = memoryview(content)
            while unsent:
                unsent = unsent[self._in.write(unsent) or 0 :]
