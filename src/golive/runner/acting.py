"""Being, for a moment, the user who may write in a folder.

Some programs trust what lies beside the file that they open: SQLite, for one, removes whatever file an unfinished
journal names. As root they would do so for whoever owns the folder.
Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import contextlib
import os
from typing import Iterator, NamedTuple, Optional


class Owner(NamedTuple):
    """A user and the group that goes with it."""

    uid: int
    gid: int


def owner_of(path: str) -> Optional[Owner]:
    """The first user but root who owns a folder on the way to the absolute PATH, and so can make it lead elsewhere.

    None: root alone can, or we could not become somebody else anyway.
    """
    if os.geteuid() != 0:
        return None
    place = "/"
    for part in os.path.dirname(path).split("/"):
        place = os.path.join(place, part)
        try:
            found = os.lstat(place)
        except FileNotFoundError:
            return None
        if found.st_uid != 0:
            return Owner(found.st_uid, found.st_gid)
    return None


@contextlib.contextmanager
def acting_as(owner: Optional[Owner]) -> Iterator[None]:
    """The block has OWNER's rights and no more; None changes nothing."""
    if owner is None:
        yield
        return
    groups, gid = os.getgroups(), os.getegid()
    try:
        os.setgroups([])
        os.setegid(owner.gid)
        os.seteuid(owner.uid)
        yield
    finally:
        os.seteuid(0)
        os.setegid(gid)
        os.setgroups(groups)
