"""``golive host add`` and ``golive host list``: names for hosts, in golive.toml."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from golive import cli
from golive.errors import HostError
from golive.model.host import Host


@pytest.fixture(autouse=True)
def practice(monkeypatch: pytest.MonkeyPatch) -> None:
    """This computer has one practice server."""
    servers = {"lab1": Host("lab1", "10.77.0.9", "root")}
    monkeypatch.setattr("golive.engine.host_names.practice_servers", lambda: servers)


def golive(*words: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[dict]]:
    status = cli.main([*words, "--json"])
    return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_first_host_makes_the_file_and_is_the_default(tmp_path: Path, capsys) -> None:
    status, events = golive(
        "host", "add", "web1", "root@203.0.113.7", "--no-check", "--app", str(tmp_path), capsys=capsys
    )
    assert status == 0
    assert [event["code"] for event in events[:-1]] == ["host-added"]
    file = tmp_path / "golive.toml"
    assert file.read_text() == '[hosts.web1]\naddress = "203.0.113.7"\nuser = "root"\n'
    status, events = golive("host", "list", "--app", str(tmp_path), capsys=capsys)
    assert status == 0
    told = [
        (host["name"], host["address"], host["user"], host["default"], host["practice"]) for host in events[0]["hosts"]
    ]
    assert told == [("web1", "203.0.113.7", "root", True, False), ("lab1", "10.77.0.9", "root", False, True)]


def test_a_second_one_and_a_practice_servers_name_are_remarked_on(tmp_path: Path, capsys) -> None:
    file = tmp_path / "golive.toml"
    file.write_bytes(b"\xef\xbb\xbf# mine\r\n[hosts.a]\r\naddress = 'a.example'\r\n")
    file.chmod(0o640)
    before = file.read_bytes()
    status, events = golive(
        "host", "add", "lab1", "203.0.113.8:2222", "--no-check", "--app", str(tmp_path), capsys=capsys
    )
    assert status == 0
    assert [event["code"] for event in events[:-1]] == ["host-added", "host-like-practice", "host-no-default"]
    assert file.read_bytes() == before + b'\r\n[hosts.lab1]\r\naddress = "203.0.113.8"\r\nport = 2222\r\n'
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o640
    status, events = golive("host", "list", "--app", str(tmp_path), capsys=capsys)
    assert [(host["name"], host["practice"]) for host in events[0]["hosts"]] == [("a", False), ("lab1", False)]


def test_a_host_that_does_not_let_us_in_is_not_written_down(tmp_path: Path, monkeypatch, capsys) -> None:
    def connected(*_: object) -> None:
        raise HostError("host-unreachable", host="web1", port=22, reason="refused")

    monkeypatch.setattr("golive.engine.host_names.connected", connected)
    status, events = golive("host", "add", "web1", "root@203.0.113.7", "--app", str(tmp_path), capsys=capsys)
    assert (status, events[-1]["code"]) == (3, "host-unreachable")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("a", "root@203.0.113.7"), "host-taken"),
        (("local", "root@203.0.113.7"), "host-name-wrong"),
        (("b", "root@"), "host-address-wrong"),
    ],
)
def test_what_cannot_be_is_wrong_usage_and_changes_nothing(words, code, tmp_path: Path, capsys) -> None:
    file = tmp_path / "golive.toml"
    file.write_text("[hosts.a]\naddress = 'a.example'\n")
    status, events = golive("host", "add", *words, "--app", str(tmp_path), capsys=capsys)
    assert (status, events[-1]["code"]) == (64, code)
    assert file.read_text() == "[hosts.a]\naddress = 'a.example'\n"


def test_a_missing_address_is_asked_for_with_its_form(tmp_path: Path, capsys) -> None:
    assert cli.main(["host", "add", "web1"]) == 64
    assert "USER@ADDRESS[:PORT]" in capsys.readouterr().err


def test_without_any_name_the_next_step_is_told(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr("golive.engine.host_names.practice_servers", dict)
    assert cli.main(["host", "list", "--app", str(tmp_path)]) == 0
    assert "golive host add" in capsys.readouterr().out
