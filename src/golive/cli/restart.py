"""``golive restart``: the app starts anew."""

from __future__ import annotations

from pathlib import Path

import click

from golive.cli.help_text import Command
from golive.cli.options import acting, app_folder
from golive.cli.view import View
from golive.engine.request import Request
from golive.locale import N_, _


@click.command(
    cls=Command,
    help=N_(
        "Start the app anew, also one whose processes have died. The same code starts beside the old processes and "
        "gets the visitors once it answers well: no request is lost."
    ),
    examples=(
        ("golive restart --to web1", N_("the app of the folder you are in")),
        ("golive restart examples/guestbook --to root@203.0.113.7", N_("another one")),
    ),
)
@app_folder
@acting
def command(view: View, request: Request, folder: Path) -> int:
    view.waiting(_("Looking at the host"))
    from golive.engine.again import restart

    return view.conclude(restart(folder, request, view))
