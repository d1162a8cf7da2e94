"""What a person does next once a first deploy is through: this app's own commands, else how to look at it."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from golive.engine.request import Request
from golive.model.app import App
from golive.model.plan import Notice

_CODES = {"tables": "next-tables", "admin": "next-admin", "seed": "next-seed"}
_PLAIN = re.compile(r"[\w@%+=:,./~\\-]+")


def afterwards(app: App, folder: Path, request: Request, done: Collection[str] = ()) -> tuple[Notice, ...]:
    """What to type next, one or two notices. DONE: kinds of the app's own commands that are not needed any more."""
    there = ("--app", str(folder)) if folder != Path() else ()
    where = _where(request)
    setup = [step for step in app.setup if step.kind not in done]
    if not setup:
        shown = typed(("golive", "open", *there[1:], *where))
        said = typed(("golive", "logs", "-f", *there, *where))
        return (Notice("next-look", (("open", shown), ("logs", said))),)
    commands = ((step.kind, typed(("golive", "run", *there, *where, "--", *step.words))) for step in setup)
    return tuple(Notice(_CODES[kind], (("command", command),)) for kind, command in commands)


def typed(words: tuple[str, ...]) -> str:
    """A command line that any shell takes, Windows' too: double quotes, and only where they are needed."""
    return " ".join(word if _PLAIN.fullmatch(word) else f'"{word}"' for word in words)


def _where(request: Request) -> tuple[str, ...]:
    """The options that lead to the same host again."""
    host = ("--to", request.to) if request.to else ()
    key = ("-i", str(request.identity)) if request.identity else ()
    return (*host, *key)
