"""Data that is on this computer: what counts as data, and that its copy is sound."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from test_code import app, arrived, commit, no_git_settings, repository, write  # noqa: F401 (fixtures among them)

from golive.errors import AppError
from golive.protocol.steps import SharedPath
from golive.transport.code import snapshot
from golive.transport.data import copied, find_data

INSTANCE, UPLOADS, ONE_FILE = (
    SharedPath("instance", "directory"),
    SharedPath("static/uploads", "directory"),
    SharedPath("shop.db", "file"),
)


def test_what_git_ignores_is_data_and_what_travels_is_not(repository: Path) -> None:  # noqa: F811
    write(repository, {"app.py": "x", ".gitignore": "instance/\n*.jpg\n", "static/uploads/keep.txt": "", "shop.db": ""})
    commit(repository)
    write(repository, {"instance/app.db": "1", "instance/app.db-wal": "2", "instance/.env": "A=1", "notes.txt": "3"})
    write(repository, {"static/uploads/2026/a.jpg": "45"})
    (repository / "static/uploads/link.jpg").symlink_to("2026/a.jpg")
    data = find_data(repository, (INSTANCE, UPLOADS, ONE_FILE), snapshot(repository).paths)
    assert data.places == ("instance/", "static/uploads/")
    assert [file.path for file in data.files] == ["instance/app.db", "static/uploads/2026/a.jpg"]
    assert data.size == 3


def test_without_git_what_is_gathered_is_data_and_not_code(app: Path) -> None:  # noqa: F811
    write(app, {"app.py": "x", "shop.db": "1", "static/uploads/a.jpg": "2", "static/uploads.css": "3"})
    taken = snapshot(app, data=("shop.db", "static/uploads"))
    assert taken.paths == {"app.py", "static/uploads.css"}
    assert find_data(app, (ONE_FILE, UPLOADS), taken.paths).places == ("shop.db", "static/uploads/")


def test_what_git_tracks_is_code(repository: Path) -> None:  # noqa: F811
    write(repository, {"app.py": "x", "shop.db": "1", "static/uploads/logo.png": "2"})
    commit(repository)
    write(repository, {"static/uploads/cat.png": "3"})
    taken = snapshot(repository, data=("shop.db", "static/uploads"))
    assert taken.paths == {"app.py", "shop.db", "static/uploads/logo.png"}
    assert [file.path for file in find_data(repository, (UPLOADS,), taken.paths).files] == ["static/uploads/cat.png"]


def test_nothing_there_is_no_data(app: Path) -> None:  # noqa: F811
    (app / "instance").mkdir()
    assert find_data(app, (INSTANCE, ONE_FILE), frozenset()).files == ()


def test_a_database_at_work_is_copied_whole(app: Path, tmp_path: Path) -> None:  # noqa: F811
    with closing(sqlite3.connect(app / "shop.db", isolation_level=None)) as live:
        live.execute("PRAGMA journal_mode=WAL")
        live.execute("PRAGMA wal_autocheckpoint=0")
        live.execute("CREATE TABLE orders (id)")
        live.executemany("INSERT INTO orders VALUES (?)", [(number,) for number in range(500)])
        live.execute("BEGIN IMMEDIATE")
        live.execute("INSERT INTO orders VALUES ('not committed')")
        (file,) = copied(find_data(app, (ONE_FILE,), frozenset()), tmp_path)
        assert b"orders" not in (app / "shop.db").read_bytes(), "all of it is in the log still"
        live.execute("ROLLBACK")
    assert (file.path, file.status.st_size) == ("shop.db", Path(file.place).stat().st_size)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("0")] == ["0"]
    (tmp_path / "alone").mkdir()
    alone = Path(file.place).rename(tmp_path / "alone" / "copy.db")
    with closing(sqlite3.connect(alone)) as copy:
        assert copy.execute("SELECT count(*), max(id) FROM orders").fetchone() == (500, 499)


def test_a_database_that_cannot_be_read_is_named(app: Path, tmp_path: Path) -> None:  # noqa: F811
    write(app, {"shop.db": b"SQLite format 3\0" + b"\xff" * 2000})
    with pytest.raises(AppError) as caught:
        list(copied(find_data(app, (ONE_FILE,), frozenset()), tmp_path))
    assert (caught.value.code, caught.value.params["path"]) == ("data-unreadable", "shop.db")


def test_data_travels_byte_by_byte_and_makes_no_other_code(repository: Path, tmp_path: Path) -> None:  # noqa: F811
    write(repository, {"app.py": "x\r\n", ".gitignore": "/instance/\n", ".gitattributes": "* text=auto\n"})
    commit(repository)
    write(repository, {"instance/a.txt": b"1\r\n2\n", "instance/same.py": "x\n"})
    plain = snapshot(repository)
    full = plain.with_data(copied(find_data(repository, (INSTANCE,), plain.paths), tmp_path))
    assert full.code.tree == plain.code.tree
    assert full.code.commit != plain.code.commit
    assert (full.code.files, full.code.size) == (plain.code.files + 2, plain.code.size + 7)
    found = arrived([full.pack()], full.code.commit, tmp_path)
    assert found["instance/a.txt"] == b"1\r\n2\n"
    assert found["app.py"] == b"x\n"
    assert arrived([full.pack(), plain.pack((full.code.commit,))], plain.code.commit, tmp_path, "later") == {
        name: content for name, content in found.items() if not name.startswith("instance/")
    }
