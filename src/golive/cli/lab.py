"""``golive lab``: practice servers on this computer."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from golive.cli.help_text import Command, Group
from golive.cli.options import WholeNumber, language_option, option, viewing
from golive.cli.view import View
from golive.locale import N_, _

if TYPE_CHECKING:
    from rich.console import Console


@click.group(
    cls=Group,
    help=N_("Practice servers: real, disposable servers on this Linux computer. They need root."),
    examples=(
        ("golive lab up web1", N_("start one, in two seconds")),
        ("golive up --to web1", N_("put your app on it")),
        ("golive lab down web1", N_("throw it away")),
    ),
)
@language_option
def command() -> None:
    pass


def named(function: Callable[..., Any]) -> Callable[..., Any]:
    """The argument NAME."""
    return click.argument("name", metavar="NAME")(function)


@command.command(
    "up",
    cls=Command,
    help=N_("Start a new practice server. The first one of a Debian release takes a minute, later ones two seconds."),
    examples=(
        ("golive lab up web1", N_("Debian 12")),
        ("golive lab up old --suite bullseye", N_("Debian 11")),
        ("golive lab up bare --no-python", N_("without python3")),
        ("golive lab up small --memory 1024", N_("with one gigabyte of memory")),
    ),
)
@named
@option("--suite", default="bookworm", metavar="SUITE", help=N_("The Debian release: bullseye, bookworm or trixie."))
@option("--python/--no-python", default=True, help=N_("With or without python3."))
@option("--memory", type=WholeNumber(min=64), metavar="MIB", help=N_("A limit of its memory, in MiB."))
@option("--disk", type=WholeNumber(min=256), metavar="MIB", help=N_("A disk of its own of this size, in MiB."))
@viewing
def up(view: View, name: str, suite: str, python: bool, memory: int | None, disk: int | None) -> int:
    from golive.lab import Lab

    view.waiting(_("Starting %(name)s") % {"name": name})
    server = Lab().up(name, suite=suite, python=python, memory=memory, disk=disk)
    data = {"name": name, "address": server.address}
    view.show("server", data, lambda console: console.print(_("%(name)s is up at %(address)s.") % data))
    view.say("lab-next", name=name)
    return view.done()


@command.command(
    "down",
    cls=Command,
    help=N_("Throw a practice server away, with everything on it."),
    examples=(("golive lab down web1", N_("it is gone")),),
)
@named
@viewing
def down(view: View, name: str) -> int:
    from golive.lab import Lab

    Lab().down(name)
    view.say("lab-gone", name=name)
    return view.done()


@command.command(
    "reset",
    cls=Command,
    help=N_("Make a practice server as it was when it was new: same address, same keys, none of its changes."),
    examples=(("golive lab reset web1", N_("start over")),),
)
@named
@viewing
def reset(view: View, name: str) -> int:
    from golive.lab import Lab

    view.waiting(_("Starting %(name)s") % {"name": name})
    Lab().get(name).reset()
    view.say("lab-fresh", name=name)
    return view.done()


@command.command(
    "list",
    cls=Command,
    help=N_("List the practice servers."),
    examples=(("golive lab list", N_("names, addresses, states")),),
)
@viewing
def list_servers(view: View) -> int:
    from golive.lab import known_servers

    rows = [{"name": s.name, "suite": s.suite, "address": s.address, "state": s.state} for s in known_servers()]
    view.show("servers", {"servers": rows}, lambda console: render(rows, console))
    return view.done()


@command.command(
    "ssh",
    cls=Command,
    help=N_("Log in to a practice server as root, with the ssh program of this computer."),
    examples=(
        ("golive lab ssh web1", N_("a shell on it")),
        ("golive lab ssh web1 systemctl status nginx", N_("one command")),
    ),
    context_settings={"ignore_unknown_options": True},
)
@named
@click.argument("words", metavar="[COMMAND]...", nargs=-1, type=click.UNPROCESSED)
@language_option
def ssh(name: str, words: tuple[str, ...]) -> int:
    from golive.cli.view import open_view, tell

    view = open_view(json=False)
    return tell(view, lambda: _log_in(name, words))


def _log_in(name: str, words: tuple[str, ...]) -> int:
    """Runs ssh in our place and returns its exit status. The server's key changes with the server: it is not kept."""
    from golive.lab import Lab

    lab = Lab()
    server = lab.get(name)
    trust = ("-o", "StrictHostKeyChecking=no", "-o", f"UserKnownHostsFile={os.devnull}", "-o", "LogLevel=ERROR")
    sys.stdout.flush()
    return subprocess.run(
        ["ssh", *trust, "-i", str(lab.key_path), f"root@{server.address}", *words], check=False
    ).returncode


def render(rows: list[dict[str, str]], console: Console) -> None:
    """One line a server."""
    from rich.table import Table

    if not rows:
        console.print(_("There are no practice servers. Start one: golive lab up web1"))
        return
    states = {"running": _("running"), "stopped": _("stopped"), "broken": _("broken")}
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for title in (_("Name"), _("Debian"), _("Address"), _("State")):
        table.add_column(title)
    for row in rows:
        table.add_row(row["name"], row["suite"], row["address"], states.get(row["state"], row["state"]))
    console.print(table)
