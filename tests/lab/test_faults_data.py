"""What visitors have written outlives every deploy, failure and return; secrets are seen by nobody."""

from __future__ import annotations

import http.client
import json
import re
import urllib.parse
from pathlib import Path

from breaking import holdings, refused, works
from golive.lab import PracticeServer
from person import User, Visitors, ask, copy_app, wait_for, write_app

GUESTBOOK = Path(__file__).parents[2] / "examples" / "guestbook"

WRITER = """\
import os
import sqlite3

from flask import Flask

app = Flask(__name__)
app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]
HERE = os.path.dirname(os.path.abspath(__file__))
UPLOAD_FOLDER = os.path.join(HERE, "uploads")


def database():
    connection = sqlite3.connect(os.path.join(HERE, "data.db"))
    connection.execute("create table if not exists rows (word text)")
    return connection


@app.route("/")
def index():
    return "answer {version}"


@app.route("/add/<word>")
def add(word):
    with database() as connection:
        connection.execute("insert into rows values (?)", (word,))
    os.makedirs(UPLOAD_FOLDER, exist_ok=True)
    with open(os.path.join(UPLOAD_FOLDER, word), "w") as stream:
        stream.write(word)
    return "added"


@app.route("/rows")
def rows():
    words = [word for word, in database().execute("select word from rows order by rowid")]
    return " ".join(words + sorted(os.listdir(UPLOAD_FOLDER)))


@app.route("/code")
def code():
    try:
        open(os.path.join(HERE, "app.py"), "a").close()
    except OSError as error:
        return error.strerror
    return "written"
"""

MIGRATION = """
import os, sqlite3, sys, time

connection = sqlite3.connect(os.path.join(os.path.dirname(os.path.abspath(__file__)), "data.db"))
connection.execute("create table if not exists rows (word text)")
connection.execute("delete from rows")
connection.execute("create table half_way (word text)")
connection.commit()
{then}
"""


def writer(folder: Path, version: int, migration: str = "") -> Path:
    """An app that writes beside its code; with MIGRATION one whose migration has done half of its work before."""
    write_app(folder, version, WRITER)
    (folder / "migrate.py").write_text(MIGRATION.replace("{then}", migration), encoding="utf-8")
    settings = '[app]\nmigrate = ["python", "migrate.py"]\n' if migration else ""
    (folder / "golive.toml").write_text(settings, encoding="utf-8")
    return folder


def test_rows_and_uploads_survive_everything_but_their_deletion(user: User, app: Path) -> None:
    server, address = user.server, user.server.address
    server.run(["sh", "-c", "mkdir -p /srv/other && echo theirs > /srv/other/file"])
    server.run(["sh", "-c", "echo '# theirs' > /etc/nginx/conf.d/other.conf"])
    works(user, writer(app, 1))
    assert ask(address, "/add/one")[1] == "added"
    assert ask(address, "/code")[1] in ("Permission denied", "Read-only file system")
    works(user, writer(app, 2))
    assert ask(address, "/rows")[1] == "one one"
    assert ask(address, "/add/two") == (200, "added")
    assert user.golive("rollback", cwd=app).status == 0
    assert ask(address) == (200, "answer 1")
    assert ask(address, "/rows")[1] == "one two one two"

    assert user.golive("down", cwd=app).status == 0
    assert ask(address, "/rows")[1].find("one two") == -1
    works(user, app)
    assert ask(address, "/rows")[1] == "one two one two"

    assert user.golive("down", "--delete-data", cwd=app).status == 0
    left = server.run(["sh", "-c", "ls -A /srv/golive/tiny; getent passwd golive-tiny"], check=False).stdout
    assert set(left.split()) <= {"journal"}
    theirs = server.run(["cat", "/srv/other/file", "/etc/nginx/conf.d/other.conf"]).stdout
    assert theirs == "theirs\n# theirs\n"


def test_a_migration_that_fails_or_is_cut_off_costs_no_row(user: User, app: Path) -> None:
    server, address = user.server, user.server.address
    works(user, writer(app, 1))
    assert ask(address, "/add/one") == (200, "added")
    before = holdings(server)
    with Visitors(address) as visitors:
        refused(user, writer(app, 2, "sys.exit('no such column')"), "migration-failed", "no such column", "SQLite")
        assert ask(address, "/rows") == (200, "one one")
        assert holdings(server) == before

        up = user.start("up", str(writer(app, 3, "print('half way', flush=True); time.sleep(600)")))
        wait_for(up, "migrate", "step_output")
        server.run(["systemctl", "kill", "--signal=KILL", "--kill-whom=main", "golive-run-tiny.service"])
        up.communicate(timeout=240)
        assert up.returncode == 1
        assert ask(address, "/rows") == (200, "one one")
        assert holdings(server) == before
    assert visitors.failures == []
    assert {text for _, _, text in visitors.answers} == {"answer 1"}

    works(user, writer(app, 4, "connection.execute(\"insert into rows values ('migrated')\"); connection.commit()"))
    assert ask(address) == (200, "answer 4")
    assert ask(address, "/rows") == (200, "migrated one")


def secrets_of(server: PracticeServer) -> dict[str, str]:
    return dict(json.loads(server.run(["cat", "/srv/golive/tiny/env.json"]).stdout))


def test_a_generated_secret_stays_and_is_seen_by_nobody(user: User, app: Path) -> None:
    server = user.server
    first = works(user, writer(app, 1))
    key = re.search(r"[0-9a-f]{64}", json.dumps(secrets_of(server)))
    assert key
    second = works(user, writer(app, 2))
    assert key[0] in json.dumps(secrets_of(server))
    planned = user.golive("plan", str(writer(app, 3)))
    assert planned.status == 2
    broken = writer(app, 4)
    with (broken / "app.py").open("a") as stream:
        stream.write("print(app.config['SECRET_KEY'])\nraise RuntimeError(app.config['SECRET_KEY'])\n")
    failed = refused(user, broken, "app-import-error", "RuntimeError")
    for said in (first, second, planned, failed, user.golive("status", cwd=app)):
        assert key[0] not in said.text
    holders = server.run(["sh", "-c", f"grep -rlF {key[0]} /srv/golive /var/lib/golive /etc /run/golive"], check=False)
    names = holders.stdout.split()
    assert sorted(names) == ["/srv/golive/tiny/env.json", *(f"/srv/golive/tiny/releases/{n}/env" for n in (1, 2))]
    modes = server.run(["stat", "-c", "%a %U", *names]).stdout.splitlines()
    assert set(modes) == {"600 root"}
    # Only the app's own log may hold what the app itself prints.
    processes = server.run(["ps", "axww", "-o", "args"]).stdout
    assert key[0] not in processes


def test_a_variable_without_a_value_is_asked_for_by_name_and_place(live: User, app: Path) -> None:
    before = holdings(live.server)
    code = "import os\n\nMAIL = os.environ['MAIL_PASSWORD']\n"
    (app / "app.py").write_text(code + (app / "app.py").read_text(encoding="utf-8"), encoding="utf-8")
    refused(live, app, "env-missing", "MAIL_PASSWORD", "app.py:3")
    assert holdings(live.server) == before


def test_the_guestbook_is_signed_and_stays_signed(user: User, tmp_path: Path) -> None:
    address = user.server.address
    folder = copy_app(GUESTBOOK, tmp_path / "guestbook")
    works(user, folder)
    visitor = http.client.HTTPConnection(address, timeout=30)
    body = json.dumps({"name": "小李", "text": "你好 <b>"})
    visitor.request("POST", "/api/messages", body, {"Content-Type": "application/json"})
    answer = visitor.getresponse()
    text = answer.read()
    visitor.close()
    assert answer.status == 201, text
    page = ask(address)
    assert page[0] == 200
    assert "你好 &lt;b&gt;" in page[1]
    style = re.search(r'href="(/static/[^"]+)"', page[1])
    assert style
    assert ask(address, style[1])[0] == 200
    log = user.server.run(["journalctl", "--no-pager", "-t", "golive-guestbook-web"], check=False).stdout
    assert urllib.parse.unquote(style[1]) not in log

    with (folder / "guestbook" / "__init__.py").open("a") as stream:
        stream.write("\n# changed\n")
    with Visitors(address) as visitors:
        works(user, folder)
    assert visitors.failures == []
    messages = json.loads(ask(address, "/api/messages")[1])["messages"]
    assert [(message["name"], message["text"]) for message in messages] == [("小李", "你好 <b>")]
