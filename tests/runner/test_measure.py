"""Measuring where packages come from, against servers on this very machine: fast, slow, dead, lying, rude."""

from __future__ import annotations

import http.server
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from golive.runner import measure as measuring
from golive.runner.measure import ENOUGH, LIMIT, OWN, measure

INRELEASE = b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n" + b"x" * 150_000
PAGE = (
    b'<a href="../../files/pip-1.whl#sha256=0">pip-1.whl</a><a href="../../files/pip-2.whl#sha256=1">2</a>'
    + b" " * 9_000
)
WHEEL = b"PK\x03\x04" + b"w" * 500_000

Server = Callable[..., str]


class Pages(http.server.ThreadingHTTPServer):
    """Serves ``pages`` (path -> content) at ``speed`` bytes a second."""

    daemon_threads = True
    pages: dict[str, bytes]
    speed = 0
    stop: threading.Event


class Handler(http.server.BaseHTTPRequestHandler):
    server: Pages

    def do_GET(self) -> None:
        content = self.server.pages.get(self.path)
        self.send_response(200 if content is not None else 404)
        content = content or b"<h1>Not here</h1>"
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        piece = self.server.speed // 20 or len(content)
        try:
            for start in range(0, len(content), piece):
                self.wfile.write(content[start : start + piece])
                if self.server.speed and self.server.stop.wait(0.05):
                    return
        except OSError:
            return

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    """Starts a server: ``server({"/path": b"content"}, speed=20_000)`` is its address."""
    started: list[Pages] = []

    def start(pages: dict[str, bytes], speed: int = 0) -> str:
        pages_server = Pages(("127.0.0.1", 0), Handler)
        pages_server.pages, pages_server.speed, pages_server.stop = pages, speed, threading.Event()
        threading.Thread(target=pages_server.serve_forever, args=(0.01,), daemon=True).start()
        started.append(pages_server)
        return f"http://127.0.0.1:{pages_server.server_port}"

    yield start
    for running in started:
        running.stop.set()
        running.shutdown()
        running.server_close()


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of somebody who accepts and never says anything."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture(autouse=True)
def _nothing_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "host_environment", dict)
    monkeypatch.setattr(measuring, "output_of", lambda *argv: "")


def index(**more: bytes) -> dict[str, bytes]:
    return {"/simple/pip/": PAGE, "/files/pip-2.whl": WHEEL, **more}


def test_a_slow_own_source_beside_every_kind_of_mirror(server: Server, silent: str) -> None:
    where = {
        OWN: server(index(), speed=20_000),
        "fast": server(index()),
        "slow": server(index(), speed=100_000),
        "lying": server({"/simple/pip/": PAGE, "/files/pip-2.whl": b"<h1>Please log in</h1>"}),
        "broken": server({"/simple/pip/": PAGE}),
        "login": server({"/simple/pip/": b"<h1>Please log in</h1>"}),
        "dead": "http://127.0.0.1:9",
        "silent": silent,
    }
    started = time.monotonic()
    found = {row[1]: row for row in measure([("pypi", name, f"{url}/simple/pip/") for name, url in where.items()])}
    assert time.monotonic() - started < LIMIT + 1
    good = {name for name, row in found.items() if row[4]}
    assert good - {"slow", OWN} == {"fast"}
    assert found["fast"][:3] == ["pypi", "fast", where["fast"] + "/simple/pip/"]
    assert found["fast"][3] > 10 * found[OWN][3] > 0
    assert 5_000 < found[OWN][3] < 60_000, "it goes on while the others are tried, and is told as far as it came"
    assert [found[name][3] for name in ("lying", "login", "dead", "silent")] == [0, 0, 0, 0]


def test_a_fast_own_source_leaves_the_others_alone(server: Server) -> None:
    own = server(index())
    started = time.monotonic()
    rows = measure([("pypi", OWN, own + "/simple/pip/"), ("pypi", "mirror", "http://127.0.0.1:9/simple/pip/")])
    assert [row[1] for row in rows] == [OWN]
    assert rows[0][3] >= ENOUGH
    assert time.monotonic() - started < 1


def test_a_dead_own_source_costs_no_time(server: Server) -> None:
    mirror = server({"/InRelease": INRELEASE})
    started = time.monotonic()
    rows = measure([("apt", OWN, "http://127.0.0.1:9/InRelease"), ("apt", "mirror", mirror + "/InRelease")])
    assert [(row[1], row[3] > 0, row[4]) for row in rows] == [(OWN, False, False), ("mirror", True, True)]
    assert time.monotonic() - started < 1


def test_kinds_are_measured_at_the_same_time(server: Server) -> None:
    slow = server({"/InRelease": INRELEASE, **index()}, speed=20_000)
    fast = server({"/InRelease": INRELEASE, **index()})
    wanted = [(kind, name, url) for kind, path in (("apt", "/InRelease"), ("pypi", "/simple/pip/"))
              for name, url in ((OWN, slow + path), ("mirror", fast + path))]  # fmt: skip
    started = time.monotonic()
    rows = {(row[0], row[1]): row for row in measure(wanted)}
    assert time.monotonic() - started < LIMIT + 1
    assert rows["apt", OWN][4], "slow, but what came so far is right"
    for kind in ("apt", "pypi"):
        assert rows[kind, "mirror"][4]
        assert rows[kind, "mirror"][3] > 2 * rows[kind, OWN][3]


def test_the_way_leads_through_the_hosts_proxy(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = "http://archive.invalid/debian/dists/x/InRelease"
    proxy = server({archive: INRELEASE})
    wanted = [("apt", "mirror", archive)]
    assert not measure(wanted)[0][4]
    monkeypatch.setattr(measuring, "host_environment", lambda: {"http_proxy": proxy})
    assert measure(wanted)[0][4]
    monkeypatch.setattr(measuring, "host_environment", lambda: {"http_proxy": proxy, "no_proxy": "archive.invalid"})
    assert not measure(wanted)[0][4]
    monkeypatch.setattr(measuring, "host_environment", dict)
    monkeypatch.setattr(measuring, "output_of", lambda *argv: f'Acquire::http::Proxy "{proxy}";\n')
    assert measure(wanted)[0][4], "apt has proxies of its own"
