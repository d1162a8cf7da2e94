"""``golive releases``: what there is to go back to."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from golive.cli.help_text import Command
from golive.cli.options import acting, app_folder
from golive.cli.symbols import symbols
from golive.cli.view import View
from golive.engine.request import Request
from golive.explain.printable import printable
from golive.locale import N_, _

if TYPE_CHECKING:
    from rich.console import Console

    from golive.engine.outcome import ReleaseInfo


@click.command(
    cls=Command,
    help=N_("List the app's releases on the host, newest last. The live one is marked."),
    examples=(
        ("golive releases --to root@203.0.113.7", N_("all that are there")),
        ("golive rollback 3 --to root@203.0.113.7", N_("go back to one of them")),
    ),
)
@app_folder
@acting
def command(view: View, request: Request, folder: Path) -> int:
    from golive.engine.releases import releases

    view.waiting(_("Looking at the host"))
    found = releases(folder, request, view)
    data = {"releases": [asdict(release) for release in found]}
    view.show("releases", data, lambda console: render(found, console))
    live = next((release.number for release in found if release.current), 0)
    return view.done(release=live)


def render(releases: tuple[ReleaseInfo, ...], console: Console) -> None:
    """One line a release."""
    from rich.table import Table

    if not releases:
        console.print(_("There is no release of this app on the host."))
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for title in ("", _("Release"), _("Made"), _("From"), _("Commit"), _("About")):
        table.add_column(title, overflow="ellipsis", no_wrap=title != _("About"))
    for release in releases:
        mark = symbols().arrow if release.current else ""
        made = time.strftime("%Y-%m-%d %H:%M", time.localtime(release.created)) if release.created else "?"
        table.add_row(mark, str(release.number), made, origin(release), commit(release), about(release))
    console.print(table)


def origin(release: ReleaseInfo) -> str:
    """How the release came about."""
    if release.origin == "rollback":
        return _("rollback to %(release)s") % {"release": release.of}
    again = {"env": _("changed variables"), "restart": _("restart"), "scale": _("scaling")}
    return again.get(release.origin) or _("deploy")


def commit(release: ReleaseInfo) -> str:
    """The commit, short; a plus for changes that were not committed."""
    return release.commit[:8] + ("+" if release.dirty else "")


def about(release: ReleaseInfo) -> str:
    """The commit's first line, or what is wrong with the release."""
    return printable(release.subject) if release.complete else _("incomplete")
