"""What a person does next once a first deploy is through: this app's own commands, else how to look at it."""

from __future__ import annotations

import re
from pathlib import Path

from golive.engine.request import Request
from golive.model.app import App
from golive.model.plan import Notice

_CODES = {"tables": "next-tables", "admin": "next-admin", "seed": "next-seed"}
_PLAIN = re.compile(r"[\w@%+=:,./~\\-]+")


def afterwards(app: App, folder: Path, request: Request, *, has_data: bool = False) -> tuple[Notice, ...]:
    """One or two notices with a command to type. HAS_DATA: a copy of this computer's came along."""
    found = []
    for step in app.setup if not has_data else ():
        words = ("golive", "run", *_where(folder, request), "--", *step.words)
        found.append(Notice(_CODES[step.kind], (("command", typed(words)),)))
    return tuple(found) or (
        Notice("next-look", (("command", typed(("golive", "logs", "-f", *_where(folder, request)))),)),
    )


def typed(words: tuple[str, ...]) -> str:
    """A command line that any shell takes, Windows' too: double quotes, and only where they are needed."""
    return " ".join(word if _PLAIN.fullmatch(word) else f'"{word}"' for word in words)


def _where(folder: Path, request: Request) -> tuple[str, ...]:
    """The options that lead to the same app and host again."""
    app = () if folder == Path() else ("--app", str(folder))
    host = ("--to", request.to) if request.to else ()
    key = ("-i", str(request.identity)) if request.identity else ()
    return (*app, *host, *key)
