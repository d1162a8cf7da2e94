"""The oldest and the newest system that golive knows: bare, then live, live again, back again, and gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from golive.lab import PracticeServer
from person import User, Visitors, ask, write_app

SYSTEMS = {"bullseye": ("3.9", 247), "trixie": ("3.13", 257)}


@pytest.mark.parametrize("suite", SYSTEMS)
def test_a_whole_life_on(suite: str, server_factory, app: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    server: PracticeServer = server_factory(suite=suite)
    user = User(tmp_path / "home", server)
    first = user.golive("up", str(app), timeout=500)
    assert first.status == 0, first.text
    assert ask(server.address) == (200, "answer 1")
    told = next(event for event in user.golive("host", "check").events if event["event"] == "host")
    facts = dict(told["facts"])
    python, systemd = SYSTEMS[suite]
    assert facts["python"].startswith(python)
    assert facts["systemd"] == str(systemd)

    write_app(app, 2)
    with Visitors(server.address) as visitors:
        up = user.golive("up", str(app))
        assert ask(server.address) == (200, "answer 2")
        back = user.golive("rollback", cwd=app)
    assert (up.status, back.status) == (0, 0), up.text + back.text
    assert visitors.failures == []
    assert ask(server.address) == (200, "answer 1")
    again = user.golive("up", str(write_app(app, 1)))
    assert (again.status, again.finished["changed"]) == (0, 0), again.text

    down = user.golive("down", cwd=app)
    assert down.status == 0, down.text
    assert ask(server.address)[1] != "answer 1"
    assert server.run(["pgrep", "-u", "golive-tiny"], check=False).stdout == ""
    # The run's own unit may still be on its way out.
    left = "systemctl list-units --all --no-legend 'golive-*'"
    at_rest = f'for i in $(seq 100); do [ -z "$({left})" ] && exit; sleep 0.1; done'
    server.run(["sh", "-c", f"{at_rest}; exit 1"])
