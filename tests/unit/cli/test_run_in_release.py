"""``golive run`` on this side: which words are the command's, and a terminal that is always given back as it was."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from golive import cli
from golive.errors import HostError, Refused

seen: list[tuple[Path, tuple[str, ...], bool]] = []


@pytest.fixture
def ends_with(monkeypatch: pytest.MonkeyPatch):
    """Sets how the command on the host ends; what was asked is in ``seen``."""
    seen.clear()

    def set_end(end: int | BaseException) -> None:
        def run(folder, request, opening, ends, reporter) -> int:
            seen.append((folder, tuple(opening.argv), opening.tty))
            if isinstance(end, BaseException):
                raise end
            return end

        monkeypatch.setattr("golive.engine.run.run", run)

    return set_end


@pytest.mark.parametrize(
    ("words", "argv"),
    [
        (["--", "flask", "create-admin", "--name", "x"], ("flask", "create-admin", "--name", "x")),
        (["flask", "--help"], ("flask", "--help")),
        (["--to", "web1", "python", "-m", "x", "--", "y"], ("python", "-m", "x", "--", "y")),
        (["--", "cat", "--json", "--lang"], ("cat", "--json", "--lang")),
    ],
)
def test_everything_behind_the_first_word_is_the_commands(words, argv, ends_with) -> None:
    ends_with(7)
    assert cli.main(["run", *words]) == 7
    assert seen == [(Path(), argv, False)]


def test_the_app_may_come_first_as_in_other_commands(ends_with, tmp_path: Path) -> None:
    ends_with(0)
    assert cli.main(["run", str(tmp_path), "--", "python"]) == 0
    assert cli.main(["run", "--app", str(tmp_path), "python"]) == 0
    assert seen == [(tmp_path, ("python",), False)] * 2


@pytest.mark.parametrize(
    ("end", "status", "code"),
    [
        (
            Refused("program-not-found", program="flsk", bin="/envs/k/bin", programs=("flask",)),
            127,
            "program-not-found",
        ),
        (Refused("program-refused", program="./x", reason="Exec format error"), 126, "program-refused"),
        (Refused("not-deployed", app="shop", host="web1"), 1, "not-deployed"),
        (HostError("program-cut-off", host="web1"), 3, "program-cut-off"),
    ],
)
def test_golives_own_failures_are_told_beside_the_commands_output(end, status, code, ends_with, capsys) -> None:
    ends_with(end)
    assert cli.main(["run", "x"]) == status
    shown = capsys.readouterr()
    assert shown.out == ""
    assert f"({code})" in shown.err


def test_ctrl_c_in_a_pipeline_ends_it_as_a_shell_does(ends_with, capsys) -> None:
    ends_with(KeyboardInterrupt())
    assert cli.main(["run", "x"]) == 130
    assert capsys.readouterr() == ("", "")


def test_without_a_command_there_is_an_example(capsys) -> None:
    assert cli.main(["run"]) == 64
    assert "golive run -- flask" in capsys.readouterr().err


def test_json_is_refused_because_standard_output_is_the_commands(capsys) -> None:
    assert cli.main(["run", "--json", "--", "python"]) == 64
    finished = json.loads(capsys.readouterr().out)
    assert (finished["ok"], finished["code"]) == (False, "usage")
    assert "standard output" in finished["message"]


RAW = """
import os, signal, sys
from golive.cli.ends import own_ends
sizes = []
with own_ends() as ends:
    assert ends.tty
    ends.begin(lambda rows, columns: os.write(1, b"size %d %d." % (rows, columns)))
    os.write(1, b"ready.")
    while True:
        key = ends.read()
        if key == b"q":
            raise SystemExit(4)
        ends.write(b"<" + key + b">", False)
"""


@pytest.mark.skipif(os.name != "posix", reason="terminals as POSIX has them")
@pytest.mark.parametrize("leaves", ["by itself", "SIGTERM", "SIGHUP"])
def test_the_terminal_is_given_back_as_it_was(leaves: str) -> None:
    import fcntl
    import pty
    import struct
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    before = termios.tcgetattr(master)
    process = subprocess.Popen([sys.executable, "-c", RAW], stdin=slave, stdout=slave, stderr=slave)
    said = b""

    def expect(text: bytes) -> None:
        nonlocal said
        while text not in said:
            said += os.read(master, 4096)

    try:
        expect(b"ready.")
        assert said == b"size 30 100.ready."
        assert termios.tcgetattr(master) != before
        os.write(master, b"\x03")
        expect(b"<\x03>")
        fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 132, 0, 0))
        process.send_signal(signal.SIGWINCH)
        expect(b"size 50 132.")
        if leaves == "by itself":
            os.write(master, b"q")
            assert process.wait(20) == 4
        else:
            process.send_signal(getattr(signal, leaves))
            assert process.wait(20) == -getattr(signal, leaves)
        assert termios.tcgetattr(master) == before
    finally:
        process.kill()
        process.wait()
        os.close(slave)
        os.close(master)


SECRET = """
import fcntl, sys, termios
fcntl.ioctl(1, termios.TIOCSCTTY, 0)
from golive.cli.view import open_view_beside
view = open_view_beside(json=False)
secret = view.ask_secret("sudo-password", user="ann", host="web1")
print("<" + secret + ">", sys.stdin.read())
"""


@pytest.mark.skipif(os.name != "posix", reason="terminals as POSIX has them")
def test_a_password_is_asked_at_the_terminal_while_a_file_is_piped_in() -> None:
    import pty

    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", SECRET], stdin=subprocess.PIPE, stdout=slave, stderr=slave, start_new_session=True
    )
    assert process.stdin is not None
    process.stdin.write(b"the file")
    process.stdin.close()
    said = b""
    try:
        while b"for sudo:" not in said:
            said += os.read(master, 4096)
        os.write(master, b"hunter2\n")
        while b"<hunter2> the file" not in said:
            said += os.read(master, 4096)
        assert said.count(b"hunter2") == 1
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()
        os.close(slave)
        os.close(master)
