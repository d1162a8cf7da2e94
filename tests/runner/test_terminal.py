"""A program at the other end of a connection: real processes, real terminals, frames in and frames out."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from golive.protocol.terminal import (
    ENDED,
    ERRORS,
    FAILED,
    INPUT,
    OPEN,
    OUTPUT,
    SIZE,
    STARTED,
    Frames,
    frame,
    note,
    noted,
)

PATIENCE = 20.0
SERVE = """
import sys
from golive.runner.layout import host_layout
from golive.runner.terminal import serve
sys.exit(serve(host_layout(), "shop", user=sys.argv[1]))
"""


class Client:
    """The other end. ``output``, ``errors``: all bytes so far."""

    def __init__(self, root: Path) -> None:
        environment = {**os.environ, "GOLIVE_ROOT": str(root), "LEAK": "from the runner"}
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", SERVE, getpass.getuser()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
        )
        self.said: list[tuple[str, bytes]] = []
        self._frames = Frames()

    def open(self, *argv: str, tty: bool = False) -> None:
        self.send(note(OPEN, argv=argv, tty=tty, term="xterm", rows=24, columns=80))

    def send(self, content: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(content)
        self.process.stdin.flush()

    def more(self) -> bool:
        assert self.process.stdout is not None
        descriptor = self.process.stdout.fileno()
        assert select.select([descriptor], [], [], PATIENCE)[0], self.said
        content = os.read(descriptor, 65536)
        self.said += self._frames.feed(content)
        return bool(content)

    def until(self, text: bytes) -> None:
        while text not in self.output:
            assert self.more(), (self.said, self.process.stderr and self.process.stderr.read())

    def end(self) -> dict[str, Any]:
        while self.more():
            pass
        assert self.process.wait(PATIENCE) == 0
        assert self.process.stderr is not None
        assert self.process.stderr.read() == b""
        name, content = self.said[-1]
        assert name in (ENDED, FAILED)
        return noted(content)

    @property
    def output(self) -> bytes:
        return b"".join(content for name, content in self.said if name == OUTPUT)

    @property
    def errors(self) -> bytes:
        return b"".join(content for name, content in self.said if name == ERRORS)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A host with release 3 of the shop live."""
    app = tmp_path / "srv/golive/shop"
    release = app / "releases/3"
    (release / "code/web").mkdir(parents=True)
    (app / "envs/k1/bin").mkdir(parents=True)
    record = {"recipe": {"chdir": "web", "environment": {"key": "k1"}}}
    (release / "release.json").write_text(json.dumps(record))
    (release / "env").write_text('GREETING="hello \\"you\\""\nSECRET_KEY="s3"\n')
    (app / "current").symlink_to("releases/3")
    program = app / "envs/k1/bin/greet"
    program.write_text('#!/bin/sh\necho "$GREETING from $PWD with $PATH"; echo oops >&2; exit 7\n')
    program.chmod(0o755)
    return tmp_path


@pytest.fixture
def client(root: Path) -> Iterator[Client]:
    client = Client(root)
    yield client
    client.process.kill()
    client.process.wait()
    for stream in (client.process.stdin, client.process.stdout, client.process.stderr):
        assert stream is not None
        with contextlib.suppress(BrokenPipeError):
            stream.close()


def test_a_program_of_the_environment_runs_where_the_app_runs(client: Client, root: Path) -> None:
    client.open("greet")
    assert client.end() == {"status": 7}
    assert client.said[0] == (STARTED, b"")
    app = root / "srv/golive/shop"
    assert client.output.decode().startswith(f'hello "you" from {app}/releases/3/code/web with {app}/envs/k1/bin:/')
    assert client.errors == b"oops\n"


def test_nothing_of_the_runner_reaches_the_program(client: Client) -> None:
    client.open("sh", "-c", "env; ls /proc/self/fd; umask; grep NoNewPrivs /proc/self/status")
    assert client.end() == {"status": 0}
    told = client.output.decode()
    assert "SECRET_KEY=s3" in told
    assert "LEAK" not in told
    assert "GOLIVE_ROOT" not in told
    assert "TERM" not in told
    # 0, 1, 2, and the folder that ls itself reads.
    assert told.partition("\n0\n")[2].splitlines() == ["1", "2", "3", "0027", "NoNewPrivs:\t1"]


def test_what_goes_in_comes_out_byte_for_byte(client: Client) -> None:
    content = os.urandom(1_000_000)
    client.open("cat")
    sent = b"".join(frame(INPUT, content[at : at + 60_000]) for at in range(0, len(content), 60_000)) + frame(INPUT)
    descriptor = client.process.stdin.fileno()  # type: ignore[union-attr]
    while sent:
        if select.select([], [descriptor], [], 0)[1]:
            sent = sent[os.write(descriptor, sent[:4096]) :]
        else:
            client.more()
    assert client.end() == {"status": 0}
    assert client.output == content


def test_on_a_terminal_keys_reach_the_program_and_the_window_has_its_size(client: Client) -> None:
    client.open(
        "sh", "-c", 'tty; echo $TERM; stty size; trap "stty size; exit 5" WINCH; read x; echo "<$x>"; read x', tty=True
    )
    client.until(b"24 80")
    assert b"/dev/pts/" in client.output
    assert b"xterm" in client.output
    client.send(frame(INPUT, "漢\x7f字\r".encode()))
    client.until("<字>".encode())
    client.send(note(SIZE, rows=50, columns=132))
    assert client.end() == {"status": 5}
    assert b"50 132" in client.output


def test_ctrl_c_is_the_programs_and_a_signal_is_told_as_a_shell_does(client: Client) -> None:
    client.open("sh", "-c", "echo ready; sleep 100", tty=True)
    client.until(b"ready")
    client.send(frame(INPUT, b"\x03"))
    assert client.end() == {"status": 130}


def test_ctrl_d_ends_the_input(client: Client) -> None:
    client.open("cat", tty=True)
    client.send(frame(INPUT, b"one\r"))
    client.until(b"one\r\none\r\n")
    client.send(frame(INPUT))
    assert client.end() == {"status": 0}


@pytest.mark.parametrize("tty", [True, False])
def test_when_the_connection_goes_the_program_goes_whether_it_likes_or_not(client: Client, tty: bool) -> None:
    client.open("sh", "-c", 'trap "" HUP; echo $$; while :; do sleep 0.1; done', tty=tty)
    client.until(b"\n")
    pid = int(client.output)
    assert Path("/proc", str(pid)).exists()
    client.process.stdin.close()  # type: ignore[union-attr]
    assert client.process.wait(PATIENCE) == 0
    assert not Path("/proc", str(pid)).exists()
    client.process.stdin = open(os.devnull, "wb")  # noqa: SIM115, PTH123


def test_a_client_that_neither_reads_nor_lets_go_of_its_end_is_noticed_when_it_dies(client: Client) -> None:
    client.open("sh", "-c", "echo $$; exec yes")
    client.until(b"\n")
    pid = client.output.partition(b"\n")[0].decode()
    client.process.stdout.close()  # type: ignore[union-attr]
    assert client.process.wait(PATIENCE) == 0
    assert not Path("/proc", pid).exists()
    client.process.stdout = open(os.devnull, "rb")  # type: ignore[assignment]  # noqa: SIM115, PTH123


def test_what_stays_in_the_background_keeps_nobody_waiting(client: Client) -> None:
    began = time.monotonic()
    client.open("sh", "-c", "sleep 30 & echo gone")
    assert client.end() == {"status": 0}
    assert client.output == b"gone\n"
    assert time.monotonic() - began < 10


def test_all_that_was_said_arrives_before_the_end(client: Client) -> None:
    client.open("sh", "-c", "seq 200000; exit 3", tty=True)
    assert client.end() == {"status": 3}
    assert client.output.decode().split()[-1] == "200000"


def test_a_program_that_is_not_there_is_named_with_what_is(client: Client, root: Path) -> None:
    client.open("flsk", "run")
    ended = client.end()
    assert ended["code"] == "program-not-found"
    assert ended["params"] == {"program": "flsk", "bin": f"{root}/srv/golive/shop/envs/k1/bin", "programs": ["greet"]}


def test_a_file_that_is_no_program_is_refused(client: Client, root: Path) -> None:
    (root / "srv/golive/shop/releases/3/code/web/notes").write_text("hello")
    client.open("./notes")
    assert client.end()["code"] == "program-refused"


def test_without_a_live_release_there_is_no_seat(client: Client, root: Path) -> None:
    (root / "srv/golive/shop/current").unlink()
    client.open("greet")
    assert client.end() == {"code": "not-deployed", "params": {"app": "shop", "host": os.uname().nodename}}


def test_a_release_that_has_lost_its_environment_is_incomplete(client: Client, root: Path) -> None:
    (root / "srv/golive/shop/envs").rename(root / "elsewhere")
    client.open("greet")
    assert client.end() == {"code": "release-incomplete", "params": {"release": 3}}
