"""Files and folders: ensure_directory, write_file, remove_paths."""

import os
import re
import stat
from typing import Any, Optional, Tuple

from golive.protocol.steps import EnsureDirectory, RemovePaths, WriteFile
from golive.runner import atomic, trees
from golive.runner.failure import StepFailed
from golive.runner.layout import host_layout, local_layout
from golive.runner.probe_files import group_name, user_name


def perform_ensure_directory(action: EnsureDirectory, context: Any) -> bool:
    """A real folder with this owner and mode; missing parents are root's, 0755."""
    uid, gid = atomic.ids_of(action.owner, action.group)
    changed = _make_folders(action.path, context)
    found = os.lstat(action.path)
    if not stat.S_ISDIR(found.st_mode):
        raise StepFailed("file-conflict", path=action.path, found=_kind_of(found))
    if (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) != (uid, gid, action.mode):
        os.chown(action.path, uid, gid, follow_symlinks=False)
        os.chmod(action.path, action.mode)
        changed = True
    return changed


def _make_folders(path: str, context: Any) -> bool:
    """Create what is missing of PATH; the topmost new folder is what an undo takes away."""
    missing = []
    while not os.path.lexists(path):
        missing.append(path)
        path = os.path.dirname(path)
    if missing:
        context.record_undo({"undo": "remove_path", "path": missing[-1]})
    for folder in reversed(missing):
        try:
            os.mkdir(folder, 0o755)
        except NotADirectoryError:
            raise StepFailed("file-conflict", path=os.path.dirname(folder), found="file")
        os.chmod(folder, 0o755)
        atomic.sync_folder(os.path.dirname(folder))
    return bool(missing)


def perform_write_file(action: WriteFile, context: Any) -> bool:
    """A file with exactly this content, owner and mode, put there by one rename."""
    content = context.text(action.content).encode("utf-8")
    ids = atomic.ids_of(action.owner, action.group)
    found = found_at(action.path)
    if found is not None and stat.S_ISREG(found.st_mode):
        same = (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) == (ids[0], ids[1], action.mode)
        if same and found.st_size == len(content) and _content(action.path) == content:
            return False
    record_replacement(action.path, found, context)
    atomic.write_file(action.path, content, action.mode, ids)
    return True


def found_at(path: str) -> Optional[os.stat_result]:
    """What is at PATH, a link not followed; None when there is nothing."""
    try:
        return os.lstat(path)
    except FileNotFoundError:
        return None


def _content(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as stream:
        return stream.read()


def record_replacement(path: str, found: Optional[os.stat_result], context: Any) -> None:
    """Record how to bring back what is at PATH. Raises StepFailed for what is neither a file nor a link."""
    if found is None:
        context.record_undo({"undo": "remove_path", "path": path})
    elif stat.S_ISLNK(found.st_mode):
        context.record_undo({"undo": "restore_link", "path": path, "target": os.readlink(path)})
    elif stat.S_ISREG(found.st_mode):
        context.record_undo(
            {
                "undo": "restore_file",
                "path": path,
                "saved": context.save(path),
                "mode": stat.S_IMODE(found.st_mode),
                "owner": user_name(found.st_uid),
                "group": group_name(found.st_gid),
            }
        )
    else:
        raise StepFailed("file-conflict", path=path, found=_kind_of(found))


def _kind_of(found: os.stat_result) -> str:
    if stat.S_ISLNK(found.st_mode):
        return "link"
    return "directory" if stat.S_ISDIR(found.st_mode) else "file" if stat.S_ISREG(found.st_mode) else "other"


_REMOVABLE = (
    r"/srv/golive/{app}(/.+)?",
    r"/run/golive/{app}(/.+)?",
    r"/etc/systemd/system/golive-{app}[^/]*",
    r"/etc/systemd/system/[^/]+\.(wants|requires)/golive-{app}[^/]*",
    r"/etc/nginx/conf\.d/golive-{app}\.conf",
    r"/etc/apache2/(sites-available|sites-enabled|conf-available|conf-enabled)/golive-{app}\.conf",
    r"/etc/tmpfiles\.d/golive-[^/]*",
)


_REMOVABLE_HERE = (
    r"/apps/{app}(/.+)?",
    r"/(units|logs)/golive-{app}-[^/]*",
    r"/sites/golive-{app}\.conf",
    r"/(units|sites|logs|proxy|supervisord\.conf|nginx\.conf|start)",
)
"""On the user's own computer; what all apps share goes with the last of them."""

_REMOVABLE_RUN = (r"", r"/{app}(/.+)?")


def perform_remove_paths(action: RemovePaths, context: Any) -> bool:
    """None of the paths is there any more. Only what belongs to the app may be named."""
    for path in action.paths:
        if not _removable(path, context.app):
            raise StepFailed("internal", error="not the app's to remove: {}".format(path))
    removals = [_remove(path, context) for path in action.paths]
    return any(removals)


def _removable(path: str, app: str) -> bool:
    here = local_layout()
    patterns: Tuple[str, ...] = _REMOVABLE if here is None else _REMOVABLE_HERE
    places = [(host_layout().root, patterns)]
    if here is not None:
        places.append((here.run, _REMOVABLE_RUN))
    return os.path.normpath(path) == path and any(_is_in(path, root, patterns, app) for root, patterns in places)


def _is_in(path: str, root: str, patterns: Tuple[str, ...], app: str) -> bool:
    if not path.startswith(root):
        return False
    inner = path[len(root) :]
    return any(re.match(pattern.format(app=re.escape(app)) + r"\Z", inner, re.S) for pattern in patterns)


def _remove(path: str, context: Any) -> bool:
    found = found_at(path)
    if found is None:
        return False
    if stat.S_ISREG(found.st_mode) or stat.S_ISLNK(found.st_mode):
        record_replacement(path, found, context)
    return trees.remove(path)
