"""A view without the five lines, for commands that plan but do not act."""

from __future__ import annotations

from golive.cli.view import View
from golive.engine.reporter import Reporter
from golive.errors import Param


class Silenced(Reporter):
    """Passes on what is said and asked, and keeps plans and events to itself: the command shows them its own way."""

    def __init__(self, view: View) -> None:
        self._view = view

    def say(self, code: str, **params: Param) -> None:
        """As the view does."""
        self._view.say(code, **params)

    def ask(self, code: str, default: bool, **params: Param) -> bool:
        """As the view does."""
        return self._view.ask(code, default, **params)

    def ask_secret(self, code: str, **params: Param) -> str:
        """As the view does."""
        return self._view.ask_secret(code, **params)
