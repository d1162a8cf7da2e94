"""``golive logs``: what the app's processes said."""

from __future__ import annotations

from pathlib import Path

import click

from golive.cli.help_text import Command
from golive.cli.options import FOLDER, WholeNumber, acting, option
from golive.cli.view import View
from golive.engine.request import Request
from golive.locale import N_


@click.command(
    cls=Command,
    help=N_("Show what the app's processes said, across releases; with -f go on until Ctrl-C."),
    examples=(
        ("golive logs --to web1", N_("the last 100 lines of all processes")),
        ("golive logs -f web --to web1", N_("watch the process “web”")),
        ("golive logs -n 1000 --to web1 > app.log", N_("into a file")),
    ),
)
@click.argument("process", metavar="[PROCESS]", required=False)
@option("--follow", "-f", is_flag=True, help=N_("Go on with whatever comes."))
@option("--lines", "-n", type=WholeNumber(0, 1_000_000), default=100, help=N_("How many of the last lines (100)."))
@option("--app", "folder", type=FOLDER, default=Path(), metavar="APP", help=N_("The app's folder."))
@acting
def command(view: View, request: Request, process: str | None, follow: bool, lines: int, folder: Path) -> int:
    from golive.engine.logs import Excerpt, logs

    excerpt = Excerpt(process=process or "", lines=lines, follow=follow)
    try:
        logs(folder, request, excerpt, lambda line: view.line("log", line), view)
    except KeyboardInterrupt:
        if not follow:
            raise
    return view.done()
