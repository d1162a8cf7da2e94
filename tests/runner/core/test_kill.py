"""kill -9 at any moment: the old site serves, or the new one; nothing in between, and nobody has to clean up."""

from __future__ import annotations

import pytest

from conftest import Home, command, deploy, old_site, plan_of, step, tree, until, wait, write
from golive.protocol.steps import EnsureLink, HostPlan, RemovePaths

POINTS = [
    ("before write_file", False),
    ("after write_file", False),
    ("before run_command", False),
    ("after run_command", False),
    ("before switch_release", False),
    ("after switch_release", True),
    ("before ensure_link", True),
    ("after ensure_link", True),
    ("before remove_paths", True),
    ("after remove_paths", True),
]


def whole_deploy(home: Home) -> HostPlan:
    (home.app / "trash").mkdir()
    return deploy(
        home,
        step("link", EnsureLink(str(home.site / "link"), "page"), "switch"),
        step("prune", RemovePaths((str(home.app / "trash"),)), "tidy"),
        before=[command("/bin/true", repeat="ask")],
    )


@pytest.mark.parametrize(("point", "committed"), POINTS)
def test_a_killed_worker_is_cleaned_up_behind_at_once(home: Home, point: str, committed: bool) -> None:
    old_site(home)
    plan = whole_deploy(home)
    before = tree(home.app)
    home.kill_at(point)

    end = home.run(plan)[-1]

    if committed:
        assert (end["ok"], end["code"]) == (True, "")
        assert str((home.app / "current").readlink()) == "releases/7"
        assert (home.site / "link").is_symlink()
        assert not (home.app / "trash").exists()
    else:
        assert (end["ok"], end["code"]) == (False, "runner-died")
        assert tree(home.app) == before
    home.no_faults()
    assert home.run(deploy(home))[-1]["ok"] is True


@pytest.mark.parametrize(("point", "committed"), POINTS)
def test_what_a_power_cut_left_is_recovered_when_asked(home: Home, point: str, committed: bool) -> None:
    old_site(home)
    plan = whole_deploy(home)
    before = tree(home.app)
    (home.root / "hold").touch()
    home.kill_at(point)
    assert home.run(plan)[-1]["code"] == "runner-died"
    home.no_faults()
    (home.root / "hold").unlink()

    end = home.recover()

    assert (end["ok"], end["code"]) == (True, "" if committed else "recovered")
    if committed:
        assert not (home.app / "trash").exists()
    else:
        assert tree(home.app) == before
    again = home.recover()
    assert (again["ok"], again["changed"]) == (True, 0)


def test_a_new_run_first_recovers_the_old_one(home: Home) -> None:
    before = old_site(home)
    cut_off = home.start_run(plan_of(write(home.site / "half"), wait(), write(home.site / "x"), commit="write-x"))
    home.until_told("wait")
    until(lambda: len(home.holders()) == 2, "the worker is at work")
    home.kill_worker_and_parent()
    assert home.events_of(cut_off)[-1]["code"] == "runner-died"

    end = home.run(plan_of(write(home.site / "other")))[-1]

    assert end["ok"] is True
    assert set(tree(home.app)) - set(before) == {"site/other"}
    assert home.journal(home.runs()[0])[-1]["code"] == "recovered"


def test_a_step_in_doubt_is_named(home: Home) -> None:
    home.kill_at("after run_command")

    end = home.run(deploy(home, before=[command("/bin/true", name="migrate", repeat="ask")]))[-1]

    assert (end["code"], end["params"]) == ("runner-died", {"in_doubt": "migrate"})


def test_a_step_in_doubt_after_the_commit_is_not_repeated(home: Home) -> None:
    (home.root / "hold").touch()
    home.kill_at("after run_command")
    log = home.site / "log"
    once = command("/bin/sh", "-c", f"echo ran >> {log}", name="announce", repeat="once")
    home.run(deploy(home, once, write(home.site / "last")))
    home.no_faults()
    (home.root / "hold").unlink()

    end = home.recover()

    assert log.read_text() == "ran\n"
    assert (home.site / "last").exists()
    assert (end["ok"], end["params"]) == (True, {"warning": ["announce"]})


def test_programs_of_a_killed_worker_do_not_keep_the_lease(home: Home) -> None:
    process = home.start_run(deploy(home, before=[command("/bin/sh", "-c", "echo at work; sleep 1000")]))
    home.until_told("at work")
    until(lambda: len(home.holders()) == 2, "the worker is at work")
    home.kill_worker_and_parent()
    home.events_of(process)

    assert home.recover()["code"] == "recovered"
    assert home.run(deploy(home))[-1]["ok"] is True
