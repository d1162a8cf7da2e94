"""``golive status``: the app on its host as it is now."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from golive.cli.help_text import Command
from golive.cli.options import acting, app_folder, option
from golive.cli.symbols import symbols
from golive.cli.view import View
from golive.engine.request import Request
from golive.explain.printable import printable
from golive.locale import N_, _

if TYPE_CHECKING:
    from rich.console import Console

    from golive.engine.outcome import Status

STATES = {
    "active": N_("running"),
    "activating": N_("starting"),
    "deactivating": N_("stopping"),
    "inactive": N_("stopped"),
    "failed": N_("failed"),
}


@click.command(
    cls=Command,
    help=N_("Show the app on its host: the live release, its processes, and whether a run is going on or was cut off."),
    examples=(
        ("golive status --to root@203.0.113.7", N_("the app of this folder there")),
        ("golive status --all --to root@203.0.113.7", N_("the whole host: every app, memory, disk")),
    ),
)
@app_folder
@option(
    "--all", "whole", is_flag=True, help=N_("Every app on the host, what golive takes up there, and what others do.")
)
@acting
def command(view: View, request: Request, folder: Path, whole: bool) -> int:
    from golive.engine.status import status

    view.waiting(_("Looking at the host"))
    if whole:
        return _show_host(view, request, folder)
    found = status(folder, request, view)
    view.show("status", asdict(found), lambda console: render(found, console))
    return view.done(url=found.url, release=found.release)


def _show_host(view: View, request: Request, folder: Path) -> int:
    from golive.cli.whole_host import render as render_host
    from golive.config import load
    from golive.engine.status_all import status_of_all

    found = status_of_all(request, load(folder), view)
    view.show("host_status", asdict(found), lambda console: render_host(found, console))
    return view.done()


def render(status: Status, console: Console) -> None:
    """A few lines, then one a process."""
    from rich.table import Table

    values = {"app": status.app, "host": status.host, "release": status.release, "url": status.url}
    if status.release:
        console.print(_("%(app)s on %(host)s: release %(release)s is live at %(url)s") % values)
    else:
        console.print(_("%(app)s is not on %(host)s.") % values)
        if not status.running and not status.unfinished:
            console.print(_("Next: “golive up --to %(host)s” puts it there.") % values)
    if status.local and status.release:
        from golive.explain.failures import notice

        console.print(notice("local-means", {}))
    if status.maintenance:
        console.print(_("Visitors get the maintenance page. “golive maintenance off” ends it."))
    if status.running:
        going_on = {"run": purpose(status.running), "who": printable(status.running_by) or "?"}
        console.print(_("A run is going on: %(run)s, started by %(who)s. “golive up” watches it.") % going_on)
    if status.unfinished:
        cut_off = {"run": purpose(status.unfinished)}
        console.print(_("A run was cut off (%(run)s); the next “golive up” clears it up.") % cut_off)
    if status.taken_back:
        console.print(
            _("Release %(release)s died just after its start and was taken back.") % {"release": status.taken_back}
        )
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    signs = symbols()
    for unit in status.units:
        good = unit.state == "active"
        restarts = _("restarted %(count)s times") % {"count": unit.restarts} if unit.restarts else ""
        state = _(STATES[unit.state]) if unit.state in STATES else unit.state
        table.add_row(signs.good if good else signs.bad, unit.process, state, restarts, unit.unit)
    if status.units:
        console.print(table)


def purpose(keyword: str) -> str:
    """What a run is for, in the user's language."""
    from golive.explain.failures import WORDS

    words = WORDS["purpose"]
    return _(words[keyword]) if keyword in words else keyword
