"""What a host is built from: where things are on it, who owns them, who keeps them running."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Platform:
    """``kind``: ``server`` (systemd, root, a user for each app) | ``local`` (this computer, all as its user).

    ``apps``, ``run``, ``state``, ``units``, ``sites``: folders for apps, sockets, golive's own, unit files and the
    proxy's files. ``upstreams``: the way to ``apps`` by which the proxy reaches sockets, short enough for their paths.
    ``owner``, ``group``: who owns what apps may only read. ``user``: whom apps run as, "" = one for each. ``python``:
    golive's own interpreter, where it supervises the apps itself.
    """

    kind: str = "server"
    apps: str = "/srv/golive"
    run: str = "/run/golive"
    state: str = "/var/lib/golive"
    units: str = "/etc/systemd/system"
    sites: str = "/etc/nginx/conf.d"
    upstreams: str = "/srv/golive"
    owner: str = "root"
    group: str = "root"
    user: str = ""
    builder: str = "golive-build"
    root: str = ""
    python: str = ""

    @property
    def local(self) -> bool:
        """Whether it is this computer."""
        return self.kind == "local"

    def file(self, name: str) -> str:
        """A file or folder at the top of a local host."""
        return f"{self.root}/{name}"


SERVER = Platform()
"""Every host that is reached over SSH."""

LONGEST_SOCKET = 103
"""Bytes of a unix socket's path: 107 on Linux, 103 on macOS (sockaddr_un)."""

_DEEPEST = "/abcdefghijklmnopqrst/current/run/web-99.sock"


def local_platform(root: str, short: str, user: tuple[str, str], python: str) -> Platform:
    """This computer, everything below ROOT; SHORT: a folder for sockets, taken only when ROOT is too deep for them.

    USER: the names of the user and of the group.
    """
    fits = len(f"{root}/apps{_DEEPEST}".encode()) <= LONGEST_SOCKET and " " not in root
    run = f"{root}/run" if fits else short
    return Platform(
        kind="local",
        apps=f"{root}/apps",
        run=run,
        state=f"{root}/state",
        units=f"{root}/units",
        sites=f"{root}/sites",
        upstreams=f"{root}/apps" if fits else f"{run}/.apps",
        owner=user[0],
        group=user[1],
        user=user[0],
        builder="",
        root=root,
        python=python,
    )
