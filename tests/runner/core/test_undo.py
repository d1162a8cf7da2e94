"""Taking back: each kind works, works twice, and does not keep the others from it."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import plan_of
from golive.runner import sqlite_copy
from golive.runner.conceal import Concealer
from golive.runner.context import Context
from golive.runner.journal import Journal
from golive.runner.probe_files import group_name, user_name
from golive.runner.stopping import Stopping
from golive.runner.undo import UNDO, undo_all

KINDS = {
    "remove_path",
    "restore_file",
    "restore_link",
    "stop_units",
    "start_units",
    "reload_units",
    "reload_proxy",
    "restore_database",
    "disable_unit",
}


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    (tmp_path / "run").mkdir()
    journal = Journal(str(tmp_path / "run"), Concealer(), Stopping())
    yield journal
    journal.close()


@pytest.fixture
def context(journal: Journal, tmp_path: Path) -> Context:
    return Context(plan_of(), str(tmp_path / "run"), journal, {}, systemd=False)


def test_the_kinds_are_those_of_the_contract() -> None:
    assert set(UNDO) == KINDS


def test_a_file_comes_back_with_owner_and_mode_also_the_second_time(
    context: Context, journal: Journal, tmp_path: Path
) -> None:
    path = tmp_path / "page"
    path.write_bytes(b"old")
    os.chown(path, 33, 33)
    path.chmod(0o640)
    record = {"undo": "restore_file", "path": str(path), "saved": context.save(str(path))}
    record = {**record, "mode": 0o640, "owner": "www-data", "group": "www-data"}
    path.unlink()
    path.write_bytes(b"new")

    for _ in range(2):
        assert undo_all([record], context, journal)
        status = path.stat()
        assert (path.read_bytes(), status.st_uid, stat.S_IMODE(status.st_mode)) == (b"old", 33, 0o640)


def test_a_file_of_somebody_who_is_gone_comes_back_too(context: Context, journal: Journal, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    os.chown(path, 54321, 54322)
    record = {"undo": "restore_file", "path": str(path), "saved": context.save(str(path)), "mode": 0o600}
    path.write_bytes(b"new")

    assert undo_all([{**record, "owner": user_name(54321), "group": group_name(54322)}], context, journal)

    assert (path.read_bytes(), path.stat().st_uid, path.stat().st_gid) == (b"old", 54321, 54322)


def test_a_secret_on_another_disk_is_never_for_others(
    context: Context, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path("/dev/shm/golive-test-secret")
    path.write_bytes(b"old")
    seen: list[int] = []
    chown = os.chown

    def look_and_chown(place: str, *ids: int) -> None:
        seen.append(stat.S_IMODE(Path(place).stat().st_mode))
        chown(place, *ids)

    monkeypatch.setattr(os, "chown", look_and_chown)
    record = {"undo": "restore_file", "path": str(path), "saved": context.save(str(path)), "mode": 0o600}
    assert undo_all([{**record, "owner": "root", "group": "root"}], context, journal)
    path.unlink()

    assert seen == [0o600]


def test_what_was_not_there_goes_again(context: Context, journal: Journal, tmp_path: Path) -> None:
    (tmp_path / "tree/below").mkdir(parents=True)
    (tmp_path / "tree/below/outside").symlink_to(tmp_path / "run")
    (tmp_path / "link").symlink_to("/etc")
    records = [{"undo": "remove_path", "path": str(tmp_path / name)} for name in ("tree", "link", "never")]

    assert undo_all(records, context, journal)
    assert undo_all(records, context, journal)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["run"]


def test_a_folder_that_the_app_turned_into_a_link_is_not_entered(
    context: Context, journal: Journal, tmp_path: Path
) -> None:
    (tmp_path / "of-root").mkdir()
    (tmp_path / "of-root/uploads").touch()
    (tmp_path / "of-root/.uploads.golive-new").touch()
    (tmp_path / "data").symlink_to("of-root")

    assert not undo_all([{"undo": "remove_path", "path": str(tmp_path / "data/uploads")}], context, journal)

    assert len(list((tmp_path / "of-root").iterdir())) == 2


def test_a_link_leads_where_it_led(context: Context, journal: Journal, tmp_path: Path) -> None:
    link = tmp_path / "current"
    link.symlink_to("releases/7")

    for _ in range(2):
        assert undo_all([{"undo": "restore_link", "path": str(link), "target": "releases/6"}], context, journal)
        assert str(link.readlink()) == "releases/6"


def test_one_that_fails_is_told_and_the_others_go_on(context: Context, journal: Journal, tmp_path: Path) -> None:
    (tmp_path / "first").touch()
    records = [
        {"undo": "remove_path", "path": str(tmp_path / "first")},
        {"undo": "restore_link", "path": str(tmp_path / "no/such/folder"), "target": "x"},
        {"undo": "remove_path", "path": "/etc"},
        {"undo": "remove_path", "path": "relative"},
        {"undo": "levitate"},
    ]

    assert not undo_all(records, context, journal)

    assert not (tmp_path / "first").exists()
    told = [event["what"]["undo"] for event in journal.read() if event["event"] == "undo_failed"]
    assert told == ["levitate", "remove_path", "remove_path", "restore_link"]
    assert Path("/etc/passwd").exists()


def test_reloads_come_once_and_after_the_files(
    context: Context, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    for kind in KINDS:
        monkeypatch.setitem(UNDO, kind, lambda record, context: done.append(record["undo"]))
    proxy = {"undo": "reload_proxy", "proxy": "nginx", "unit": "nginx.service"}
    records = [
        {"undo": "remove_path", "path": "/etc/x/unit"},
        {"undo": "reload_units"},
        {"undo": "stop_units", "units": ["new"]},
        {"undo": "restore_file", "path": "/etc/nginx/x"},
        proxy,
        proxy,
        {"undo": "restore_link", "path": "/srv/x/current"},
    ]

    undo_all(records, context, journal)

    assert done == ["restore_link", "restore_file", "stop_units", "remove_path", "reload_units", "reload_proxy"]


def test_old_units_start_from_their_own_files(
    context: Context, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    for kind in KINDS:
        monkeypatch.setitem(UNDO, kind, lambda record, context: done.append(record["undo"]))

    undo_all(
        [{"undo": "start_units"}, {"undo": "restore_file"}, {"undo": "reload_units"}],
        context,
        journal,
    )

    assert done == ["restore_file", "reload_units", "start_units", "reload_units"]


def rows(path: Path) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute("SELECT * FROM guest").fetchall()
    finally:
        connection.close()


def database(path: Path, *names: str, wal: bool = False) -> Path:
    connection = sqlite3.connect(path)
    if wal:
        connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE guest (name)")
    connection.executemany("INSERT INTO guest VALUES (?)", [(name,) for name in names])
    connection.commit()
    connection.close()
    return path


@pytest.mark.parametrize("wal", [False, True])
@pytest.mark.parametrize("by_library", [False, True])
def test_a_database_comes_back_for_those_who_have_it_open(
    context: Context, journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_library: bool, wal: bool
) -> None:
    saved = database(tmp_path / "saved.db", "Ada")
    live = database(tmp_path / "live.db", "Ada", "Bob", wal=wal)
    os.chown(live, 33, 33)
    if by_library:  # As Python 3.6 has to.
        monkeypatch.setattr(sqlite_copy, "_by_connection", sqlite_copy._by_library)
    reader = sqlite3.connect(live)
    assert len(reader.execute("SELECT * FROM guest").fetchall()) == 2

    record = {"undo": "restore_database", "path": str(live), "saved": str(saved)}
    assert undo_all([record], context, journal)

    assert reader.execute("SELECT * FROM guest").fetchall() == [("Ada",)]
    reader.close()
    assert live.stat().st_uid == 33
    assert undo_all([record], context, journal)
    assert rows(live) == [("Ada",)]


def test_an_equal_database_is_not_touched(tmp_path: Path) -> None:
    saved = database(tmp_path / "saved.db", "Ada")
    live = database(tmp_path / "live.db", "Ada", "Bob")
    sqlite_copy.copy_database(str(saved), str(live))
    before = live.stat().st_mtime_ns

    sqlite_copy.copy_database(str(saved), str(live))

    assert live.stat().st_mtime_ns == before


def test_a_link_in_place_of_the_database_is_refused(context: Context, journal: Journal, tmp_path: Path) -> None:
    saved = database(tmp_path / "saved.db", "Ada")
    other = database(tmp_path / "other.db", "Eve")
    (tmp_path / "live.db").symlink_to(other)

    record = {"undo": "restore_database", "path": str(tmp_path / "live.db"), "saved": str(saved)}

    assert not undo_all([record], context, journal)
    assert rows(other) == [("Eve",)]


def test_a_database_that_stays_locked_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_copy, "BUSY_MILLISECONDS", 200)
    saved = database(tmp_path / "saved.db", "Ada")
    live = database(tmp_path / "live.db", "Bob")
    holder = sqlite3.connect(live, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")

    with pytest.raises(sqlite3.OperationalError, match="locked"):
        sqlite_copy.copy_database(str(saved), str(live))

    holder.execute("ROLLBACK")
    holder.close()
