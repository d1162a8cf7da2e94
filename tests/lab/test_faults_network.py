"""The network goes, Ctrl-C is pressed, two people deploy at once: the host finishes what it has begun, and says so."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from moments import Moments, Site, until
from person import Event, Said, User, Visitors, ask, wait_for, write_app

OUTAGE = 30.0
IMPATIENT = """\
import sys

from golive.cli import main
from golive.engine import session

session.RECONNECT_FOR = 3.0
sys.exit(main())
"""


@pytest.fixture
def moments(user: User) -> Moments:
    return Moments(user.server)


def notices(said: Said) -> list[str]:
    return [str(event["code"]) for event in said.events if event["event"] == "notice"]


def ended(client: subprocess.Popen[str]) -> Said:
    """What CLIENT still says until its end."""
    output, errors = client.communicate(timeout=240)
    return Said(client.returncode, tuple(json.loads(line) for line in output.splitlines()), errors)


def test_thirty_seconds_without_a_network_are_sat_out(live: User, app: Path, moments: Moments) -> None:
    write_app(app, 2)
    site = Site(live.server)
    moments.hold()
    client = live.start("up", str(app))
    moments.let_go_until("step_started receive-code")
    wait_for(client, "receive-code")
    live.server.network(False)
    began = time.monotonic()
    moments.leave_alone()

    # Nobody watches, and the host goes on to the end.
    until(lambda: site.journal()[-1]["event"] == "finished", "the host finishes")
    assert site.current == 2
    time.sleep(max(0.0, began + OUTAGE - time.monotonic()))  # the fault itself
    live.server.network(True)
    said = ended(client)

    assert said.status == 0, said.text
    assert notices(said) == ["connection-lost-retrying", "connection-back"]
    seen = [event["step"] for event in said.events if event["event"] == "step_finished"]
    told = [event["step"] for event in site.journal() if event["event"] == "step_finished"]
    assert seen == told[-len(seen) :], "each event is told once, none is missing"
    assert seen[0] == "receive-code"
    assert ask(live.server.address) == (200, "answer 2")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_network_that_is_gone_for_good_is_given_up_with_words(
    live: User, app: Path, moments: Moments, language: str
) -> None:
    write_app(app, 2)
    moments.hold()
    reach = ["--to", live.host, "--identity", str(live.server.key_path), "--yes", "--lang", language]
    client = subprocess.Popen(
        [sys.executable, "-c", IMPATIENT, "up", str(app), "--json", *reach],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=live.environment(),
    )
    moments.let_go_until("step_started receive-code")
    wait_for(client, "receive-code")
    live.server.network(False)
    moments.leave_alone()
    said = ended(client)
    live.server.network(True)

    assert (said.status, said.finished["code"]) == (3, "connection-lost"), said.text
    assert notices(said) == ["connection-lost-retrying"]
    if language == "en":
        assert "did not come back" in said.finished["message"]
        assert "finishes or takes back by itself" in said.finished["message"]
        assert "golive status" in said.finished["hint"]
    else:
        assert "服务器" in said.finished["message"]
        assert "golive status" in said.finished["hint"]
    again = live.golive("up", str(app))
    assert (again.status, again.finished["changed"]) == (0, 0), again.text
    assert ask(live.server.address) == (200, "answer 2")


def test_ctrl_c_says_what_the_host_is_still_doing(live: User, app: Path, moments: Moments) -> None:
    site = Site(live.server)
    for version, moment in enumerate(("run_started", "step_started wait-healthy", "step_finished switch"), 2):
        write_app(app, version)
        runs = len(site.runs)
        moments.hold()
        client = live.start("up", str(app))
        until(lambda runs=runs: len(site.runs) > runs, "the run has begun")  # type: ignore[misc]
        moments.let_go_until(moment)
        event, _, step = moment.partition(" ")
        _wait_for_event(client, lambda told, event=event, step=step: _is(told, event, step))  # type: ignore[misc]
        client.send_signal(signal.SIGINT)
        said = ended(client)
        assert (said.status, said.finished["code"]) == (1, "interrupted-running"), said.text
        assert site.runs[-1].name in said.finished["message"]
        assert "the host goes on" in said.finished["message"]
        assert "golive status" in said.finished["hint"]
        assert site.journal()[-1]["event"] != "finished", "it still works on it"
        moments.leave_alone()
        site.wait_at_rest()
        assert site.journal()[-1]["ok"] is True
        assert ask(live.server.address) == (200, f"answer {version}")

    write_app(app, 9)
    client = live.start("up", str(app))
    _wait_for_event(client, lambda told: told["event"] == "plan")
    client.send_signal(signal.SIGINT)
    said = ended(client)
    assert said.status in (0, 1), said.text
    assert said.status == 0 or said.finished["code"] in ("interrupted", "interrupted-running"), said.text
    site.wait_at_rest()
    assert live.golive("up", str(app)).status == 0
    assert ask(live.server.address) == (200, "answer 9")


def _is(told: Event, event: str, step: str) -> bool:
    return told["event"] == event and told.get("step", "") == step


def _wait_for_event(client: subprocess.Popen[str], wanted: Callable[[Event], bool]) -> None:
    assert client.stdout is not None
    for line in client.stdout:
        if wanted(json.loads(line)):
            return
    raise AssertionError("the client ended before")


def at_once(*commands: Callable[[], Said]) -> list[Said]:
    """What the commands say that are all started at the same time."""
    said: dict[int, Said] = {}
    threads = [
        threading.Thread(target=lambda n=number, c=command: said.update({n: c()}))  # type: ignore[misc]
        for number, command in enumerate(commands)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [said[number] for number in range(len(commands))]


def clone(folder: Path, version: int) -> Path:
    """A person's own clone of the app's repository, with changes."""
    write_app(folder, version)
    (folder / ".gitignore").write_text("__pycache__/\n")
    for words in (
        ("init", "-q"),
        ("remote", "add", "origin", "https://git.example.org/ann/tiny.git"),
        ("add", "."),
        ("-c", "user.name=Ann", "-c", "user.email=ann@example.org", "commit", "-q", "-m", f"Version {version}"),
    ):
        subprocess.run(["git", *words], cwd=folder, check=True, env={"PATH": "/usr/bin:/bin", "HOME": str(folder)})
    return folder


def test_people_who_deploy_at_once_take_turns(user: User, tmp_path: Path) -> None:
    site = Site(user.server)
    people = [User(tmp_path / f"home{number}", user.server) for number in (1, 2, 3)]
    folders = [clone(tmp_path / str(number) / "tiny", number) for number in (1, 2)]
    assert people[0].golive("up", str(folders[0])).status == 0
    for folder, version in zip(folders, (3, 4), strict=True):
        write_app(folder, version)

    with Visitors(user.server.address) as visitors:
        different = at_once(*(lambda p=p, f=f: p.golive("up", str(f)) for p, f in zip(people, folders, strict=False)))
        assert [said.status for said in different] == [0, 0], [said.text for said in different]
        site.wait_at_rest()
        releases = [said.finished["release"] for said in different]
        assert sorted(releases) == [2, 3], "one after the other"
        assert ask(user.server.address) == (200, f"answer {3 + releases.index(3)}"), "the last one is live"

        write_app(folders[0], 5)
        alike = at_once(*(lambda p=p: p.golive("up", str(folders[0])) for p in people))
        assert [said.status for said in alike] == [0, 0, 0], [said.text for said in alike]
        site.wait_at_rest()
        assert {said.finished["release"] for said in alike} == {4}, "one run, which all follow"
    assert visitors.failures == []
    assert ask(user.server.address) == (200, "answer 5")
