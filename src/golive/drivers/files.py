"""Files that a plan keeps as they should be."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from golive.drivers.draft import Draft
from golive.protocol.facts import Facts
from golive.protocol.steps import WriteFile


def plan_file(draft: Draft, name: str, path: str, content: str, why: str, mode: int = 0o644) -> bool:
    """A step that writes a file that all apps share, where it is not as it should be; whether there is one."""
    platform = draft.places.platform
    file = WriteFile(path, content, mode, platform.owner, platform.group)
    if not differs(draft.facts, file):
        return False
    draft.add(name, file, why, lease="host", keep=True)
    return True


def differs(facts: Facts, file: WriteFile) -> bool:
    """Whether what is there is not exactly this file. Its content holds no references."""
    found: dict[str, Any] = facts.get("files", file.path) or {}
    same = found.get("sha256") == sha256(str(file.content).encode()).hexdigest()
    return not (
        same and (found.get("mode"), found.get("owner"), found.get("group")) == (file.mode, file.owner, file.group)
    )
