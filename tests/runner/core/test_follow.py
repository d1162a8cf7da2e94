"""A client may come back at any byte of a journal and hears exactly the rest."""

from __future__ import annotations

from conftest import APP, Home, command, plan_of, until, wait, write


def test_attaching_at_a_line_gives_exactly_the_rest(home: Home) -> None:
    home.run(plan_of(command("/bin/sh", "-c", "echo 一; echo two"), write(home.site / "page")))
    journal = (home.runs()[-1] / "journal.jsonl").read_bytes()
    starts = [0] + [at + 1 for at, byte in enumerate(journal) if byte == 0x0A]

    for start in starts[:-1]:
        told, _ = home.start("attach", home.runs()[-1].name, APP, str(start)).communicate()
        assert told == journal[start:]


def test_attaching_inside_a_line_begins_with_the_next(home: Home) -> None:
    home.run(plan_of(write(home.site / "page")))
    journal = (home.runs()[-1] / "journal.jsonl").read_bytes()
    second = journal.index(b"\n") + 1

    told, _ = home.start("attach", home.runs()[-1].name, APP, str(second - 5)).communicate()

    assert told == journal[second:]


def test_two_clients_hear_the_same_while_it_happens(home: Home) -> None:
    first = home.start_run(plan_of(wait(), command("/bin/echo", "done")))
    home.until_told("step_started")
    second = home.start("attach", home.runs()[-1].name, APP)

    home.let_go()

    assert home.events_of(first)[1:] == home.events_of(second)


def test_a_run_that_never_was_is_unknown(home: Home) -> None:
    for name in ("000009-0123abcd", "../../etc", ""):
        end = home.tell("attach", name, APP)[-1]
        assert (end["ok"], end["code"]) == (False, "run-unknown")


def test_a_run_that_nobody_works_on_is_told_as_dead(home: Home) -> None:
    process = home.start_run(plan_of(wait()))
    until(lambda: len(home.holders()) == 2, "the worker is at work")
    home.until_told("step_started")
    home.kill_worker_and_parent()

    events = home.events_of(process)

    assert (events[-1]["ok"], events[-1]["code"]) == (False, "runner-died")
    assert home.tell("attach", home.runs()[-1].name, APP)[-1]["code"] == "runner-died"
