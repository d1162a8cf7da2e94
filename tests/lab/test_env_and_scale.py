"""golive env, restart and scale: the app gets exactly what it should, and visitors notice nothing."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

from breaking import holdings, nothing_is_left, works
from golive.lab import PracticeServer
from person import Said, User, Visitors, ask, write_app
from terminal import Terminal

READER = """\
import hashlib
import os
import sys

from flask import Flask

app = Flask(__name__)
app.secret_key = os.environ["SECRET_KEY"]
if os.environ.get("MODE") == "bad-value":
    sys.exit("this mode cannot be")


@app.route("/")
def index():
    return "answer {version} " + os.environ.get("MODE", "")


@app.route("/digest/<name>")
def digest(name):
    value = os.environb.get(name.encode())
    return "none" if value is None else hashlib.sha256(value).hexdigest()
"""

NASTY = {
    "LINES": "-----BEGIN KEY-----\nabc==\n\n  def\n-----END KEY-----\n",
    "QUOTES": 'it\'s "quoted" `here` \\ and \\n',
    "DOLLAR": "$HOME ${MODE} %h %% $$ #1 ; x",
    "CHINESE": "数据库 🙂",
    "AROUND": "  \t both ends  ",
    "CONTROLS": "a\r\nb\x1b[31mc",
    "EMPTY": "",
}
LARGE = 'x%$"é\\' * 14_000
SECRET = "the-password-of-the-mail-server"


def reader(folder: Path, version: int = 1) -> Path:
    """An app that tells the digest of a variable, and ends at once in a bad mode."""
    return write_app(folder, version, READER)


def send(user: User, folder: Path, value: str, *words: str) -> Said:
    """A command with VALUE on its standard input."""
    command = [sys.executable, "-m", "golive", *words, "--json", *user.reach]
    data = value.encode()
    done = subprocess.run(command, input=data, capture_output=True, cwd=folder, env=user.environment(), check=False)
    events = tuple(json.loads(line) for line in done.stdout.splitlines())
    return Said(done.returncode, events, done.stderr.decode())


def has(address: str, name: str, value: str) -> bool:
    """Whether the app has exactly VALUE in this variable."""
    return ask(address, f"/digest/{name}") == (200, hashlib.sha256(value.encode()).hexdigest())


def quoted(value: str) -> str:
    """VALUE as a .env file writes it."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def sources(said: Said) -> dict[str, tuple[str, str]]:
    """Name -> where its value comes from, and where the code reads it."""
    (listed,) = [event for event in said.events if event["event"] == "env"]
    return {row["name"]: (row["source"], f"{row['file']}:{row['line']}") for row in listed["variables"]}


def codes(said: Said) -> list[str]:
    """The notices in what was said."""
    return [event["code"] for event in said.events if event["event"] == "notice"]


def store(server: PracticeServer) -> str:
    return server.run(["cat", "/srv/golive/tiny/env.json"]).stdout


def test_a_variable_reaches_the_app_exactly_and_costs_no_request(user: User, app: Path) -> None:
    server, address = user.server, user.server.address
    reader(app)
    early = send(user, app, f"{SECRET}\n", "env", "set", "MAIL_PASSWORD")
    assert (early.status, early.finished["changed"], early.finished["release"]) == (0, 1, 0)
    nothing_is_left(server)
    assert sources(user.golive("env", "list", cwd=app)) == {
        "MAIL_PASSWORD": ("set", ":0"),
        "MODE": ("optional", "app.py:9"),
        "SECRET_KEY": ("to-generate", "app.py:8"),
    }
    (app / "golive.toml").write_text('[env]\nLEVEL = "from golive.toml"\n', encoding="utf-8")
    works(user, app)
    assert has(address, "MAIL_PASSWORD", SECRET)

    file = app.parent / "生产.env"
    lines = [f"export {name}={quoted(value)}" for name, value in NASTY.items()]
    file.write_bytes("\r\n".join(["# 说明", *lines, "LEVEL=from the file"]).encode("utf-8-sig"))
    with Visitors(address) as visitors:
        assert user.golive("env", "import", str(file), cwd=app).status == 0
        large = send(user, app, LARGE, "env", "set", "LARGE")
        assert large.finished["release"] == 3
    assert visitors.failures == []
    # A file with the line ends of Windows has those of Python afterwards.
    assert all(has(address, name, value.replace("\r\n", "\n")) for name, value in NASTY.items())
    assert has(address, "LARGE", LARGE)
    assert has(address, "LEVEL", "from golive.toml")
    assert sources(user.golive("env", "list", cwd=app))["LEVEL"] == ("golive.toml", "golive.toml:2")
    assert sources(user.golive("env", "list", cwd=app))["SECRET_KEY"] == ("generated", "app.py:8")

    for said in (send(user, app, LARGE, "env", "set", "LARGE"), user.golive("env", "import", str(file), cwd=app)):
        assert (said.status, said.finished["changed"], said.finished["release"]) == (0, 0, 3)
    gone = user.golive("env", "unset", "LARGE", "NEVER", cwd=app)
    assert (gone.status, gone.finished["release"]) == (0, 4)
    assert "env-not-there" in codes(gone)
    assert ask(address, "/digest/LARGE") == (200, "none")
    assert user.golive("up", str(app)).finished["changed"] == 0


def test_a_value_is_seen_by_nobody_and_one_that_stops_the_app_changes_nothing(user: User, app: Path) -> None:
    server, address = user.server, user.server.address
    reach = user.reach[:-1]
    reader(app)
    assert user.golive("host", "check").status == 0
    with Terminal(["env", "set", "MAIL_PASSWORD", "MORE", "--lang", "zh", *reach], user.environment(), app) as terminal:
        terminal.answer("MAIL_PASSWORD 的值", SECRET)
        terminal.answer("MORE 的值", "unseen")
    assert terminal.status == 0, terminal.screen
    assert "unseen" not in terminal.screen
    assert SECRET not in terminal.screen
    works(user, app)
    assert has(address, "MAIL_PASSWORD", SECRET)
    before = holdings(server), store(server)
    with Visitors(address) as visitors:
        failed = send(user, app, "bad-value", "env", "set", "MODE")
        assert (failed.status, failed.finished["code"]) == (1, "app-exited")
        assert codes(failed) == ["env-taken-back"]
        assert (holdings(server), store(server)) == before

        wrong = [
            (user.golive("env", "set", f"MAIL_PASSWORD={SECRET}", cwd=app), "value-in-argv"),
            (user.golive("env", "set", "MAIL_PASSWORD", SECRET, cwd=app), "env-name-wrong"),
            (user.golive("env", "set", "MAIL_PASSWORD", cwd=app), "env-value-empty"),
            (send(user, app, SECRET, "env", "set", "A", "B"), "env-one-name"),
            (send(user, app, "x\0y", "env", "set", "A"), "env-value-wrong"),
            (send(user, app, "x" * 131_072, "env", "set", "A"), "env-value-wrong"),
            (send(user, app, SECRET, "env", "set", "GOLIVE_RELEASE"), "env-name-ours"),
            (send(user, app, f"A=1\nno assignment {SECRET}\n", "env", "import", "-"), "dotenv-line"),
        ]
        assert [(said.status, said.finished["code"]) for said, _ in wrong] == [(64, code) for _, code in wrong]
        assert wrong[-1][0].finished["params"]["line"] == 2
        assert (holdings(server), store(server)) == before
    assert visitors.failures == []
    assert {text for _, _, text in visitors.answers} == {"answer 1 "}

    said = [failed, *(one for one, _ in wrong), user.golive("releases", cwd=app), user.golive("env", "list", cwd=app)]
    assert not any(SECRET in one.text for one in said)
    found = server.run(["sh", "-c", f"grep -rlF {SECRET} /srv/golive /var/lib/golive /etc /run/golive"], check=False)
    names = found.stdout.split()
    assert sorted(names) == ["/srv/golive/tiny/env.json", "/srv/golive/tiny/releases/1/env"]
    assert set(server.run(["stat", "-c", "%a %U", *names]).stdout.splitlines()) == {"600 root"}
    for look in (["ps", "axww", "-o", "args"], ["journalctl", "--no-pager"]):
        assert SECRET not in server.run(look).stdout

    (app / "more.env").write_text(f"MODE=day\nMAIL_PASSWORD={SECRET}", encoding="utf-8")
    for answer, mode in (("n", ""), ("y", "day")):
        with Terminal(["env", "import", "more.env", *reach], user.environment(), app) as terminal:
            terminal.expect("New: MODE. Already so: MAIL_PASSWORD.")
            terminal.answer("Take these over from more.env", answer)
        assert ask(address) == (200, f"answer 1 {mode}"), terminal.screen
        assert SECRET not in terminal.screen


def test_restart_and_scale(user: User, app: Path) -> None:
    server, address = user.server, user.server.address
    assert user.golive("restart", cwd=app).finished["code"] == "not-deployed"
    works(user, reader(app, 1))
    works(user, reader(app, 2))
    with Visitors(address) as visitors:
        three = user.golive("scale", "web=3", cwd=app)
        assert (three.status, three.finished["release"]) == (0, 3)
        assert instances(user, app) == [f"golive-tiny-web-3@{number}.service" for number in (1, 2, 3)]
        assert user.golive("scale", "web=3", cwd=app).finished["changed"] == 0
        assert user.golive("up", str(app)).finished["changed"] == 0
        assert user.golive("restart", cwd=app).finished["release"] == 4
        assert len(instances(user, app)) == 3
    assert visitors.failures == []
    for words, status, code in (
        (("web=0",), 64, "scale-wrong"),
        (("web=65",), 64, "scale-wrong"),
        (("web",), 64, "scale-wrong"),
        (("mail=2",), 64, "process-unknown"),
    ):
        said = user.golive("scale", *words, cwd=app)
        assert (said.status, said.finished["code"]) == (status, code)

    # Not within the seconds in which a new release that dies is taken back.
    dead = (
        "systemctl stop 'golive-drain-*'; systemctl kill --signal=KILL 'golive-tiny-*'; systemctl stop 'golive-tiny-*'"
    )
    server.run(["sh", "-c", dead])
    assert ask(address)[0] == 502
    assert user.golive("restart", cwd=app).status == 0
    assert ask(address) == (200, "answer 2 ")

    back = user.golive("rollback", cwd=app)
    assert back.status == 0
    assert "rollback-instances" in codes(back)
    assert ask(address) == (200, "answer 1 ")
    assert len(instances(user, app)) == 1
    (listed,) = [event for event in user.golive("releases", cwd=app).events if event["event"] == "releases"]
    made = [(release["origin"], release["of"]) for release in listed["releases"]]
    assert made[-5:] == [("deploy", 0), ("scale", 2), ("restart", 3), ("restart", 4), ("rollback", 1)]

    (app / "golive.toml").write_text("[app]\ninstances = 2\n", encoding="utf-8")
    told = user.golive("scale", "web=3", cwd=app)
    assert (told.status, told.finished["code"], told.finished["params"]["line"]) == (1, "scale-in-golive-toml", 2)


def instances(user: User, app: Path) -> list[str]:
    """The units of the live release that run."""
    (status,) = [event for event in user.golive("status", cwd=app).events if event["event"] == "status"]
    assert {unit["state"] for unit in status["units"]} == {"active"}
    return [unit["unit"] for unit in status["units"]]
