"""Symbolic links: ensure_link."""

import os
import stat
from typing import Any

from golive.protocol.steps import EnsureLink
from golive.runner import atomic
from golive.runner.failure import StepFailed
from golive.runner.perform.files import found_at, record_replacement


def perform_ensure_link(action: EnsureLink, context: Any) -> bool:
    """PATH is a link to TARGET; whatever is no link there is left alone and refused."""
    found = found_at(action.path)
    if found is not None and not stat.S_ISLNK(found.st_mode):
        raise StepFailed(
            "file-conflict", path=action.path, found="directory" if stat.S_ISDIR(found.st_mode) else "file"
        )
    if found is not None and os.readlink(action.path) == action.target:
        return False
    record_replacement(action.path, found, context)
    atomic.write_link(action.path, action.target)
    return True
