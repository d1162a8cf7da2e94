"""This very computer as a host: where things are, and whose they are."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from dataclasses import replace
from pathlib import Path

from golive.errors import Refused
from golive.model.host import Host
from golive.model.platform import Platform, local_platform
from golive.transport.folders import data_folder

_UNTELLABLE = re.compile(r'["$%:;\\\x00-\x1f\x7f]')
"""No folder with one of these can be told to all of: PATH and venv (``:``), nginx (``$``), supervisord (the rest)."""


def this_computer(host: Host) -> Host:
    """HOST with its platform. Raises Refused ``local-not-on-windows``, ``local-folder-odd``."""
    if sys.platform == "win32":
        raise Refused("local-not-on-windows")
    user, group = names()
    platform = platform_below(data_folder() / "local", user, group)
    odd = _UNTELLABLE.search(platform.root)
    if odd:
        raise Refused("local-folder-odd", folder=platform.root, character=odd[0])
    return replace(host, user=user, platform=platform)


def platform_below(root: Path, user: str, group: str) -> Platform:
    """Everything below ROOT, links on the way there followed now: a socket's path is the shorter one."""
    place = os.path.realpath(root)
    mark = hashlib.sha256(os.fsencode(place)).hexdigest()[:8]
    # The same from every terminal, whatever TMPDIR says; nobody else may enter it (macOS: /tmp is a link).
    short = os.path.realpath("/tmp") + f"/golive-{os.getuid()}-{mark}"  # noqa: S108
    return local_platform(place, short, (user, group), sys.executable)


def names() -> tuple[str, str]:
    """Who we are: the names of the user and the group, digits where there is none."""
    import grp
    import pwd

    try:
        user = pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        user = str(os.geteuid())
    try:
        group = grp.getgrgid(os.getegid()).gr_name
    except KeyError:
        group = str(os.getegid())
    return user, group
