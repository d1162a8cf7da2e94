"""How the core tells what it does and asks what it may do, without printing or prompting.

The base class is silent and careful: it shows nothing and answers every question with its default.
``golive.cli.view_human`` and ``golive.cli.view_json`` are its two faces.
"""

from __future__ import annotations

from golive.errors import Param
from golive.model.plan import Plan
from golive.protocol.events import Event


class Reporter:
    """Does nothing, refuses nothing: what tests and embedding programs use."""

    attended = False
    """Whether somebody is there to answer: otherwise every question gets its default."""

    waited = 0.0
    """Seconds that people took for their answers: they are no part of how long the work took."""

    def plan(self, plan: Plan) -> None:
        """The plan is made; nothing has been changed yet."""

    def event(self, event: Event) -> None:
        """Something happened on a host (see ``golive.protocol.events``)."""

    def say(self, code: str, **params: Param) -> None:
        """A notice that needs no answer; its words are in ``golive.explain.failures``."""

    def ask(self, code: str, default: bool, **params: Param) -> bool:
        """A yes-or-no question. With nobody to ask, or ``--yes``: DEFAULT."""
        return default

    def ask_secret(self, code: str, **params: Param) -> str:
        """A hidden answer (a password). Empty when there is nobody to ask."""
        return ""
