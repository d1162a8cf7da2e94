"""What takes up a host: real processes and files of this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from golive.protocol.facts import ProbeRequest
from golive.runner.probe import gather
from golive.runner.probe_occupied import occupied, size_of_tree


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GOLIVE_ROOT", str(tmp_path))
    (tmp_path / "srv/golive").mkdir(parents=True)
    (tmp_path / "var/lib/golive").mkdir(parents=True)
    return tmp_path


def test_a_tree_is_as_large_as_it_is_on_the_disk(tmp_path: Path) -> None:
    assert size_of_tree(str(tmp_path / "nowhere")) == 0
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "large").write_bytes(os.urandom(1_000_000))
    os.sync()
    once = size_of_tree(str(tmp_path))
    assert 1_000_000 <= once < 1_200_000
    os.link(tmp_path / "a" / "large", tmp_path / "again")
    (tmp_path / "way").symlink_to("a")
    assert size_of_tree(str(tmp_path)) - once < 100_000


def test_each_app_and_golive_itself_are_told(root: Path) -> None:
    shop = root / "srv/golive/nobodys-shop"
    release = shop / "releases/4"
    release.mkdir(parents=True)
    (release / "release.json").write_text(json.dumps({"units": ["golive-nobodys-shop-web-4@1.service"]}))
    (shop / "current").symlink_to("releases/4")
    (shop / "maintenance.html").write_text("<p>")
    (root / "var/lib/golive/runner-0123456789abcdef.zip").write_bytes(os.urandom(100_000))
    os.sync()

    found = occupied(["nobodys-shop"])

    assert list(found["apps"]) == ["nobodys-shop"]
    assert found["apps"]["nobodys-shop"]["units"] == {"golive-nobodys-shop-web-4@1.service": "inactive"}
    assert (found["apps"]["nobodys-shop"]["memory"], found["apps"]["nobodys-shop"]["maintenance"]) == (0, True)
    assert 100_000 <= found["golive"]["files"] < 120_000
    assert (found["golive"]["cache"], found["golive"]["processes"], found["golive"]["ports"]) == (0, 0, 0)
    assert 0 < found["disk"]["free"] <= found["disk"]["total"]


def test_who_uses_most_memory_comes_first(root: Path) -> None:
    size = 200 * 1024 * 1024
    program = (
        f"held = bytearray({size})\nheld[::4096] = bytes([1]) * len(held[::4096])\nprint('held', flush=True)\ninput()"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as large:
        assert large.stdout is not None
        assert large.stdout.readline() == b"held\n"
        users = occupied([])["users"]
        large.communicate(b"\n")
    assert len(users) <= 5
    assert [share["memory"] for share in users] == sorted((share["memory"] for share in users), reverse=True)
    assert users[0]["memory"] >= size


def test_only_who_asks_for_it_waits_for_it(root: Path) -> None:
    assert "occupied" not in gather(ProbeRequest())
    assert gather(ProbeRequest(all_apps=True))["occupied"]["apps"] == {}
