"""A plan whose packages come from a mirror: what it says, what a person would type, and what it leaves as it is."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from imagined import Imagined

from golive import planner
from golive.drivers import mirrors
from golive.drivers.mirrors import Mirror
from golive.explain.failures import notice
from golive.explain.shell import render_shell
from golive.explain.what import describe
from golive.explain.why import WHY
from golive.model.mirrors import MirrorSettings
from golive.model.plan import Plan
from golive.protocol.codec import decode_plan, encode_plan
from golive.protocol.facts import Facts

LIST = "deb http://own.example/debian bookworm main\ndeb http://own.example/debian-security bookworm-security main\n"
SETTINGS = MirrorSettings()
MEASURED = Facts(
    {
        "mirrors": [
            ["apt", "own", "http://own.example/debian/dists/bookworm/InRelease", 20_000, True],
            ["apt", "near.example", "-", 4_100_000, True],
            ["pypi", "own", "https://index.example/simple/pip/", 0, False],
            ["pypi", "near.example", "-", 950_000, True],
        ]
    }
)


@pytest.fixture(autouse=True)
def _world(monkeypatch: pytest.MonkeyPatch) -> None:
    near = Mirror("near.example", "Near", (("debian", "http://near.example/debian"),), "https://near.example/simple/")
    monkeypatch.setattr(mirrors, "MIRRORS", (near,))
    monkeypatch.setattr(mirrors, "OFFICIAL_INDEX", "https://index.example/simple/")


def bare() -> Imagined:
    host = Imagined()
    host.change({"apt": {"sources": {"/etc/apt/sources.list": LIST}}, "pip": {"index": ""}})
    return host


def steps(plan: Plan) -> dict[str, Any]:
    return {step.id: step for step in plan.steps}


@pytest.fixture
def host() -> Imagined:
    return bare()


@pytest.fixture
def plans(host: Imagined) -> tuple[Plan, Plan]:
    """As it is without measuring, and with."""
    plan = host.plan({"deploy": {}})
    return plan, planner.with_downloads(plan, Facts(copy.deepcopy(host.facts)), SETTINGS, MEASURED)


def test_the_steps_that_download_say_from_where(plans: tuple[Plan, Plan]) -> None:
    found = steps(plans[1])
    assert describe(found["install-packages"].action) == (
        "Install the packages git, nginx, python3-venv, from near.example"
    )
    assert describe(found["build-environment"].action).endswith(" with pip, from https://near.example/simple/")
    assert found["install-packages"].why in WHY


def test_what_a_person_would_type(plans: tuple[Plan, Plan]) -> None:
    found = steps(plans[1])
    options = (
        "-o Dir::Etc::SourceList=/var/lib/golive/mirror/sources.list -o Dir::Etc::SourceParts=/dev/null "
        "-o Dir::State::Lists=/var/lib/golive/mirror/lists -o Acquire::Languages=none"
    )
    assert render_shell(found["install-packages"].action) == (
        "mkdir -p /var/lib/golive/mirror/lists/partial",
        "cat >/var/lib/golive/mirror/sources.list <<'EOF'\n"
        "deb http://near.example/debian bookworm main\n"
        "deb http://own.example/debian-security bookworm-security main\n"
        "EOF",
        f"apt-get {options} update",
        f"DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l apt-get {options} install -y --no-install-recommends "
        "git nginx python3-venv",
        "rm -r /var/lib/golive/mirror",
    )
    typed = render_shell(found["build-environment"].action)
    assert any("PIP_INDEX_URL=https://near.example/simple/" in line and "pip install" in line for line in typed)


def test_the_figures_and_the_line_that_changes_it_are_told(plans: tuple[Plan, Plan]) -> None:
    before, after = plans
    told = [notice(each.code, dict(each.params)) for each in after.notices[len(before.notices) :]]
    assert told == [
        "System packages (apt): own.example 20 kB/s, near.example 4.1 MB/s; using near.example. "
        'To keep that, or change it, in golive.toml: mirrors.apt = "http://near.example/debian"',
        "Python packages (PyPI): index.example no answer, near.example 950 kB/s; using near.example. "
        'To keep that, or change it, in golive.toml: mirrors.pypi = "https://near.example/simple/"',
    ]


def test_nothing_else_changes(plans: tuple[Plan, Plan]) -> None:
    before, after = steps(plans[0]), steps(plans[1])
    assert [name for name in before if before[name] != after[name]] == ["install-packages", "build-environment"]
    assert before["build-environment"].action.path == after["build-environment"].action.path, "the same environment"
    (host_plan,) = after_plans = plans[1].stages[0].plans
    assert (host_plan.consulted, host_plan.probe) == (
        plans[0].stages[0].plans[0].consulted,
        plans[0].stages[0].plans[0].probe,
    )
    assert decode_plan(encode_plan(host_plan)) == after_plans[0]


def test_only_what_a_plan_downloads_is_measured(host: Imagined) -> None:
    first = host.do({"deploy": {}})
    assert planner.kinds_needed(first) == ("apt", "pypi")
    facts = Facts(host.facts)
    assert [trial[:2] for trial in planner.wants_measured(facts, SETTINGS, ("pypi",))] == [
        ("pypi", "own"),
        ("pypi", "near.example"),
    ]
    again = host.plan({"deploy": {"code": {"tree": "b" * 40, "commit": "2" * 40}}})
    assert again.changes
    assert planner.kinds_needed(again) == ()
    assert planner.wants_measured(facts, SETTINGS, ()) == ()


def test_a_source_that_golive_toml_names_is_used_without_a_word(host: Imagined) -> None:
    plan = host.plan({"deploy": {}})
    fixed = MirrorSettings(apt="http://mine.example/debian", pypi="https://mine.example/simple")
    changed = planner.with_downloads(plan, Facts(host.facts), fixed, Facts({}))
    assert steps(changed)["install-packages"].action.mirror == "mine.example"
    assert steps(changed)["build-environment"].action.index_url == "https://mine.example/simple"
    assert changed.notices == plan.notices


@pytest.mark.parametrize("settings", [MirrorSettings(apt="own", pypi="own"), SETTINGS])
def test_without_figures_all_stays_as_it_is(host: Imagined, settings: MirrorSettings) -> None:
    plan = host.plan({"deploy": {}})
    assert planner.with_downloads(plan, Facts(host.facts), settings, Facts({})) == plan
