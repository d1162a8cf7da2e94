"""Where this host gets its packages from, as its owner wrote it down.

Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import glob
import re
from typing import Any, Dict

from golive.runner.pip_settings import chosen_index

_PATTERNS = (
    "/etc/apt/sources.list",
    "/etc/apt/sources.list.d/*.list",
    "/etc/apt/sources.list.d/*.sources",
    "/etc/apt/mirrors/*.list",
)
_USER = re.compile(r"//[^/@\s]+@")


def apt_sources() -> Dict[str, str]:
    """The text of each file of apt's sources by its path, without comments, users and passwords."""
    found: Dict[str, str] = {}
    for pattern in _PATTERNS:
        for path in sorted(glob.glob(pattern)):
            try:
                with open(path, encoding="utf-8", errors="replace") as stream:
                    lines = [line.rstrip() for line in stream if not line.startswith("#")]
            except OSError:
                continue
            found[path] = without_user("\n".join(lines).strip("\n"))[:20000]
    return found


def pip() -> Dict[str, Any]:
    """What the owner told pip or uv that decides where packages come from."""
    return {"index": without_user(chosen_index())}


def without_user(text: str) -> str:
    """TEXT whose URLs name no user and no password."""
    return _USER.sub("//***@", text)
