"""The two other ways: a child process here, and a script."""

import sys

import pytest

from golive.errors import HostError
from golive.model.platform import local_platform
from golive.protocol.facts import ProbeRequest
from golive.transport import bundle
from golive.transport.fake import FakeTransport
from golive.transport.interface import Transport
from golive.transport.local import LocalTransport


@pytest.fixture
def local(runner, tmp_path) -> Transport:
    transport = LocalTransport(local_platform(str(tmp_path / "here"), "/nowhere", ("me", "us"), sys.executable))
    transport.open()
    return transport


def test_the_same_runner_answers_here(local, tmp_path):
    path = tmp_path / "here" / "state" / f"runner-{bundle.bundle().name}.zip"
    assert local.probe(ProbeRequest(app="web"))["runner"] == str(path)
    path.write_bytes(b"damaged")
    local.reconnect()
    assert local.probe(ProbeRequest(app="web"))["app"] == "web"


def test_a_plan_runs_here(local):
    events = []
    pack = bytes(1_000_000)
    finished = local.run(b"{}", {"TOKEN": "s3cret"}, pack, "ann", events.append)
    assert (finished["ok"], finished["pack"], finished["secrets"]) == (True, len(pack), ["TOKEN"])
    assert [event["event"] for event in events] == ["run_started", "finished"]
    assert local.attach("R", "web", 7, events.append)["offset"] == "7"
    assert local.recover("web", events.append)["changed"] == 0


def test_a_crash_here_has_the_same_name(local):
    with pytest.raises(HostError) as caught:
        local.probe(ProbeRequest(app="crash"))
    assert caught.value.code == "runner-failed"
    assert "it fell over" in caught.value.params["output"]


def test_lines_of_a_command_here(local):
    lines = []
    assert local.stream(["sh", "-c", "echo a; echo 上线; exit 3"], lines.append) == 3
    assert lines == ["a", "上线"]


def test_a_script_is_played():
    lost = HostError("connection-lost", host="fake", run="R", offset=9)
    done = {"event": "finished", "ok": True}
    fake: Transport = FakeTransport([{"n": 1}, {"n": 2}], runs=[[{"event": "run_started"}, lost], [done]])
    heard = []
    assert [fake.probe(ProbeRequest())["n"] for _ in range(3)] == [1, 2, 2]
    with pytest.raises(HostError):
        fake.run(b"plan", {"KEY": "x"}, None, "ann", heard.append)
    assert fake.attach("R", "web", 9, heard.append) == done
    assert [event["event"] for event in heard] == ["run_started", "finished"]
    assert fake.names() == ["probe", "probe", "probe", "run", "attach"]
    assert fake.calls[4].values == {"run": "R", "app": "web", "offset": 9}
