"""``golive run``: one program in the live release's environment, as if its host were this terminal."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from golive.cli.help_text import Command
from golive.cli.options import FOLDER, acting, option
from golive.cli.view import View, open_view_beside
from golive.engine.request import Request
from golive.errors import Refused, UsageError
from golive.locale import N_

NEVER_RAN = {"program-not-found": 127, "program-refused": 126}
"""What shells say of a command that is not there, or is none."""

INTERRUPTED = 130


@click.command(
    cls=Command,
    context_settings={"allow_interspersed_args": False},
    help=N_(
        "Run a command on the host in the environment of the live release: as the app's user, in its folder, with its "
        "variables. In a terminal it is a real terminal; with pipes and files every byte passes as it is.\n\n"
        "The exit status is the command's own, so there is no --json here: standard output is the command's, too. "
        "When the connection ends, so does the command."
    ),
    examples=(
        ("golive run -- flask create-admin", N_("a command of the app's own")),
        ("golive run -- python", N_("Python with the app's packages")),
        ("golive run -- bash", N_("look around in the live release")),
        ("golive run -- cat instance/app.db > copy.db", N_("fetch a file")),
    ),
)
@click.argument("words", metavar="[--] CMD...", nargs=-1, type=click.UNPROCESSED)
@option("--app", "folder", type=FOLDER, default=Path(), metavar="APP", help=N_("The app's folder."))
@partial(acting, opened_by=open_view_beside)
def command(view: View, request: Request, words: tuple[str, ...], folder: Path) -> int:
    from golive.cli.ends import own_ends
    from golive.engine.run import run

    # “golive run APP -- CMD”, as other commands are told the app.
    if words[1:2] == ("--",) and Path(words[0]).is_dir():
        folder, words = Path(words[0]), words[2:]
    if not words:
        raise UsageError("no-command")
    try:
        with own_ends() as ends:
            return run(folder, request, ends.opening(words), ends, view)
    except Refused as error:
        view.fail(error.code, error.params)
        return NEVER_RAN.get(error.code, error.exit_status)
    except KeyboardInterrupt:
        return INTERRUPTED
