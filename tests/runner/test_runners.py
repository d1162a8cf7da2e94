"""Old runner zips go; the one in use and the one used last before it stay."""

from __future__ import annotations

import os
from pathlib import Path

from golive.runner import runners
from golive.runner.layout import Layout

OLD, OLDER, OWN = "a" * 16, "b" * 16, "c" * 16


def shelf(root: Path) -> Layout:
    layout = Layout(str(root))
    folder = Path(layout.state)
    folder.mkdir(parents=True)
    for age, digest in ((100, OLD), (200, OLDER), (300, OWN)):
        for name in (f"runner-{digest}.zip", f"compiled-{digest}-ab0d.zip"):
            (folder / name).write_bytes(b"zip")
            os.utime(folder / name, (1_000_000 - age, 1_000_000 - age))
    (folder / "format").write_text("1\n")
    (folder / "runner.txt").write_text("")
    return layout


def names(layout: Layout) -> set[str]:
    return {path.name for path in Path(layout.state).iterdir()}


def test_the_two_used_last_stay_with_what_was_compiled_of_them(tmp_path: Path) -> None:
    layout = shelf(tmp_path)
    runners.prune(layout, f"{layout.state}/runner-{OWN}.zip")
    zips = {name for digest in (OWN, OLD) for name in (f"runner-{digest}.zip", f"compiled-{digest}-ab0d.zip")}
    assert names(layout) == {*zips, "format", "runner.txt"}


def test_the_one_in_use_stays_when_the_clock_was_put_back(tmp_path: Path) -> None:
    layout = shelf(tmp_path)
    for name in (f"runner-{OLD}.zip", f"runner-{OLDER}.zip"):
        os.utime(Path(layout.state) / name, (4_000_000_000, 4_000_000_000))
    runners.prune(layout, f"{layout.state}/runner-{OWN}.zip")
    assert f"runner-{OWN}.zip" in names(layout)


def test_one_that_is_at_work_stays_when_another_ends(tmp_path: Path) -> None:
    layout = shelf(tmp_path)
    runners.note_use(f"{layout.state}/runner-{OLDER}.zip")
    runners.prune(layout, f"{layout.state}/runner-{OWN}.zip")
    assert {name for name in names(layout) if name.startswith("runner-")} == {
        f"runner-{OLDER}.zip",
        f"runner-{OWN}.zip",
    }


def test_one_that_just_arrives_is_not_taken_for_an_old_one(tmp_path: Path) -> None:
    layout = shelf(tmp_path)
    arriving = "d" * 16
    (Path(layout.state) / f"runner-{arriving}.zip.4711").write_bytes(b"half")
    runners.prune(layout, f"{layout.state}/runner-{OWN}.zip")
    assert {name.split("-")[1][:16] for name in names(layout) if "-" in name} == {OWN, arriving}


def test_a_runner_from_elsewhere_removes_nothing_that_it_cannot_see(tmp_path: Path) -> None:
    runners.prune(Layout(str(tmp_path / "nowhere")), "/nowhere/runner.zip")
    assert list(tmp_path.iterdir()) == []
