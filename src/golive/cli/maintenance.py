"""``golive maintenance``: a calm page for visitors while something is being looked after."""

from __future__ import annotations

from pathlib import Path

import click

from golive.cli.help_text import Command
from golive.cli.options import acting, app_folder
from golive.cli.view import View
from golive.engine.outcome import Outcome
from golive.engine.request import Request
from golive.locale import N_, _


@click.command(
    cls=Command,
    help=N_(
        "Show visitors a maintenance page instead of the app, or the app again. They get 503 with Retry-After, which "
        "tells search engines that it is only for a while; the app goes on running, “golive up” works as always.\n\n"
        "A file maintenance.html in the app's folder is the page, if there is one; styles and pictures have to be "
        "inside it, for the rest of the site is closed."
    ),
    examples=(
        ("golive maintenance on --to web1", N_("close the site for a while")),
        ("golive maintenance off --to web1", N_("open it again")),
    ),
)
@click.argument("state", metavar="on|off", type=click.Choice(("on", "off")))
@app_folder
@acting
def command(view: View, request: Request, state: str, folder: Path) -> int:
    view.waiting(_("Looking at the host"))
    from golive.engine.maintenance import maintenance

    outcome = maintenance(folder, request, state == "on", view)
    return view.conclude(outcome, told=_told(outcome, state) if outcome.ok else "")


def _told(outcome: Outcome, state: str) -> str:
    values = {"url": outcome.url}
    if state == "on" and outcome.changed:
        return _("Visitors of %(url)s now get the maintenance page. “golive maintenance off” ends it.") % values
    if state == "on":
        return _("Nothing to change: visitors of %(url)s get the maintenance page already.") % values
    if outcome.changed:
        return _("Visitors of %(url)s get the app again.") % values
    return _("Nothing to change: visitors of %(url)s get the app.") % values
