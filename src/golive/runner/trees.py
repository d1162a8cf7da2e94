"""Removing and handing over whole trees, with no link in them ever followed."""

import contextlib
import os
import stat
from typing import Callable, Iterator


def open_folder(path: str) -> int:
    """A descriptor of the absolute folder PATH, no part of which may be a link. Raises OSError."""
    descriptor = os.open("/", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    for part in path.split("/"):
        if part in ("", "."):
            continue
        try:
            flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
            inner = os.open(part, flags, dir_fd=descriptor)
        finally:
            os.close(descriptor)
        descriptor = inner
    return descriptor


def remove(path: str) -> bool:
    """What is at the absolute PATH is gone; whether there was anything. Raises OSError for a link on the way."""
    try:
        folder = open_folder(os.path.dirname(path))
    except FileNotFoundError:
        return False
    try:
        return _remove_in(folder, os.path.basename(path))
    finally:
        os.close(folder)


def _remove_in(folder: int, name: str) -> bool:
    try:
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    if not stat.S_ISDIR(found.st_mode):
        os.unlink(name, dir_fd=folder)
    else:
        _open_up(name, folder)
        for _, folders, files, inner in os.fwalk(name, topdown=False, dir_fd=folder, follow_symlinks=False):
            for entry in files + folders:
                _remove_entry(entry, inner)
        os.rmdir(name, dir_fd=folder)
    os.fsync(folder)
    return True


def _open_up(name: str, folder: int) -> None:
    """The folders of a tree of ours can be written, as code that is only read cannot; root needs no leave."""
    if os.geteuid() == 0:
        return
    for path, folders, _, inner in os.fwalk(name, dir_fd=folder, follow_symlinks=False):
        for entry in folders:
            if stat.S_ISDIR(os.stat(entry, dir_fd=inner, follow_symlinks=False).st_mode):
                os.chmod(entry, 0o700, dir_fd=inner)
        if path == name:
            os.fchmod(inner, 0o700)


@contextlib.contextmanager
def writable(folder: str) -> Iterator[None]:
    """Inside the block its owner can write in FOLDER, which is otherwise only read."""
    mode = stat.S_IMODE(os.lstat(folder).st_mode)
    if mode & stat.S_IWUSR or os.geteuid() == 0:
        yield
        return
    os.chmod(folder, mode | stat.S_IWUSR)
    try:
        yield
    finally:
        os.chmod(folder, mode)


def _remove_entry(name: str, folder: int) -> None:
    try:
        if stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
            os.rmdir(name, dir_fd=folder)
        else:
            os.unlink(name, dir_fd=folder)
    except FileNotFoundError:
        pass


def hand_over(path: str, uid: int, gid: int, mode_of: Callable[[int], int]) -> None:
    """The tree at PATH belongs to UID and GID, each file and folder with the mode that MODE_OF makes of its own.

    Links change owner but not what they lead to. Whoever owned the tree may still be at work in it: a folder is taken
    from them before anything in it, and nothing is reached by a name twice.
    """
    top = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.fchown(top, uid, gid)
        os.fchmod(top, mode_of(os.fstat(top).st_mode))
        for _, folders, files, inner in os.fwalk(".", dir_fd=top, follow_symlinks=False):
            for name in files + folders:
                _hand_over_entry(name, inner, uid, gid, mode_of)
    finally:
        os.close(top)


def _hand_over_entry(name: str, folder: int, uid: int, gid: int, mode_of: Callable[[int], int]) -> None:
    if not hasattr(os, "O_PATH"):
        _hand_over_own(name, folder, mode_of)
        return
    entry = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    try:
        mode = os.fstat(entry).st_mode
        if stat.S_ISLNK(mode):
            os.chown(name, uid, gid, dir_fd=folder, follow_symlinks=False)
            return
        # Of a descriptor that only names the file, /proc leads to that very file (proc(5)).
        itself = "/proc/self/fd/{}".format(entry)
        os.chown(itself, uid, gid)
        wanted = mode_of(mode)
        if stat.S_IMODE(mode) != wanted or mode & (stat.S_ISUID | stat.S_ISGID):
            os.chmod(itself, wanted)
    finally:
        os.close(entry)


def _hand_over_own(name: str, folder: int, mode_of: Callable[[int], int]) -> None:
    """Where nothing but the name leads to a file (macOS) the tree has been ours all the time."""
    mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    if not stat.S_ISLNK(mode):
        os.chmod(name, mode_of(mode), dir_fd=folder)
