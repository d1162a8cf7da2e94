"""SQLite databases: snapshot_database."""

import os
import sqlite3
import stat
from typing import Any

from golive.protocol.steps import SnapshotDatabase
from golive.runner import atomic
from golive.runner.acting import acting_as, owner_of
from golive.runner.failure import StepFailed
from golive.runner.perform.files import found_at
from golive.runner.sqlite_copy import copy_database

MAGIC = b"SQLite format 3\0"


def perform_snapshot_database(action: SnapshotDatabase, context: Any) -> bool:
    """A consistent copy is at ``into``, synced; from now on an undo puts it back."""
    found = found_at(action.path)
    if found is None or found.st_size == 0:
        return False
    if not stat.S_ISREG(found.st_mode):
        raise StepFailed("file-conflict", path=action.path, found="link")
    if _first_bytes(action.path) != MAGIC:
        context.output("{} is no SQLite database: not saved".format(action.path))
        return False
    # Always afresh: what an earlier attempt left there would not hold what visitors have written since.
    _make_room(action.into, context)
    _copy(action.path, action.into)
    context.record_undo({"undo": "restore_database", "path": action.path, "saved": action.into})
    return True


def _first_bytes(path: str) -> bytes:
    """How the file begins. The app may put anything in its place meanwhile: a pipe must not make us wait."""
    with acting_as(owner_of(path)):
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        return os.read(descriptor, len(MAGIC))
    finally:
        os.close(descriptor)


def _make_room(into: str, context: Any) -> None:
    """The folders above the copy, root's alone. What was not there before goes away when the run is taken back."""
    first = into
    missing = []
    folder = os.path.dirname(into)
    while not os.path.isdir(folder):
        missing.append(folder)
        first = folder
        folder = os.path.dirname(folder)
    context.record_undo({"undo": "remove_path", "path": first})
    for folder in reversed(missing):
        os.mkdir(folder, 0o700)
        atomic.sync_folder(os.path.dirname(folder))


def _copy(path: str, into: str) -> None:
    part = into + ".part"
    if os.path.lexists(part):
        os.unlink(part)
    try:
        copy_database(path, part)
    except sqlite3.Error as error:
        raise StepFailed("migration-failed", command="snapshot", error=str(error))
    descriptor = os.open(part, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.fchown(descriptor, *atomic.own_ids())
        os.fchmod(descriptor, 0o600)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    os.rename(part, into)
    atomic.sync_folder(os.path.dirname(into))
