"""A terminal, or a pipe, to a program of the app: frames both ways, shaped as everywhere (``golive.protocol.codec``).

==========  ========================================================================================
to the host
----------  ----------------------------------------------------------------------------------------
open        the first one: {argv, tty, term, rows, columns}
input       bytes for the program's standard input; none at all: its end
size        {rows, columns} of the window, when they change
==========  ========================================================================================

==========  ========================================================================================
from the host
----------  ----------------------------------------------------------------------------------------
started     the program runs
output      bytes of its standard output; on a terminal of both
errors      bytes of its standard error
ended       {status}: how it ended, 128 + N for signal N; the last one
failed      {code, params}: it never ran; the first one and the last
==========  ========================================================================================

The program's own bytes are in frames so that nothing else (what sudo or a shell remarks) can get among them, and so
that an end that is told differs from a connection that is lost.
Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import json
from typing import Any, Dict, List, Tuple

from golive.protocol.codec import MalformedMessage, frame_header

OPEN = "open"
INPUT = "input"
SIZE = "size"
STARTED = "started"
OUTPUT = "output"
ERRORS = "errors"
ENDED = "ended"
FAILED = "failed"

LONGEST = 64 * 1024
"""Bytes of one frame, at most."""

_LONGEST_HEADER = 200


def frame(name, content=b""):
    # type: (str, bytes) -> bytes
    """One frame."""
    return frame_header(name, len(content)) + content


def note(name, **values):
    # type: (str, Any) -> bytes
    """One frame whose content is a JSON object."""
    return frame(name, json.dumps(values).encode("utf-8"))


def noted(content):
    # type: (bytes) -> Dict[str, Any]
    """The object that a ``note`` holds. Raises MalformedMessage."""
    try:
        values = json.loads(content.decode("utf-8"))
    except ValueError as error:
        raise MalformedMessage("not a note: {!r}".format(error))
    if not isinstance(values, dict):
        raise MalformedMessage("not a note")
    return values


class Frames:
    """Takes bytes as they come and gives the frames that are whole."""

    def __init__(self):
        # type: () -> None
        self._rest = b""

    def feed(self, content):
        # type: (bytes) -> List[Tuple[str, bytes]]
        """Names and contents, in order. Raises MalformedMessage."""
        self._rest += content
        found = []
        start = 0
        while True:
            line, newline, _ = self._rest[start : start + _LONGEST_HEADER].partition(b"\n")
            if not newline:
                if len(line) == _LONGEST_HEADER:
                    raise MalformedMessage("not a frame")
                break
            name, size = _header(line)
            end = start + len(line) + 1 + size
            if len(self._rest) < end:
                break
            found.append((name, self._rest[end - size : end]))
            start = end
        self._rest = self._rest[start:]
        return found


def _header(line):
    # type: (bytes) -> Tuple[str, int]
    try:
        header = json.loads(line.decode("ascii"))
        name, size = header["frame"], header["size"]
    except (ValueError, KeyError, TypeError) as error:
        raise MalformedMessage("not a frame: {!r}".format(error))
    if not isinstance(name, str) or not isinstance(size, int) or not 0 <= size <= LONGEST:
        raise MalformedMessage("a frame of impossible size")
    return name, size
