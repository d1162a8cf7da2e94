"""``golive up`` on a real server: live, live again with no failed request, back again, and gone."""

from __future__ import annotations

from pathlib import Path

from person import User, Visitors, ask, write_app


def test_first_deploy_is_live_behind_nginx_and_a_second_has_nothing_to_do(user: User, app: Path) -> None:
    first = user.golive("up", str(app))
    assert first.status == 0, first.text
    assert first.finished["url"] == f"http://{user.server.address}"
    assert ask(user.server.address) == (200, "answer 1")

    second = user.golive("up", str(app))
    assert (second.status, second.finished["changed"], second.finished["release"]) == (0, 0, 1)


def test_a_redeploy_and_a_rollback_lose_no_request(live: User, app: Path) -> None:
    write_app(app, 2)
    with Visitors(live.server.address) as visitors:
        up = live.golive("up", str(app))
        back = live.golive("rollback", cwd=app)
    assert up.status == 0, up.text
    assert back.status == 0, back.text
    assert {text for _, _, text in visitors.answers} == {"answer 1", "answer 2"}
    assert visitors.failures == []
    assert ask(live.server.address) == (200, "answer 1")
