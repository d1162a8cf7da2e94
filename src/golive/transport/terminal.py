"""A person's side of a terminal on a host, whichever way it is reached. Twin: ``golive.runner.terminal``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from golive.errors import HostError
from golive.protocol.terminal import (
    ENDED,
    ERRORS,
    FAILED,
    INPUT,
    OPEN,
    OUTPUT,
    SIZE,
    STARTED,
    Frames,
    frame,
    note,
    noted,
)

Resized = Callable[[int, int], None]


@dataclass(frozen=True)
class Opening:
    """What shall run, and at what. ``tty``: a terminal of ``term`` with ``rows`` and ``columns``; else plain pipes."""

    argv: Sequence[str]
    tty: bool = False
    term: str = "dumb"
    rows: int = 0
    columns: int = 0

    @property
    def frame(self) -> bytes:
        """What the host is told first."""
        size = {"rows": self.rows, "columns": self.columns}
        return note(OPEN, argv=list(self.argv), tty=self.tty, term=self.term, **size)


class Ends(Protocol):
    """The person's own standard streams."""

    def begin(self, resized: Resized) -> None:
        """The program runs: from now on keys are its own. RESIZED (rows, columns) is to be told of every new size."""

    def read(self) -> bytes:
        """What is typed or piped in next, at most 64 KiB; b"" at the end. Waits, in a thread of its own."""

    def write(self, content: bytes, error: bool) -> None:
        """What the program says, on standard output or standard error."""


def input_frame(content: bytes) -> bytes:
    """Something typed; nothing is the end of the input."""
    return frame(INPUT, content)


def size_frame(rows: int, columns: int) -> bytes:
    """The window's new size."""
    return note(SIZE, rows=rows, columns=columns)


class Listener:
    """Reads what the host sends. ``last``: {status}, or {code, params} of a program that never ran; None before."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._frames = Frames()
        self.last: dict[str, Any] | None = None

    def feed(self, content: bytes) -> list[tuple[str, bytes]]:
        """The frames that matter to the person: STARTED, OUTPUT, ERRORS. Raises HostError ``protocol-mismatch``."""
        try:
            found = self._frames.feed(content)
            ends = [noted(inner) for name, inner in found if name in (ENDED, FAILED)]
        except ValueError:
            raise HostError(
                "protocol-mismatch", host=self._host, line=content[:200].decode("utf-8", "replace")
            ) from None
        self.last = ends[0] if ends else self.last
        return [(name, inner) for name, inner in found if name in (STARTED, OUTPUT, ERRORS)]
