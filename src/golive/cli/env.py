"""``golive env``: the app's environment variables on the host."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from golive.cli.help_text import Command, Group
from golive.cli.options import FOLDER, acting, language_option, option
from golive.cli.view import View
from golive.engine.outcome import Outcome
from golive.engine.request import Request
from golive.errors import UsageError
from golive.locale import N_, _

if TYPE_CHECKING:
    from rich.console import Console

    from golive.engine.env_list import Variable

SOURCES = {
    "golive.toml": "golive.toml",
    "golive": N_("found by golive"),
    "set": N_("set by you"),
    "generated": N_("made at random on the host"),
    "needed": N_("none yet: the app needs it"),
    "to-generate": N_("none yet: the next “golive up” makes it"),
    "optional": N_("none: the code does without"),
}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

app_option = option("--app", "folder", type=FOLDER, default=Path(), metavar="APP", help=N_("The app's folder."))


@click.group(
    cls=Group,
    help=N_(
        "The app's environment variables: passwords, keys and what else differs from server to server. Values stay on "
        "the host, in a file that only root can read, and are never shown."
    ),
    examples=(
        ("golive env set MAIL_PASSWORD --to web1", N_("asks for the value, hidden")),
        ("golive env list --to web1", N_("which there are")),
    ),
)
@language_option
def command() -> None:
    pass


@command.command(
    "list",
    cls=Command,
    help=N_("List the variables that the app has or reads: where each value comes from, and where the code reads it."),
    examples=(("golive env list --to web1", N_("names, never values")),),
)
@app_option
@acting
def list_(view: View, request: Request, folder: Path) -> int:
    from golive.engine.env_list import variables

    view.waiting(_("Looking at the host"))
    found = variables(folder, request, view)
    data = {"variables": [asdict(variable) for variable in found]}
    view.show("env", data, lambda console: render(found, console))
    return view.done()


@command.command(
    "set",
    cls=Command,
    help=N_(
        "Give variables a value. It is asked for, hidden; or read from standard input. The app gets it at once, in a "
        "new release of the same code, and no request is lost; if the app does not start with it, all stays as it was."
    ),
    examples=(
        ("golive env set MAIL_PASSWORD --to web1", N_("asks for the value, hidden")),
        ("golive env set KEY_PEM --to web1 < key.pem", N_("the value is in a file")),
    ),
)
@click.argument("words", metavar="NAME...", nargs=-1, required=True)
@app_option
@acting
def set_(view: View, request: Request, words: tuple[str, ...], folder: Path) -> int:
    names = names_in(words)
    from golive.engine.env import set_variables

    return _conclude(view, set_variables(folder, request, names, _reader(view, names), view))


@command.command(
    "unset",
    cls=Command,
    help=N_("Delete variables from the host. The app gets to know at once, in a new release of the same code."),
    examples=(("golive env unset MAIL_PASSWORD --to web1", N_("the app no longer has it")),),
)
@click.argument("words", metavar="NAME...", nargs=-1, required=True)
@app_option
@acting
def unset(view: View, request: Request, words: tuple[str, ...], folder: Path) -> int:
    names = names_in(words)
    view.waiting(_("Looking at the host"))
    from golive.engine.env import unset_variables

    return _conclude(view, unset_variables(folder, request, names, view))


@command.command(
    "import",
    cls=Command,
    help=N_(
        "Take over variables from a .env file, or with “-” from standard input, as “heroku config --shell” prints "
        "them. The names are shown first, then you are asked. What golive.toml sets is left out: it wins."
    ),
    examples=(
        ("golive env import .env --to web1", N_("from a file")),
        ("heroku config --shell | golive env import - --to web1", N_("from Heroku")),
    ),
)
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, exists=True, allow_dash=True))
@app_option
@acting
def import_(view: View, request: Request, file: str, folder: Path) -> int:
    from golive.config.dotenv_file import read_dotenv
    from golive.config.shell_output import read_shell_output
    from golive.engine.env import import_variables

    if file == "-":
        found = read_shell_output(sys.stdin.buffer.read())
        _take_back_the_keyboard()
    else:
        found = read_dotenv(Path(file))
    view.waiting(_("Looking at the host"))
    return _conclude(view, import_variables(folder, request, file, found, view))


def names_in(words: tuple[str, ...]) -> tuple[str, ...]:
    """The names, each once. Raises UsageError; a word that is none may be a value, and is not repeated."""
    for position, word in enumerate(words, 1):
        name, equals, _value = word.partition("=")
        if equals:
            raise UsageError("value-in-argv", name=name if _NAME.fullmatch(name) else "NAME")
        if not _NAME.fullmatch(word):
            raise UsageError("env-name-wrong", position=position)
    return tuple(dict.fromkeys(words))


def _reader(view: View, names: tuple[str, ...]) -> Callable[[str], str]:
    """How values are come by: typed unseen at a terminal, else all of standard input."""
    if sys.stdin.isatty():
        return lambda name: view.ask_secret("env-new-value", name=name)
    if len(names) > 1:
        raise UsageError("env-one-name", names=names)
    return _piped


def _piped(name: str) -> str:
    """All of standard input, without the line end that ``echo`` and editors put behind the value."""
    try:
        text = sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        # Not the cause: it holds the value.
        raise UsageError("env-value-wrong", name=name, line=0) from None
    _take_back_the_keyboard()
    return text[:-2] if text.endswith("\r\n") else text.removesuffix("\n")


def _take_back_the_keyboard() -> None:
    """Standard input was a file or a program: questions that follow go to whoever sits at the terminal."""
    if not sys.stderr.isatty():
        return
    try:
        sys.stdin = Path("CONIN$" if sys.platform == "win32" else "/dev/tty").open(encoding="utf-8")  # noqa: SIM115
    except OSError:
        return


def _conclude(view: View, outcome: Outcome) -> int:
    """The end of a change. Before the first deploy there is no site to name."""
    told = ""
    if outcome.ok and not outcome.changed:
        told = _("Nothing to change: the host has it so already.")
    elif outcome.ok and not outcome.release:
        told = _("The host has noted it. The app is not there yet: the next “golive up” uses it.")
    return view.conclude(outcome, told=told)


def render(variables: tuple[Variable, ...], console: Console) -> None:
    """One line a variable."""
    from rich.table import Table

    if not variables:
        console.print(_("The app has no variables, and its code reads none."))
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for title in (_("Name"), _("Value"), _("Read at")):
        table.add_column(title, overflow="fold")
    for variable in variables:
        place = f"{variable.file}:{variable.line}" if variable.line else variable.file
        table.add_row(variable.name, _(SOURCES[variable.source]), place or "-")
    console.print(table)
    needed = [variable.name for variable in variables if variable.source == "needed"]
    if needed:
        console.print(_("Next: “golive env set %(name)s” gives it a value.") % {"name": needed[0]})
