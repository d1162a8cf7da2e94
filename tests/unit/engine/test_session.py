"""A session follows a run whatever the network does, gives up in the end, and says what the host is doing."""

from __future__ import annotations

from typing import Any

import pytest

from golive.engine import session as session_module
from golive.engine.reporter import Reporter
from golive.engine.session import Session, StillWorking
from golive.errors import HostError
from golive.model.host import Host
from golive.transport.fake import FakeTransport

LOST = HostError("connection-lost", host="h", run="000007-abcdef01", offset=120)
FINISHED = {"event": "finished", "ok": True}


class Told(Reporter):
    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, code: str, **params: Any) -> None:
        self.said.append(code)


def session_on(transport: FakeTransport) -> tuple[Session, Told]:
    told = Told()
    return Session(Host("h", "192.0.2.1"), transport, told), told


def test_a_lost_connection_is_made_again_and_the_run_followed_from_where_it_was() -> None:
    transport = FakeTransport([{}], [[LOST], [FINISHED]])
    session, told = session_on(transport)

    assert session.follow("shop", "000007-abcdef01") == FINISHED

    assert transport.names() == ["attach", "reconnect", "attach"]
    assert transport.calls[-1].values["offset"] == 120
    assert told.said == ["connection-lost-retrying", "connection-back"]


def test_a_network_that_stays_away_is_no_wrong_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "RECONNECT_FOR", 0.0)
    monkeypatch.setattr(session_module, "RECONNECT_EVERY", 0.0)
    transport = FakeTransport([{}], [[LOST]])
    transport.refusal = HostError("host-unreachable", host="h", port=22, reason="timeout")
    session, told = session_on(transport)

    with pytest.raises(HostError) as raised:
        session.follow("shop", "000007-abcdef01")

    assert raised.value.code == "connection-lost"
    assert raised.value.params == {"host": "h", "app": "shop", "run": "000007-abcdef01"}
    assert told.said == ["connection-lost-retrying"]


def test_a_host_that_shows_another_key_when_it_is_back_is_not_tried_again() -> None:
    transport = FakeTransport([{}], [[LOST]])
    transport.refusal = HostError("host-key-changed", host="h")
    session, _ = session_on(transport)

    with pytest.raises(HostError, match="host-key-changed"):
        session.follow("shop", "000007-abcdef01")

    assert transport.names() == ["attach", "reconnect"]


def test_ctrl_c_leaves_a_host_at_work_even_before_it_has_told_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    transport = FakeTransport([{}])
    monkeypatch.setattr(transport, "attach", _interrupt)
    session, _ = session_on(transport)

    with pytest.raises(StillWorking) as raised:
        session.follow("shop", "000007-abcdef01")

    assert (raised.value.host, raised.value.app, raised.value.run) == ("h", "shop", "")


def _interrupt(*arguments: object) -> None:
    raise KeyboardInterrupt
