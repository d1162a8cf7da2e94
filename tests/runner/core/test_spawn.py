"""One program: its words, its lines, its time."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from conftest import alive, until
from golive.runner.failure import StepFailed
from golive.runner.memory import most_memory
from golive.runner.spawn import Command, clean_line, run
from golive.runner.variables import host_environment


def lines_of(*argv: str, **settings: object) -> list[str]:
    lines: list[str] = []
    assert run(Command(argv, **settings), lines.append) == 0  # type: ignore[arg-type]
    return lines


def test_words_are_never_a_shells() -> None:
    assert lines_of("/bin/echo", "$HOME; `id` 'a b'") == ["$HOME; `id` 'a b'"]


def test_both_streams_come_line_by_line_also_the_last_without_an_end() -> None:
    assert lines_of("/bin/sh", "-c", "echo 一; echo two >&2; printf three") == ["一", "two", "three"]


def test_bytes_that_are_no_utf8_are_replaced() -> None:
    assert lines_of("/usr/bin/printf", r"caf\351\n") == ["caf\ufffd"]


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("\x1b[1;31merror\x1b[0m: no", "error: no"),
        ("10%\r50%\r100%", "100%"),
        ("done\r", "done"),
        ("\x1b]0;title\x07text", "text"),
        ("tab\tstays\x08", "tab\tstays"),
    ],
)
def test_a_line_is_what_a_terminal_would_leave(raw: str, clean: str) -> None:
    assert clean_line(raw) == clean


def test_the_surroundings_are_few_and_the_same_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/x")
    monkeypatch.setenv("SECRET", "x")

    names = {line.partition("=")[0] for line in lines_of("/usr/bin/env", env={"MORE": "1"})}

    assert names - set(host_environment()) == {"PATH", "HOME", "USER", "LOGNAME", "LANG", "MORE"}


def test_what_the_host_says_about_its_network_is_carried(tmp_path: Path) -> None:
    file = tmp_path / "environment"
    file.write_text(
        'PATH=/x\nhttps_proxy="http://p:3128"\nexport PIP_INDEX_URL=http://i/\nSSL_CERT_FILE=/c\nEDITOR=vi\n'
    )

    assert host_environment(str(file)) == {
        "https_proxy": "http://p:3128",
        "PIP_INDEX_URL": "http://i/",
        "SSL_CERT_FILE": "/c",
    }


def test_a_user_has_its_own_rights_and_no_others() -> None:
    told = lines_of("/bin/sh", "-c", "id -un; id -G; cat /proc/self/oom_score_adj; cd", user="www-data", groups=(4,))

    assert told == ["www-data", "33 4", "500"]
    status = run(Command(("/bin/cat", "/etc/shadow"), user="www-data"), told.append)
    assert status != 0


@pytest.mark.parametrize("size", [0, 10, 300_000])
def test_stdin_is_fed(size: int) -> None:
    assert lines_of("/usr/bin/wc", "-c", stdin=b"x" * size) == [str(size)]


def test_stdin_that_nobody_reads_is_no_failure() -> None:
    assert lines_of("/bin/true", stdin=b"x" * 300_000) == []


def test_stdin_may_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "pack").write_bytes(b"a\nb\n")
    with (tmp_path / "pack").open("rb") as stream:
        assert lines_of("/bin/cat", stdin=stream) == ["a", "b"]


def test_a_program_that_is_not_there_says_so() -> None:
    lines: list[str] = []

    assert run(Command(("/no/such/program",)), lines.append) == 127
    assert lines == ["/no/such/program: No such file or directory"]


def test_a_signal_is_a_negative_status() -> None:
    assert run(Command(("/bin/sh", "-c", "kill -9 $$")), print) == -9


def test_time_is_over_for_the_whole_family(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    began = time.monotonic()

    with pytest.raises(StepFailed) as caught:
        run(Command(("/bin/sh", "-c", f"sleep 1000 & echo $! > {note}; echo on; wait"), timeout=0.5), print)

    assert (caught.value.code, caught.value.params) == ("command-timeout", {"command": "sh", "seconds": 0.5})
    assert time.monotonic() - began < 8
    until(lambda: not alive(int(note.read_text())), "its child is gone")


def test_one_that_will_not_hear_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("golive.runner.spawn.GRACE", 0.2)

    with pytest.raises(StepFailed):
        run(Command(("/bin/sh", "-c", "trap '' TERM; while :; do sleep 0.05; done"), timeout=0.3), print)


def test_what_stays_in_the_background_keeps_nobody_waiting(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    began = time.monotonic()

    assert lines_of("/bin/sh", "-c", f"echo started; sleep 30 & echo $! > {note}") == ["started"]

    assert time.monotonic() - began < 5
    os.kill(int(note.read_text()), 9)


def test_the_live_site_keeps_its_memory(tmp_path: Path) -> None:
    for total, most in ((512, 256), (1024, 724), (4096, 3072)):
        (tmp_path / "meminfo").write_text(f"MemTotal:       {total * 1024} kB\nMemFree: 1 kB\n")
        assert most_memory(str(tmp_path / "meminfo")) == most * 1024 * 1024
    assert most_memory(str(tmp_path / "none")) == 0
