"""Somebody else answers on the port, or another site's file is broken: named, left alone, and the old state is back."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from golive.lab import PracticeServer
from person import Said, User, Visitors, ask, write_app

CHINESE = re.compile(r"[\u4e00-\u9fff]")

# A program of any name that answers on a port: what /proc/PID/comm says is what golive reads.
_IMPOSTOR = """\
import ctypes, http.server, sys
ctypes.CDLL(None).prctl(15, sys.argv[1].encode())
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"somebody else")
    def log_message(self, *words):
        pass
http.server.ThreadingHTTPServer(("0.0.0.0", 80), Answer).serve_forever()
"""

MARKS = {"BT Panel": "/www/server/panel", "1Panel": "/opt/1panel", "Dokku": "/home/dokku"}


def take_port(server: PracticeServer, program: str) -> None:
    """PROGRAM answers on port 80 until ``free_port``."""
    unit = ["systemd-run", "-q", "--unit=impostor", "--property=Type=exec", "--collect"]
    server.run([*unit, "python3", "-c", _IMPOSTOR, program])
    listening = "for i in $(seq 200); do curl -s localhost && exit; sleep 0.1; done; exit 1"
    assert server.run(["sh", "-c", listening]).stdout == "somebody else"


def free_port(server: PracticeServer) -> None:
    server.run(["systemctl", "stop", "impostor"])


def refused(user: User, folder: Path, code: str, *words: str) -> Said:
    """``up`` refuses with CODE, in both languages; WORDS are in what it says in English."""
    with ThreadPoolExecutor(2) as pool:
        other = pool.submit(user.golive, "up", str(folder), "--lang", "zh")
        said = user.golive("up", str(folder))
    chinese = other.result()
    assert chinese.finished["code"] == code, chinese.text
    assert all(CHINESE.search(chinese.finished[part]) for part in ("message", "hint"))
    assert (said.status, said.finished["code"]) == (1, code), said.text
    told = said.finished["message"] + " " + said.finished["hint"]
    for word in words:
        assert word in told, f"{word!r} is not in {told}"
    assert "%(" not in told + chinese.finished["message"] + chinese.finished["hint"]
    return said


def nothing_is_there(server: PracticeServer) -> bool:
    """No release, unit or proxy file of the app."""
    script = "ls -d /srv/golive/tiny/releases/* /etc/systemd/system/golive-tiny* /etc/nginx/conf.d/golive-tiny*"
    return not server.run(["sh", "-c", f"{script} 2>/dev/null; pgrep -u golive-tiny"], check=False).stdout


def test_whoever_has_the_port_is_named_and_left_alone(user: User, app: Path) -> None:
    server = user.server
    server.run(["systemctl", "stop", "nginx"])
    for program, name in (("caddy", "Caddy"), ("docker-proxy", "Docker"), ("some-game", "some-game")):
        take_port(server, program)
        refused(user, app, "port-taken", "Port 80", name, "port = 8080")
        assert ask(server.address) == (200, "somebody else")
        free_port(server)
    for panel, mark in MARKS.items():
        server.run(["mkdir", "-p", mark])
        server.run(["systemctl", "start", "nginx"])
        refused(user, app, "port-taken", panel, "fresh server")
        server.run(["rm", "-r", mark])
    assert nothing_is_there(server)
    said = user.golive("up", str(app))
    assert said.status == 0, said.text


def test_apache_keeps_its_site(server: PracticeServer, app: Path, tmp_path: Path) -> None:
    user = User(tmp_path / "home", server)
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    server.run(["apt-get", "update", "-q"], timeout=300)
    server.run(["apt-get", "install", "-q", "-y", "--no-install-recommends", "apache2"], timeout=600, env=quiet)
    before = ask(server.address)
    assert before[0] == 200
    refused(user, app, "port-taken", "Port 80 is taken by Apache", "port = 8080")
    assert ask(server.address) == before
    assert server.run(["sh", "-c", "command -v nginx"], check=False).stdout == ""


def test_a_broken_file_of_another_site_is_named_and_ours_stays(live: User, app: Path) -> None:
    server = live.server
    broken = "/etc/nginx/conf.d/shop.conf"
    server.run(["tee", broken], input="server {\n    listen 81;\n    proxy_pas http://localhost;\n}\n")
    ours = server.run(["sha256sum", "/etc/nginx/conf.d/golive-tiny.conf"]).stdout
    write_app(app, 2)
    with Visitors(server.address) as visitors:
        refused(live, app, "proxy-broken", broken, "line 3", "proxy_pas", "another site's file")
    assert visitors.failures == []
    assert server.run(["sha256sum", "/etc/nginx/conf.d/golive-tiny.conf"]).stdout == ours
    assert server.run(["cat", broken]).stdout.count("proxy_pas ") == 1
    server.run(["rm", broken])
    said = live.golive("up", str(app))
    assert (said.status, ask(server.address)) == (0, (200, "answer 2")), said.text


def start_by_hand(server: PracticeServer, port: int) -> None:
    """An nginx that systemd does not know of, with a configuration of its own."""
    server.run(["mkdir", "-p", "/opt/old"])
    settings = f"pid /opt/old/pid;\nevents {{}}\nhttp {{ server {{ listen {port}; return 200 'the old one'; }} }}\n"
    server.run(["tee", "/opt/old/nginx.conf"], input=settings)
    server.run(["systemd-run", "-q", "--unit=old", "--property=Type=forking", "nginx", "-c", "/opt/old/nginx.conf"])


def taken_back(user: User, app: Path, code: str, *words: str) -> None:
    """A first deploy fails with CODE, in both languages, and leaves nothing of the app there."""
    for language in ("zh", "en"):
        said = user.golive("up", str(app), "--lang", language)
        assert (said.status, said.finished["code"]) == (1, code), said.text
        told = said.finished["message"] + " " + said.finished["hint"]
        assert bool(CHINESE.search(told)) == (language == "zh")
    for word in words:
        assert word in told, f"{word!r} is not in {told}"
    assert nothing_is_there(user.server)


def test_an_nginx_that_nobody_manages_keeps_the_port(user: User, app: Path) -> None:
    server = user.server
    server.run(["systemctl", "stop", "nginx"])
    start_by_hand(server, 80)
    taken_back(user, app, "proxy-not-running", "Address already in use", "another program has the port")
    assert ask(server.address) == (200, "the old one")
    server.run(["systemctl", "stop", "old"])
    again = user.golive("up", str(app))
    assert (again.status, ask(server.address)) == (0, (200, "answer 1")), again.text


def test_a_reload_that_reports_success_and_did_nothing(user: User, app: Path) -> None:
    server = user.server
    start_by_hand(server, 8099)
    before = ask(server.address)
    # The pid file names another nginx than the one that has the port: that one is told to reload, and does.
    server.run(["sh", "-c", "cp /run/nginx.pid /run/real.pid; cp /opt/old/pid /run/nginx.pid"])
    server.run(["systemctl", "reload", "nginx"])
    taken_back(user, app, "proxy-not-ours", "Port 80", "ss -ltnp")
    assert ask(server.address) == before
    server.run(["sh", "-c", "cp /run/real.pid /run/nginx.pid"])
    again = user.golive("up", str(app))
    assert (again.status, ask(server.address)) == (0, (200, "answer 1")), again.text
