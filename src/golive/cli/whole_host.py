"""``golive status --all``, for people: a table of apps, then who else is there."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from golive.cli.symbols import symbols
from golive.engine.outcome import AppOnHost, HostStatus, Share
from golive.explain.printable import printable
from golive.locale import N_, _

STATES = {
    "running": N_("running"),
    "maintenance": N_("in maintenance"),
    "partly": N_("partly running"),
    "stopped": N_("stopped"),
    "data-only": N_("only its data"),
}
WELL = ("running", "maintenance", "data-only")


def render(status: HostStatus, console: Console) -> None:
    """Apps, golive itself, the others, in this order."""
    room = {
        "host": status.host,
        "free": size(status.memory_free),
        "memory": size(status.memory),
        "disk_free": size(status.disk_free),
        "disk": size(status.disk),
    }
    told = _("%(host)s: %(free)s of %(memory)s memory and %(disk_free)s of %(disk)s disk are free.")
    console.print(told % room, soft_wrap=True)
    if status.apps:
        console.print()
        console.print(_apps(status.apps))
        console.print()
    else:
        console.print(_("There is no app of golive's on it."))
    golive = {**status.golive, "files": size(status.golive["files"]), "cache": size(status.golive["cache"])}
    told = _("Golive itself: %(processes)s processes, %(ports)s ports; files %(files)s, cache of packages %(cache)s.")
    console.print(told % golive, soft_wrap=True)
    for title, names in (
        (_("Proxy: %s"), status.proxies),
        (_("Panel: %s"), status.panels),
        (_("Databases: %s"), _texts(status.databases)),
        (_("Most memory: %s"), _texts(status.users)),
    ):
        if names:
            console.print(title % _(", ").join(printable(name) for name in names), soft_wrap=True)


def _apps(apps: tuple[AppOnHost, ...]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    right = (_("Release"), _("Memory"), _("Disk"))
    for title in ("", _("App"), _("Release"), _("State"), _("Memory"), _("Disk"), _("Address")):
        table.add_column(title, no_wrap=True, justify="right" if title in right else "left")
    signs = symbols()
    for app in apps:
        sign = signs.good if app.state in WELL else signs.bad
        release = str(app.release) if app.release else "-"
        numbers = (size(app.memory) if app.memory else "-", size(app.disk))
        table.add_row(sign, app.name, release, _(STATES[app.state]), *numbers, printable(app.url) or "-")
    return table


def _texts(shares: tuple[Share, ...]) -> tuple[str, ...]:
    return tuple(f"{share.name} {size(share.memory)}" for share in shares)


def size(number: int) -> str:
    """Bytes as people read them; one place behind the point where it tells something."""
    if number < 1024**2:
        return f"{-(-number // 1024)} KB"
    for power, unit in ((2, "MB"), (3, "GB"), (4, "TB")):
        value = number / 1024**power
        if value < 1000 or unit == "TB":
            return f"{value:.1f} {unit}" if value < 10 else f"{value:.0f} {unit}"
    raise ValueError(number)
