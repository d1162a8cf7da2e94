"""What root does in a folder that an app may write, it does with the app's rights."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from golive.runner import sqlite_copy
from golive.runner.acting import Owner, acting_as, owner_of
from golive.runner.sqlite_copy import copy_database

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")

APP = 65534
JOURNAL_MAGIC = bytes.fromhex("d9d505f920a163d7")


@pytest.fixture
def folder() -> Iterator[Path]:
    """As an app's on a host: root's, with ``shared`` of the app and ``snapshots`` that the app cannot enter."""
    path = Path(tempfile.mkdtemp(dir="/var/tmp"))
    path.chmod(0o755)
    (path / "shared").mkdir()
    os.chown(path / "shared", APP, APP)
    (path / "snapshots").mkdir(0o700)
    yield path
    shutil.rmtree(path)


@pytest.fixture(params=["connection", "library"], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "library":  # As Python 3.6 has to.
        monkeypatch.setattr(sqlite_copy, "_by_connection", sqlite_copy._by_library)


def database(path: Path, first: int, *, wal: bool = False) -> Path:
    connection = sqlite3.connect(path)
    if wal:
        connection.execute("PRAGMA journal_mode=wal")
    connection.execute("CREATE TABLE number (n)")
    connection.executemany("INSERT INTO number VALUES (?)", [(first + step,) for step in range(5000)])
    connection.commit()
    connection.close()
    os.chown(path, path.parent.stat().st_uid, path.parent.stat().st_gid)
    return path


def first_of(path: Path) -> int:
    connection = sqlite3.connect(path)
    try:
        return int(connection.execute("SELECT min(n) FROM number").fetchone()[0])
    finally:
        connection.close()


def leave_unfinished_journal(path: Path, names: Path) -> None:
    """Beside the database a journal as of a transaction over several databases, which has NAMES removed at its end."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA cache_size=2")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("UPDATE number SET n = n + 1")
    changed, journal = path.read_bytes(), Path(f"{path}-journal").read_bytes()
    connection.execute("ROLLBACK")
    connection.close()
    path.write_bytes(changed)
    name = str(names).encode()
    page_of_lock = 0x40000000 // struct.unpack(">H", changed[16:18])[0] + 1
    end = struct.pack(">I", page_of_lock) + name + struct.pack(">II", len(name), sum(name)) + JOURNAL_MAGIC
    Path(f"{path}-journal").write_bytes(journal + end)
    os.chown(f"{path}-journal", APP, APP)


def test_whoever_owns_a_folder_on_the_way_is_not_trusted(folder: Path) -> None:
    (folder / "shared/of-root").mkdir()

    assert owner_of(str(folder / "shared/of-root/db")) == Owner(APP, APP)
    assert owner_of(str(folder / "snapshots/db")) is None


def test_rights_come_back_also_after_a_failure(folder: Path) -> None:
    before = os.getgroups(), os.getegid()

    with pytest.raises(PermissionError), acting_as(Owner(APP, APP)):
        (folder / "snapshots/file").touch()

    assert (os.geteuid(), (os.getgroups(), os.getegid())) == (0, before)


@pytest.mark.parametrize("wal", [False, True])
def test_data_is_copied_out_and_back(folder: Path, wal: bool) -> None:
    live = database(folder / "shared/db.sqlite3", 7, wal=wal)

    copy_database(str(live), str(folder / "snapshots/db"))
    live.unlink()
    copy_database(str(folder / "snapshots/db"), str(live))

    assert (first_of(folder / "snapshots/db"), first_of(live)) == (7, 7)
    assert (live.stat().st_uid, live.stat().st_gid) == (APP, APP)
    assert [path.name for path in (folder / "snapshots").iterdir()] == ["db"]


def test_data_of_a_live_program_is_copied_back(folder: Path) -> None:
    saved = database(folder / "snapshots/db", 7, wal=True)
    live = database(folder / "shared/db.sqlite3", 8, wal=True)
    reader = sqlite3.connect(live)
    reader.execute("SELECT * FROM number").fetchone()

    copy_database(str(saved), str(live))

    assert reader.execute("SELECT min(n) FROM number").fetchone() == (7,)
    reader.close()


def test_no_journal_of_the_app_removes_a_file_of_roots(folder: Path) -> None:
    live = database(folder / "shared/db.sqlite3", 7)
    treasure = folder / "treasure"
    treasure.write_text("of root")
    leave_unfinished_journal(live, names=treasure)

    with contextlib.suppress(sqlite3.Error):
        copy_database(str(live), str(folder / "snapshots/db"))

    assert treasure.exists()


def test_a_folder_turned_into_a_link_leads_no_data_into_roots(folder: Path) -> None:
    saved = database(folder / "snapshots/db", 7)
    (folder / "shared/data").symlink_to(folder / "snapshots")

    with pytest.raises(PermissionError):
        copy_database(str(saved), str(folder / "shared/data/other"))

    assert [path.name for path in (folder / "snapshots").iterdir()] == ["db"]
