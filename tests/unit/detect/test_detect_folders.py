"""Folders as they really are: odd encodings, odd names, loops, thousands of files."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from golive.config import Settings, load, parse
from golive.detect import detect, slug_for, slug_of
from golive.errors import AppError
from golive.model.app import StaticMount
from golive.protocol.steps import SharedPath

FLASK = "from flask import Flask\napp = Flask(__name__)\n"
EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "app.py").write_text(FLASK)
    (folder / "requirements.txt").write_text("Flask\n")
    return folder


def refusal(folder: Path) -> AppError:
    with pytest.raises(AppError) as caught:
        detect(folder, Settings())
    assert caught.value.exit_status == 1
    return caught.value


def test_the_guestbook_needs_no_configuration() -> None:
    app = detect(EXAMPLES / "guestbook", load(EXAMPLES / "guestbook"))
    assert (app.slug, app.entry, app.chdir, app.manifests) == ("guestbook", "wsgi:app", "", ("requirements.txt",))
    assert app.static == (StaticMount("/static/", "guestbook/static"),)
    assert app.persist == (SharedPath("instance", "directory"),)
    assert app.databases == ("instance/guestbook.db",)
    assert app.migrate == ("flask", "--app", "wsgi:app", "db", "upgrade")
    assert [(item.name, item.generate) for item in app.env] == [("DATABASE_URL", False), ("SECRET_KEY", True)]


def test_the_code_is_never_run(folder: Path) -> None:
    (folder / "app.py").write_text(FLASK + "open('was-run', 'x')\nraise SystemExit(1)\n")
    detect(folder, Settings())
    assert sorted(path.name for path in folder.iterdir()) == ["app.py", "requirements.txt"]
    assert "app" not in sys.modules


def test_a_missing_folder_a_file_and_an_empty_folder_are_told_apart(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / ".gitignore").touch()
    assert refusal(tmp_path / "nowhere").code == "folder-missing"
    assert refusal(folder / "app.py").code == "not-a-folder"
    assert refusal(tmp_path / "empty").code == "folder-empty"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_requirements_in_the_encodings_of_windows_are_read(folder: Path, encoding: str, line_end: str) -> None:
    text = f"# 依赖{line_end}Flask==1.1.4{line_end}"
    (folder / "requirements.txt").write_bytes(text.encode(encoding))
    (folder / "app.py").write_text(FLASK + "import flask_migrate\n")
    (folder / "migrations").mkdir()
    (folder / "migrations" / "env.py").touch()
    (folder / "migrations" / "alembic.ini").touch()
    # Flask 1.1.4 has no --app: the pin was understood.
    assert detect(folder, Settings()).migrate == ("flask", "db", "upgrade")


def test_requirements_that_are_not_text_are_refused(folder: Path) -> None:
    (folder / "requirements.txt").write_bytes(b"PK\x03\x04" + bytes(range(256)))
    error = refusal(folder)
    assert (error.code, error.params["file"]) == ("requirements-unreadable", "requirements.txt")


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf" + FLASK.encode(), FLASK.replace("\n", "\r\n").encode()])
def test_code_from_windows_is_read(folder: Path, data: bytes) -> None:
    (folder / "app.py").write_bytes(data)
    assert detect(folder, Settings()).entry == "app:app"


def test_code_in_gbk_with_its_declaration_is_read(folder: Path) -> None:
    (folder / "app.py").write_bytes(("# -*- coding: gbk -*-\n# 商店\n" + FLASK).encode("gbk"))
    assert detect(folder, Settings()).entry == "app:app"


def test_links_that_go_round_or_nowhere_do_no_harm(folder: Path) -> None:
    (folder / "round").symlink_to(folder, target_is_directory=True)
    (folder / "nowhere.py").symlink_to(folder / "missing.py")
    assert detect(folder, Settings()).entry == "app:app"


def test_odd_names_do_no_harm(folder: Path) -> None:
    for name in ("a b.py", "quote'\".py", "line\nend.py", "应用说明.py", "-x.py"):
        (folder / name).write_text("x = 1\n")
    assert detect(folder, Settings()).entry == "app:app"


def test_names_that_are_not_utf8_do_no_harm(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.py")).write_text("x = 1\n")
    assert detect(folder, Settings()).entry == "app:app"


@pytest.mark.parametrize("name", ["venv", ".venv", "node_modules", "site-packages", "__pycache__", "my-env"])
def test_what_is_not_the_apps_own_is_left_out(folder: Path, name: str) -> None:
    (folder / name).mkdir()
    (folder / name / "app.py").write_text("from flask import Flask\nother = Flask(__name__)\n")
    (folder / name / "pyvenv.cfg").touch()
    entry = next(item for item in detect(folder, Settings()).evidence if item.subject == "entry")
    assert (entry.value, entry.runner_up) == ("app:app", "")


def test_twenty_thousand_files_take_no_long_time(folder: Path) -> None:
    for group in range(20):
        (folder / f"data{group}").mkdir()
        for number in range(1000):
            (folder / f"data{group}" / f"{number}.txt").touch()
    started = time.monotonic()
    assert detect(folder, Settings()).entry == "app:app"
    assert time.monotonic() - started < 5


def test_deeply_nested_code_is_not_the_end(folder: Path) -> None:
    (folder / "deep.py").write_text("x = " + "(" * 5000 + ")" * 5000)
    (folder / "long.py").write_text("x = " + " + ".join(["'a'"] * 3000))
    assert detect(folder, Settings()).entry == "app:app"


def test_names_that_lead_round_in_circles_end(folder: Path) -> None:
    (folder / "app.py").write_text(
        "from other import site\nfrom flask import Flask\na = b\nb = a\napp = Flask(__name__)\n"
    )
    (folder / "other.py").write_text("from app import site\nURI = 'sqlite:///' + URI\n")
    assert detect(folder, Settings()).entry == "app:app"


def test_the_same_folder_gives_the_same_app(folder: Path) -> None:
    assert detect(folder, Settings()) == detect(folder, Settings())


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("shop", "shop"),
        ("My Shop_2", "my-shop-2"),
        ("Café", "cafe"),
        ("2048", "app-2048"),
        ("2048-game", "app-2048-game"),
        ("a-very-long-name-of-an-app", "a-very-long-name-of"),
        ("--x--", "x"),
        # golive-build, golive-run-APP and golive-drain-APP-N are golive's own.
        ("build", "app-build"),
        ("run-shop", "app-run-shop"),
        ("drain-a-shop-of-old-books", "app-drain-a-shop-of"),
        ("builder", "builder"),
    ],
)
def test_slugs(name: str, slug: str) -> None:
    assert slug_of(name) == slug


@pytest.mark.parametrize("name", ["留言簿", "我的 app", "", "...", "🎉"])
def test_names_without_ascii_get_a_stable_short_one(name: str) -> None:
    assert slug_of(name).startswith("app-") or slug_of(name) == "app"
    assert slug_of(name) == slug_of(name)
    assert len(slug_of(name)) <= 20
    assert slug_of("留言簿") != slug_of("留言板")


def test_the_name_is_known_without_reading_the_code(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "app.py").unlink()
    monkeypatch.chdir(folder)
    assert slug_for(Path(), Settings()) == "shop"
    assert slug_for(folder, parse("name = 'store'")) == "store"


def test_of_several_apps_in_folders_the_folders_are_named(tmp_path: Path) -> None:
    for name in ("blog", "shop"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "app.py").write_text(FLASK)
        (tmp_path / name / "requirements.txt").write_text("Flask\n")
    error = refusal(tmp_path)
    assert (error.code, error.params["folders"]) == ("entry-ambiguous", ("blog", "shop"))
