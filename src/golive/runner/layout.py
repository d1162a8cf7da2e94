"""Where things are on a host: every path that the runner itself chooses.

Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import os
import re

SLUG = re.compile(r"[a-z][a-z0-9-]{0,19}\Z")
"""What an app may be called; it becomes part of paths and of user and unit names."""

SYSTEMD_MARK = "/run/systemd/system"


class Layout:
    """Host paths below ROOT ("" on a real host; tests give a folder of their own)."""

    def __init__(self, root: str = "") -> None:
        self.root = root
        self.apps = root + "/srv/golive"
        self.state = root + "/var/lib/golive"
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


def host_layout() -> Layout:
    """The layout of this host; ``GOLIVE_ROOT`` moves all of it below another folder, for tests."""
    return Layout(os.environ.get("GOLIVE_ROOT", ""))


def has_systemd() -> bool:
    """Whether systemd is the init here (sd_booted(3))."""
    return os.path.isdir(SYSTEMD_MARK)
