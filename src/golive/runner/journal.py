"""The journal of a run: one event a line, only ever added to, on disk where a power cut would matter.

Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import fcntl
import os
import time
from typing import Any, List, NamedTuple

from golive.protocol import events
from golive.runner.conceal import Concealer
from golive.runner.failure import DISK_FULL
from golive.runner.stopping import Stopping

NAME = "journal.jsonl"
RESERVE = "reserve"
RESERVE_SIZE = 64 * 1024

_DURABLE = frozenset(
    (
        events.UNDO_RECORDED,
        events.COMMITTED,
        events.STEP_FAILED,
        events.UNDO_STARTED,
        events.UNDO_FINISHED,
        events.FINISHED,
    )
)
# Golive's own words, by which a run is recovered: one of them may well be somebody's secret, too. And how to take a
# change back names real paths.
_AS_THEY_ARE = frozenset(("step", "phase", "kind", "code", "run", "app", "purpose", "reason", "lease", "kept", "undo"))

_DISPENSABLE = frozenset((events.STEP_OUTPUT, events.LEASE_WAITING))


class Reading(NamedTuple):
    """What a journal holds. ``size``: bytes up to its last whole line. ``corrupt``: damaged before that."""

    events: List[events.Event]
    size: int
    corrupt: bool


def read_journal(path: str) -> Reading:
    """The events at PATH. What a power cut leaves at the end (half a line, zeros) is left out. Raises OSError."""
    found: List[events.Event] = []
    position = size = 0
    damaged = corrupt = False
    with open(path, "rb") as lines:
        for line in lines:
            position += len(line)
            try:
                if not line.endswith(b"\n"):
                    raise ValueError("torn")
                found.append(events.decode_event(line))
            except ValueError:
                damaged = True
                continue
            corrupt = corrupt or damaged
            size = position
    return Reading(found, size, corrupt)


def last_event(path: str) -> events.Event:
    """The last whole event at PATH; {} when there is none. Reads no more of the end of the file than it needs."""
    length = 64 * 1024
    try:
        with open(path, "rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            while True:
                stream.seek(max(0, size - length))
                for line in reversed(stream.read().split(b"\n")[:-1]):
                    try:
                        return events.decode_event(line)
                    except ValueError:
                        continue
                if length >= size:
                    return {}
                length *= 4
    except OSError:
        return {}


class Journal:
    """The journal of the run in FOLDER, opened to add to it; held locked, so that others see that somebody works on it.

    Raises OSError. A torn end is cut off first.
    """

    def __init__(self, folder: str, concealer: Concealer, stopping: Stopping) -> None:
        self.path = os.path.join(folder, NAME)
        self.concealer = concealer
        self._stopping = stopping
        self._reserve = os.path.join(folder, RESERVE)
        self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        whole = read_journal(self.path).size
        if whole != os.fstat(self._descriptor).st_size:
            os.ftruncate(self._descriptor, whole)
        sync_folder(folder)

    def write(self, event: str, **fields: Any) -> None:
        """Add one event. Raises OSError when the disk does not take it; output lines are then dropped instead."""
        told = {"event": event, "at": round(time.time(), 3)}
        told.update(
            (name, value if name in _AS_THEY_ARE else self.concealer.value(value)) for name, value in fields.items()
        )
        with self._stopping:
            try:
                self._append(events.encode_event(told))
            except OSError as error:
                if error.errno not in DISK_FULL or event not in _DISPENSABLE:
                    raise
            if event in _DURABLE:
                self.sync()

    def read(self) -> List[events.Event]:
        """What it holds now."""
        return read_journal(self.path).events

    def sync(self) -> None:
        """Everything written so far survives a power cut."""
        # macOS has no fdatasync.
        getattr(os, "fdatasync", os.fsync)(self._descriptor)

    def release_reserve(self) -> None:
        """Give back the space that was kept for telling of a full disk."""
        try:
            os.unlink(self._reserve)
        except OSError:
            pass

    def close(self) -> None:
        """Let go of the journal."""
        os.close(self._descriptor)

    def _append(self, line: bytes) -> None:
        start = os.fstat(self._descriptor).st_size
        unwritten = memoryview(line)
        try:
            while unwritten:
                unwritten = unwritten[os.write(self._descriptor, unwritten) :]
        except OSError:
            os.ftruncate(self._descriptor, start)
            raise


def make_reserve(folder: str) -> None:
    """Set space aside in a run's folder. Raises OSError when there is none."""
    descriptor = os.open(os.path.join(folder, RESERVE), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(descriptor, 0, RESERVE_SIZE)
        else:
            os.write(descriptor, bytes(RESERVE_SIZE))
    finally:
        os.close(descriptor)


def sync_folder(path: str) -> None:
    """What was created, renamed or removed in PATH survives a power cut. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
