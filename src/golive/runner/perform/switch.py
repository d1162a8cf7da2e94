"""The commit point of a plan: switch_release."""

import os
from typing import Any

from golive.protocol.steps import SwitchRelease
from golive.runner import atomic
from golive.runner.failure import StepFailed
from golive.runner.perform.files import found_at, record_replacement


def perform_switch_release(action: SwitchRelease, context: Any) -> bool:
    """Everything of the release is on the disk, then the link points to it by one rename."""
    folder = os.path.dirname(action.link)
    found = found_at(action.link)
    if found is not None and os.path.islink(action.link) and os.readlink(action.link) == action.target:
        return False
    if not os.path.isdir(os.path.join(folder, action.target)):
        raise StepFailed("switch-failed", target=action.target)
    sync_filesystem(folder, context)
    record_replacement(action.link, found, context)
    atomic.write_link(action.link, action.target)
    forget_taken_back(folder)
    return True


def sync_filesystem(path: str, context: Any) -> None:
    """Everything written so far on PATH's file system survives a power cut (one file system: sync(2) may take long)."""
    if context.run(("sync", "-f", path)) != 0:
        os.sync()


def forget_taken_back(folder: str) -> None:
    """Another release is live now: that an earlier one was taken back is no news any more."""
    try:
        os.unlink(os.path.join(folder, "taken_back.json"))
    except FileNotFoundError:
        pass
