"""A stable name for where an app comes from, so that two apps that are called alike do not replace each other.

A repository with a remote is known by the remote's address and the app's folder in it: every clone, shallow or not, on
every computer, is the same app. One without is known by its first commit. Anything else gets a random name. What was
once decided for a folder is remembered in the user's data folder (nothing is written into the app's), so that a first
commit, or a remote that is added later, changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from golive.errors import AppError
from golive.transport.folders import data_folder

if TYPE_CHECKING:
    from dulwich.repo import Repo

_LONGEST_WALK = 20_000
"""Commits that are read in search of the first one."""


def identity_of(folder: Path, repo: Repo | None, prefix: str) -> str:
    """The identity of the app in FOLDER, which is PREFIX in REPO. Raises AppError ``data-unwritable``."""
    remote = _remote(repo) if repo is not None else ""
    memory = data_folder() / "identities" / f"{_digest(os.path.normcase(folder))}.json"
    known = _remembered(memory)
    if known is not None and known["remote"] in ("", remote):
        return known["identity"]
    if remote:
        identity = _digest("remote", remote, prefix)
    else:
        first = _first_commit(repo) if repo is not None else ""
        identity = _digest("first", first, prefix) if first else secrets.token_hex(16)
    _remember(memory, {"identity": identity, "remote": remote, "folder": str(folder)})
    return identity


def _digest(*words: str) -> str:
    return hashlib.sha256("\0".join(words).encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _remote(repo: Repo) -> str:
    """The address of the remote ``origin`` (or of the first one), without what differs between people."""
    config = repo.get_config()
    addresses = {}
    for section in config.sections():
        if len(section) == 2 and section[0] == b"remote":
            try:
                addresses[section[1]] = config.get(section, b"url").decode("utf-8", "replace")
            except KeyError:
                continue
    if not addresses:
        return ""
    return common_address(addresses.get(b"origin") or addresses[min(addresses)])


def common_address(address: str) -> str:
    """``git@github.com:ann/shop.git`` and ``https://ann@github.com/ann/shop`` are one place."""
    place = re.sub(r"^[a-z+]+://", "", address.strip().rstrip("/"))
    place = re.sub(r"^[^@/]*@", "", place)
    place = re.sub(r"^([^:/]+):(?:\d+/)?(?!/)", r"\1/", place)
    return re.sub(r"\.git$", "", place).lower()


def _first_commit(repo: Repo) -> str:
    """The id of the commit where the first parents end; "" when that is not to be found here."""
    try:
        if repo.get_shallow():
            return ""
        identifier = repo.head()
        for _ in range(_LONGEST_WALK):
            parents = repo.get_parents(identifier)
            if not parents:
                return identifier.decode("ascii")
            identifier = parents[0]
    except KeyError:
        pass
    return ""


def _remembered(memory: Path) -> dict[str, str] | None:
    try:
        data = json.loads(memory.read_text("utf-8"))
        return {"identity": str(data["identity"]), "remote": str(data["remote"])}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remember(memory: Path, values: dict[str, str]) -> None:
    temporary = memory.with_name(f"{memory.name}.{os.getpid()}")
    try:
        memory.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(values), "utf-8")
        temporary.replace(memory)
    except OSError as error:
        raise AppError("data-unwritable", path=str(memory), reason=error.strerror or "") from None
