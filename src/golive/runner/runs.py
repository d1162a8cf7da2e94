"""The runs of an app: a folder each below ``journal/``, numbered in the order in which they began.

``incoming-TOKEN`` while a plan arrives; ``000042-TOKEN`` from the moment on at which its worker holds the lease. The
number, not a clock, tells which came later. Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import binascii
import fcntl
import json
import os
import re
import shutil
from typing import Any, Dict, List

from golive.protocol import events
from golive.runner.journal import NAME, last_event, read_journal, sync_folder
from golive.runner.layout import Layout

KEPT = 20
INCOMING = "incoming-"
ARRIVAL = "arrival.json"
_NAME = re.compile(r"[0-9]{6,}-[0-9a-f]{8}\Z")


def new_token() -> str:
    """What makes a run's name unique."""
    return binascii.hexlify(os.urandom(4)).decode("ascii")


def is_name(name: str) -> bool:
    """Whether NAME is the name of a run that has begun."""
    return _NAME.match(name) is not None


def number_of(path: str) -> int:
    """The place of a run among its app's runs, from 1."""
    return int(os.path.basename(path).split("-")[0])


def incoming(layout: Layout, app: str, token: str) -> str:
    """Where a plan arrives."""
    return os.path.join(layout.journal(app), INCOMING + token)


def all_runs(layout: Layout, app: str) -> List[str]:
    """The paths of the runs that have begun, oldest first."""
    try:
        names = [name for name in os.listdir(layout.journal(app)) if is_name(name)]
    except OSError:
        return []
    return sorted((os.path.join(layout.journal(app), name) for name in names), key=number_of)


def with_token(layout: Layout, app: str, token: str) -> str:
    """The path of the run that has this token, or "" while it has not begun."""
    return next((path for path in all_runs(layout, app) if path.endswith("-" + token)), "")


def claim(layout: Layout, app: str, token: str) -> str:
    """Make the incoming plan the newest run; only under the app's lease. Returns its path. Raises OSError."""
    runs = all_runs(layout, app)
    name = "{:06d}-{}".format(number_of(runs[-1]) + 1 if runs else 1, token)
    path = os.path.join(layout.journal(app), name)
    os.rename(incoming(layout, app, token), path)
    sync_folder(layout.journal(app))
    return path


def is_finished(path: str) -> bool:
    """Whether the run has told its end."""
    return last_event(os.path.join(path, NAME)).get("event") == events.FINISHED


def unfinished(layout: Layout, app: str) -> List[str]:
    """The runs without an end, the newest first."""
    return [path for path in reversed(all_runs(layout, app)) if not is_finished(path)]


def describe(path: str) -> Dict[str, Any]:
    """``{run, who, since, purpose}``: what others are told of a run that keeps them waiting."""
    try:
        began = next((e for e in read_journal(os.path.join(path, NAME)).events if e["event"] == events.RUN_STARTED), {})
    except OSError:
        began = {}
    return {
        "run": os.path.basename(path),
        "who": began.get("who", ""),
        "since": began.get("at", 0),
        "purpose": began.get("purpose", ""),
    }


def arrival(path: str) -> Dict[str, Any]:
    """What was noted when the plan came in: ``who`` sent it, and the folders ``created`` for it."""
    try:
        with open(os.path.join(path, ARRIVAL), encoding="utf-8") as stream:
            noted = json.load(stream)
    except (OSError, ValueError):
        noted = {}
    return noted if isinstance(noted, dict) else {}


def is_locked(path: str) -> bool:
    """Whether a living process holds a lock on the file at PATH."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def prune(layout: Layout, app: str) -> None:
    """Remove all but the newest runs, and plans that were left behind while they arrived."""
    for path in all_runs(layout, app)[:-KEPT]:
        if is_finished(path):
            shutil.rmtree(path, ignore_errors=True)
    try:
        names = os.listdir(layout.journal(app))
    except OSError:
        return
    for name in names:
        path = os.path.join(layout.journal(app), name)
        if name.startswith(INCOMING) and not is_locked(os.path.join(path, ARRIVAL)):
            shutil.rmtree(path, ignore_errors=True)
