"""Waiting for somebody else, and telling for whom, and for how long already.

Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import time
from typing import Any

POLL = 0.5
TELL_EVERY = 1.0


class Waiting:
    """One wait. ``code``: what for; its words are in ``golive.explain.failures``."""

    def __init__(self, context: Any, code: str) -> None:
        self._context = context
        self._code = code
        self._started = context.monotonic()
        self._told = -TELL_EVERY

    @property
    def seconds(self) -> float:
        """How long it has lasted."""
        return float(self._context.monotonic() - self._started)

    def go_on(self, **params: Any) -> None:
        """Tell, if it is time to, and wait a little."""
        if self.seconds - self._told >= TELL_EVERY:
            self._told = self.seconds
            self._context.waiting(self._code, seconds=int(self.seconds), **params)
        time.sleep(POLL)
