"""One SQLite database made equal to another, page by page, under SQLite's own locks.

One of the two lies where the app may write: it is opened with the app's rights, never with root's.
Python has this (``Connection.backup``) from 3.7 on; before that the library itself is asked.
Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import contextlib
import ctypes
import os
import sqlite3
import time
from typing import Any, Callable, Iterator, Tuple

from golive.runner.acting import acting_as, owner_of

BUSY_MILLISECONDS = 20000
_CHUNK = 1024 * 1024
_LOCKED = (5, 6)
"""SQLITE_BUSY and SQLITE_LOCKED (sqlite.org/rescode.html)."""

# Counters in the header that change with every write, and with the copying itself (sqlite.org/fileformat2.html).
_COUNTERS = ((24, 28), (40, 44), (92, 100))


def copy_database(source: str, target: str) -> None:
    """TARGET holds what SOURCE holds; programs that have it open see that as one transaction. It keeps its owner.

    Raises sqlite3.Error, or OSError when TARGET is not a plain file (it lies where the app may write, and a link
    could lead anywhere).
    """
    with acting_as(owner_of(target)):
        if os.path.islink(target) or (os.path.exists(target) and not os.path.isfile(target)):
            raise OSError("not a plain file: {}".format(target))
        if not os.path.exists(target):
            os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640))
    if _is_same(source, target):
        return
    if hasattr(sqlite3.Connection, "backup"):
        _by_connection(source, target)
    else:
        _by_library(source, target)


def _is_same(source: str, target: str) -> bool:
    """Whether both hold the same pages already; with a write-ahead log that cannot be told."""
    with open(source, "rb") as one, acting_as(owner_of(target)), open(target, "rb") as other:
        if os.fstat(one.fileno()).st_size != os.fstat(other.fileno()).st_size:
            return False
        if any(os.path.exists(target + suffix) for suffix in ("-wal", "-journal")):
            return False
        header, its_header = bytearray(one.read(100)), bytearray(other.read(100))
        for start, end in _COUNTERS:
            header[start:end] = its_header[start:end]
        if header != its_header:
            return False
        while True:
            piece = one.read(_CHUNK)
            if piece != other.read(_CHUNK):
                return False
            if not piece:
                return True


# SQLite opens some files only when it needs them: with these it needs no more of them in root's own folder.
_READ_AT_ONCE = "pragma schema_version"
_NO_JOURNAL_FILE = "pragma journal_mode=memory"


@contextlib.contextmanager
def _opened(
    source: str, target: str, connect: Callable[[str, str], Any], close: Callable[[Any], object]
) -> Iterator[Tuple[Any, Any]]:
    """Both databases. Root's own is opened before root's rights are put down; all the rest is done without them."""
    owners = {source: owner_of(source), target: owner_of(target)}
    first, second = sorted((source, target), key=lambda path: owners[path] is not None)
    ours = owners[second] is not None
    opened = {first: connect(first, (_READ_AT_ONCE if first == source else _NO_JOURNAL_FILE) if ours else "")}
    try:
        with acting_as(owners[second]):
            opened[second] = connect(second, "")
            try:
                yield opened[source], opened[target]
            finally:
                close(opened[second])
    finally:
        close(opened[first])


def _by_connection(source: str, target: str) -> None:
    timeout = BUSY_MILLISECONDS / 1000
    deadline = time.monotonic() + timeout

    def give_up_in_time(status: int, remaining: int, total: int) -> None:
        # A locked database makes the copy wait without end.
        if status in _LOCKED and time.monotonic() > deadline:
            raise sqlite3.OperationalError("the database stays locked")

    def connect(path: str, statement: str) -> sqlite3.Connection:
        connection = sqlite3.connect(path, timeout=timeout)
        connection.execute(statement).fetchall()
        return connection

    with _opened(source, target, connect, sqlite3.Connection.close) as (saved, live):
        saved.backup(live, progress=give_up_in_time)


def _by_library(source: str, target: str) -> None:
    library = ctypes.CDLL("libsqlite3.so.0")
    library.sqlite3_backup_init.restype = ctypes.c_void_p

    def connect(path: str, statement: str) -> Any:
        handle = _open(library, path)
        library.sqlite3_exec(handle, statement.encode("ascii"), None, None, None)
        return handle

    with _opened(source, target, connect, library.sqlite3_close) as (saved, live):
        copy = library.sqlite3_backup_init(live, b"main", saved, b"main")
        if not copy:
            raise sqlite3.OperationalError("no backup: status {}".format(library.sqlite3_errcode(live)))
        library.sqlite3_backup_step(ctypes.c_void_p(copy), -1)
        status = library.sqlite3_backup_finish(ctypes.c_void_p(copy))
        if status:
            raise sqlite3.OperationalError("backup ended with status {}".format(status))


def _open(library: Any, path: str) -> Any:
    handle = ctypes.c_void_p()
    status = library.sqlite3_open(os.fsencode(path), ctypes.byref(handle))
    if status:
        library.sqlite3_close(handle)
        raise sqlite3.OperationalError("cannot open {}: status {}".format(path, status))
    library.sqlite3_busy_timeout(handle, BUSY_MILLISECONDS)
    return handle
