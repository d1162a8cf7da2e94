"""A site as its visitors meet it: by any name or only by an address, past firewalls and strangers' pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from golive.lab import PracticeServer
from golive.lab.network import link_name
from golive.lab.tool import call
from person import Said, User, ask, write_app
from terminal import Terminal

UNKNOWN = ("unknown.example", "8.8.8.8", "www.golive.example")

# A provider's page for a domain that is not filed, as such pages are: in GB 18030, and leading elsewhere.
_STRANGER = """\
import http.server
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = "<html><title>网站未备案</title>".encode("gb18030")
        self.send_response(302)
        self.send_header("Location", "http://provider.example/filing")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *words):
        pass
http.server.ThreadingHTTPServer(("0.0.0.0", 8099), Answer).serve_forever()
"""


@contextmanager
def rule(server: PracticeServer, *words: str) -> Iterator[None]:
    """A rule of iptables in the server's network, for visitors from outside; SSH goes on."""
    number = server.address.rpartition(".")[2]
    inside = ["ip", "netns", "exec", link_name(int(number)), "iptables", "-w"]
    visitors = ["!", "-i", "lo", "-p", "tcp", "--dport", "80", *words[1:]]
    table = ["-t", "nat"] if words[0] == "PREROUTING" else []
    call([*inside, *table, "-I", words[0], *visitors])
    try:
        yield
    finally:
        call([*inside, *table, "-D", words[0], *visitors])


def warned(user: User, app: Path, version: int, code: str, *options: str) -> Said:
    """The next release is live, and its proof ends with the warning CODE."""
    write_app(app, version)
    said = user.golive("up", str(app), *options)
    assert (said.status, said.finished["ok"], said.finished["proof"]) == (0, True, "host"), said.text
    assert [warning["code"] for warning in said.finished["warnings"]] == [code], said.text
    assert code in [event["code"] for event in said.events if event["event"] == "notice"]
    told = said.finished["warnings"][0]
    assert told["message"].startswith("网站" if "zh" in options else "The site")
    assert "%(" not in told["message"] + told["hint"]
    return said


def sh(server: PracticeServer, script: str) -> str:
    return server.run(["sh", "-c", script]).stdout


def files_of_nginx(server: PracticeServer) -> str:
    """All of its files but golive's, with what they hold and where they lead."""
    return sh(server, "cd /etc/nginx; find . ! -name 'golive-*' -type f -exec sha256sum {} +; ls -l sites-enabled")


def test_whatever_visitors_type_leads_to_the_app_until_it_is_down(live: User, app: Path, tmp_path: Path) -> None:
    server = live.server
    assert {ask(server.address, host=name) for name in (server.address, *UNKNOWN)} == {(200, "answer 1")}
    before = files_of_nginx(server)

    other = write_app(tmp_path / "other", 2)
    for language, domain, cloud in (("en", "a domain", "security group"), ("zh", "一个域名", "安全组")):
        taken = live.golive("up", str(other), "--lang", language)
        assert (taken.status, taken.finished["code"]) == (1, "address-taken"), taken.text
        assert "“tiny”" in taken.finished["message"]
        for words in (domain, 'domains = ["shop.example.com"]', "port = 8080", "TCP 8080", cloud):
            assert words in taken.finished["hint"]
    assert not (other / "golive.toml").exists()

    (other / "golive.toml").write_text('[app]\ndomains = ["other.example"]\n')
    named = live.golive("up", str(other))
    assert named.status == 0, named.text
    assert ask(server.address, host="other.example") == (200, "answer 2")
    assert {ask(server.address, host=name) for name in UNKNOWN} == {(200, "answer 1")}

    # Somebody who sits at a terminal is offered a port; golive.toml remembers it.
    (other / "golive.toml").unlink()
    reach = [word for word in live.reach if word != "--yes"]
    with Terminal(["up", str(other), *reach], live.environment(), other) as terminal:
        terminal.answer("Give this app port 8080", "y")
        terminal.expect("is live at")
    assert terminal.status == 0, terminal.screen
    assert (other / "golive.toml").read_text() == "[app]\nport = 8080\n"
    assert ask(server.address, port=8080, host="unknown.example") == (200, "answer 2")
    again = live.golive("up", str(other))
    assert (again.status, again.finished["changed"]) == (0, 0), again.text

    assert files_of_nginx(server) == before
    assert live.golive("down", cwd=app).status == 0
    assert all("Welcome to nginx" in ask(server.address, host=name)[1] for name in (server.address, *UNKNOWN))
    assert ask(server.address, port=8080, host="unknown.example") == (200, "answer 2")
    # What nginx's package does at its next installation must not clash with what golive has written.
    sh(server, "nginx -t && systemctl restart nginx")


def test_a_default_site_that_somebody_made_stays(user: User, app: Path) -> None:
    server = user.server
    sh(
        server,
        "echo 'our own page' > /var/www/html/index.html; "
        "sed -i 's/server_name _;/server_name _; # ours/' /etc/nginx/sites-available/default; systemctl reload nginx",
    )
    before = files_of_nginx(server)
    up = user.golive("up", str(app))
    assert (up.status, up.finished["proof"], up.finished["warnings"]) == (0, "computer", []), up.text
    notices = {event["code"]: event["message"] for event in up.events if event["event"] == "notice"}
    assert "/etc/nginx/sites-enabled/default" in notices["default-site-kept"]
    assert server.address in notices["default-site-kept"]
    assert ask(server.address) == (200, "answer 1")
    assert {ask(server.address, host=name) for name in UNKNOWN} == {(200, "our own page\n")}
    assert user.golive("down", cwd=app).status == 0
    assert ask(server.address) == (200, "our own page\n")
    assert files_of_nginx(server) == before


def test_what_stands_between_the_host_and_its_visitors_is_told_and_fails_nothing(live: User, app: Path) -> None:
    server = live.server
    with rule(server, "INPUT", "-j", "DROP"):
        shut = warned(live, app, 2, "not-reached")
    (warning,) = shut.finished["warnings"]
    assert "security group (安全组)" in warning["hint"]
    assert "TCP 80" in warning["hint"]
    assert server.run(["curl", "-s", "localhost"]).stdout == "answer 2"

    # A firewall of the host's own, that says so in its files.
    sh(server, "mkdir -p /etc/ufw; echo ENABLED=yes > /etc/ufw/ufw.conf")
    with rule(server, "INPUT", "-j", "REJECT", "--reject-with", "tcp-reset"):
        refused = warned(live, app, 3, "not-reached", "--lang", "zh")
    (warning,) = refused.finished["warnings"]
    assert "ufw allow 80/tcp" in warning["hint"]
    assert "安全组" in warning["hint"]
    sh(server, "rm -r /etc/ufw")

    sh(server, "systemd-run -q --unit=stranger --property=Type=exec --collect python3 -c '" + _STRANGER + "'")
    sh(server, "for i in $(seq 200); do curl -s localhost:8099 && exit; sleep 0.1; done; exit 1")
    with rule(server, "PREROUTING", "-j", "REDIRECT", "--to-port", "8099"):
        assert ask(server.address)[0] == 302
        strange = warned(live, app, 4, "intercepted", "--lang", "zh")
    (warning,) = strange.finished["warnings"]
    assert all(words in warning["message"] for words in ("302", "“网站未备案”", "provider.example"))

    write_app(app, 5)
    well = live.golive("up", str(app))
    assert (well.finished["proof"], well.finished["warnings"]) == ("computer", []), well.text
    same = live.golive("up", str(app))
    assert (same.finished["changed"], "proof" in same.finished) == (0, False), same.text
