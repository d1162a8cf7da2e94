"""One setting more, and everything else as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from golive.config import load
from golive.config.edit import remember, with_setting


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "[app]\nport = 8080\n"),
        ('name = "shop"\n', 'name = "shop"\n\n[app]\nport = 8080\n'),
        (
            '# mine\n[app] # the app\nentry = "a:b"\n\n[env]\nA = "1"\n',
            '# mine\n[app] # the app\nport = 8080\nentry = "a:b"\n\n[env]\nA = "1"\n',
        ),
        ("[app]\nport = 80  # the usual\n", "[app]\nport = 8080  # the usual\n"),
        ("app.port=80\n[env]\n", "app.port=8080\n[env]\n"),
        ('app.entry = "a:b"\n', 'app.port = 8080\napp.entry = "a:b"\n'),
        ('[hosts.web]\naddress = "x.example"', '[hosts.web]\naddress = "x.example"\n\n[app]\nport = 8080\n'),
        ("[app.static]\n'/s/' = 'static'\n", "[app.static]\n'/s/' = 'static'\n\n[app]\nport = 8080\n"),
        ('[env]\r\nA = "[app]"\r\n', '[env]\r\nA = "[app]"\r\n\r\n[app]\r\nport = 8080\r\n'),
    ],
)
def test_the_line_goes_where_it_belongs(before: str, after: str) -> None:
    assert with_setting(before, "app", "port", 8080) == after


def test_where_one_line_cannot_say_it_nothing_is_written(tmp_path: Path) -> None:
    file = tmp_path / "golive.toml"
    text = 'app = { entry = "a:b" }\n'
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"app\.port"):
        remember(tmp_path, "app", "port", 8080)
    assert file.read_text(encoding="utf-8") == text


def test_what_was_remembered_is_read_again(tmp_path: Path) -> None:
    remember(tmp_path, "app", "port", 8081)
    assert load(tmp_path).app.port == 8081
    (tmp_path / "golive.toml").write_bytes(b"\xef\xbb\xbf" + 'name = "shop"  # 商店\n'.encode())
    remember(tmp_path, "app", "port", 8082)
    assert (load(tmp_path).name, load(tmp_path).app.port) == ("shop", 8082)
    assert (tmp_path / "golive.toml").read_bytes().startswith(b"\xef\xbb\xbf")
