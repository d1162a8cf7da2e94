"""Addresses belong to folders: a claim is as good as its folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from golive.errors import Refused
from golive.lab import network

pytest.importorskip("fcntl")


@pytest.fixture(autouse=True)
def three_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "_ADDRESSES", tmp_path / "addresses")
    monkeypatch.setattr(network, "_LOCK", tmp_path / "lock")
    monkeypatch.setattr(network, "NUMBERS", range(2, 5))
    monkeypatch.setattr(network, "_remove_bridge", lambda: None)


def server(tmp_path: Path, name: str) -> Path:
    folder = tmp_path / name
    folder.mkdir()
    return folder


def test_each_server_gets_its_own_number_until_none_is_left(tmp_path: Path) -> None:
    folders = [server(tmp_path, name) for name in "abc"]
    assert [network.claim_address(folder) for folder in folders] == [2, 3, 4]
    assert network.number_of(folders[1]) == 3
    with pytest.raises(Refused, match="lab-no-address"):
        network.claim_address(server(tmp_path, "d"))


def test_a_number_is_free_again_when_released_or_when_its_folder_is_gone(tmp_path: Path) -> None:
    first, second = server(tmp_path, "a"), server(tmp_path, "b")
    assert [network.claim_address(first), network.claim_address(second)] == [2, 3]
    network.release_address(2, second)
    assert network.number_of(first) == 2, "only its holder gives a number back"
    network.release_address(2, first)
    assert network.claim_address(server(tmp_path, "c")) == 2
    second.rmdir()
    assert network.claim_address(server(tmp_path, "d")) == 3


def test_names_of_links_fit_the_kernel() -> None:
    assert len(network.link_name(254)) <= 15
    assert network.hardware_address(254) == "02:77:00:00:00:fe"
