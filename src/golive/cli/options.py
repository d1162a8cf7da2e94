"""The options that commands share, and what a command function gets from them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec

import click

from golive.cli.help_text import Option
from golive.cli.view import View, open_view, tell
from golive.engine.request import Request
from golive.locale import LANGUAGES, N_, _

P = ParamSpec("P")
Decorated = Callable[..., Any]


class WholeNumber(click.IntRange):
    """A whole number; its name in messages is in the user's language."""

    @property
    def name(self) -> str:  # type: ignore[override]
        """What messages call it."""
        return _("whole number")


FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)
FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


def option(*names: str, **attributes: Any) -> Callable[[Decorated], Decorated]:
    """A click option whose help (marked with ``N_``) is translated when it is shown."""
    return click.option(*names, cls=Option, **attributes)


def app_folder(function: Decorated) -> Decorated:
    """The argument APP: the app's folder, by default the one you are in."""
    return click.argument("folder", metavar="[APP]", type=FOLDER, default=Path())(function)


def language_option(function: Decorated) -> Decorated:
    """``--lang``. Its value was read before click was asked (``golive.cli.early``): help needs it too."""
    choice = click.Choice(LANGUAGES)
    return option("--lang", type=choice, expose_value=False, help=N_("The language of every message."))(function)


def viewing(function: Callable[Concatenate[View, P], int], opened_by: Callable[..., View] = open_view) -> Decorated:
    """The options of a command that shows something; the function gets a view and returns the exit status."""

    @wraps(function)
    def command(*args: P.args, **kwargs: P.kwargs) -> int:
        view = opened_by(json=bool(kwargs.pop("json")), verbose=bool(kwargs.pop("verbose")))
        return tell(view, lambda: function(view, *args, **kwargs))

    wrapped: Decorated = command
    hidden = opened_by is not open_view  # neither has a meaning where standard output is a program's
    wrapped = option("--verbose", "-v", is_flag=True, hidden=hidden, help=N_("Every step and all output."))(wrapped)
    json_help = N_("JSON lines on standard output, and nothing else.")
    wrapped = option("--json", is_flag=True, hidden=hidden, help=json_help)(wrapped)
    return language_option(wrapped)


def acting(
    function: Callable[Concatenate[View, Request, P], int], opened_by: Callable[..., View] = open_view
) -> Decorated:
    """The options of a command that works on a host; the function gets a view and a request."""

    @wraps(function)
    def command(view: View, /, *args: P.args, **kwargs: P.kwargs) -> int:
        to, identity, yes = kwargs.pop("to"), kwargs.pop("identity"), bool(kwargs.pop("yes"))
        view.assume_yes = yes
        request = Request(
            to=to if isinstance(to, str) else None,
            identity=identity if isinstance(identity, Path) else None,
            yes=yes,
        )
        return function(view, request, *args, **kwargs)

    wrapped = viewing(command, opened_by)
    wrapped = option(
        "--yes", "-y", is_flag=True, help=N_("Never ask. A new host key is accepted and shown, a changed one never.")
    )(wrapped)
    wrapped = option("--identity", "-i", type=FILE, metavar="FILE", help=N_("The private key to log in with."))(wrapped)
    return option(
        "--to",
        metavar="HOST",
        help=N_(
            "Which server: a name from golive.toml or of a practice server, or user@address[:port]. Without it the one "
            "in golive.toml, else this computer (local)."
        ),
    )(wrapped)
