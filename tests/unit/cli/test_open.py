"""``golive open``: a browser where there is one, the address in any case."""

from __future__ import annotations

import json
import webbrowser

import pytest

from golive import cli
from golive.engine.outcome import Status

URL = "http://shop.example"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the browser was asked to open."""
    asked: list[str] = []
    monkeypatch.setattr("golive.engine.status.status", lambda *_: Status("shop", "web1", URL, 3))
    monkeypatch.setattr(webbrowser, "open", lambda url: asked.append(url) or True)
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    return asked


def terminal(monkeypatch: pytest.MonkeyPatch, yes: bool) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: yes, raising=False)


def test_with_a_screen_the_browser_opens_it(opened, monkeypatch, capsys) -> None:
    terminal(monkeypatch, True)
    monkeypatch.setenv("DISPLAY", ":0")
    assert cli.main(["open", "--json"]) == 0
    assert opened == [URL]
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (told[0]["url"], told[0]["opened"], told[-1]["url"], told[-1]["release"]) == (URL, True, URL, 3)


@pytest.mark.parametrize(("screen", "tty"), [("", True), (":0", False)])
def test_without_a_screen_or_for_a_program_the_address_is_all(opened, screen, tty, monkeypatch, capsys) -> None:
    terminal(monkeypatch, tty)
    monkeypatch.setenv("DISPLAY", screen)
    monkeypatch.setenv("TERM", "dumb")
    assert cli.main(["open"]) == 0
    assert opened == []
    assert capsys.readouterr().out == f"{URL}\n"


def test_a_browser_that_fails_does_not_matter(opened, monkeypatch, capsys) -> None:
    def broken(url: str) -> bool:
        raise webbrowser.Error("no runnable browser")

    terminal(monkeypatch, True)
    monkeypatch.setenv("BROWSER", "netscape")
    monkeypatch.setattr(webbrowser, "open", broken)
    assert cli.main(["open", "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[0])["opened"] is False


def test_an_app_that_is_not_there_has_no_address(opened, monkeypatch, capsys) -> None:
    monkeypatch.setattr("golive.engine.status.status", lambda *_: Status("shop", "web1", "", 0))
    assert cli.main(["open"]) == 1
    assert "(not-deployed)" in capsys.readouterr().err
