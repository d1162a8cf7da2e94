"""What stands in a .env file, whichever editor wrote it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from golive.config.dotenv_file import Assignment, read_dotenv
from golive.errors import ConfigError

TEXT = """\
# a comment

export API_KEY=abc # the key of the shop
QUOTED="two words # no comment"
LINES="first
second"
RAW='C:\\new $HOME'
URL=postgres://${USER}@db/${NAME}
EMPTY=
 SPACED = x
API_KEY=later
"""
READ = [
    ("QUOTED", "two words # no comment", 4),
    ("LINES", "first\nsecond", 5),
    ("RAW", "C:\\new $HOME", 7),
    ("URL", "postgres://${USER}@db/${NAME}", 8),
    ("EMPTY", "", 9),
    ("SPACED", "x", 10),
    ("API_KEY", "later", 11),
]


def test_names_values_and_lines() -> None:
    assert read_dotenv(io.StringIO(TEXT)) == READ


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gbk"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_any_editor(tmp_path: Path, encoding: str, line_end: str) -> None:
    file = tmp_path / ".env"
    file.write_bytes("# 网站\nTITLE=留言板\nB='x\ny'\n".replace("\n", line_end).encode(encoding))
    assert read_dotenv(file) == [("TITLE", "留言板", 2), ("B", "x\ny", 3)]


@pytest.mark.parametrize(
    ("text", "line"),
    [("A=1\n\nnot an assignment\n", 3), ("A=1\nB\n", 2), ("A='open\n", 1), ("my-name=1\n", 1), ("\n\n1A=2", 3)],
)
def test_what_is_no_assignment_is_told_with_its_line(text: str, line: int) -> None:
    with pytest.raises(ConfigError) as caught:
        read_dotenv(io.BytesIO(text.encode()))
    assert (caught.value.code, caught.value.params) == ("dotenv-line", {"file": ".env", "line": line})


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "prod.env"
    file.write_bytes(b"A=\xff\xff\x00\x01" + bytes(range(200, 256)))
    with pytest.raises(ConfigError) as caught:
        read_dotenv(file)
    assert (caught.value.code, caught.value.params) == ("dotenv-encoding", {"file": "prod.env"})
    with pytest.raises(ConfigError) as missing:
        read_dotenv(tmp_path / "absent")
    assert missing.value.code == "dotenv-unreadable"


def test_an_assignment_shows_no_value() -> None:
    assert "hidden" not in repr(read_dotenv(io.StringIO("A=hidden"))) + repr(Assignment("A", "hidden", 1))
