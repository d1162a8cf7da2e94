"""``golive maintenance``: visitors get a calm page, the app goes on, and everything else works as always."""

from __future__ import annotations

import http.client
from pathlib import Path

from golive.lab import PracticeServer
from person import User, Visitors, ask, write_app


def answer(address: str, method: str = "GET", path: str = "/") -> http.client.HTTPResponse:
    """One answer with its head; the body is in ``text``."""
    connection = http.client.HTTPConnection(address, timeout=10)
    try:
        connection.request(method, path, body=b"x" * 100_000 if method == "POST" else None)
        response = connection.getresponse()
        response.text = response.read().decode()  # type: ignore[attr-defined]
        return response
    finally:
        connection.close()


def reloads(server: PracticeServer) -> int:
    """How often nginx was asked to read its files."""
    return server.run(["journalctl", "-q", "-u", "nginx.service", "--no-pager"]).stdout.count("Reloaded nginx")


def test_maintenance_from_its_beginning_to_its_end(user: User, app: Path) -> None:
    server, address = user.server, user.server.address
    (app / "static").mkdir()
    (app / "static" / "style.css").write_text("p {}")
    assert user.golive("maintenance", "on", str(app)).finished["code"] == "not-deployed"
    assert user.golive("up", str(app)).status == 0
    before = reloads(server)

    on = user.golive("maintenance", "on", str(app))
    assert on.status == 0, on.text
    assert on.finished["changed"] == 1
    page = answer(address)
    assert (page.status, page.headers["Retry-After"]) == (503, "300")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Back soon" in page.text  # type: ignore[attr-defined]
    assert "稍后回来" in page.text  # type: ignore[attr-defined]
    assert answer(address, "POST").status == 503
    assert answer(address, "HEAD", "/static/style.css").status == 503
    assert ask(address, "/.well-known/golive-maintenance")[0] == 404
    assert ask(address, "/.well-known/golive")[0] == 200
    assert reloads(server) == before
    assert user.golive("maintenance", "on", str(app)).finished["changed"] == 0
    shown = next(event for event in user.golive("status", str(app)).events if event["event"] == "status")
    assert (shown["maintenance"], shown["release"]) == (True, 1)

    (app / "maintenance.html").write_text("<h1>马上好</h1>", encoding="utf-8")
    assert user.golive("maintenance", "on", str(app)).finished["changed"] == 1
    assert ask(address) == (503, "<h1>马上好</h1>")
    with Visitors(address) as visitors:
        write_app(app, 2)
        up = user.golive("up", str(app))
        back = user.golive("rollback", cwd=app)
    for said in (up, back):
        assert said.status == 0, said.text
        assert "maintenance-goes-on" in {event.get("code") for event in said.events}
    assert {status for _, status, _ in visitors.answers} == {503}

    off = user.golive("maintenance", "off", str(app))
    assert (off.status, off.finished["changed"]) == (0, 1), off.text
    assert ask(address) == (200, "answer 1")
    assert ask(address, "/static/style.css") == (200, "p {}")
    assert user.golive("maintenance", "off", str(app)).finished["changed"] == 0

    # As an older golive left it: no word of maintenance in the proxy's file.
    file = "/etc/nginx/conf.d/golive-tiny.conf"
    old = server.run(["cat", file]).stdout.replace("-f /srv", "-f /old")
    server.run(["tee", file], input=old)
    server.run(["systemctl", "reload", "nginx"])
    with Visitors(address) as visitors:
        late = user.golive("maintenance", "on", str(app))
    assert (late.status, late.finished["changed"]) == (0, 3), late.text
    assert {status for _, status, _ in visitors.answers} <= {200, 503}
    assert ask(address)[0] == 503

    assert user.golive("down", str(app)).status == 0
    assert server.run(["find", "/srv/golive/tiny", "-name", "maintenance*"]).stdout == ""
