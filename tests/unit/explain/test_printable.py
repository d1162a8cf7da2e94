"""Nothing that a host or an app says moves the cursor, changes colours or reverses the text."""

from __future__ import annotations

from golive.explain.failures import explain, notice
from golive.explain.printable import printable


def test_what_a_host_says_cannot_move_the_cursor() -> None:
    assert printable("\x1b[31mred\x1b[0m \x1b]0;title\x07and\x1b[2J plain\x07\n") == "red and plain"
    assert printable("10 %\r50 %\r100 %\n") == "100 %"
    assert printable("a\x9b31mb\u202ec") == "a31mbc"
    assert printable("安装 完成") == "安装 完成"


def test_what_an_app_says_of_its_failure_is_no_command_for_the_terminal() -> None:
    words = explain("app-import-error", {"unit": "web", "error": "\x1b]0;owned\x07NameError: \x1b[2Jx", "step": "s"})

    assert "\x1b" not in f"{words.what}{words.why}{words.next}"
    assert "NameError: x" in f"{words.what}{words.why}"


def test_nor_is_what_another_client_calls_itself() -> None:
    assert "\x1b" not in notice("following-run", {"who": "\x1b[31mli@laptop", "purpose": "deploy"})
