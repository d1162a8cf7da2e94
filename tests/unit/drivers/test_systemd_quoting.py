"""Nothing that a user writes can leave its place in a unit file."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from golive.drivers.supervise.quoting import plain_path, quote_argument, quote_assignment, quote_command

HOSTILE = [
    "",
    " ",
    ";",
    "a b",
    "it's",
    'say "hi"',
    "50%",
    "%n%i%t",
    "$HOME",
    "${HOME}",
    "$$",
    "back\\slash",
    "ends\\",
    "new\nExecStartPre=+/bin/false",
    "tab\tbell\a",
    "中文 名",
    "@RELEASE",
    "create_app('prod', debug=False)",
    "#not a comment",
    "\\x41",
    "!-+@:",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_an_argument_stays_on_its_line_and_has_no_live_specifier(text: str) -> None:
    quoted = quote_argument(text)
    assert "\n" not in quoted
    assert "%" not in quoted.replace("%%", "")
    assert "$" not in quoted.replace("$$", "")


def test_harmless_words_stay_readable() -> None:
    assert (
        quote_command(["/venv/bin/gunicorn", "--workers", "3", "wsgi:app"]) == "/venv/bin/gunicorn --workers 3 wsgi:app"
    )


def test_quotes_and_backslashes_are_escaped() -> None:
    assert quote_argument('a "b" \\c') == '"a \\"b\\" \\\\c"'


def test_an_empty_argument_is_an_argument() -> None:
    assert quote_argument("") == '""'


@pytest.mark.parametrize("program", ["", "gunicorn", "+/bin/sh", "-/bin/true", "!/bin/sh", "@/bin/sh"])
def test_the_program_cannot_carry_a_prefix(program: str) -> None:
    with pytest.raises(ValueError, match="absolute"):
        quote_command([program, "x"])


def test_a_nul_is_refused() -> None:
    with pytest.raises(ValueError, match="NUL"):
        quote_argument("a\0b")


@pytest.mark.parametrize("name", ["", "A B", "A=B", "1A", "Ä", "A\nB"])
def test_an_assignment_needs_a_real_name(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        quote_assignment(name, "x")


@pytest.mark.parametrize("path", ["relative", "/a ", " /a", "/a\\", "/a\nUser=root", "/a\tb", "/a\x7f"])
def test_a_path_that_systemd_cannot_be_told_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        plain_path(path)


def test_a_path_may_have_spaces_quotes_and_percent_signs() -> None:
    assert plain_path("/srv/中 文/it's/50%") == "/srv/中 文/it's/50%%"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd's own parser")
def test_systemd_itself_reads_every_hostile_argument(tmp_path: Path) -> None:
    unit = tmp_path / "hostile.service"
    command = quote_command(["/bin/true", *HOSTILE])
    folder = plain_path("/")
    unit.write_text(f"[Service]\nType=oneshot\nWorkingDirectory={folder}\nExecStart={command}\n", encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert (done.returncode, "hostile" in done.stderr) == (0, False), done.stderr
