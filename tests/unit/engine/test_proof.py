"""What this computer sees of a site, and what it makes of it: real visits to servers on the loopback interface."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from golive import locale
from golive.engine import proof
from golive.engine.outcome import Outcome
from golive.engine.proof import Place, judge, leads_elsewhere, place_of, prove
from golive.engine.reporter import Reporter
from golive.engine.visit import Answer, Question, Visit, Visitor, addresses_of, read_answer
from golive.explain.failures import explain
from golive.explain.failures.proof import PROOF
from golive.model.host import Host
from golive.model.plan import Plan, Stage
from golive.protocol.facts import Facts, ProbeRequest
from golive.protocol.steps import HostPlan, Step, VerifySite

IDENTITY = "887c03899933e3e5"
CHECK = VerifySite(80, "shop.example", "http", "/", "/.well-known/golive", IDENTITY)
PLACE = Place("http://shop.example", "shop.example", 80, "web1", ("47.96.0.7", "172.16.0.7"), "47.96.0.7")
BY_ADDRESS = replace(PLACE, url="http://47.96.0.7", name="47.96.0.7")
OURS = Visit(Answer(200, text=IDENTITY + "\n"), found=("47.96.0.7",))
FILING = Visit(Answer(403, title="Non-compliance ICP Filing", text="<title>"), found=("47.96.0.7",))

Handler = Callable[[str], bytes]


def http(body: str, status: str = "200 OK", *headers: str) -> bytes:
    """A whole answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body.encode())}", *headers]
    return "\r\n".join([*lines, "", body]).encode()


@contextmanager
def serving(handler: Handler) -> Iterator[int]:
    """A server on the loopback interface that gives each connection what HANDLER makes of its path."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    head = connection.recv(65536).decode()
                    connection.sendall(handler(head.split(" ")[1]))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield int(listener.getsockname()[1])
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def shut_port() -> int:
    """A port of the loopback interface on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def plan_for(port: int, path: str = "/") -> Plan:
    check = CHECK._replace(port=port, host=f"127.0.0.1:{port}", path=path)
    steps = (Step("verify-site", check, "switch", "verify"),)
    host_plan = HostPlan("shop", "deploy", steps, "", (), ProbeRequest(), 1)
    return Plan((Stage((host_plan,)),), f"http://127.0.0.1:{port}", 1)


class Listening(Reporter):
    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, code: str, **params: Any) -> None:
        self.said.append(code)


def proven(port: int, host: Host | None = None, reporter: Reporter | None = None) -> Outcome:
    host = host or Host("web1", "127.0.0.1")
    return prove(Outcome(ok=True), plan_for(port), host, Facts({}), "127.0.0.1", reporter or Listening())


def test_the_release_answers_here_too() -> None:
    with serving(lambda path: http(IDENTITY if path == "/.well-known/golive" else "hello")) as port:
        outcome = proven(port)
    assert (outcome.proof, outcome.concerns) == ("computer", ())


def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{shut_port()}")
    with serving(lambda path: http(IDENTITY)) as port:
        assert proven(port).proof == "computer"


def test_whoever_else_answers_is_told_with_title_and_target() -> None:
    page = "<html><title>\n 网站暂时无法访问\n</title>"
    answer = http(page, "302 Found", "Location: http://beian.example/?d=shop")
    with serving(lambda path: answer) as port:
        outcome = proven(port)
    assert outcome.proof == "host"
    (concern,) = outcome.concerns
    assert concern.code == "intercepted"
    assert concern.params["title"] == "网站暂时无法访问"
    assert concern.params["location"] == "http://beian.example/?d=shop"
    assert concern.params["status"] == 302


def test_an_older_release_that_answers_for_a_moment_gets_a_second_question() -> None:
    asked: list[str] = []

    def handler(path: str) -> bytes:
        asked.append(path)
        return http(IDENTITY if asked.count("/.well-known/golive") > 1 else "an older one")

    with serving(handler) as port:
        assert proven(port).proof == "computer"


def test_a_shut_port_is_told_soon() -> None:
    began = time.monotonic()
    (concern,) = proven(shut_port()).concerns
    assert (concern.code, concern.params["reason"]) == ("not-reached", "refused")
    assert time.monotonic() - began < 2


def test_silence_takes_its_time_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "LIMIT", 0.6)
    monkeypatch.setattr(proof, "FIRST_TRY", 0.3)
    monkeypatch.setattr(proof, "SILENCE", 0.1)
    reporter = Listening()
    began = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        (concern,) = proven(int(silent.getsockname()[1]), reporter=reporter).concerns
    assert (concern.code, concern.params["reason"]) == ("not-reached", "timeout")
    assert time.monotonic() - began < 1.5
    assert reporter.said == ["asking-from-here"]


def test_a_page_that_takes_longer_is_not_waited_for_and_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "PAGE", 0.2)
    done = threading.Event()

    def handler(path: str) -> bytes:
        return http(IDENTITY) if path == "/.well-known/golive" else http(str(done.wait(10)))

    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve(connection: socket.socket) -> None:
            with connection:
                connection.sendall(handler(connection.recv(65536).decode().split(" ")[1]))

        def accept() -> None:
            for _ in range(2):
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        outcome = proven(int(listener.getsockname()[1]))
        done.set()
    assert (outcome.proof, outcome.concerns) == ("computer", ())


def test_this_computer_as_the_host_needs_no_second_proof() -> None:
    assert proven(shut_port(), Host("local", "127.0.0.1", kind="local")).proof == "host"


def test_what_does_not_answer_in_http() -> None:
    with serving(lambda path: b"SSH-2.0-OpenSSH_9.2\r\n") as port:
        assert Visitor(Question("127.0.0.1", port, "x", "/"), 2).result().problem == "garbled"
    with serving(lambda path: b"") as port:
        assert Visitor(Question("127.0.0.1", port, "x", "/"), 2).result().problem == "reset"


def test_a_name_that_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Visitor(Question("x" * 70 + ".invalid", 80, "x", "/"), 5).result().problem == "name"
    assert addresses_of("127.0.0.1", 80) == ("127.0.0.1",)

    def unknown(*words: Any, **more: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert Visitor(Question("shop.example", 80, "x", "/"), 5).result().problem == "name"


@pytest.mark.parametrize(
    ("received", "answer"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\nhello", Answer(200, text="hello")),
        (b"HTTP/1.0 302 Found\r\nLOCATION:  /x \r\nA: b\r\n\r\n", Answer(302, location="/x")),
        (b"HTTP/1.1 200 OK\r\nA: b", Answer(200)),
        ("HTTP/1.1 200 OK\r\n\r\n<TITLE a=b>备案</TITLE>".encode("gb18030"), "备案"),
        ("HTTP/1.1 200 OK\r\n\r\n<title>备案</title>备".encode()[:-1], "备案"),
        (b"HTTP/1.1 2000", None),
        (b"\x16\x03\x01", None),
        (b"", None),
    ],
)
def test_reading_an_answer(received: bytes, answer: Answer | str | None) -> None:
    read = read_answer(received)
    assert (read.title if isinstance(answer, str) and read else read) == answer


def code_of(visit: Visit, page: Visit | None = None, place: Place = PLACE) -> str:
    concern = judge(visit, page, CHECK, place)
    return concern.code if concern else ""


@pytest.mark.parametrize(
    ("visit", "place", "code"),
    [
        (OURS, PLACE, ""),
        (replace(OURS, found=("104.16.0.1",)), PLACE, ""),
        (replace(OURS, answer=Answer(404, text=IDENTITY)), PLACE, "intercepted"),
        (FILING, PLACE, "intercepted"),
        (Visit(problem="garbled", found=("47.96.0.7",)), BY_ADDRESS, "intercepted"),
        (Visit(problem="name"), PLACE, "name-leads-nowhere"),
        (Visit(problem="timeout"), PLACE, "name-leads-nowhere"),
        (replace(FILING, found=("8.8.4.4",)), PLACE, "name-leads-elsewhere"),
        (Visit(problem="timeout", found=("8.8.4.4",)), PLACE, "name-leads-elsewhere"),
        (Visit(problem="timeout", found=("47.96.0.7", "8.8.4.4")), PLACE, "not-reached"),
        (Visit(problem="reset", found=("198.18.0.5",)), PLACE, "not-reached"),
        (Visit(problem="timeout", found=("47.96.0.7",)), replace(BY_ADDRESS, reached=""), "not-reached"),
        # A private address: reached directly (SSH came that way), or only by way of another host.
        (Visit(problem="refused", found=("10.0.0.7",)), replace(BY_ADDRESS, reached="10.0.0.7"), "not-reached"),
        (Visit(problem="timeout", found=("10.0.0.7",)), replace(BY_ADDRESS, reached=""), "not-seen-from-here"),
    ],
)
def test_what_is_made_of_it(visit: Visit, place: Place, code: str) -> None:
    assert code_of(visit, place=place) == code


def test_a_page_that_fails_only_here() -> None:
    assert code_of(OURS, Visit(Answer(404))) == ""
    assert code_of(OURS, Visit(problem="timeout")) == ""
    assert code_of(OURS, Visit(Answer(502))) == "page-fails-here"
    assert judge(OURS, Visit(Answer(418)), CHECK._replace(expect=(418,)), PLACE) is None


def test_a_name_that_only_ssh_knows_gets_other_advice_than_a_domain() -> None:
    alias = judge(Visit(problem="name"), None, CHECK, replace(PLACE, url="http://web1", name="web1"))
    domain = judge(Visit(problem="name"), None, CHECK, PLACE)
    assert alias
    assert domain
    assert 'visited_as = "47.96.0.7"' in explain(alias.code, alias.params).next
    assert "A record" not in explain(alias.code, alias.params).next
    assert "A record for it (域名解析): 47.96.0.7" in explain(domain.code, domain.params).next
    assert "visited_as" not in explain(domain.code, domain.params).next


def test_a_domain_is_compared_only_with_what_can_be_known() -> None:
    behind_a_jump_host = replace(PLACE, addresses=("172.16.0.7",), reached="")
    assert not leads_elsewhere(behind_a_jump_host, ("8.8.4.4",))
    assert leads_elsewhere(behind_a_jump_host, ("172.16.0.9",))
    assert not leads_elsewhere(PLACE, ("198.18.0.5",)), "the own network of a program that answers for every name"
    assert not leads_elsewhere(BY_ADDRESS, ("47.96.0.7",))


def test_where_visitors_go() -> None:
    facts = Facts({"addresses": ["172.16.0.7", "2001:db8::7"], "firewall": {"program": "ufw", "shut": [8080]}})
    host = Host("web1", "web1.example", visited_as="47.96.0.7")
    place = place_of("http://47.96.0.7:8080", 8080, host, facts, "47.96.0.8")
    assert (place.name, place.firewall) == ("47.96.0.7", "ufw")
    assert place.addresses == ("47.96.0.7", "47.96.0.8", "172.16.0.7", "2001:db8::7")
    assert place_of("http://[2001:db8::7]", 80, host, facts, "").name == "2001:db8::7"
    assert place_of("http://47.96.0.7", 80, host, facts, "").firewall == ""


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("firewall", ["", "ufw", "firewalld"])
def test_a_firewall_is_named_with_the_place_to_open_it(language: str, firewall: str) -> None:
    concern = judge(Visit(problem="timeout", found=("47.96.0.7",)), None, CHECK, replace(BY_ADDRESS, firewall=firewall))
    assert concern
    locale.activate(language)
    try:
        words = explain(concern.code, concern.params)
    finally:
        locale.activate("en")
    assert "安全组" in words.next
    assert "TCP" in words.next
    assert "80" in words.next
    assert not firewall or firewall in words.why
    assert ("ufw allow 80/tcp" in words.next) == (firewall == "ufw")
    assert ("firewall-cmd --permanent --add-port=80/tcp" in words.next) == (firewall == "firewalld")
    assert "备案" not in words.why


def test_filing_is_explained_for_a_domain_only() -> None:
    domain, address = judge(FILING, None, CHECK, PLACE), judge(FILING, None, CHECK, BY_ADDRESS)
    assert domain
    assert address
    told = explain(domain.code, domain.params)
    assert "备案" in told.why
    assert "shop.example" in told.next
    assert "Non-compliance ICP Filing" in told.what
    plain = explain(address.code, address.params)
    assert "备案" not in plain.why + plain.next
    cut = judge(Visit(problem="reset", found=("47.96.0.7",)), None, CHECK, PLACE)
    assert cut
    assert "备案" in explain(cut.code, cut.params).why


CONCERNS = (
    judge(FILING, None, CHECK, PLACE),
    judge(OURS, Visit(Answer(502)), CHECK, PLACE),
    judge(Visit(problem="name"), None, CHECK, PLACE),
    judge(replace(FILING, found=("8.8.4.4",)), None, CHECK, PLACE),
    judge(Visit(problem="timeout", found=("10.0.0.7",)), None, CHECK, replace(BY_ADDRESS, reached="")),
    judge(Visit(problem="timeout", found=("47.96.0.7",)), None, CHECK, PLACE),
)


def test_every_concern_has_words_that_name_only_what_it_tells() -> None:
    assert {concern.code for concern in CONCERNS if concern} == set(PROOF)
    for concern in CONCERNS:
        assert concern
        for part in PROOF[concern.code]:
            for sentence in part if isinstance(part, tuple) else (part,):
                assert set(re.findall(r"%\((\w+)\)", sentence)) <= set(concern.params), sentence
