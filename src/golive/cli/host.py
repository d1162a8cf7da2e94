"""``golive host``: first contact with a host."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from golive.cli.help_text import Command, Group
from golive.cli.options import acting, language_option
from golive.cli.symbols import symbols
from golive.cli.view import View
from golive.engine.request import Request
from golive.locale import N_, _

if TYPE_CHECKING:
    from rich.console import Console

    from golive.engine.outcome import HostReport

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
    help=N_("First contact with a host."),
    examples=(("golive host check --to root@203.0.113.7", N_("is it fit for golive?")),),
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
