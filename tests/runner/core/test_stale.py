"""A plan that was made for another state of the host is refused, under the lease, before it changes anything."""

from __future__ import annotations

from conftest import Home, deploy, plan_of, tree, write
from golive.protocol.facts import Facts, ProbeRequest
from golive.protocol.steps import HostPlan
from golive.runner.probe import gather


def planned(home: Home, *paths: tuple[str, ...], looked_at: tuple[str, ...] = ()) -> HostPlan:
    request = ProbeRequest(app="shop", files=looked_at)
    facts = Facts(gather(request))
    for path in paths:
        facts.get(*path)
    return deploy(home)._replace(consulted=facts.consulted, probe=request)


def test_a_host_that_is_as_it_was_is_worked_on(home: Home) -> None:
    page = str(home.site / "page")

    assert home.run(planned(home, ("files", page), ("os",), looked_at=(page,)))[-1]["ok"] is True


def test_a_host_that_has_changed_is_left_alone(home: Home) -> None:
    page = str(home.site / "page")
    plan = planned(home, ("files", page), ("os",), looked_at=(page,))
    (home.site / "page").write_text("somebody else was here")
    before = tree(home.app)

    end = home.run(plan)[-1]

    assert (end["ok"], end["code"], end["params"]) == (False, "stale-plan", {"paths": [f"files\t{page}"]})
    assert tree(home.app) == before


def test_our_own_run_is_no_news(home: Home) -> None:
    plan = planned(home, ("app", "running"), ("app", "unfinished"))

    assert home.run(plan)[-1]["ok"] is True


def test_the_folders_that_hold_the_plan_are_no_news(home: Home) -> None:
    home.site.rmdir()
    home.app.rmdir()
    app = str(home.app)
    request = ProbeRequest(app="shop", files=(app, app + "/journal"))
    facts = Facts(gather(request))
    facts.get("files", app)
    facts.get("files", app + "/journal")
    facts.get("app")
    plan = plan_of(write(home.root / "page"), consulted=facts.consulted, probe=request)

    assert home.run(plan)[-1]["ok"] is True
