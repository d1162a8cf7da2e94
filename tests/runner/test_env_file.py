"""Environment files mean to systemd what was put in, and our reader reads what systemd reads."""

import pytest

from golive.runner.env_file import parse, render

NASTY = {
    "PLAIN": "value",
    "EMPTY": "",
    "SPACES": "  around  ",
    "QUOTES": 'it\'s "quoted" `here`',
    "DOLLAR": "$HOME ${x} %h %%",
    "BACKSLASH": "C:\\new\\table\\",
    "LINES": "one\ntwo\r\n# three\n",
    "HASH": "a # b ; c",
    "UNICODE": "数据库 🙂",
    "URL": "postgresql://u:p%40ss@localhost/db?x=1&y=2",
}


def test_what_is_written_is_read_back():
    assert parse(render(NASTY.items())) == NASTY


def test_a_later_pair_wins():
    assert parse(render([("A", "1"), ("A", "2")])) == {"A": "2"}


@pytest.mark.parametrize("pair", [("1A", "x"), ("A B", "x"), ("", "x"), ("A", "x\0y"), ("A\n", "x")])
def test_what_no_environment_can_hold_is_refused(pair):
    with pytest.raises(ValueError, match="environment variable"):
        render([pair])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=b c\n", {"A": "b c"}),
        ("  A = b  \n", {"A": "b"}),
        ("# A=1\n; B=2\nC=3", {"C": "3"}),
        ("A='x\\y'\n", {"A": "x\\y"}),
        ('A="x\\ny"\n', {"A": "x\\ny"}),
        ("A=x\\ny\n", {"A": "xny"}),
        ("A=one\\\ntwo\n", {"A": "onetwo"}),
        ("A=\"one\"'two'three\n", {"A": "onetwothree"}),
        ("A=\nB=2\n", {"A": "", "B": "2"}),
        ("not an assignment\nB=2\n", {"B": "2"}),
        ("A=x\r\nB=y\r\n", {"A": "x", "B": "y"}),
    ],
)
def test_files_of_other_hands_are_read_as_systemd_reads_them(text, expected):
    assert parse(text) == expected
