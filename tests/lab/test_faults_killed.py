"""Somebody is killed in the middle of a run, at every step: the worker on the host, or the client. Nobody notices."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from moments import Moments, Site, until
from person import Said, User, Visitors, ask, copy_app, wait_for, write_app

GUESTBOOK = Path(__file__).parents[2] / "examples" / "guestbook"
MOST_RUNS = 60


@pytest.fixture
def moments(user: User) -> Moments:
    return Moments(user.server)


def assert_cut_off(said: Said) -> None:
    """The client tells that the run was cut off, and what to do."""
    assert (said.status, said.finished["code"]) == (1, "runner-died"), said.text
    assert "was cut off" in said.finished["message"]
    assert "Run the same command again" in said.finished["hint"]


def test_a_worker_killed_around_any_step_of_a_redeploy_costs_no_visitor_anything(
    live: User, app: Path, moments: Moments
) -> None:
    site = Site(live.server)
    version, forward = 1, []
    with Visitors(live.server.address) as visitors:
        for _ in range(MOST_RUNS):
            killed, before = len(moments.used), site.current
            write_app(app, version + 1)
            moments.kill()
            said = live.golive("up", str(app))
            moments.leave_alone()
            site.wait_at_rest()
            if said.status == 0:
                version += 1
                assert site.current == before + 1
                forward += moments.used[killed:]
            else:
                assert_cut_off(said)
                assert site.current == before
                assert site.releases[-1] == before, "nothing is left of the new release"
            assert ask(live.server.address) == (200, f"answer {version}")
            if len(moments.used) == killed:
                break

    assert said.status == 0, "after all that a run that nobody kills goes well"
    assert visitors.failures == []
    steps = [event["step"] for event in site.journal() if event["event"] == "step_finished"]
    assert {f"after step_started {step}" for step in steps} <= set(moments.used)
    assert {f"before step_finished {step}" for step in steps} <= set(moments.used)
    assert forward[0] == "before committed switch", "the link on the disk tells that the switch has happened"


def test_a_worker_killed_around_any_step_of_a_first_deploy_leaves_nothing_of_it(
    user: User, tmp_path: Path, moments: Moments
) -> None:
    folder = copy_app(GUESTBOOK, tmp_path / "guestbook")
    site = Site(user.server, "guestbook")
    steps = _steps(user.golive("plan", str(folder)))
    # To die before a step is to die after the one before it; and once it is switched, a redeploy shows the rest.
    moments.spare(*(f"after step_started {step}" for step in steps if step not in ("migrate", "start-release")))
    moments.spare(*(f"before step_finished {step}" for step in steps[steps.index("switch") :]), "before finished")
    for _ in range(MOST_RUNS):
        moments.kill()
        said = user.golive("up", str(folder))
        moments.leave_alone()
        site.wait_at_rest()
        if said.status == 0:
            break
        assert_cut_off(said)
        assert (site.current, site.releases, site.ours, site.active) == (0, [], [], [])
        assert ask(user.server.address)[1].find("guestbook") == -1
    assert moments.used[-1] == "before committed switch", "switched, so it was finished"
    assert "before step_finished migrate" in moments.used

    assert said.finished["url"] == f"http://{user.server.address}"
    assert ask(user.server.address)[0] == 200
    again = user.golive("up", str(folder))
    assert (again.status, again.finished["changed"]) == (0, 0), again.text


@pytest.mark.parametrize("first", [True, False], ids=["first deploy with a migration", "redeploy"])
def test_a_client_killed_after_any_step_leaves_the_host_to_finish(user: User, tmp_path: Path, first: bool) -> None:
    if first:
        folder, slug = copy_app(GUESTBOOK, tmp_path / "guestbook"), "guestbook"
    else:
        folder, slug = write_app(tmp_path / "tiny"), "tiny"
        assert user.golive("up", str(folder)).status == 0
        write_app(folder, 2)
    site, moments = Site(user.server, slug), Moments(user.server)

    moments.hold()
    client = user.start("up", str(folder))
    plan = _plan_of(client)
    moments.let_go_until(f"step_finished {plan[0]}")
    _kill_after(client, plan[0])
    run = site.runs[-1]
    for step in plan[1:]:
        client = user.start("up", str(folder))
        moments.let_go_until(f"step_finished {step}")
        _kill_after(client, step)
    moments.leave_alone()

    last = user.golive("up", str(folder))
    assert (last.status, last.finished["changed"]) == (0, 0), last.text
    assert site.runs[-1] == run, "all clients saw the same run"
    assert (site.journal()[-1]["ok"], site.current) == (True, 1 if first else 2)
    assert ask(user.server.address)[0] == 200
    site.wait_at_rest()


def test_a_client_killed_before_the_host_has_taken_the_plan_changes_nothing(live: User, app: Path) -> None:
    write_app(app, 2)
    client = live.start("up", str(app))
    _plan_of(client)
    client.kill()
    client.communicate()

    said = live.golive("up", str(app))

    assert said.status == 0, said.text
    assert ask(live.server.address) == (200, "answer 2")
    Site(live.server).wait_at_rest()


def test_a_run_that_systemd_is_told_to_stop_is_taken_back(live: User, app: Path, moments: Moments) -> None:
    site = Site(live.server)
    write_app(app, 2)
    with Visitors(live.server.address) as visitors:
        for moment in ("step_started receive-code", "step_finished wait-healthy", "step_started verify-site"):
            moments.hold()
            client = live.start("up", str(app))
            moments.let_go_until(moment)
            live.server.run(["systemctl", "stop", "--no-block", "golive-run-tiny.service"])
            until(lambda: _is_stopping(live), "systemd has sent its signal")
            moments.leave_alone()
            output, errors = client.communicate(timeout=120)
            finished = json.loads(output.splitlines()[-1])
            assert (client.returncode, finished["code"]) == (1, "stopped"), output + errors
            assert "stopped" in finished["message"]
            assert "again" in finished["hint"]
            site.wait_at_rest()
            assert (site.current, site.releases) == (1, [1])
        assert live.golive("up", str(app)).status == 0
    assert visitors.failures == []
    assert ask(live.server.address) == (200, "answer 2")


def _is_stopping(user: User) -> bool:
    state = user.server.run(["systemctl", "show", "--property=ActiveState", "golive-run-tiny.service"]).stdout
    return state.strip() != "ActiveState=active"


def _steps(planned: Said) -> list[str]:
    """The steps that ``golive plan`` tells."""
    return [step["id"] for event in planned.events if event["event"] == "plan" for step in event["steps"]]


def _plan_of(client: subprocess.Popen[str]) -> list[str]:
    """The steps that the client tells it is going to have done."""
    assert client.stdout is not None
    for line in client.stdout:
        event = json.loads(line)
        if event["event"] == "plan":
            return [step["id"] for step in event["steps"]]
    raise AssertionError("no plan was shown")


def _kill_after(client: subprocess.Popen[str], step: str) -> None:
    """SIGKILL the client once it has seen STEP end."""
    wait_for(client, step, "step_finished")
    client.kill()
    client.communicate()
