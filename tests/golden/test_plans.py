"""What the planner says for each case, compared with the page beside it; and the no-op case beside every one.

A case is a JSON file: ``what`` it shows, errands carried out ``before``, what ``happens`` to the host's facts then,
and the errand whose plan is looked at (``do``). The page is the file of the same name that ends in ``.txt``.

After a change that is meant, write the pages again and read the difference before committing it:

    GOLIVE_GOLDEN=write pytest tests/golden
"""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path
from typing import Any

import pytest
from imagined import CODE, GUESTBOOK, Imagined
from rendering import render

from golive.drivers import assembly, places
from golive.drivers.proxy import nginx
from golive.drivers.supervise import systemd
from golive.explain.why import WHY
from golive.protocol.codec import decode_plan, encode_plan
from golive.protocol.facts import Facts

FOLDER = Path(__file__).parent
CASES = sorted((FOLDER / "cases").glob("*.json"))


def expect(path: Path, text: str) -> None:
    """The page holds this text; with GOLIVE_GOLDEN=write it is made to."""
    if os.environ.get("GOLIVE_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8")


def prepared(case: dict[str, Any]) -> Imagined:
    """The host as the case finds it."""
    host = Imagined()
    for errand in case.get("before", ()):
        host.do(errand)
    host.change(case.get("happens", {}))
    return host


@pytest.fixture(params=CASES, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


@pytest.fixture
def case(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


def test_the_plan_is_the_one_on_the_page(path: Path, case: dict[str, Any]) -> None:
    page = f"# {case['what']}\n" + render(prepared(case).plan(case["do"]))
    expect(path.with_suffix(".txt"), page)


def test_after_it_there_is_nothing_to_change(case: dict[str, Any]) -> None:
    host = prepared(case)
    done = host.do(case["do"])
    again = {"rollback": done.release} if "rollback" in case["do"] else copy.deepcopy(case["do"])
    if "again" in again:
        # The same values are not sent twice, and what is gone cannot be removed; a restart is always one.
        if again["again"]["origin"] == "restart":
            again["again"]["origin"] = "env"
        again["again"].update(secrets=[], removed=[])
    if "deploy" in again:
        # A value that is sent is meant to be set: the user does not send it twice.
        again["deploy"].get("options", {}).pop("secrets", None)
    assert [step.id for step in host.plan(again).steps] == []


def test_the_same_facts_give_the_same_bytes(case: dict[str, Any]) -> None:
    first, second = prepared(case).plan(case["do"]), prepared(case).plan(case["do"])
    assert first == second
    for stage in first.stages:
        for plan in stage.plans:
            assert decode_plan(encode_plan(plan)) == plan


def test_every_step_says_why_and_needs_only_what_comes_before(case: dict[str, Any]) -> None:
    seen: set[str] = set()
    for step in prepared(case).plan(case["do"]).steps:
        assert step.why in WHY
        assert step.id not in seen
        assert set(step.needs) <= seen
        seen.add(step.id)


def test_the_plan_asks_for_all_the_facts_that_it_depends_on(case: dict[str, Any]) -> None:
    for stage in prepared(case).plan(case["do"]).stages:
        for plan in stage.plans:
            asked = {"files": plan.probe.files, "users": plan.probe.users, "packages": plan.probe.packages}
            asked["ports"] = tuple(str(port) for port in plan.probe.ports)
            for fact, _ in plan.consulted:
                kind, _, rest = fact.partition("\t")
                if kind in asked:
                    assert rest.partition("\t")[0] in asked[kind], fact


def test_the_unit_file() -> None:
    recipe = assembly.recipe_for(GUESTBOOK, CODE, Facts(Imagined().facts))
    expect(FOLDER / "texts" / "golive-guestbook-web-7@.service", systemd.render_unit(recipe.units[0].template, 7))


def test_the_boot_unit() -> None:
    expect(FOLDER / "texts" / "golive-guestbook.service", systemd.render_boot_unit(places.AppPlaces("guestbook")))


def test_the_proxy_file() -> None:
    mount = nginx.Mount("/static/", "guestbook/static", ("uploads",))
    site = nginx.Site(("guestbook.example", "www.guestbook.example"), 80, ("web-1.sock",), (mount,), ipv6=True)
    expect(FOLDER / "texts" / "golive-guestbook.conf", nginx.render_site(places.AppPlaces("guestbook"), site))


def test_the_apps_own_tables_are_made_before_its_first_start_and_never_again() -> None:
    host = Imagined()
    errand = {"deploy": {"options": {"set_up": ["flask", "--app", "wsgi", "init-db"]}}}
    steps = {step.id: step for step in host.do(errand).steps}
    command = steps["set-up"].action
    assert command.argv[0].endswith("/bin/flask")
    assert command.argv[1:] == ("--app", "wsgi", "init-db")
    assert (command.user, command.purpose) == ("golive-guestbook", "set-up")
    order = list(steps)
    assert order.index("share-data") < order.index("set-up") < order.index("start-release")
    assert "set-up" in steps["start-release"].needs
    later = {"deploy": {**errand["deploy"], "code": {"version": 2}}}
    assert "set-up" not in {step.id for step in host.plan(later).steps}
