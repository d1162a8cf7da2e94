"""What the planner refuses, by code; each refusal has words, and gives them all that they mention."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from imagined import Imagined

from golive import planner
from golive.errors import Refused, UsageError
from golive.explain.failures import FAILURES, NOTICES
from golive.protocol.facts import Facts

DEPLOY: dict[str, Any] = {"deploy": {}}


def app(**changes: Any) -> dict[str, Any]:
    """An errand: deploy the guestbook with these fields otherwise."""
    return {"deploy": {"app": changes}}


def port_80(program: str) -> dict[str, Any]:
    """Port 80 is held by this program."""
    return {"ports": {"80": {"program": program, "pid": 7, "unit": ""}}}


HOST_CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("host-newer", {"golive": {"format": 99}}, {"found": 99}),
    ("os-unsupported", {"os": {"id": "alpine", "name": "Alpine Linux v3.20"}}, {"name": "Alpine Linux v3.20"}),
    ("os-too-old", {"os": {"version": "10", "name": "Debian 10"}}, {"name": "Debian 10", "oldest": "Debian 11"}),
    ("os-too-old", {"os": {"id": "ubuntu", "version": "18.04"}}, {"oldest": "Ubuntu 20.04"}),
    ("no-systemd", {"systemd": 0}, {}),
    ("not-root", {"user": {"name": "ann", "root": False}}, {"user": "ann"}),
    ("no-apt", {"apt": {"present": False}}, {"packages": ("git", "nginx", "python3-venv")}),
    ("read-only-filesystem", {"disk": {"/etc": {"read_only": True}}}, {"path": "/etc"}),
    ("disk-low", {"disk": {"/srv": {"free": 100_000_000}}}, {"path": "/srv", "free": 100, "need": 300}),
    ("inodes-low", {"disk": {"/var": {"free_inodes": 50}}}, {"path": "/var", "free": 50}),
    ("port-taken", port_80("caddy"), {"program": "Caddy", "panel": "", "port": 80}),
    ("port-taken", port_80("docker-proxy"), {"program": "Docker"}),
    ("port-taken", port_80("apache2"), {"program": "Apache"}),
    ("port-taken", port_80("nginx") | {"panels": ["bt"]}, {"program": "nginx", "panel": "BT Panel"}),
    ("port-taken", port_80("docker-proxy") | {"panels": ["1panel"]}, {"panel": "1Panel"}),
    ("port-taken", port_80("nginx") | {"panels": ["dokku"]}, {"panel": "Dokku"}),
    ("port-taken", port_80("mystery"), {"program": "mystery"}),
    ("port-taken", port_80(""), {"program": "?"}),
    (
        "proxy-broken",
        {
            "proxy": {
                "nginx": {"test": 'nginx: [emerg] unknown directive "x" in /etc/nginx/sites-enabled/shop:7\nfailed'}
            }
        },
        {"file": "/etc/nginx/sites-enabled/shop", "line": 7},
    ),
    (
        "address-taken",
        {"apps": {"shop": {"domains": ["203.0.113.7"], "port": 80}}},
        {"address": "203.0.113.7", "app": "shop", "port": 80, "free": 8080},
    ),
    (
        "address-taken",
        {"apps": {"shop": {"domains": ["198.51.100.9"], "port": 80, "catch_all": True}}},
        {"address": "203.0.113.7", "app": "shop"},
    ),
    (
        "address-taken",
        {
            "apps": {"shop": {"domains": ["203.0.113.7"], "port": 80}, "blog": {"domains": [], "port": 8080}},
            "ports": {"8081": {"program": "java", "pid": 9, "unit": ""}},
        },
        {"free": 8082},
    ),
]

APP_CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("python-too-old-for-app", app(python=">=3.12"), {"needs": ">=3.12", "has": "3.11.2"}),
    ("not-yet", app(runtime="docker"), {"what": "runtime", "value": "docker", "possible": "native"}),
    ("not-yet", app(interface="asgi"), {"what": "interface"}),
    ("not-yet", app(app_server="uwsgi"), {"what": "app_server"}),
    ("not-yet", app(proxy="apache"), {"what": "proxy"}),
    ("not-yet", app(processes=[["web", "web"], ["mail", "worker", "celery"]]), {"what": "process", "value": "mail"}),
    ("not-yet", app(processes=[]), {"what": "process"}),
    ("service-needed", app(services=[["mysql", "config.py", 4]]), {"service": "mysql", "place": "config.py:4"}),
    ("env-missing", app(env=[["API_TOKEN", True, False, "app.py", 9]]), {"names": ("API_TOKEN",)}),
    ("setting-unsupported", app(slug="Nope/.."), {"key": "name"}),
    ("setting-unsupported", app(slug="build"), {"key": "name", "value": "build"}),
    ("setting-unsupported", app(slug="run-shop"), {"key": "name", "value": "run-shop"}),
    ("setting-unsupported", app(domains=["a.com; } server {"]), {"key": "app.domains"}),
    ("setting-unsupported", app(upload_limit="20m; #"), {"key": "app.upload_limit"}),
    ("setting-unsupported", app(chdir="src\nUser=root"), {"key": "app.chdir"}),
    ("setting-unsupported", app(chdir="../../etc"), {"key": "app.chdir"}),
    ("setting-unsupported", app(port=70000), {"key": "app.port"}),
]


def test_another_app_on_the_same_port_is_no_hindrance_with_a_domain_and_the_same_domain_is() -> None:
    host = Imagined()
    host.change({"apps": {"shop": {"domains": ["203.0.113.7"], "port": 80, "catch_all": True}}})
    assert host.plan(app(domains=["guestbook.example"])).changes
    assert host.plan(app(port=8080)).changes
    host.change({"apps": {"blog": {"domains": ["guestbook.example"], "port": 80}}})
    error = refusal(lambda: host.plan(app(domains=["guestbook.example"])))
    assert (error.code, error.params["name"], error.params["app"]) == ("name-taken", "guestbook.example", "blog")


def refusal(act: Callable[[], object]) -> Refused:
    """The refusal that ACT ends with; of each part of its words, a sentence finds every param that it needs."""
    with pytest.raises(Refused) as caught:
        act()
    # How golive.toml calls a key is for the words to say.
    known = {*caught.value.params, "key", "choices"}
    for part in FAILURES[caught.value.code]:
        sentences = part if isinstance(part, tuple) else (part,)
        assert any(set(re.findall(r"%\((\w+)\)", sentence)) <= known for sentence in sentences)
    return caught.value


@pytest.mark.parametrize(("code", "changes", "params"), HOST_CASES)
def test_a_host_that_is_not_fit(code: str, changes: dict[str, Any], params: dict[str, Any]) -> None:
    host = Imagined()
    host.change(changes)
    error = refusal(lambda: host.plan(DEPLOY))
    assert error.code == code
    assert {name: error.params[name] for name in params} == params


@pytest.mark.parametrize(("code", "errand", "params"), APP_CASES)
def test_an_app_that_does_not_fit(code: str, errand: dict[str, Any], params: dict[str, Any]) -> None:
    error = refusal(lambda: Imagined().plan(errand))
    assert error.code == code
    assert {name: error.params[name] for name in params} == params


def test_a_host_check_tells_every_reason_at_once() -> None:
    host = Imagined()
    host.change({"systemd": 0, "user": {"root": False}, "disk": {"/srv": {"free": 0}}})
    assert [error.code for error in planner.host_refusals(Facts(host.facts))] == ["no-systemd", "not-root", "disk-low"]


def test_another_folder_of_the_same_name_is_refused_until_adopted() -> None:
    host = Imagined()
    host.do(DEPLOY)
    other = {"code": {"version": 2, "identity": "origin-2"}}
    assert refusal(lambda: host.plan({"deploy": other})).code == "app-identity-differs"
    assert host.plan({"deploy": other | {"options": {"adopt": True}}}).release == 2


def test_a_service_is_fine_once_its_address_is_known() -> None:
    with_mysql = app(services=[["mysql", "config.py", 4]], plain_env=[["DATABASE_URL", "mysql://10.0.0.1/x"]])
    assert Imagined().plan(with_mysql).changes


def test_a_required_variable_is_fine_once_sent() -> None:
    env = [["API_TOKEN", True, False, "app.py", 9]]
    assert Imagined().plan({"deploy": {"app": {"env": env}, "options": {"secrets": ["API_TOKEN"]}}}).changes


def test_our_own_broken_proxy_file_is_replaced_rather_than_refused() -> None:
    host = Imagined()
    host.do(DEPLOY)
    ours = "/etc/nginx/conf.d/golive-guestbook.conf"
    host.change({"proxy": {"nginx": {"test": f"nginx: [emerg] bad in {ours}:3"}}, "files": {ours: {"sha256": "other"}}})
    assert [step.id for step in host.plan(DEPLOY).steps][:1] == ["proxy-file"]


def test_debians_testing_has_no_version_and_is_new_enough() -> None:
    host = Imagined()
    host.change({"os": {"version": ""}})
    assert host.plan(DEPLOY).changes


def test_a_file_system_without_counted_inodes_is_no_full_one() -> None:
    host = Imagined()
    host.change({"disk": {path: {"free_inodes": 0} for path in ("/srv", "/var")}})
    assert host.plan(DEPLOY).changes


@pytest.mark.parametrize(
    ("code", "before", "to"),
    [
        ("not-deployed", [], None),
        ("nothing-to-roll-back-to", [DEPLOY], None),
        ("no-such-release", [DEPLOY], 9),
    ],
)
def test_a_rollback_that_cannot_be(code: str, before: list[dict[str, Any]], to: int | None) -> None:
    host = Imagined()
    for errand in before:
        host.do(errand)
    assert refusal(lambda: host.plan({"rollback": to})).code == code


def test_what_is_not_there_can_be_given_values_but_not_started_again() -> None:
    assert refusal(lambda: Imagined().plan({"again": {"origin": "restart"}})).code == "not-deployed"
    assert refusal(lambda: Imagined().plan({"again": {"origin": "scale", "instances": [["web", 2]]}})).code == (
        "not-deployed"
    )
    host = Imagined()
    host.do({"again": {"origin": "env", "secrets": ["TOKEN"]}})
    assert host.plan({"again": {"origin": "env"}}).steps == ()
    host.do(DEPLOY)
    assert host.facts["app"]["releases"][0]["env_digest"] == "digest of SECRET_KEY TOKEN"


def test_only_processes_that_run_can_be_scaled() -> None:
    host = Imagined()
    host.do(DEPLOY)
    with pytest.raises(UsageError) as caught:
        host.plan({"again": {"origin": "scale", "instances": [["mail", 2]]}})
    assert (caught.value.code, caught.value.params) == ("process-unknown", {"process": "mail", "names": ("web",)})


def test_a_store_that_somebody_has_changed_reaches_the_app_with_the_next_change_of_nothing() -> None:
    host = Imagined()
    host.do(DEPLOY)
    host.change({"app": {"env": {"digest": "another"}}})
    assert host.plan({"again": {"origin": "env"}}).release == 2


def test_the_app_itself_says_how_many_where_golive_toml_does() -> None:
    host = Imagined()
    host.do(DEPLOY)
    host.do({"again": {"origin": "scale", "instances": [["web", 3]]}})
    assert host.plan(DEPLOY).steps == ()
    told = host.plan(app(processes=[["web", "web", "", 1]]))
    (listed,) = [step.action.content for step in told.steps if step.id == "list-units"]
    assert listed == "golive-guestbook-web-3@1.service\n"


@pytest.mark.parametrize("damage", [{"complete": False}, {"recipe": {}}, {"recipe": {"environment": 3}}])
def test_a_damaged_release_is_not_brought_back(damage: dict[str, Any]) -> None:
    host = Imagined()
    host.do(DEPLOY)
    host.do({"deploy": {"code": {"version": 2}}})
    host.facts["app"]["releases"][0].update(damage)
    assert refusal(lambda: host.plan({"rollback": 1})).code == "release-incomplete"
    host.facts["app"]["current"] = 1
    if "recipe" in damage:
        assert refusal(lambda: host.plan({"again": {"origin": "restart"}})).code == "release-incomplete"


def test_down_where_nothing_is_changes_nothing() -> None:
    assert not Imagined().plan({"down": True}).changes


def test_a_rollback_brings_back_that_releases_own_settings() -> None:
    host = Imagined()
    host.do({"deploy": {"app": {"workers": 3}}})
    host.do({"deploy": {"code": {"version": 2}, "app": {"workers": 8}}})
    units = [step.action.content for step in host.plan({"rollback": None}).steps if step.id == "unit-web"]
    assert "--workers 3 " in units[0]
    assert "/run/golive/guestbook/3/" in units[0]


def test_every_notice_of_a_plan_has_words() -> None:
    host = Imagined()
    host.change({"memory": {"total": 480_000}, "clock": 1})
    errand = {"app": {"static": [["/static/", "pri$e"]]}, "code": {"dirty": True}, "options": {"now": 1_800_000_000}}
    notices = host.plan({"deploy": errand}).notices
    assert {notice.code for notice in notices} == {"clock-wrong", "memory-low", "uncommitted-changes", "static-by-app"}
    assert {notice.code for notice in notices} <= set(NOTICES)


def test_another_process_answering_meanwhile_makes_the_plan_stale_but_a_new_pid_does_not() -> None:
    host = Imagined()
    host.do(DEPLOY)
    plan = host.plan({"deploy": {"code": {"version": 2}}}).stages[0].plans[0]
    host.change({"ports": {"80": {"pid": 4711}}, "clock": 5, "golive": {"format": 1}})
    assert Facts(host.facts).changed(plan.consulted) == []
    host.change({"ports": {"80": {"program": "caddy"}}})
    assert Facts(host.facts).changed(plan.consulted) == ["ports\t80\tprogram"]


def test_the_folder_that_a_first_run_makes_for_its_journal_does_not_make_its_plan_stale() -> None:
    host = Imagined()
    plan = host.plan(DEPLOY).stages[0].plans[0]
    empty = {"identity": "", "current": 0, "releases": [], "environments": {}, "env": {"names": [], "digest": ""}}
    host.facts["app"] = empty | {"running": {"run": "x"}, "unfinished": None, "taken_back": None}
    host.change({"apps": {"guestbook": {"identity": "", "domains": [], "port": 0, "current": 0}}})
    host.change({"files": {"/srv/golive/guestbook": {"kind": "directory", "mode": 0o755, "owner": "root"}}})
    assert Facts(host.facts).changed(plan.consulted) == []
