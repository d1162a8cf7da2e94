"""``golive check``: what golive sees in a folder, with the evidence for each guess."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from golive.cli.help_text import Command
from golive.cli.options import app_folder, viewing
from golive.cli.view import View
from golive.locale import N_, _

if TYPE_CHECKING:
    from rich.console import Console

    from golive.model.app import App, Evidence

SUBJECTS = {
    "name": N_("name"),
    "framework": N_("framework"),
    "entry": N_("entry"),
    "interface": N_("interface"),
    "chdir": N_("start folder"),
    "python": N_("Python"),
    "dependencies": N_("dependencies"),
    "tool": N_("installer"),
    "static": N_("static files"),
    "persist": N_("data to keep"),
    "databases": N_("databases"),
    "database": N_("database"),
    "migrate": N_("migration"),
    "migrations": N_("migrations"),
    "env": N_("variables"),
    "service": N_("service"),
    "services": N_("services"),
    "health": N_("first question"),
    "process": N_("process"),
    "dotenv": N_(".env file"),
    "setup": N_("set up once"),
    "app_server": N_("app server"),
    "domains": N_("domains"),
}


@click.command(
    cls=Command,
    help=N_(
        "Show what golive sees in the app's folder. Each guess comes with its evidence and the line of golive.toml "
        "that overrides it. Nothing is run, nothing is changed."
    ),
    examples=(
        ("golive check", N_("the folder you are in")),
        ("golive check examples/guestbook", N_("another folder")),
    ),
)
@app_folder
@viewing
def command(view: View, folder: Path) -> int:
    from golive.engine.check import check

    app = check(folder)
    view.show("app", asdict(app), lambda console: render(app, console))
    return view.done()


def render(app: App, console: Console) -> None:
    """A table of guesses, and what to do next."""
    from rich.table import Table

    console.print(_("%(name)s: a %(framework)s app") % {"name": app.slug, "framework": app.framework.capitalize()})
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column(_("What"), no_wrap=True)
    table.add_column(_("Guess, and its line in golive.toml"), overflow="fold")
    table.add_column(_("Seen in"), overflow="fold")
    for evidence in app.evidence:
        table.add_row(subject(evidence), evidence.value or "-", place(evidence))
        if evidence.runner_up:
            table.add_row("", _("or: %(other)s") % {"other": evidence.runner_up}, "", style="dim")
        if evidence.override:
            table.add_row("", evidence.override, "", style="dim")
    console.print(table)
    made = [need.name for need in app.env if need.generate]
    if made:
        console.print(_("%(names)s: made at random on the host, and kept there.") % {"names": ", ".join(made)})
    render_dotenv(app, console)
    console.print(_("Next: “golive plan” shows what would be done, “golive up” does it: at first on this computer."))
    console.print(_("With “--to root@ADDRESS” it goes to your own server. None yet? “golive lab up web1” makes one."))


def render_dotenv(app: App, console: Console) -> None:
    """What becomes of the .env file: it does not travel with the code."""
    made = {need.name for need in app.env if need.generate}
    values = {
        "file": app.dotenv_file,
        "names": _(", ").join(line.name for line in app.dotenv if not line.local),
        "left": _(", ").join(line.name for line in app.dotenv if line.local and line.name not in made),
    }
    if values["names"]:
        console.print(_("%(file)s stays on this computer. “golive up” offers to keep on the host: %(names)s.") % values)
    if values["left"]:
        console.print(_("%(file)s, for developing or for this computer, not offered: %(left)s.") % values)


def subject(evidence: Evidence) -> str:
    """What was decided, in the user's language."""
    return _(SUBJECTS[evidence.subject]) if evidence.subject in SUBJECTS else evidence.subject


def place(evidence: Evidence) -> str:
    """FILE:LINE, as editors and terminals understand it."""
    return f"{evidence.file}:{evidence.line}" if evidence.line else evidence.file
