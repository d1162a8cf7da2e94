"""``golive up``: the app goes live."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from golive.cli.help_text import Command
from golive.cli.options import acting, app_folder, option
from golive.cli.view import View
from golive.engine.request import Request
from golive.locale import N_, _


@click.command(
    cls=Command,
    help=N_(
        "Take the app live. Golive reads the folder, looks at the host, makes a plan and lets the host carry it out. "
        "Visitors get the new release only once it has answered well; until then, and if anything fails, the one "
        "from before goes on serving. Ctrl-C is safe at any time."
    ),
    examples=(
        ("golive up", N_("on this computer")),
        ("golive up --to web1", N_("on a practice server (golive lab up web1)")),
        ("golive up --to root@203.0.113.7", N_("on your own server")),
        ("golive up examples/guestbook --to root@203.0.113.7 --yes", N_("another folder; never ask")),
    ),
)
@app_folder
@option(
    "--copy-data",
    is_flag=True,
    help=N_("The first time: start the site with a copy of the data that is here (databases, uploads), unasked."),
)
@acting
def command(view: View, request: Request, folder: Path, copy_data: bool) -> int:
    view.waiting(_("Looking at the app and the host"))
    from golive.engine.deploy import deploy

    return view.conclude(deploy(folder, replace(request, copy_data=copy_data), view))
