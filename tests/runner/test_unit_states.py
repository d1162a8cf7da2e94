"""When a unit counts as ended: systemd's word for one that it has yet to start is "inactive" too."""

import pytest

from golive.runner import probe_units
from golive.runner.probe_units import has_ended


@pytest.mark.parametrize("state", ["inactive", "failed"])
def test_a_unit_whose_start_is_still_queued_has_not_ended(state: str) -> None:
    assert not has_ended({"ActiveState": state, "Job": "4711"})


@pytest.mark.parametrize("state", ["inactive", "failed"])
def test_without_a_queued_job_it_has(state: str) -> None:
    assert has_ended({"ActiveState": state})


@pytest.mark.parametrize("state", ["activating", "active", "reloading", "deactivating"])
def test_a_unit_at_work_has_not(state: str) -> None:
    assert not has_ended({"ActiveState": state})


def test_systemd_is_asked_for_the_job(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []

    def answer(*argv: str) -> str:
        asked.append(argv)
        return "Id=a.service\nActiveState=inactive\nJob=7\n"

    monkeypatch.setattr(probe_units, "output_of", answer)
    (state,) = probe_units.show(["a.service"]).values()
    assert not has_ended(state)
    assert any("Job" in word.split("=")[-1].split(",") for word in asked[0])
