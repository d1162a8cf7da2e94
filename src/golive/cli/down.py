"""``golive down``: the app leaves the host."""

from __future__ import annotations

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
        "Remove the app from the host: its processes, its site in the proxy, its releases and its user. Its data is "
        "kept unless you ask; other sites and the packages are left alone."
    ),
    examples=(
        ("golive down --to web1", N_("remove the app, keep its data")),
        ("golive down --delete-data --to web1", N_("remove its data as well (asks once more)")),
    ),
)
@app_folder
@option("--delete-data", is_flag=True, help=N_("Delete what the app has stored, too, for good."))
@acting
def command(view: View, request: Request, folder: Path, delete_data: bool) -> int:
    view.waiting(_("Looking at the host"))
    from golive.engine.down import down

    outcome = down(folder, request, delete_data, view)
    gone = _("The app is no longer on the host.") if outcome.changed else _("The app is not on the host: all is done.")
    return view.conclude(outcome, told=gone if outcome.ok else "")
