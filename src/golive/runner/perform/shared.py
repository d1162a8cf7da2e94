"""Data that outlives releases: share_data.

A file that the commit does not have is not made up: an empty one would be a broken database to some programs. The link
leads nowhere until the app creates the file through it.

SQLite follows a link to its database and puts its journal beside the file that the link leads to (sqlite3_open,
SQLITE_OPEN_NOFOLLOW not given): a linked file works as long as its folder in ``shared`` can be written by the app.
"""

import os
import pwd
import shutil
import stat
from typing import Any, List

from golive.protocol.steps import ShareData, SharedPath
from golive.runner import atomic, trees
from golive.runner.failure import StepFailed
from golive.runner.perform.files import found_at
from golive.runner.person import person


def perform_share_data(action: ShareData, context: Any) -> bool:
    """Each entry lives in ``shared``, seeded once from the commit; the same path in the release leads there."""
    owner = person(action.owner)
    changes = [_share(entry, action, owner, context) for entry in action.entries]
    return any(changes)


def _share(entry: SharedPath, action: ShareData, owner: pwd.struct_passwd, context: Any) -> bool:
    parts = _parts(entry.path)
    link = os.path.join(action.release, *parts)
    home = os.path.join(action.shared, *parts)
    seeded = _seed(entry, link, home, action, owner, context)
    target = os.path.relpath(home, os.path.dirname(link))
    found = found_at(link)
    if found is not None and stat.S_ISLNK(found.st_mode) and os.readlink(link) == target:
        return seeded
    _make_real_folders(action.release, parts[:-1])
    # Inside a release that is not live yet: undoing takes the whole release away.
    with trees.writable(os.path.dirname(link)):
        trees.remove(link)
        atomic.write_link(link, target)
    return True


def _parts(path: str) -> List[str]:
    parts = path.split("/")
    if not path or path.startswith("/") or any(part in ("", ".", "..") for part in parts):
        raise StepFailed("internal", error="not a path inside the app: {}".format(path))
    return parts


def _make_real_folders(folder: str, parts: List[str]) -> None:
    """The folders above a link in the release; one that is itself a link of the commit is refused."""
    for part in parts:
        above = os.lstat(folder)
        folder = os.path.join(folder, part)
        found = found_at(folder)
        if found is None:
            with trees.writable(os.path.dirname(folder)):
                os.mkdir(folder, stat.S_IMODE(above.st_mode))
            os.chown(folder, above.st_uid, above.st_gid)
        elif not stat.S_ISDIR(found.st_mode):
            raise StepFailed("link-refused", path=folder, target="")


def _seed(entry: SharedPath, source: str, home: str, action: ShareData, owner: pwd.struct_passwd, context: Any) -> bool:
    """Put the entry into ``shared`` if it is not there.

    The app may write in ``shared``, so no path in there is used twice: the entry is made ready in a folder of root's,
    then moved by one rename into a folder that was opened without following a link.
    """
    wanted = entry.kind == "directory" or (os.path.isfile(source) and not os.path.islink(source))
    folder = _open_home(action.shared, _parts(entry.path)[:-1], owner)
    try:
        name = os.path.basename(home)
        if not wanted or _is_in(folder, name):
            return False
        context.record_undo({"undo": "remove_path", "path": home})
        staging = os.path.join(os.path.dirname(action.shared), ".golive-seed")
        trees.remove(staging)
        os.mkdir(staging, 0o700)
        part = os.path.join(staging, "entry")
        if entry.kind == "directory":
            _seed_folder(source, part)
            trees.hand_over(part, owner.pw_uid, owner.pw_gid, _mode_in_shared)
        else:
            shutil.copyfile(source, part)
            os.chmod(part, 0o640)
            os.chown(part, owner.pw_uid, owner.pw_gid)
        os.rename(part, name, dst_dir_fd=folder)
        os.fsync(folder)
        trees.remove(staging)
    finally:
        os.close(folder)
    return True


def _is_in(folder: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _open_home(shared: str, parts: List[str], owner: pwd.struct_passwd) -> int:
    """A descriptor of the folder in ``shared`` that holds an entry; missing folders are made, links refused."""
    descriptor = trees.open_folder(shared)
    for part in parts:
        try:
            try:
                os.mkdir(part, 0o750, dir_fd=descriptor)
                os.chown(part, owner.pw_uid, owner.pw_gid, dir_fd=descriptor, follow_symlinks=False)
            except FileExistsError:
                pass
            flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
            inner = os.open(part, flags, dir_fd=descriptor)
        except OSError:
            raise StepFailed("link-refused", path=part, target="")
        finally:
            os.close(descriptor)
        descriptor = inner
    return descriptor


def _seed_folder(source: str, part: str) -> None:
    if os.path.isdir(source) and not os.path.islink(source):
        shutil.copytree(source, part, symlinks=True)
    else:
        os.mkdir(part, 0o750)


def _mode_in_shared(mode: int) -> int:
    return 0o750 if stat.S_ISDIR(mode) or mode & stat.S_IXUSR else 0o640
