"""When a host is measured: once, and only for what is going to be downloaded."""

from __future__ import annotations

from typing import Any

import pytest

from golive import planner
from golive.drivers import mirrors
from golive.drivers.mirrors import Mirror
from golive.engine.downloads import VARIABLE, Downloads
from golive.engine.reporter import Reporter
from golive.engine.session import Session
from golive.model.host import Host
from golive.model.mirrors import MirrorSettings
from golive.model.plan import Plan, Stage
from golive.protocol.facts import Facts, ProbeRequest
from golive.protocol.steps import BuildEnvironment, HostPlan, ReloadUnits, Step
from golive.transport.fake import FakeTransport

BUILD = BuildEnvironment("/e", "/usr/bin/python3", "/p", (), (), "builder", "group")
MEASURED = MirrorSettings()
FACTS = Facts({"pip": {"index": ""}})


@pytest.fixture(autouse=True)
def _world(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirrors, "MIRRORS", (Mirror("near.example", "Near", (), "https://near.example/simple/"),))
    monkeypatch.delenv(VARIABLE, raising=False)


def plan(action: Any) -> Plan:
    step = Step("only", action, "build", "environment")
    return Plan((Stage((HostPlan("shop", "deploy", (step,), "", (), ProbeRequest(), 3),)),), "http://shop.example", 3)


def world(settings: MirrorSettings = MEASURED) -> tuple[Downloads, FakeTransport]:
    def probe(request: ProbeRequest) -> dict[str, Any]:
        speeds = {"own": 1_000, "near.example": 900_000}
        return {"mirrors": [[kind, name, url, speeds[name], True] for kind, name, url in request.measure]}

    transport = FakeTransport(probe)
    return Downloads(Session(Host("web1", "192.0.2.1", mirrors=settings), transport, Reporter())), transport


def test_a_plan_made_anew_is_not_measured_for_again() -> None:
    downloads, transport = world()
    for _ in range(3):
        improved = downloads.improved(plan(BUILD), FACTS)
        assert improved.steps[0].action.index_url == "https://near.example/simple/"
    (call,) = transport.calls
    assert [trial[:2] for trial in call.values["request"].measure] == [("pypi", "own"), ("pypi", "near.example")]
    assert call.values["request"] == ProbeRequest(measure=call.values["request"].measure)


@pytest.mark.parametrize(
    ("action", "settings", "told", "facts"),
    [
        (ReloadUnits(), MirrorSettings(), "", FACTS),
        (BUILD, MirrorSettings(pypi="own"), "", FACTS),
        (BUILD, MirrorSettings(), "own", FACTS),
        (BUILD, MirrorSettings(), "", Facts({"pip": {"index": "https://private.example/simple"}})),
    ],
    ids=["nothing to download", "golive.toml", "the variable", "an index of the owner's"],
)
def test_nobody_is_asked_when_nothing_can_come_of_it(
    monkeypatch: pytest.MonkeyPatch, action: Any, settings: MirrorSettings, told: str, facts: Facts
) -> None:
    monkeypatch.setenv(VARIABLE, told)
    downloads, transport = world(settings)
    assert downloads.improved(plan(action), facts) == plan(action)
    assert transport.calls == []


def test_what_golive_toml_says_is_stronger_than_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "own")
    downloads, _ = world(MirrorSettings(pypi="https://mine.example/simple"))
    assert downloads.improved(plan(BUILD), FACTS).steps[0].action.index_url == "https://mine.example/simple"


def test_the_figures_for_a_first_look_at_a_host() -> None:
    downloads, _ = world()
    choice = next(choice for choice in downloads.choices(FACTS) if choice.kind == "pypi")
    assert [(figure.speed, figure.own) for figure in choice.figures] == [(1_000, True), (900_000, False)]
    assert planner.speed_text(38_400) == "38 kB/s"
    assert planner.speed_text(4_123_456) == "4.1 MB/s"
