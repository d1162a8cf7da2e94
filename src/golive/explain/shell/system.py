"""Packages, users, units and the proxy: what a person would type."""

from __future__ import annotations

import shlex

from golive.explain.shell import own
from golive.explain.shell.quoting import here, words
from golive.protocol.steps import (
    EnableUnit,
    EnsureUser,
    InstallPackages,
    ReloadProxy,
    ReloadUnits,
    RemoveUser,
    StartUnits,
    StopUnits,
)

_MIRROR = "/var/lib/golive/mirror"
_QUIET = "DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l"


def render_shell_install_packages(action: InstallPackages) -> tuple[str, ...]:
    """Fresh lists, then the packages, without questions and without what they merely recommend."""
    if action.sources:
        return _install_from(action)
    install = words("apt-get", "install", "-y", "--no-install-recommends", *action.names)
    return ("apt-get update", f"{_QUIET} {install}")


def _install_from(action: InstallPackages) -> tuple[str, ...]:
    """From a mirror for this once: with a list of sources, and lists of packages, that are gone afterwards."""
    settings = (
        f"Dir::Etc::SourceList={_MIRROR}/sources.list",
        "Dir::Etc::SourceParts=/dev/null",
        f"Dir::State::Lists={_MIRROR}/lists",
        "Acquire::Languages=none",
    )
    apt = ("apt-get", *(word for setting in settings for word in ("-o", setting)))
    install = words(*apt, "install", "-y", "--no-install-recommends", *action.names)
    return (
        words("mkdir", "-p", f"{_MIRROR}/lists/partial"),
        here(f"cat >{_MIRROR}/sources.list", action.sources),
        words(*apt, "update"),
        f"{_QUIET} {install}",
        words("rm", "-r", _MIRROR),
    )


def render_shell_ensure_user(action: EnsureUser) -> tuple[str, ...]:
    """A user that nobody can log in as."""
    options = (
        "--system",
        "--user-group",
        "--no-create-home",
        "--home-dir",
        action.home,
        "--shell",
        "/usr/sbin/nologin",
    )
    lines = [f"{words('id', action.name)} >/dev/null 2>&1 || {words('useradd', *options, action.name)}"]
    lines += [words("usermod", "--append", "--groups", action.name, member) for member in action.members]
    return tuple(lines)


def render_shell_remove_user(action: RemoveUser) -> tuple[str, ...]:
    """userdel(8) leaves a group that has other members."""
    name = action.name
    return (
        f"! {words('id', name)} >/dev/null 2>&1 || {words('userdel', name)}",
        f"! {words('getent', 'group', name)} >/dev/null || {words('groupdel', name)}",
    )


def render_shell_reload_units(action: ReloadUnits) -> tuple[str, ...]:
    """systemd reads its unit files again."""
    if action.supervisor:
        return own.read_again(action.supervisor)
    return ("systemctl daemon-reload",)


def render_shell_enable_unit(action: EnableUnit) -> tuple[str, ...]:
    """From now on it starts at boot."""
    return (words("systemctl", "enable", action.unit),)


def render_shell_start_units(action: StartUnits) -> tuple[str, ...]:
    """Started now."""
    if action.supervisor:
        return (own.control(action.supervisor, "start", *action.units),)
    return (words("systemctl", "start", *action.units),)


def render_shell_stop_units(action: StopUnits) -> tuple[str, ...]:
    """Stopped now, and not started at boot."""
    if action.supervisor:
        return own.stop(action.supervisor, action.units)
    return tuple(f"{words('systemctl', verb, unit)} || true" for unit in action.units for verb in ("stop", "disable"))


def render_shell_reload_proxy(action: ReloadProxy) -> tuple[str, ...]:
    """Only after its own test has passed."""
    if action.supervisor:
        return own.reload_proxy(action)
    test = {"nginx": "nginx -t", "apache": "apache2ctl configtest"}[action.proxy]
    return (f"{test} && systemctl reload-or-restart {shlex.quote(action.unit)}",)
