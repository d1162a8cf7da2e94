"""The command line: ``golive COMMAND``. Each command is a file of this folder, imported when it is asked for."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

import click

from golive import __version__
from golive.cli.early import look, speaking
from golive.cli.help_text import Group
from golive.locale import LANGUAGES, N_, _

COMMANDS = (
    "check",
    "plan",
    "up",
    "open",
    "status",
    "logs",
    "run",
    "env",
    "restart",
    "scale",
    "releases",
    "rollback",
    "maintenance",
    "down",
    "host",
    "lab",
)
USAGE_STATUS = 64


class LazyCommands(Group):
    """Finds the command NAME in ``golive.cli.NAME``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which a beginner meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"golive.cli.{cmd_name}").command
        return command


def main(words: Sequence[str] | None = None) -> int:
    """Runs the command line WORDS (by default the process's). Returns the exit status, for ``sys.exit``.

    0 done, 1 failed and the live site is as it was, 2 only from ``plan``: there are changes, 3 the host cannot be
    reached or refuses us, 64 wrong usage or configuration.
    """
    words = sys.argv[1:] if words is None else list(words)
    early = look(words)
    with speaking(early.language):
        try:
            status = _golive().main(list(words), prog_name="golive", standalone_mode=False)
        except click.ClickException as error:
            return _say_wrong_usage(error, json=early.json)
        except (click.Abort, KeyboardInterrupt):
            return _say_interrupted(json=early.json)
        except BrokenPipeError:
            return _stop_writing()
    return status if isinstance(status, int) else 0


def _golive() -> click.Command:
    """The whole command line."""
    from golive.cli.help_text import Option

    group = LazyCommands(
        name="golive",
        callback=_show_help,
        invoke_without_command=True,
        help=N_("Take a Python web app from its folder to a live site on your own Linux server."),
        examples=(
            ("golive check", N_("what golive sees in this folder")),
            ("golive up", N_("live on this computer, to begin with")),
            ("golive up --to root@203.0.113.7", N_("put the app on your own server")),
        ),
        params=[
            Option(
                ["--lang"],
                type=click.Choice(LANGUAGES),
                expose_value=False,
                help=N_("The language of every message."),
            ),
        ],
    )
    return click.version_option(__version__, prog_name="golive", message="%(prog)s %(version)s")(group)


@click.pass_context
def _show_help(context: click.Context) -> None:
    """``golive`` alone says what there is."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def _say_wrong_usage(error: click.ClickException, *, json: bool) -> int:
    """Click's own complaint, on standard error and, if so wished, as the last JSON line."""
    context = getattr(error, "ctx", None)
    if json:
        from golive.cli.view_json import JsonView

        hint = _("See “%(command)s --help”.") % {"command": context.command_path if context else "golive"}
        JsonView().finish_failed("usage", error.format_message(), hint)
    elif isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message())
        return 0
    else:
        error.show()
    return USAGE_STATUS


def _say_interrupted(*, json: bool) -> int:
    """Ctrl-C before or outside a story."""
    from golive.cli.view import open_view

    open_view(json=json).fail("interrupted", {})
    return 1


def _stop_writing() -> int:
    """Whoever read our output has gone (``golive logs | head``): nothing more to say, and Python must not try."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
