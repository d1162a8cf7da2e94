"""A new server far from everything: its own archives crawl, and of the mirrors one is fast, one slow, one dead and one
lies. All of them are on this machine. The server is still in its first boot, too."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from faraway import Source
from golive.config import Settings
from golive.drivers import mirrors
from golive.drivers.mirrors import Mirror
from golive.engine.deploy import deploy, plan_deploy
from golive.engine.hosts import check
from golive.engine.reporter import Reporter
from golive.engine.request import Request
from golive.lab import PracticeServer
from golive.lab.network import GATEWAY
from golive.model.plan import Plan
from golive.protocol.steps import InstallPackages
from performing import perform, ship
from person import ask, write_app

CRAWL = 10_000
APP = """\
import greeting
from flask import Flask

app = Flask(__name__)


@app.route("/")
def index():
    return greeting.TEXT + " {version}"
"""


class Watcher(Reporter):
    """Remembers what it is told; the first boot is over once somebody was told to wait for it."""

    def __init__(self, server: PracticeServer) -> None:
        self._server = server
        self.shown: list[Plan] = []
        self.events: list[dict[str, Any]] = []

    def plan(self, plan: Plan) -> None:
        self.shown.append(plan)

    def event(self, event: dict[str, Any]) -> None:
        self.events.append(event)
        if event["event"] == "step_waiting" and event["params"]["seconds"]:
            self._server.run(["touch", "/run/enough"])

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] == kind]

    @property
    def told(self) -> dict[str, dict[str, Any]]:
        return {
            notice.params[0][1]: dict(notice.params) for notice in self.shown[-1].notices if notice.code[:6] == "mirror"
        }


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Source]]:
    """The world as the server sees it."""
    there = {
        "own": Source("own", speed=CRAWL),
        "fast": Source("fast"),
        "slow": Source("slow", speed=5 * CRAWL),
        "lying": Source(lies=True),
        "private": Source("private", password="hunter2"),
    }
    dead = Mirror("dead", "dead", (("debian", f"http://{GATEWAY}:9/debian"),), f"http://{GATEWAY}:9/simple/")
    known = (dead, *(there[name].as_mirror(name) for name in ("lying", "slow", "fast")))
    monkeypatch.setattr(mirrors, "MIRRORS", known)
    monkeypatch.setattr(mirrors, "OFFICIAL_INDEX", f"{there['own'].root}/simple/")
    monkeypatch.delenv("GOLIVE_MIRRORS")
    yield there
    for source in there.values():
        source.close()


_FIRST_BOOT = """\
mkdir -p /run/cloud-init
touch /run/cloud-init/enabled
printf '[Service]\\nType=oneshot\\nRemainAfterExit=yes\\nExecStart=/bin/sh -c "%s"\\n' \\
    'until [ -e /run/enough ]; do sleep 0.1; done; touch /run/cloud-init/result.json' \\
    > /run/systemd/system/cloud-final.service
systemctl daemon-reload
systemctl start --no-block cloud-final
"""


def test_a_server_far_from_everything(
    provisioned: PracticeServer, sources: dict[str, Source], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = provisioned
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GOLIVE_DATA_HOME", str(tmp_path / "data"))
    request = Request(to=f"root@{server.address}", identity=server.key_path, yes=True)
    app = write_app(tmp_path / "tiny", code=APP)
    (app / "requirements.txt").write_text("flask\ngreeting\n")
    _a_mirror_that_fails_after_all(server, sources["lying"])
    server.run(["apt-get", "-q", "-y", "remove", "python3-venv"], env={"DEBIAN_FRONTEND": "noninteractive"})
    _sh(server, "printf '[install]\\ntrusted-host = %s\\n' " + GATEWAY + " >>/etc/pip.conf")
    _sh(server, f"echo 'deb {sources['own'].root}/debian bookworm main' >/etc/apt/sources.list")
    before = _sh(server, "cat /etc/apt/sources.list /etc/pip.conf; ls -l /var/lib/apt/lists")

    report = check(request, Settings(), Watcher(server))
    figures = dict(report.facts)
    for kind in ("apt", "pypi"):
        assert re.fullmatch(rf"{GATEWAY} \d+ kB/s, dead -, lying -, slow \d+ kB/s, fast .*", figures[kind]), figures
    assert [finding.code for finding in report.findings if finding.level == "note"] == ["mirror-faster"] * 2

    server.run(["bash"], input=_FIRST_BOOT)
    watcher = Watcher(server)
    outcome = deploy(app, request, watcher)
    assert outcome.ok, (outcome, watcher.of("step_output")[-30:])
    assert ask(server.address) == (200, "fast 1")
    assert {kind: told["name"] for kind, told in watcher.told.items()} == {"apt": "fast", "pypi": "fast"}
    assert watcher.told["pypi"]["line"] == f'mirrors.pypi = "{sources["fast"].root}/simple/"'
    waits = watcher.of("step_waiting")
    assert (waits[0]["code"], waits[0]["step"]) == ("first-boot", "install-packages")
    assert [wait["params"]["seconds"] for wait in waits[:2]] == [0, 1]
    assert before == _sh(server, "cat /etc/apt/sources.list /etc/pip.conf; ls -l /var/lib/apt/lists")
    assert "mirror" not in _sh(server, "ls /var/lib/golive")
    assert not {"/simple/greeting/", "/simple/flask/", "/debian/dists/bookworm/Release"} & set(sources["own"].asked)

    # A redeploy that needs nothing asks nobody.
    counted = {name: len(source.asked) for name, source in sources.items()}
    write_app(app, 2, code=APP)
    (app / "requirements.txt").write_text("flask\ngreeting\n")
    assert deploy(app, request, Watcher(server)).ok
    assert ask(server.address) == (200, "fast 2")
    assert {name: len(source.asked) for name, source in sources.items()} == counted

    # An index that the owner has chosen is used whatever its speed, and its password is nobody's to read.
    private = sources["private"].root.replace("//", "//me:hunter2@")
    own_settings = f"[global]\nindex-url = {private}/simple\n"
    _sh(server, "mkdir -p /root/.config/pip && cat >/root/.config/pip/pip.conf", own_settings)
    (app / "requirements.txt").write_text("flask\ngreeting==1.0\n")
    assert "hunter2" not in json.dumps([step.action for step in plan_deploy(app, request, Watcher(server)).steps])
    watcher = Watcher(server)
    outcome = deploy(app, request, watcher)
    assert outcome.ok, (outcome, watcher.of("step_output")[-30:])
    assert ask(server.address) == (200, "private 2")
    assert watcher.told == {}
    assert len(sources["fast"].asked) == counted["fast"]
    assert any(path.endswith(".whl") for path in sources["private"].asked)
    journals = _sh(server, "cat /srv/golive/tiny/journal/*/journal.jsonl")
    assert "greeting" in journals
    assert "hunter2" not in journals


def _a_mirror_that_fails_after_all(server: PracticeServer, lying: Source) -> None:
    """It answered a moment ago: the host's own sources do, though they are slow."""
    ship(server)
    (result,) = perform(server, InstallPackages(("tree",), "lying", f"deb {lying.root}/debian bookworm main\n"))
    assert result["changed"], result
    assert _sh(server, "dpkg-query -f '${db:Status-Status}' -W tree") == "installed"
    assert "mirror" not in _sh(server, "ls /var/lib/golive 2>/dev/null || true")


def _sh(server: PracticeServer, command: str, stdin: str | None = None) -> str:
    return server.run(["sh", "-c", command], input=stdin).stdout
