"""The data that an app has gathered on this computer: what is there beside its code, and a sound copy of it."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from golive.errors import AppError
from golive.protocol.steps import SharedPath
from golive.transport.code_files import FILE, Found, entries, is_left_out_file, is_left_out_folder

_SQLITE = b"SQLite format 3\0"


@dataclass(frozen=True)
class Data:
    """``places``: the app's writable paths that hold something, folders with a slash. ``size``: bytes."""

    places: tuple[str, ...] = ()
    files: tuple[Found, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.status.st_size for file in self.files)


def find_data(root: Path, persist: Iterable[SharedPath], travels: Collection[str]) -> Data:
    """What lies in the writable paths and does not travel as code. Links are no data, and databases' journals are part
    of their databases. Raises AppError ``unreadable``."""
    places: list[str] = []
    files: dict[str, Found] = {}
    for entry in persist:
        found = {file.path: file for file in _files(root, entry.path) if file.path not in travels}
        if found:
            places.append(entry.path + "/" * (entry.kind == "directory"))
            files.update(found)
    return Data(tuple(places), tuple(files.values()))


def _files(root: Path, path: str) -> Iterator[Found]:
    place = root / path
    try:
        status = place.lstat()
    except OSError:
        return
    if stat.S_ISREG(status.st_mode):
        yield Found(path, str(place), FILE, status)
    elif stat.S_ISDIR(status.st_mode):
        for entry in entries(str(place)):
            below = f"{path}/{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                if not is_left_out_folder(entry):
                    yield from _files(root, below)
            elif entry.is_file(follow_symlinks=False) and not is_left_out_file(entry.name):
                yield Found(below, entry.path, FILE, entry.stat(follow_symlinks=False))


def copied(data: Data, folder: Path) -> Iterator[Found]:
    """The files as they are to travel: of a SQLite database a consistent copy, made in FOLDER, however many programs
    are at work in it. Raises AppError ``data-unreadable``."""
    for number, file in enumerate(data.files):
        try:
            if _is_sqlite(file.place):
                target = folder / str(number)
                _back_up(file.place, target)
                yield file._replace(place=str(target), status=target.stat())
            else:
                yield file
        except (OSError, sqlite3.Error) as error:
            raise AppError("data-unreadable", path=file.path, reason=str(error)) from error


def _is_sqlite(place: str) -> bool:
    with Path(place).open("rb") as stream:
        return stream.read(len(_SQLITE)) == _SQLITE


def _back_up(place: str, target: Path) -> None:
    """SQLite's own backup: what is still in a write-ahead log is in the copy, and no half of a transaction."""
    source = f"{Path(place).as_uri()}?mode=ro"
    with closing(sqlite3.connect(source, uri=True, timeout=10)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
