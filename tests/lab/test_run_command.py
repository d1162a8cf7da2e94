"""``golive run``: what a person types on their own computer runs on the host, as the app and nobody else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from golive.lab import PracticeServer
from person import User, write_app
from terminal import Terminal

PASSWORD = "correct horse; rm -rf / '$HOME'"
PATIENCE = 20.0

APP = """\
import os

import click
from flask import Flask

app = Flask(__name__)


@app.route("/")
def index():
    return "answer {version}"


@app.cli.command("create-admin")
@click.option("--name", prompt=True)
@click.password_option()
def create_admin(name, password):
    with open("instance/admins", "a") as file:
        file.write(name + ":" + str(len(password)) + "\\n")
    click.echo("made " + name)
"""

INTRUDER = """\
import os, sys
def allowed(action):
    try:
        action()
    except OSError as error:
        return type(error).__name__
    return "allowed"
print(os.getuid() != 0, sorted({
    "other app": allowed(lambda: os.listdir("/srv/golive/other")),
    "release's env": allowed(lambda: open("/srv/golive/tiny/current/env")),
    "journal": allowed(lambda: os.listdir("/srv/golive/tiny/journal")),
    "root": allowed(lambda: os.listdir("/root")),
    "shadow": allowed(lambda: open("/etc/shadow")),
    "own code": allowed(lambda: open("app.py", "a")),
    "being root": allowed(lambda: os.setuid(0)),
    "setuid programs": "allowed" if os.system("su -c true root </dev/null >/dev/null 2>&1") == 0 else "PermissionError",
}.items()))
open("instance/note", "w").close()
"""


def run(user: User, app: Path, *words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """``golive run -- WORDS`` with pipes on all sides."""
    command = [sys.executable, "-m", "golive", "run", *user.reach, "--", *words]
    return subprocess.run(command, cwd=app, env=user.environment(), input=stdin, capture_output=True, check=False)


def test_in_a_pipeline(user: User, tmp_path: Path) -> None:
    app = write_app(tmp_path / "tiny", 1, APP)
    (app / "instance").mkdir()
    (app / "instance" / ".keep").touch()
    early = run(user, app, "python", "-V")
    assert (early.returncode, early.stdout) == (1, b"")
    assert "(not-deployed)" in early.stderr.decode()
    said = user.golive("up", str(app))
    assert said.status == 0, said.text
    user.server.run(["install", "-d", "-m", "0750", "/srv/golive/other"])

    content = os.urandom(5_000_000)
    copied = run(user, app, "cat", stdin=content)
    assert (copied.returncode, copied.stderr) == (0, b"")
    assert copied.stdout == content

    apart = run(user, app, "sh", "-c", "whoami; pwd; echo $GOLIVE_RELEASE; which flask; echo no >&2; exit 7")
    code = "/srv/golive/tiny/releases/1/code"
    assert apart.returncode == 7
    assert apart.stdout.decode().splitlines()[:3] == ["golive-tiny", code, "1"]
    assert apart.stdout.decode().splitlines()[3].startswith("/srv/golive/tiny/envs/")
    assert apart.stderr == b"no\n"

    made = run(user, app, "flask", "create-admin", "--name", "李雷", "--password", "s3")
    assert (made.returncode, made.stdout.decode()) == (0, "made 李雷\n"), made.stderr
    assert user.server.run(["cat", "/srv/golive/tiny/shared/instance/admins"]).stdout == "李雷:2\n"

    intruder = run(user, app, "python", "-", stdin=INTRUDER.encode())
    assert intruder.returncode == 0, intruder.stderr
    assert intruder.stdout.startswith(b"True")
    assert intruder.stdout.count(b"PermissionError") == 8, intruder.stdout

    absent = run(user, app, "flsk", "create-admin")
    assert (absent.returncode, absent.stdout) == (127, b"")
    for word in ("“flsk”", "/srv/golive/tiny/envs/", "flask", "(program-not-found)"):
        assert word in absent.stderr.decode()
    missing = run(user, app)
    assert missing.returncode == 64
    assert "golive run -- " in missing.stderr.decode()

    command = [sys.executable, "-m", "golive", "run", *user.reach, "--", "sh", "-c", "echo $$; sleep 1000"]
    cut = subprocess.Popen(command, cwd=app, env=user.environment(), stdout=subprocess.PIPE)
    assert cut.stdout is not None
    pid = cut.stdout.readline().decode().strip()
    assert is_there(user.server, pid)
    cut.send_signal(signal.SIGKILL)
    cut.wait()
    cut.stdout.close()
    deadline = time.monotonic() + PATIENCE
    while is_there(user.server, pid):
        assert time.monotonic() < deadline, "the program outlived the connection"


def is_there(server: PracticeServer, pid: str) -> bool:
    return server.run(["test", "-d", f"/proc/{pid}"], check=False).returncode == 0


def test_at_a_terminal_of_a_sudo_user_with_a_password(live: User, app: Path) -> None:
    server = live.server
    server.add_user("ann", "password")
    server.run(["chpasswd"], input=f"ann:{PASSWORD}\n")
    reach = ["--to", f"ann@{server.address}", "--identity", str(server.key_path)]

    with Terminal(["run", *reach, "--", "python", "-q"], live.environment(), app) as python:
        python.answer("Password of ann", PASSWORD)
        python.expect(">>> ")
        python.press("import os, time; os.getlogin; print('漢字', 6 * 7, os.get_terminal_size())\r")
        python.expect("漢字 42 os.terminal_size(columns=120, lines=40)")
        python.resize(50, 90)
        python.press("while os.get_terminal_size().columns != 90: pass\r\rprint('wide', 9 * 10)\r")
        python.expect("wide 90")
        python.press("print('asleep', 1); time.sleep(1000)\r")
        python.expect("asleep 1\r\n")
        python.press("\x03")
        python.expect("KeyboardInterrupt")
        python.press("exit(5)\r")
    assert (python.status, python.restored) == (5, True), python.screen
    assert PASSWORD not in python.screen

    with Terminal(["run", "--lang", "zh", *live.reach, "--", "bash"], live.environment(), app) as bash:
        bash.expect("$ ")
        bash.press("tty && test -t 2 && flask --version | head -1; cat\r")
        bash.expect("/dev/pts/")
        bash.expect("Python 3")
        bash.press("one\r")
        bash.expect("one\r\none\r\n")
        bash.press("\x04")
        bash.press("exit 3\r")
    assert (bash.status, bash.restored) == (3, True), bash.screen

    with Terminal(["run", *live.reach, "--", "top"], live.environment(), app) as top:
        top.expect("load average")
        server.run(["systemctl", "restart", "ssh"])
        for session in server.run(["pgrep", "-f", "sshd: root"], check=False).stdout.split():
            server.run(["kill", session], check=False)
        top.expect("(program-cut-off)")
    assert (top.status, top.restored) == (3, True), top.screen
