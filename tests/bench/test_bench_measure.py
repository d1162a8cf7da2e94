"""Fair turns, medians and ratios, and tables that say what was measured."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench.measure import Samples, format_seconds, ratio, take_turns, timing_columns, timing_rows
from bench.peers.configurators import changed_operations
from bench.redeploy import write_greeting
from bench.report import Section, as_markdown, as_text, machine, page

SECTION = Section("A title", ("", "median"), [("golive", "0.40 s"), ("其他", "12.0 s")], ("A remark.",))


def test_each_contender_is_first_in_its_turn() -> None:
    calls: list[str] = []
    contenders = {name: lambda name=name: calls.append(name) for name in "abc"}
    take_turns(contenders, 3)
    assert "".join(calls) == "abc" + "abc" + "bca" + "cab"


def test_the_warm_up_is_not_counted() -> None:
    (samples,) = take_turns({"a": lambda: None}, 4)
    assert len(samples.seconds) == 4


def test_a_contender_that_fails_ends_the_measurement() -> None:
    def broken() -> None:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        take_turns({"a": broken}, 1)


def test_ratios_are_of_medians() -> None:
    slow, fast = Samples("slow", (1.0, 6.0, 90.0)), Samples("fast", (1.0, 2.0, 2.5))
    assert ratio(slow, fast) == 3.0
    assert timing_rows([fast, slow], "fast")[1] == ("slow", "6.00 s", "1.00 s", "90.0 s", "3.00")
    assert len(timing_columns("fast")) == 5


@pytest.mark.parametrize(("value", "text"), [(12.34, "12.3 s"), (0.421, "0.42 s"), (0.0384, "38 ms")])
def test_seconds_read_well(value: float, text: str) -> None:
    assert format_seconds(value) == text


def test_the_terminal_table_is_aligned_for_wide_letters_too() -> None:
    assert as_text(SECTION).splitlines()[2:5] == ["        median", "golive  0.40 s", "其他    12.0 s"]


def test_the_page_holds_every_table_and_remark() -> None:
    text = page([SECTION], ["Peers: x 1."], "2030-01-02")
    assert "| golive | 0.40 s |" in as_markdown(SECTION)
    for part in ("2030-01-02", "Peers: x 1.", "## A title", "- A remark."):
        assert part in text


def test_the_machine_is_described_without_its_name() -> None:
    import platform

    assert "cores" in machine()
    assert platform.node() not in machine()


PYINFRA = """
--> Results:
    Operation               Hosts   Success   Error   No Change   
    Packages                1       -         -       1           
    Folder /srv/golive      1       {0}
    Grand total             2       {1}
"""  # noqa: W291


def test_pyinfra_must_have_had_nothing_to_change() -> None:
    unchanged = PYINFRA.format("-         -       1", "-         -       2")
    changed = PYINFRA.format("1         -       -", "1         -       1")
    assert changed_operations(unchanged) == []
    assert changed_operations(changed) == ["Folder /srv/golive", "Grand total"]
    assert changed_operations("") == ["?"]


def test_a_redeploy_changes_one_line(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text('import x\nGREETING = "version 0"\nrest\n', "utf-8")
    write_greeting(tmp_path, "version 7")
    assert (tmp_path / "app.py").read_text("utf-8") == 'import x\nGREETING = "version 7"\nrest\n'
