"""``golive host``: first contact with a host, and names for hosts."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from golive.cli.help_text import Command, Group
from golive.cli.options import FILE, FOLDER, acting, language_option, option, viewing
from golive.cli.symbols import symbols
from golive.cli.view import View
from golive.engine.request import Request
from golive.locale import N_, _

if TYPE_CHECKING:
    from rich.console import Console

    from golive.engine.outcome import HostReport, KnownHost

SUBJECTS = {
    "os": N_("System"),
    "architecture": N_("Architecture"),
    "python": N_("Python"),
    "systemd": N_("systemd"),
    "cores": N_("Cores"),
    "memory": N_("Memory"),
    "memory_available": N_("Memory available"),
    "disk_free": N_("Disk free"),
    "addresses": N_("Addresses"),
    "proxy": N_("Proxy"),
    "apt": N_("System packages"),
    "pypi": N_("Python packages"),
    "apps": N_("Apps of golive"),
}


@click.group(
    cls=Group,
    help=N_("Hosts: first contact, and names for them."),
    examples=(
        ("golive host check --to root@203.0.113.7", N_("is it fit for golive?")),
        ("golive host add web1 root@203.0.113.7", N_("from now on: --to web1")),
        ("golive host list", N_("what “--to” can be told here")),
    ),
)
@language_option
def command() -> None:
    pass


@command.command(
    "check",
    cls=Command,
    help=N_("Look at a host and say whether golive can work there. Nothing is changed."),
    examples=(("golive host check --to root@203.0.113.7", N_("facts and a verdict")),),
)
@acting
def check(view: View, request: Request) -> int:
    from golive.config import load
    from golive.engine.hosts import check

    view.waiting(_("Looking at the host"))
    report = check(request, load(Path()), view)
    view.show("host", asdict(report) | {"fit": report.fit}, lambda console: render(report, console))
    if report.fit:
        return view.done()
    worst = next(finding for finding in report.findings if finding.level == "stop")
    view.fail(worst.code, worst.params)
    return 1


@command.command(
    "add",
    cls=Command,
    help=N_(
        "Give a host a name in golive.toml. Golive logs in once, shows its key and says whether it is fit; a host that "
        "does not let it in is not written down. Nothing is changed there."
    ),
    examples=(
        ("golive host add web1 root@203.0.113.7", N_("from now on: --to web1")),
        ("golive host add web2 ubuntu@203.0.113.8:2222", N_("another user, another SSH port")),
    ),
)
@click.argument("name", metavar="NAME")
@click.argument("place", metavar="USER@ADDRESS[:PORT]")
@option("--app", "folder", type=FOLDER, default=Path(), metavar="APP", help=N_("The app's folder."))
@option("--identity", "-i", type=FILE, metavar="FILE", help=N_("The private key to log in with; written down, too."))
@option("--no-check", is_flag=True, help=N_("Do not log in: only write it down."))
@option("--yes", "-y", is_flag=True, help=N_("Never ask. A new host key is accepted and shown, a changed one never."))
@viewing
def add(view: View, /, name: str, place: str, folder: Path, **options: Any) -> int:
    from golive.engine.host_names import NewHost, add, try_out

    identity, view.assume_yes = options["identity"], options["yes"]
    new = NewHost(name, place, str(identity.resolve()) if identity else "")
    if not options["no_check"]:
        view.waiting(_("Looking at the host"))
        report = try_out(folder, new, Request(to=name, yes=view.assume_yes), view)
        view.show("host", asdict(report) | {"fit": report.fit}, lambda console: render(report, console))
    add(folder, new, view)
    return view.done()


@command.command(
    "list",
    cls=Command,
    help=N_("List the hosts that have names: those of golive.toml and the practice servers. None is asked anything."),
    examples=(("golive host list", N_("what “--to” can be told here")),),
)
@option("--app", "folder", type=FOLDER, default=Path(), metavar="APP", help=N_("The app's folder."))
@viewing
def list_hosts(view: View, folder: Path) -> int:
    from golive.config import load
    from golive.engine.host_names import known_hosts

    known = known_hosts(load(folder))
    view.show("hosts", {"hosts": [asdict(host) for host in known]}, lambda console: render_list(known, console))
    return view.done()


@command.command(
    "trust",
    cls=Command,
    help=N_("Accept the new key of a host that you have installed anew. Both keys are shown first."),
    examples=(("golive host trust root@203.0.113.7", N_("after a reinstallation")),),
)
@click.argument("name", metavar="NAME")
@acting
def trust(view: View, request: Request, name: str) -> int:
    from golive.config import load
    from golive.engine.hosts import trust

    trust(name, replace(request, to=name), load(Path()), view)
    return view.done()


def render(report: HostReport, console: Console) -> None:
    """Facts in a table, then the verdict."""
    from rich.table import Table

    from golive.explain.failures import notice

    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for subject, value in report.facts:
        table.add_row(_(SUBJECTS[subject]) if subject in SUBJECTS else subject, value or "-")
    console.print(table)
    signs = {"good": symbols().good, "note": symbols().dot, "stop": symbols().bad}
    for finding in report.findings:
        console.print(f"{signs[finding.level]} {notice(finding.code, finding.params)}")


def render_list(known: tuple[KnownHost, ...], console: Console) -> None:
    """One line a host."""
    from rich.table import Table

    if not known:
        console.print(_("No host has a name yet. Next: “golive host add web1 root@ADDRESS”."))
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for title in (_("Name"), _("Address"), _("User"), ""):
        table.add_column(title, no_wrap=True)
    for host in known:
        address = f"[{host.address}]" if ":" in host.address and host.port else host.address
        remark = _("practice server") if host.practice else _("default") if host.default else ""
        table.add_row(host.name, f"{address}:{host.port}" if host.port else address, host.user or "-", remark)
    console.print(table)
