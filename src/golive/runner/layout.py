"""Where things are on a host: every path that the runner itself chooses.

Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import os
import re
from typing import Optional

SLUG = re.compile(r"[a-z][a-z0-9-]{0,19}\Z")
"""What an app may be called; it becomes part of paths and of user and unit names."""

SYSTEMD_MARK = "/run/systemd/system"


class Layout:
    """Host paths below ROOT ("" on a real host; tests give a folder of their own)."""

    def __init__(self, root: str = "") -> None:
        self.root = root
        self.local = False
        self._place(root + "/srv/golive", root + "/var/lib/golive")

    def _place(self, apps: str, state: str) -> None:
        self.apps = apps
        self.state = state
        self.host_lock = self.state + "/host.lock"
        self.format_marker = self.state + "/format"

    def app(self, app: str) -> str:
        """The app's folder. Raises ValueError for what cannot be an app's name."""
        if not SLUG.match(app):
            raise ValueError("not an app: {!r}".format(app))
        return self.apps + "/" + app

    def journal(self, app: str) -> str:
        """The folder of the app's runs."""
        return self.app(app) + "/journal"

    def lease_lock(self, app: str) -> str:
        """The file whose lock is the app lease where systemd is not the init."""
        return self.journal(app) + "/lock"


class LocalLayout(Layout):
    """The user's own computer: everything below ROOT, all of it the user's; sockets in RUN. No systemd is asked."""

    def __init__(self, root: str, run: str) -> None:
        Layout.__init__(self, root)
        self.local = True
        self.run = run
        self.units = root + "/units"
        self.logs = root + "/logs"
        self._place(root + "/apps", root + "/state")


LOCAL, LOCAL_RUN = "GOLIVE_LOCAL", "GOLIVE_LOCAL_RUN"
"""Environment variables by which golive tells its runner that this is its user's own computer."""

CARRIED = ("GOLIVE_ROOT", LOCAL, LOCAL_RUN)


def local_layout() -> Optional[LocalLayout]:
    """The layout of the user's own computer; None on a server."""
    root = os.environ.get(LOCAL, "")
    return LocalLayout(root, os.environ.get(LOCAL_RUN) or root + "/run") if root else None


def host_layout() -> Layout:
    """The layout of this host; ``GOLIVE_ROOT`` moves all of it below another folder, for tests."""
    return local_layout() or Layout(os.environ.get("GOLIVE_ROOT", ""))


def has_systemd() -> bool:
    """Whether systemd is the init here (sd_booted(3)) and ours to use."""
    return not os.environ.get(LOCAL) and os.path.isdir(SYSTEMD_MARK)
