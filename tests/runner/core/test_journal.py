"""The journal survives what disks and power cuts do to it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import APP, Home, command, deploy, old_site, plan_of, tree, write
from golive.runner.conceal import Concealer
from golive.runner.journal import RESERVE, RESERVE_SIZE, Journal, last_event, make_reserve, read_journal
from golive.runner.stopping import Stopping


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(str(tmp_path), Concealer(["s3cret value"]), Stopping())
    yield journal
    journal.close()


def test_what_is_written_is_read(journal: Journal) -> None:
    journal.write("step_output", step="s", line="行\u2028x")
    journal.write("finished", ok=True)

    reading = read_journal(journal.path)

    assert [event["event"] for event in reading.events] == ["step_output", "finished"]
    assert reading.events[0]["line"] == "行\u2028x"
    assert not reading.corrupt
    assert last_event(journal.path)["event"] == "finished"


def test_no_secret_is_written_in_any_form(journal: Journal) -> None:
    journal.write("step_failed", output=["s3cret value", "s3cret%20value"], params={"url": "x://s3cret+value@h"})

    assert "s3cret" not in Path(journal.path).read_text()


def test_how_to_go_back_is_written_as_it_is(journal: Journal) -> None:
    journal.write("undo_recorded", step="s", undo={"undo": "remove_path", "path": "/srv/s3cret value"})

    assert journal.read()[0]["undo"]["path"] == "/srv/s3cret value"


def test_a_secret_that_is_a_word_of_ours_leaves_the_journal_readable(journal: Journal) -> None:
    journal.concealer.learn(["switch", "shop"])

    journal.write("step_started", step="switch", kind="switch_release")
    journal.write("step_output", step="switch", line="the password is shop")

    started, said = journal.read()
    assert (started["step"], started["kind"], said["step"]) == ("switch", "switch_release", "switch")
    assert said["line"] == "the password is [secret]"


def test_the_last_event_is_found_however_long_it_is(journal: Journal) -> None:
    journal.write("finished", ok=False, output=["错误" * 2000] * 40)

    assert last_event(journal.path)["event"] == "finished"


@pytest.mark.parametrize("torn", [b'{"event": "fin', b"\0" * 512, b'{"event": "finished"}', b"\xff\xfe\n"])
def test_a_torn_end_is_left_out_and_cut_off(journal: Journal, torn: bytes) -> None:
    journal.write("run_started")
    path = Path(journal.path)
    whole = path.read_bytes()
    path.write_bytes(whole + torn)

    reading = read_journal(journal.path)
    assert (len(reading.events), reading.size, reading.corrupt) == (1, len(whole), False)

    journal.close()
    again = Journal(str(path.parent), Concealer(), Stopping())
    again.write("finished")
    assert [event["event"] for event in again.read()] == ["run_started", "finished"]
    again.close()
    journal.__init__(str(path.parent), Concealer(), Stopping())  # type: ignore[misc]


def test_damage_before_the_end_is_recognised(journal: Journal) -> None:
    journal.write("run_started")
    with Path(journal.path).open("ab") as stream:
        stream.write(b"\0\0garbage\n")
    journal.write("finished")

    assert read_journal(journal.path).corrupt


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Path]:
    """A file system of 600 kB."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> None:
    with (folder / "filler").open("wb", buffering=0) as stream:
        for _ in range(10_000):
            try:
                stream.write(b"x" * 4096)
            except OSError:
                return
    raise AssertionError("the disk never got full")


def test_a_line_is_whole_or_not_there_on_a_full_disk(tiny: Path) -> None:
    journal = Journal(str(tiny), Concealer(), Stopping())
    make_reserve(str(tiny))
    journal.write("run_started")
    fill(tiny)

    with pytest.raises(OSError, match="No space"):
        journal.write("step_started", padding="x" * 10_000)
    journal.write("step_output", step="s", line="x" * 10_000)  # Not worth failing for.

    assert not read_journal(journal.path).corrupt
    assert [event["event"] for event in journal.read()] == ["run_started"]
    assert (tiny / RESERVE).stat().st_blocks * 512 >= RESERVE_SIZE
    journal.release_reserve()
    journal.write("finished", ok=False, padding="x" * 10_000)
    assert last_event(journal.path)["event"] == "finished"
    journal.close()


@pytest.fixture
def tiny_home(tiny: Path) -> Home:
    return Home(tiny)


def test_a_disk_that_gets_full_ends_with_the_old_site(tiny_home: Home) -> None:
    old_site(tiny_home)
    (tiny_home.site / "page").write_text("old" * 10000)
    before = tree(tiny_home.app)
    filling = command("/bin/sh", "-c", f"cat /dev/zero > {tiny_home.site}/filler", name="fill")

    for plan in (deploy(tiny_home, filling), deploy(tiny_home, write(tiny_home.site / "big", "x" * 10_000))):
        end = tiny_home.run(plan)[-1]

        assert (end["ok"], end["code"]) == (False, "disk-full")
        assert {name: what for name, what in tree(tiny_home.app).items() if name != "site/filler"} == before
    (tiny_home.site / "filler").unlink()
    assert tiny_home.run(deploy(tiny_home))[-1]["ok"] is True


def test_a_disk_that_is_full_refuses_the_plan(tiny_home: Home) -> None:
    old_site(tiny_home)
    fill(tiny_home.root)

    end = tiny_home.run(plan_of(write(tiny_home.site / "page")))[-1]

    assert (end["ok"], end["code"]) == (False, "disk-full")


def test_a_disk_that_cannot_be_written_refuses_the_plan(tiny_home: Home) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(tiny_home.root)], check=True)

    end = tiny_home.run(plan_of(write(tiny_home.site / "page")))[-1]

    assert (end["ok"], end["code"]) == (False, "read-only")


@pytest.mark.parametrize("committed", [False, True])
def test_a_corrupt_journal_is_put_aside_and_the_next_run_works(home: Home, committed: bool) -> None:
    before = old_site(home)
    (home.root / "hold").touch()
    home.kill_at("after switch_release" if committed else "before switch_release")
    home.run(deploy(home, write(home.site / "last")))
    journal = home.runs()[-1] / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join([*lines[:2], b"\0\0\0\n", *lines[2:]]))

    end = home.recover()

    assert end["ok"] is True
    if committed:
        assert (home.site / "last").exists()
    else:
        assert end["code"] == "journal-corrupt"
        assert tree(home.app) == before
    assert (home.runs()[-1] / "journal.jsonl.corrupt").exists()
    assert home.run(deploy(home))[-1]["ok"] is True


def test_a_recovery_that_was_cut_off_still_knows_what_the_corrupt_journal_told(home: Home) -> None:
    before = old_site(home)
    (home.root / "hold").touch()
    home.kill_at("before switch_release")
    home.run(deploy(home))
    journal = home.runs()[-1] / "journal.jsonl"
    (journal.parent / "journal.jsonl.corrupt").write_bytes(b"\0\n" + journal.read_bytes())
    journal.write_text(json.dumps({"event": "undo_started", "reason": "journal-corrupt"}) + "\n")

    end = home.recover()

    assert (end["ok"], end["code"]) == (True, "journal-corrupt")
    assert tree(home.app) == before


@pytest.mark.parametrize("plan", [b"", b'{"format": 99}'])
@pytest.mark.parametrize("committed", [False, True])
def test_without_a_plan_that_we_know_the_release_that_serves_goes_on(home: Home, committed: bool, plan: bytes) -> None:
    before = old_site(home)
    (home.root / "hold").touch()
    home.kill_at("before write_file" if committed else "before switch_release", 2 if committed else 1)
    home.run(deploy(home, write(home.site / "last")))
    (home.runs()[-1] / "plan.json").write_bytes(plan)

    assert home.recover()["ok"] is True

    assert str((home.app / "current").readlink()) == ("releases/7" if committed else "releases/6")
    assert committed or tree(home.app) == before


@pytest.mark.parametrize("damage", [b"", b"\0" * 100, b"[1, 2]\n", json.dumps({"event": "x"}).encode()])
def test_a_journal_or_plan_of_garbage_stops_nobody(home: Home, damage: bytes) -> None:
    run = home.app / "journal/000001-0123abcd"
    run.mkdir(parents=True)
    (run / "journal.jsonl").write_bytes(damage)
    (run / "plan.json").write_bytes(damage)

    assert home.recover()["ok"] is True
    assert home.run(plan_of(write(home.site / "page")))[-1]["ok"] is True
    assert home.tell("attach", run.name, APP)[-1]["event"] == "finished"
