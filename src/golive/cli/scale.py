"""``golive scale``: how many times a process runs."""

from __future__ import annotations

import re
from pathlib import Path

import click

from golive.cli.help_text import Command
from golive.cli.options import FOLDER, acting, option
from golive.cli.view import View
from golive.engine.request import Request
from golive.errors import UsageError
from golive.locale import N_, _

MOST = 64


@click.command(
    cls=Command,
    help=N_(
        "Run a process several times, so that the app can answer more at once; it stays so with each “golive up”. "
        "The live release's code starts anew in this number and then gets the visitors: no request is lost. Look at "
        "the memory first (golive host check): each instance takes as much as the first."
    ),
    examples=(
        ("golive scale web=3 --to web1", N_("three instances of the process “web”")),
        ("golive scale web=1 --to web1", N_("back to one")),
    ),
)
@click.argument("words", metavar="PROCESS=N...", nargs=-1, required=True)
@option("--app", "folder", type=FOLDER, default=Path(), metavar="APP", help=N_("The app's folder."))
@acting
def command(view: View, request: Request, words: tuple[str, ...], folder: Path) -> int:
    wanted = dict(wish(word) for word in words)
    view.waiting(_("Looking at the host"))
    from golive.engine.again import scale

    return view.conclude(scale(folder, request, wanted, view))


def wish(word: str) -> tuple[str, int]:
    """Process and number of ``web=3``. Raises UsageError."""
    found = re.fullmatch(r"([A-Za-z][A-Za-z0-9_-]*)=([0-9]{1,3})", word, re.ASCII)
    if not found or not 1 <= int(found[2]) <= MOST:
        raise UsageError("scale-wrong", word=word, most=MOST)
    return found[1], int(found[2])
