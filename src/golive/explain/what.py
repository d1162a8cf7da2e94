"""What a step does, in one line for people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from golive.locale import N_, _
from golive.protocol import steps

_SEVERAL = 3


def describe(action: Any) -> str:
    """One line about ACTION in the user's language. Raises KeyError for what is no action."""
    text, values = _here(action) or _LINES[type(action)]
    line = _(text) % values(action)
    source = _source(action)
    return _("%(line)s, from %(source)s") % {"line": line, "source": source} if source else line


def _source(action: Any) -> str:
    """Where packages come from, when it is not from where the host is set to."""
    if isinstance(action, steps.InstallPackages):
        return action.mirror
    return action.index_url if isinstance(action, steps.BuildEnvironment) else ""


def _names(names: tuple[str, ...]) -> str:
    """The first few of NAMES."""
    more = len(names) - _SEVERAL
    return ", ".join(names[:_SEVERAL]) + (f" (+{more})" if more > 0 else "")


def _here(action: Any) -> _Line | None:
    """On the user's own computer some kinds do something else."""
    if isinstance(action, steps.RunCommand) and not action.user:
        return N_("Run %(command)s"), _LINES[steps.RunCommand][1]
    if not getattr(action, "supervisor", ()):
        return None
    if isinstance(action, steps.ReloadUnits):
        return N_("Let Supervisor read its programs again"), lambda a: {}
    if isinstance(action, steps.ReloadProxy) and action.proxy == "forwarder":
        return N_("Let golive's own small proxy read its sites"), lambda a: {}
    if isinstance(action, (steps.StartUnits, steps.StopUnits, steps.DrainUnits)):
        text, values = _LINES[type(action)]
        return text, lambda a: values(a._replace(units=tuple(unit.removesuffix(".service") for unit in a.units)))
    return None


_Line = tuple[str, Callable[[Any], dict[str, Any]]]

_LINES: dict[type, tuple[str, Callable[[Any], dict[str, Any]]]] = {
    steps.InstallPackages: (N_("Install the packages %(names)s"), lambda a: {"names": ", ".join(a.names)}),
    steps.EnsureUser: (N_("Make the system user %(name)s"), lambda a: {"name": a.name}),
    steps.EnsureDirectory: (
        N_("Make the folder %(path)s (%(owner)s:%(group)s, %(mode)s)"),
        lambda a: {"path": a.path, "owner": a.owner, "group": a.group, "mode": f"{a.mode:04o}"},
    ),
    steps.WriteFile: (N_("Write %(path)s"), lambda a: {"path": a.path}),
    steps.EnsureLink: (N_("Link %(path)s to %(target)s"), lambda a: {"path": a.path, "target": a.target}),
    steps.RemovePaths: (N_("Remove %(paths)s"), lambda a: {"paths": _names(a.paths)}),
    steps.ReceiveCode: (
        N_("Put the code (commit %(commit)s) into %(into)s"),
        lambda a: {"commit": a.commit[:8], "into": a.into},
    ),
    steps.ShareData: (
        N_("Keep the app's data in %(shared)s: %(paths)s"),
        lambda a: {"shared": a.shared, "paths": _names(tuple(entry.path for entry in a.entries))},
    ),
    steps.BuildEnvironment: (
        N_("Install the app's dependencies into %(path)s with %(tool)s"),
        lambda a: {"path": a.path, "tool": a.tool},
    ),
    steps.GenerateSecrets: (N_("Store the values of %(names)s"), lambda a: {"names": _names(a.names)}),
    steps.RemoveSecrets: (N_("Delete the values of %(names)s"), lambda a: {"names": _names(a.names)}),
    steps.WriteEnvironmentFile: (N_("Write the app's environment variables to %(path)s"), lambda a: {"path": a.path}),
    steps.SnapshotDatabase: (N_("Copy the database %(path)s, in case"), lambda a: {"path": a.path}),
    steps.RunCommand: (
        N_("Run as %(user)s: %(command)s"),
        lambda a: {"user": a.user, "command": " ".join((a.argv[0].rpartition("/")[2], *a.argv[1:]))},
    ),
    steps.RecordRelease: (N_("Record the release in %(path)s"), lambda a: {"path": a.path}),
    steps.ReloadUnits: (N_("Let systemd read its units again"), lambda a: {}),
    steps.EnableUnit: (N_("Start %(unit)s whenever the server boots"), lambda a: {"unit": a.unit}),
    steps.StartUnits: (N_("Start %(units)s"), lambda a: {"units": _names(a.units)}),
    steps.StopUnits: (N_("Stop %(units)s"), lambda a: {"units": _names(a.units)}),
    steps.WaitHealthy: (
        N_("Ask the new release for %(path)s until it answers well (at most %(timeout)s s)"),
        lambda a: {"path": a.path, "timeout": a.timeout},
    ),
    steps.ReloadProxy: (N_("Test the configuration of %(proxy)s and load it"), lambda a: {"proxy": a.proxy}),
    steps.SwitchRelease: (
        N_("Switch: %(link)s now leads to %(target)s"),
        lambda a: {"link": a.link, "target": a.target},
    ),
    steps.VerifySite: (
        N_("Ask the site for %(path)s as a visitor would, as %(host)s"),
        lambda a: {"path": a.path, "host": a.host},
    ),
    steps.DrainUnits: (
        N_("Let %(units)s answer what they hold (at most %(timeout)s s), then stop them"),
        lambda a: {"units": _names(a.units), "timeout": a.timeout},
    ),
    steps.RemoveUser: (N_("Remove the system user %(name)s"), lambda a: {"name": a.name}),
}
