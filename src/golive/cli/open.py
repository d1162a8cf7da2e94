"""``golive open``: the site, in the browser of this computer."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from golive.cli.help_text import Command
from golive.cli.options import acting, app_folder
from golive.cli.view import View
from golive.engine.request import Request
from golive.errors import Refused
from golive.locale import N_, _


@click.command(
    cls=Command,
    help=N_("Open the app's site in the browser, and print its address; without a browser only print it."),
    examples=(
        ("golive open --to web1", N_("look at the site")),
        ("curl -I $(golive open --to web1)", N_("its address, for another program")),
    ),
)
@app_folder
@acting
def command(view: View, request: Request, folder: Path) -> int:
    from golive.engine.status import status

    view.waiting(_("Looking at the host"))
    found = status(folder, request, view)
    if not found.release:
        raise Refused("not-deployed", app=found.app, host=found.host)
    opened = has_browser() and browse(found.url)
    view.show("site", {"url": found.url, "opened": opened}, lambda console: console.print(found.url, soft_wrap=True))
    return view.done(url=found.url, release=found.release)


def has_browser() -> bool:
    """Whether there is a screen for one: a browser for text would take the terminal, and ``$(golive open)`` wants the
    address alone."""
    if not sys.stdout.isatty():
        return False
    if sys.platform in ("darwin", "win32"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))


def browse(url: str) -> bool:
    """Whether a browser has taken URL."""
    import webbrowser

    try:
        return webbrowser.open(url)
    except (webbrowser.Error, OSError):
        return False
