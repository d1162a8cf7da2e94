"""What happens between a plan and its end when the host, the network or somebody else has other ideas."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from golive.engine.errand import Errand, Freight, carry_out
from golive.engine.outcome import Outcome
from golive.engine.reporter import Reporter
from golive.engine.session import Session
from golive.errors import HostError, RunFailed
from golive.model.host import Host
from golive.model.plan import Plan, Stage
from golive.protocol.facts import Facts, ProbeRequest
from golive.protocol.steps import HostPlan, ReloadUnits, Step
from golive.transport.fake import FakeTransport

QUIET = {"app": {"running": None, "unfinished": None}}
STEP = Step("reload-units", ReloadUnits(), "start", "reload-units")
WANTS = ProbeRequest(app="shop")


def finished(ok: bool = True, **fields: Any) -> dict[str, Any]:
    return {"event": "finished", "ok": ok, "changed": int(ok), **fields}


def failed(code: str) -> dict[str, Any]:
    return finished(False, code=code)


class Listener(Reporter):
    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, code: str, **params: object) -> None:
        self.said.append(code)


def go(transport: FakeTransport, changes: bool = True, listener: Listener | None = None) -> Outcome:
    """One errand whose pack is ``part``, and ``whole`` when everything is asked for."""

    def plan(facts: Facts) -> Plan:
        stages = (Stage((HostPlan("shop", "deploy", (STEP,), "", (), WANTS, 3),)),) if changes else ()
        return Plan(stages, "http://shop.example", 3)

    errand = Errand(WANTS, plan, lambda facts, whole: Freight(pack=b"whole" if whole else b"part"))
    reporter = listener or Listener()
    session = Session(Host("web1", "192.0.2.1"), transport, reporter)
    return carry_out(errand, session, reporter, 0.0)


def test_the_time_that_people_took_to_answer_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("golive.engine.errand.time", SimpleNamespace(monotonic=lambda: 50.0))
    listener = Listener()
    listener.waited = 38.0
    assert go(FakeTransport([QUIET]), changes=False, listener=listener).seconds == 12.0


def test_a_plan_without_steps_runs_nothing() -> None:
    transport = FakeTransport([QUIET])
    outcome = go(transport, changes=False)
    assert (outcome.ok, outcome.changed, outcome.url) == (True, 0, "http://shop.example")
    assert transport.names() == ["probe"]


def test_a_good_run_is_a_good_outcome() -> None:
    transport = FakeTransport([QUIET], [[finished()]])
    assert go(transport).ok
    assert transport.calls[-1].values["pack"] == b"part"


def test_a_failed_run_keeps_its_code_and_is_not_tried_again() -> None:
    transport = FakeTransport([QUIET], [[failed("app-exited")]])
    outcome = go(transport)
    assert (outcome.ok, outcome.code) == (False, "app-exited")
    assert transport.names() == ["probe", "run"]


@pytest.mark.parametrize("code", ["busy", "stale-plan"])
def test_a_plan_that_somebody_made_stale_is_made_anew(code: str) -> None:
    transport = FakeTransport([QUIET], [[failed(code)], [finished()]])
    assert go(transport).ok
    assert transport.names() == ["probe", "run", "probe", "run"]


def test_objects_that_the_host_should_have_had_are_sent_whole_once() -> None:
    transport = FakeTransport([QUIET], [[failed("code-corrupt")], [failed("code-corrupt")]])
    assert go(transport).code == "code-corrupt"
    assert [call.values["pack"] for call in transport.calls if call.name == "run"] == [b"part", b"whole"]


def test_a_host_that_never_settles_is_given_up() -> None:
    transport = FakeTransport([QUIET], [[failed("stale-plan")]] * 5)
    with pytest.raises(RunFailed, match="not-settled"):
        go(transport)


def test_a_run_that_goes_on_is_followed_to_its_end_before_planning() -> None:
    running = {"app": {"running": {"run": "7", "purpose": "deploy", "who": "ann@laptop"}}}
    transport = FakeTransport([running, QUIET], [[finished()], [finished()]])
    listener = Listener()
    assert go(transport, listener=listener).ok
    assert transport.names() == ["probe", "attach", "probe", "run"]
    assert listener.said == ["following-run"]


def test_a_run_that_was_cut_off_is_recovered_before_planning() -> None:
    cut = {"app": {"running": None, "unfinished": {"run": "7", "purpose": "deploy", "release": 2, "in_doubt": ""}}}
    transport = FakeTransport([cut, QUIET], [[finished()], [finished()]])
    assert go(transport).ok
    assert transport.names() == ["probe", "recover", "probe", "run"]


def test_a_lost_connection_is_made_again_and_the_run_followed_from_where_it_was() -> None:
    lost = HostError("connection-lost", host="web1", run="8", offset=120)
    transport = FakeTransport([QUIET], [[lost], [finished()]])
    listener = Listener()
    assert go(transport, listener=listener).ok
    assert transport.names() == ["probe", "run", "reconnect", "attach"]
    assert transport.calls[-1].values == {"run": "8", "app": "shop", "offset": 120}
    assert listener.said == ["connection-lost-retrying", "connection-back"]


def test_a_connection_lost_before_the_plan_was_accepted_is_an_error() -> None:
    transport = FakeTransport([QUIET], [[HostError("connection-lost", host="web1", run="", offset=0)]])
    with pytest.raises(HostError, match="connection-lost"):
        go(transport)
