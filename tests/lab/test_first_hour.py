"""The first hour: what git leaves out reaches the site if its person wants it, and what comes next is said."""

from __future__ import annotations

import http.client
import json
import shlex
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from person import Said, User, ask, write_app
from terminal import Terminal

SHOP = """\
import os
import sqlite3

from flask import Flask

app = Flask(__name__)
UPLOAD_FOLDER = os.path.join(app.root_path, "uploads")
TOKEN = os.environ["SHOP_TOKEN"]
LEVEL = os.environ.get("APP_ENV", "none")


def db():
    return sqlite3.connect(os.path.join(app.instance_path, "notes.db"))


@app.cli.command("init-db")
def init_db():
    with db() as connection:
        connection.execute("create table notes (text)")


@app.cli.command("create-admin")
def create_admin():
    with db() as connection:
        connection.execute("insert into notes values ('an admin')")


@app.get("/")
def index():
    notes()
    return f"answer {version} {len(TOKEN)} {LEVEL} {sorted(os.listdir(UPLOAD_FOLDER))}"


@app.get("/notes")
def notes():
    return ",".join(row[0] for row in db().execute("select text from notes"))


@app.post("/notes")
def add():
    with db() as connection:
        connection.execute("insert into notes values ('a visitor')")
    return ""
"""
TOKEN = "f27a9c41d8e35b60"
ENV = f"SHOP_TOKEN={TOKEN}\nAPP_ENV=development\n"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = write_app(tmp_path / "tiny", code=SHOP)
    (folder / ".gitignore").write_text("/instance/\n/uploads/\n.env\n")
    (folder / ".env").write_text(ENV)
    for name in ("instance", "uploads"):
        (folder / name).mkdir()
    (folder / "uploads" / "cat.jpg").write_bytes(b"\xff\xd8\r\n")
    git = ["git", "-C", str(folder), "-c", "user.name=ann", "-c", "user.email=ann@example.com"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "First"]):
        subprocess.run([*git, *words], check=True)
    return folder


def told(said: Said) -> dict[str, Any]:
    return {event["code"]: event["params"] for event in said.events if event["event"] == "notice"}


def write_a_note(address: str) -> None:
    visitor = http.client.HTTPConnection(address, timeout=10)
    visitor.request("POST", "/notes")
    assert visitor.getresponse().status == 200
    visitor.close()


def test_a_person_is_asked_once_and_the_site_has_what_was_here(user: User, shop: Path) -> None:
    address, server = user.server.address, user.server
    with closing(sqlite3.connect(shop / "instance" / "notes.db", isolation_level=None)) as live:
        live.execute("pragma journal_mode=wal")
        live.execute("create table notes (text)")
        live.execute("insert into notes values ('written here')")
        words = ("up", "--to", user.host, "-i", str(user.server.key_path))
        with Terminal(words, user.environment(), shop) as terminal:
            terminal.answer("[y/N]", "y")  # the host's key
            terminal.expect("SHOP_TOKEN")
            terminal.answer("[Y/n]", "")
            terminal.expect("instance/, uploads/")
            terminal.answer("[y/N]", "y")
            terminal.expect("golive open")
    assert terminal.status == 0
    assert "APP_ENV" in terminal.screen
    assert TOKEN not in terminal.screen
    assert ask(address) == (200, f"answer 1 {len(TOKEN)} none ['cat.jpg']")
    assert ask(address, "/notes") == (200, "written here")
    shared = "/srv/golive/tiny/shared"
    owners = server.run(["find", f"{shared}/instance", f"{shared}/uploads", "-printf", "%U:%P %m %u\\n"]).stdout
    assert {line.split()[-1] for line in owners.splitlines()} == {"golive-tiny"}
    assert server.run(["od", "-An", "-tx1", f"{shared}/uploads/cat.jpg"]).stdout.split() == ["ff", "d8", "0d", "0a"]
    holders = server.run(["grep", "-rlF", TOKEN, "/srv/golive", "/var/lib/golive"], check=False).stdout.split()
    assert sorted(holders) == ["/srv/golive/tiny/env.json", "/srv/golive/tiny/releases/1/env"]

    # The same code is nothing new, and the visitors' data stays whatever is here.
    write_a_note(address)
    assert user.golive("up", str(shop)).finished["changed"] == 0
    (shop / ".env").write_text(ENV.replace(TOKEN, "another"))
    write_app(shop, 2, SHOP)
    again = user.golive("up", str(shop), "--copy-data")
    assert again.finished["ok"], again.text
    assert {"dotenv-differs", "data-late"} <= told(again).keys()
    assert told(again)["dotenv-differs"]["names"] == ["SHOP_TOKEN"]
    assert ask(address, "/notes") == (200, "written here,a visitor")

    back = user.golive("rollback", cwd=shop)
    assert back.finished["ok"], back.text
    assert told(back)["rollback-data"] == {"places": "instance/, uploads/"}
    assert told(back)["rollback-kept"] == {"places": "instance/, uploads/"}
    assert ask(address) == (200, f"answer 1 {len(TOKEN)} none ['cat.jpg']")
    assert ask(address, "/notes") == (200, "written here,a visitor")


def test_with_nobody_there_the_site_starts_empty_and_the_next_command_is_given(user: User, shop: Path) -> None:
    address = user.server.address
    with closing(sqlite3.connect(shop / "instance" / "notes.db")) as here:
        here.execute("create table notes (text)")
    planned = user.golive("plan", str(shop))
    assert {"dotenv-offer", "data-offer"} <= told(planned).keys()
    said = user.golive("up", str(shop))
    assert said.finished["ok"], said.text
    assert TOKEN not in said.text
    assert told(said)["dotenv-taken"]["names"] == ["SHOP_TOKEN"]
    assert told(said)["data-stays-here"]["places"] == ["instance/", "uploads/"]
    # Without its tables the app would answer nobody: its own command has made them.
    assert ask(address) == (200, f"answer 1 {len(TOKEN)} none []")
    program, *words = shlex.split(told(said)["next-admin"]["command"])
    assert program == "golive"
    done = subprocess.run(
        [sys.executable, "-m", "golive", *words], env=user.environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert ask(address, "/notes") == (200, "an admin")
    later = user.golive("up", str(shop))
    assert (later.finished["changed"], json.dumps(told(later))) == (0, "{}")
