"""One SQLite database made equal to another, page by page, under SQLite's own locks.

Python has this (``Connection.backup``) from 3.7 on; before that the library itself is asked.
Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import ctypes
import os
import sqlite3
import time
from typing import Any

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
    if os.path.islink(target) or (os.path.exists(target) and not os.path.isfile(target)):
        raise OSError("not a plain file: {}".format(target))
    if not os.path.exists(target):
        folder = os.stat(os.path.dirname(target))
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
        os.fchown(descriptor, folder.st_uid, folder.st_gid)
        os.close(descriptor)
    if _is_same(source, target):
        return
    if hasattr(sqlite3.Connection, "backup"):
        _by_connection(source, target)
    else:
        _by_library(source, target)


def _is_same(source: str, target: str) -> bool:
    """Whether both hold the same pages already; with a write-ahead log that cannot be told."""
    if os.path.getsize(source) != os.path.getsize(target):
        return False
    if any(os.path.exists(target + suffix) for suffix in ("-wal", "-journal")):
        return False
    with open(source, "rb") as one, open(target, "rb") as other:
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


def _by_connection(source: str, target: str) -> None:
    timeout = BUSY_MILLISECONDS / 1000
    deadline = time.monotonic() + timeout

    def give_up_in_time(status: int, remaining: int, total: int) -> None:
        # A locked database makes the copy wait without end.
        if status in _LOCKED and time.monotonic() > deadline:
            raise sqlite3.OperationalError("the database stays locked")

    saved = sqlite3.connect(source, timeout=timeout)
    try:
        live = sqlite3.connect(target, timeout=timeout)
        try:
            saved.backup(live, progress=give_up_in_time)
        finally:
            live.close()
    finally:
        saved.close()


def _by_library(source: str, target: str) -> None:
    library = ctypes.CDLL("libsqlite3.so.0")
    library.sqlite3_backup_init.restype = ctypes.c_void_p
    saved, live = _open(library, source), _open(library, target)
    try:
        copy = library.sqlite3_backup_init(live, b"main", saved, b"main")
        if not copy:
            raise sqlite3.OperationalError("no backup: status {}".format(library.sqlite3_errcode(live)))
        library.sqlite3_backup_step(ctypes.c_void_p(copy), -1)
        status = library.sqlite3_backup_finish(ctypes.c_void_p(copy))
        if status:
            raise sqlite3.OperationalError("backup ended with status {}".format(status))
    finally:
        library.sqlite3_close(live)
        library.sqlite3_close(saved)


def _open(library: Any, path: str) -> Any:
    handle = ctypes.c_void_p()
    status = library.sqlite3_open(os.fsencode(path), ctypes.byref(handle))
    if status:
        library.sqlite3_close(handle)
        raise sqlite3.OperationalError("cannot open {}: status {}".format(path, status))
    library.sqlite3_busy_timeout(handle, BUSY_MILLISECONDS)
    return handle
