"""Files and users, as they are."""

import grp
import hashlib
import os
import pwd
import stat
from typing import Any, Dict, List, Optional

LARGEST_HASHED = 64 * 1024 * 1024


def look(path: str) -> Dict[str, Any]:
    """What is at PATH, links not followed. ``sha256`` for files, ``target`` for links, "" otherwise."""
    try:
        found = os.lstat(path)
    except OSError:
        return {"kind": "absent", "sha256": "", "mode": 0, "owner": "", "group": "", "target": ""}
    kind = _kind(found.st_mode)
    return {
        "kind": kind,
        "sha256": _hash(path) if kind == "file" and found.st_size <= LARGEST_HASHED else "",
        "mode": stat.S_IMODE(found.st_mode),
        "owner": user_name(found.st_uid),
        "group": group_name(found.st_gid),
        "target": os.readlink(path) if kind == "link" else "",
    }


def _kind(mode: int) -> str:
    if stat.S_ISREG(mode):
        return "file"
    if stat.S_ISDIR(mode):
        return "directory"
    return "link" if stat.S_ISLNK(mode) else "other"


def _hash(path: str) -> str:
    digest = hashlib.sha256()
    try:
        with open(path, "rb") as stream:
            for block in iter(lambda: stream.read(1 << 20), b""):
                digest.update(block)
    except OSError:
        return ""
    return digest.hexdigest()


def user_name(uid: int) -> str:
    """The name of a user id, or its digits when nobody has it."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def group_name(gid: int) -> str:
    """The name of a group id, or its digits when there is none."""
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)


def user(name: str) -> Optional[Dict[str, Any]]:
    """A user's id, home and the names of all its groups (its own first); None when there is no such user."""
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return {"uid": entry.pw_uid, "groups": groups_of(name, entry.pw_gid), "home": entry.pw_dir}


def groups_of(name: str, gid: int) -> List[str]:
    """The primary group's name, then the others sorted."""
    others = sorted(group.gr_name for group in grp.getgrall() if name in group.gr_mem and group.gr_gid != gid)
    return [group_name(gid)] + others
