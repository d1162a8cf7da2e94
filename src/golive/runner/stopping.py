"""SIGTERM, turned into an exception only where that is safe.

Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import signal
from types import TracebackType
from typing import Any, Optional, Type


class Stopped(BaseException):
    """Somebody asked the run to end. No Exception, so that perform functions do not take it for a failing program."""


class Stopping:
    """Holds the wish to stop until the run can follow it.

    ``with stopping.possible():`` a SIGTERM raises Stopped there, once. ``with stopping:`` inside that, it waits until
    the end of the block: a journal line is never cut in two.
    """

    def __init__(self) -> None:
        self.asked = False
        self._possible = False
        self._shields = 0

    def listen(self) -> None:
        """From now on SIGTERM, and the signals of a lost terminal, are ours."""
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def possible(self) -> "_Possible":
        """The block in which Stopped may be raised."""
        return _Possible(self)

    def _on_signal(self, number: int, frame: Any) -> None:
        self.asked = True
        self._follow()

    def _follow(self) -> None:
        if self.asked and self._possible and not self._shields:
            self._possible = False
            raise Stopped()

    def __enter__(self) -> None:
        self._shields += 1

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self._shields -= 1
        if error is None:
            self._follow()


class _Possible:
    def __init__(self, stopping: Stopping) -> None:
        self._stopping = stopping

    def __enter__(self) -> None:
        self._stopping._possible = True
        self._stopping._follow()

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self._stopping._possible = False
