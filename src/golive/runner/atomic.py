"""Files and links that are there whole or not at all, also after a power cut."""

import grp
import os
import pwd
from typing import Optional, Tuple

from golive.runner.journal import sync_folder as sync_folder

TEMPORARY = ".golive-new"


def ids_of(owner: str, group: str) -> Tuple[int, int]:
    """The numbers of a user and a group, which may be told as digits. Raises KeyError for one that does not exist."""
    uid = int(owner) if owner.isdigit() else pwd.getpwnam(owner).pw_uid
    return uid, int(group) if group.isdigit() else grp.getgrnam(group).gr_gid


def own_ids() -> Tuple[int, int]:
    """Our own numbers: root's on a server."""
    return os.geteuid(), os.getegid()


def write_file(path: str, content: bytes, mode: int = 0o600, ids: Optional[Tuple[int, int]] = None) -> None:
    """PATH holds CONTENT, put there by one rename and synced. A link at PATH is replaced, never followed. IDS: whose
    it is, ours unless given."""
    temporary = _temporary(path)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fchown(stream.fileno(), *(ids or own_ids()))
            os.fchmod(stream.fileno(), mode)
            os.fsync(stream.fileno())
        os.rename(temporary, path)
    except BaseException:
        _discard(temporary)
        raise
    sync_folder(os.path.dirname(path))


def write_link(path: str, target: str) -> None:
    """PATH is a link to TARGET, put there by one rename and synced."""
    temporary = _temporary(path)
    os.symlink(target, temporary)
    try:
        os.rename(temporary, path)
    except BaseException:
        _discard(temporary)
        raise
    sync_folder(os.path.dirname(path))


def temporary_path(path: str) -> str:
    """Where what will be renamed to PATH is written."""
    return os.path.join(os.path.dirname(path), "." + os.path.basename(path) + TEMPORARY)


def _temporary(path: str) -> str:
    """A name beside PATH; what an interrupted run left there is removed."""
    temporary = temporary_path(path)
    _discard(temporary)
    return temporary


def _discard(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
