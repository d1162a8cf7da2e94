"""The runner zips on this host: each golive that works here brings its own, so old ones have to go one day.

Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import os
import re
from typing import Dict, List, Tuple

from golive.runner.layout import Layout

KEPT = 2
"""This golive's, and that of a colleague who has another version."""

_FILE = re.compile(r"(?:runner|compiled)-([0-9a-f]{16})[-.]")


def note_use(own: str) -> None:
    """The runner at OWN is at work: others that end meanwhile leave it there."""
    try:
        os.utime(own, None)
    except OSError:
        pass


def prune(layout: Layout, own: str) -> None:
    """Remove all but the runner at OWN and the KEPT - 1 others that were used last, and what was compiled of them. What
    cannot be removed stays."""
    try:
        names = os.listdir(layout.state)
    except OSError:
        return
    found: Dict[str, List[Tuple[float, str]]] = {}
    for name in names:
        match = _FILE.match(name)
        if match:
            path = os.path.join(layout.state, name)
            found.setdefault(match.group(1), []).append((_used(path), path))
    # The clock may have been put back since the others were used.
    by_use = sorted(found.values(), key=lambda files: (own in [path for _, path in files], max(files)), reverse=True)
    for _, path in [file for files in by_use[KEPT:] for file in files]:
        try:
            os.unlink(path)
        except OSError:
            continue


def _used(path: str) -> float:
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0
