"""A plan is run apart from the client, told event by event, and always has an end."""

from __future__ import annotations

import fcntl
import json
import os
import signal
from pathlib import Path

import pytest

from conftest import APP, Home, command, deploy, old_site, plan_of, step, tree, until, wait, write
from golive.protocol.codec import FORMAT, encode_plan, frame_header
from golive.protocol.steps import DrainUnits, EnsureDirectory, InstallPackages, Secret, WaitHealthy, WriteFile


def kinds(events: list[dict[str, object]]) -> list[object]:
    return [event["event"] for event in events]


def test_a_plan_is_performed_and_told(home: Home) -> None:
    events = home.run(deploy(home))

    assert (home.site / "page").read_text() == "new"
    assert (home.app / "current").readlink() == Path("releases/7")
    assert kinds(events) == [
        "accepted",
        "run_started",
        *("step_started", "undo_recorded", "step_finished"),
        *("step_started", "undo_recorded", "committed", "step_finished"),
        "finished",
    ]
    end = events[-1]
    assert (end["ok"], end["changed"], end["release"], end["code"]) == (True, 2, 7, "")
    assert events[1]["who"] == "li@laptop"
    assert events[1]["run"] == events[0]["run"] == home.runs()[-1].name


def test_the_wire_carries_the_journal_byte_for_byte(home: Home) -> None:
    told, _ = home.start_run(deploy(home)).communicate()

    assert told.split(b"\n", 1)[1] == (home.runs()[-1] / "journal.jsonl").read_bytes()


def test_what_is_done_already_changes_nothing(home: Home) -> None:
    home.run(deploy(home))

    assert home.run(deploy(home))[-1]["changed"] == 0


def test_a_failed_step_takes_everything_back(home: Home) -> None:
    before = old_site(home)

    events = home.run(deploy(home, command("/bin/sh", "-c", "echo no such table; exit 3")))

    assert tree(home.app) == before
    end = events[-1]
    assert (end["ok"], end["code"]) == (False, "command-failed")
    assert end["params"] == {"status": 3, "command": "/bin/sh", "step": "command"}
    assert end["output"] == ["no such table"]
    assert kinds(events)[-4:] == ["step_failed", "undo_started", "undo_finished", "finished"]


def test_what_a_kept_step_did_stays(home: Home) -> None:
    folder = step("folder", EnsureDirectory(str(home.app / "envs")), keep=True)

    home.run(deploy(home, before=[folder, command("/bin/false")]))

    assert (home.app / "envs").is_dir()
    assert not (home.site / "page").exists()


def test_tidying_that_fails_is_a_warning(home: Home) -> None:
    drain = step("drain", DrainUnits("d", (), (), (), "", "", 0, 0), "tidy")

    events = home.run(deploy(home, drain, command("/bin/false", phase="tidy"), write(home.site / "last", phase="tidy")))

    assert (events[-1]["ok"], events[-1]["params"]) == (True, {"warning": ["command"]})
    assert (home.site / "last").exists()
    assert (home.app / "current").readlink() == Path("releases/7")


def test_a_plan_without_a_commit_is_never_taken_back(home: Home) -> None:
    events = home.run(plan_of(write(home.site / "page"), command("/bin/false"), purpose="down"))

    assert (home.site / "page").exists()
    assert (events[-1]["ok"], events[-1]["code"]) == (False, "command-failed")


def test_an_unexpected_error_is_told_with_its_traceback_and_taken_back(home: Home) -> None:
    broken = step("broken", WaitHealthy((), (), "", "", "", 1))

    end = home.run(deploy(home, broken), secrets=b'{"TOKEN": "correct horse"}')[-1]

    assert (end["code"], end["params"]) == ("internal", {"error": "ZeroDivisionError", "step": "broken"})
    assert "ZeroDivisionError: the token is [secret]" in end["output"][-1]  # type: ignore[index]
    assert not (home.site / "page").exists()


def test_secrets_reach_steps_and_nothing_else(home: Home) -> None:
    steps = (
        step("key", WriteFile(str(home.site / "key"), ("key=", Secret("TOKEN")), 0o600)),
        command("/bin/sh", "-c", 'echo "token: $TOKEN"; echo "$TOKEN" | sed s/ /%20/'),
        command("/bin/false", name="last"),
    )

    events = home.run(plan_of(*steps), secrets=json.dumps({"TOKEN": "p4ss word-x"}).encode())

    assert (home.site / "key").read_text() == "key=p4ss word-x"
    assert "token: [secret]" in [event.get("line") for event in events]
    for path in (home.app / "journal").rglob("*"):
        assert path.is_dir() or b"p4ss" not in path.read_bytes()
        assert path.name not in ("secrets.json", "pack", "reserve")


def test_a_missing_secret_fails_the_step(home: Home) -> None:
    end = home.run(plan_of(step("key", WriteFile(str(home.site / "key"), (Secret("TOKEN"),)))))[-1]

    assert (end["ok"], end["code"]) == (False, "internal")


def test_a_pack_arrives_whole(home: Home) -> None:
    pack = os.urandom(3 * 1024 * 1024 + 17)
    process = home.start_run(plan_of(wait()), pack=pack)
    home.until_told("step_started")

    assert (home.runs()[-1] / "pack").read_bytes() == pack

    home.let_go()
    assert home.events_of(process)[-1]["ok"] is True


def test_a_second_run_is_told_who_is_at_work(home: Home) -> None:
    first = home.start_run(plan_of(wait()))
    home.until_told("step_started")

    end = home.run(plan_of(write(home.site / "page")))[-1]

    assert (end["ok"], end["code"]) == (False, "busy")
    assert end["params"] == {
        "run": home.runs()[-1].name,
        "who": "li@laptop",
        "purpose": "deploy",
        "since": home.journal()[0]["at"],
    }
    assert not (home.site / "page").exists()
    assert list((home.app / "journal").glob("incoming-*")) == []
    home.let_go()
    assert home.events_of(first)[-1]["ok"] is True


def test_of_many_at_once_each_has_an_end_and_one_at_a_time_works(home: Home) -> None:
    plans = [plan_of(write(home.site / f"page{n}")) for n in range(6)]

    ends = [home.events_of(process)[-1] for process in [home.start_run(plan) for plan in plans]]

    assert {end["code"] for end in ends} <= {"", "busy"}
    done = [n for n, end in enumerate(ends) if end["ok"]]
    assert done
    assert sorted(path.name for path in home.site.iterdir()) == [f"page{n}" for n in done]


def test_the_run_goes_on_without_its_client(home: Home) -> None:
    client = home.start_run(plan_of(wait(), write(home.site / "page")))
    home.until_told("step_started")
    client.kill()
    client.communicate()

    home.let_go()

    assert home.tell("attach", home.runs()[-1].name, APP)[-1]["ok"] is True
    assert (home.site / "page").exists()


def test_a_worker_that_is_asked_to_stop_takes_everything_back(home: Home) -> None:
    before = old_site(home)
    process = home.start_run(deploy(home, command("/bin/sleep", "1000")))
    home.until_told("committed")
    until(lambda: len(home.holders()) == 2, "the worker says who it is")

    os.kill(home.holders()[1], signal.SIGTERM)

    end = home.events_of(process)[-1]
    assert (end["ok"], end["code"]) == (False, "stopped")
    assert tree(home.app) == before


def test_packages_that_stay_are_named(home: Home) -> None:
    packages = step("install", InstallPackages(("nginx",)), keep=True, lease="host")

    end = home.run(deploy(home, before=[packages, command("/bin/false")]))[-1]

    assert end["kept"] == []  # Nothing had to be installed.


def test_only_the_newest_runs_are_kept(home: Home) -> None:
    journal = home.app / "journal"
    for number in range(1, 26):
        (journal / f"{number:06d}-0123abcd").mkdir(parents=True)
        (journal / f"{number:06d}-0123abcd/journal.jsonl").write_text('{"event": "finished"}\n')
    (journal / "incoming-0123abcd").mkdir()

    home.run(plan_of(write(home.site / "page")))

    until(lambda: len(home.runs()) == 20, "the old ones are gone")
    assert home.runs()[-1].name.startswith("000026-")
    until(lambda: not (journal / "incoming-0123abcd").exists(), "what never began is gone")


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET / HTTP/1.1\r\n\r\n",
        frame_header("plan", 3) + b"{}\n",
        frame_header("pack", 3) + b"abc",
        frame_header("plan", 1000) + b"{",
    ],
)
def test_what_is_no_plan_is_refused(home: Home, sent: bytes) -> None:
    assert home.tell("run", sent=sent)[-1]["code"] == "malformed"
    assert not (home.app / "journal").exists()


def test_a_pack_that_is_cut_off_leaves_nothing(home: Home) -> None:
    plan = encode_plan(plan_of(write(home.site / "page")))

    events = home.tell("run", sent=frame_header("plan", len(plan)) + plan + frame_header("pack", 1000) + b"PACK")

    assert events[-1]["code"] == "malformed"
    assert list((home.app / "journal").iterdir()) == []


def test_a_host_of_a_newer_golive_is_left_alone(home: Home) -> None:
    marker = home.root / "var/lib/golive/format"
    marker.parent.mkdir(parents=True)
    marker.write_text(f"{FORMAT + 1}\n")

    end = home.run(plan_of(write(home.site / "page")))[-1]

    assert (end["ok"], end["code"], end["params"]) == (False, "host-newer", {"found": FORMAT + 1, "known": FORMAT})
    assert not (home.site / "page").exists()


def test_a_host_of_an_older_golive_is_marked_anew(home: Home) -> None:
    marker = home.root / "var/lib/golive/format"
    marker.parent.mkdir(parents=True)
    marker.write_text("0\n")

    assert home.run(plan_of(write(home.site / "page")))[-1]["ok"] is True
    assert marker.read_text() == f"{FORMAT}\n"


def test_steps_for_the_whole_host_wait_for_each_other(home: Home) -> None:
    (home.root / "var/lib/golive").mkdir(parents=True)
    with (home.root / "var/lib/golive/host.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("blog (000003-aaaaaaaa)")
        lock.flush()
        process = home.start_run(plan_of(write(home.site / "page", lease="host")))
        home.until_told("lease_waiting")
        assert not (home.site / "page").exists()
    events = home.events_of(process)

    waiting = next(event for event in events if event["event"] == "lease_waiting")
    assert (waiting["lease"], waiting["holder"]) == ("host", "blog (000003-aaaaaaaa)")
    assert events[-1]["ok"] is True
