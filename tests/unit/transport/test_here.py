"""This computer as a host: where things are, whatever the system."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from golive.config.hosts import LOCAL
from golive.errors import Refused
from golive.model.platform import LONGEST_SOCKET, local_platform
from golive.transport import here


def test_on_windows_it_is_said_what_to_do_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(Refused) as caught:
        here.this_computer(LOCAL)
    assert caught.value.code == "local-not-on-windows"


def test_everything_is_below_the_users_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setenv("GOLIVE_DATA_HOME", str(tmp_path / "d"))
    platform = here.this_computer(LOCAL).platform
    places = (platform.apps, platform.state, platform.units, platform.sites)
    assert all(place.startswith(f"{tmp_path}/d/local/") for place in places)


@pytest.mark.parametrize("name", ['a"b', "a$b", "50%d", "a:b", "a ;b", "a\\b", "a\nb"])
def test_a_folder_that_cannot_be_told_to_all_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    monkeypatch.setenv("GOLIVE_DATA_HOME", str(tmp_path / name))
    with pytest.raises(Refused) as caught:
        here.this_computer(LOCAL)
    assert caught.value.code == "local-folder-odd"
    assert str(caught.value.params["character"]) in name


def test_spaces_quotes_and_chinese_are_as_good_as_any(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GOLIVE_DATA_HOME", str(tmp_path / "李's own data"))
    assert "李's own data" in here.this_computer(LOCAL).platform.root


@pytest.mark.parametrize(
    "root",
    [
        "/home/somebody/.local/share/golive/local",
        "/home/" + "somebody-with-a-very-long-name" * 2 + "/.local/share/golive/local",
        "/Users/somebody/Library/Application Support/golive/local",
    ],
)
def test_sockets_are_always_short_enough(root: str) -> None:
    platform = local_platform(root, "/private/tmp/golive-501-0123abcd", ("me", "us"), "/usr/bin/python3")
    slug = "a" * 20
    bound = f"{platform.run}/{slug}/99999/web-99.sock"
    reached = f"{platform.upstreams}/{slug}/current/run/web-99.sock"
    assert max(len(bound), len(reached)) <= LONGEST_SOCKET
    assert " " not in bound + reached
