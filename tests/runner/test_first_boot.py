"""Waiting for a cloud server that is still setting itself up, and not for one that never says that it is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from golive.runner import first_boot, waiting


class Teller:
    """A context whose clock goes on by a second with each look at it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[int] = []

    def monotonic(self) -> float:
        self.now += 1
        return self.now

    def waiting(self, code: str, **params: object) -> None:
        assert code == "first-boot"
        self.waits.append(int(str(params["seconds"])))


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with cloud-init's marks: it is enabled, and has no result so far."""
    (tmp_path / "enabled").touch()
    monkeypatch.setattr(first_boot, "ENABLED", str(tmp_path / "enabled"))
    monkeypatch.setattr(first_boot, "RESULT", str(tmp_path / "result.json"))
    monkeypatch.setattr(waiting.time, "sleep", lambda seconds: None)
    return tmp_path


def unit(monkeypatch: pytest.MonkeyPatch, state: str, job: str = "") -> None:
    answer = {"ActiveState": state, "Job": job} if state else {}
    monkeypatch.setattr(first_boot.probe_units, "show", lambda units, properties: {first_boot.LAST_UNIT: answer})


@pytest.mark.parametrize(
    ("state", "job", "expected"),
    [
        ("activating", "", True),
        ("inactive", "17", True),
        ("inactive", "", False),
        ("failed", "", False),
        ("active", "", False),
        ("", "", False),
    ],
    ids=["at work", "about to", "masked", "failed", "done without a word", "no systemd"],
)
def test_whether_it_goes_on(cloud: Path, monkeypatch: pytest.MonkeyPatch, state: str, job: str, expected: bool) -> None:
    unit(monkeypatch, state, job)
    assert first_boot.goes_on() is expected
    (cloud / "result.json").touch()
    assert not first_boot.goes_on()
    (cloud / "result.json").unlink()
    (cloud / "enabled").unlink()
    assert not first_boot.goes_on()


def test_the_wait_has_an_end(cloud: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unit(monkeypatch, "activating")
    teller = Teller()
    first_boot.wait_for_first_boot(teller)
    assert first_boot.LONGEST_WAIT < teller.now < 2 * first_boot.LONGEST_WAIT
    assert teller.waits == sorted(set(teller.waits)), "the seconds run"


def test_nobody_waits_where_there_is_nothing_to_wait_for(cloud: Path) -> None:
    (cloud / "enabled").unlink()
    teller = Teller()
    first_boot.wait_for_first_boot(teller)
    assert teller.waits == []
