"""``golive rollback``: an earlier release goes live again."""

from __future__ import annotations

from pathlib import Path

import click

from golive.cli.help_text import Command
from golive.cli.options import FOLDER, WholeNumber, acting, option
from golive.cli.view import View
from golive.engine.request import Request
from golive.locale import N_, _


@click.command(
    cls=Command,
    help=N_(
        "Bring an earlier release back, by default the one before the live one. Its code, environment and settings "
        "become a new release, with today's environment variables; the data stays as it is."
    ),
    examples=(
        ("golive rollback --to web1", N_("the release before")),
        ("golive rollback 3 --to web1", N_("release 3 (see golive releases)")),
    ),
)
@click.argument("number", metavar="[RELEASE]", type=WholeNumber(min=1), required=False)
@option("--app", "folder", type=FOLDER, default=Path(), metavar="APP", help=N_("The app's folder."))
@acting
def command(view: View, request: Request, number: int | None, folder: Path) -> int:
    view.waiting(_("Looking at the host"))
    from golive.engine.releases import rollback

    return view.conclude(rollback(folder, request, number, view))
