"""Which files of a folder without git travel, and what never does."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from typing import NamedTuple

from golive.errors import AppError

FILE, PROGRAM, LINK = 0o100644, 0o100755, 0o120000

_FOLDERS = frozenset(
    {".git", ".hg", ".svn", ".idea", ".vscode", ".vs", ".tox", ".nox", ".eggs", ".ipynb_checkpoints", ".pytest_cache"}
    | {
        ".mypy_cache",
        ".ruff_cache",
        ".hypothesis",
        ".import_linter_cache",
        "__pycache__",
        "__pypackages__",
        "node_modules",
    }
)
_ENDINGS = (".pyc", ".pyo", ".swp", "-journal", "-wal", "-shm")
_NAMES = frozenset({".DS_Store", "Thumbs.db", "desktop.ini", ".coverage"})
_NO_SECRETS = frozenset({".env.example", ".env.sample", ".env.template", ".env.dist"})


class Found(NamedTuple):
    """``path``: relative to the app's folder, with slashes. ``place``: where it is. ``mode``: as git writes it."""

    path: str
    place: str
    mode: int
    status: os.stat_result


def plain_files(root: str) -> Iterator[Found]:
    """Everything that travels from a folder that git knows nothing of. Raises AppError."""
    yield from _walk(root, "")


def _walk(place: str, path: str) -> Iterator[Found]:
    for entry in entries(place):
        below = f"{path}{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            if not is_left_out_folder(entry):
                yield from _walk(entry.path, f"{below}/")
        elif not is_left_out_file(entry.name):
            yield from found(entry, below)


def entries(place: str) -> list[os.DirEntry[str]]:
    """What a folder holds, by name. Raises AppError ``unreadable``."""
    try:
        with os.scandir(place) as listing:
            return sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        raise AppError("unreadable", path=place, reason=error.strerror or "") from None


def found(entry: os.DirEntry[str], path: str, tracked_mode: int = 0) -> Iterator[Found]:
    """ENTRY as what travels; nothing for a socket or a pipe. ``tracked_mode``: what git's index says, if anything: it
    alone knows on a file system that has no executable bits or links."""
    status = entry.stat(follow_symlinks=False)
    if stat.S_ISLNK(status.st_mode):
        yield Found(path, entry.path, LINK, status)
    elif stat.S_ISREG(status.st_mode):
        yield Found(path, entry.path, tracked_mode or _mode_of(status), status)


def _mode_of(status: os.stat_result) -> int:
    return PROGRAM if os.name == "posix" and status.st_mode & stat.S_IXUSR else FILE


def is_left_out_folder(entry: os.DirEntry[str]) -> bool:
    """Environments, caches and tools' folders."""
    return entry.name in _FOLDERS or os.path.exists(os.path.join(entry.path, "pyvenv.cfg"))  # noqa: PTH110, PTH118


def is_left_out_file(name: str) -> bool:
    """Secrets, compiled files and what databases keep beside themselves while they are open."""
    if name == ".env" or name.startswith(".env."):
        return name not in _NO_SECRETS
    return name in _NAMES or name.endswith(_ENDINGS)
