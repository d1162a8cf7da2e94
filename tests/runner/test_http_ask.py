"""Asking over HTTP: what counts as an answer, and that no server can stretch the time limit."""

import contextlib
import socket
import threading
import time
from pathlib import Path

import pytest

from golive.runner.http_ask import AskError, ask


class Server:
    """A unix socket whose ``answer(connection, request)`` runs for each connection."""

    def __init__(self, path: Path, answer) -> None:
        self.where = (str(path), "", 0)
        self.requests: list[bytes] = []
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen(5)
        self._answer = answer
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                self.requests.append(connection.recv(65536))
                with contextlib.suppress(OSError):
                    self._answer(connection)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)


@pytest.fixture
def serve(tmp_path):
    servers = []

    def start(answer):
        servers.append(Server(tmp_path / f"s{len(servers)}.sock", answer))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def says(*pieces):
    def answer(connection):
        for piece in pieces:
            connection.sendall(piece)

    return answer


def test_it_asks_as_a_visitor_behind_a_proxy_would(serve):
    server = serve(says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
    answer = ask(server.where, "example.com", "/你好?a b", scheme="https")
    assert (answer.status, answer.body, answer.complete) == (200, b"ok", True)
    lines = server.requests[0].decode("ascii").split("\r\n")
    assert lines[0] == "GET /%E4%BD%A0%E5%A5%BD?a%20b HTTP/1.1"
    for line in ("Host: example.com", "X-Forwarded-Proto: https", "User-Agent: golive", "X-Forwarded-For: 127.0.0.1"):
        assert line in lines


def test_a_visitor_without_a_proxy_says_nothing_about_forwarding(serve):
    server = serve(says(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
    ask(server.where, "example.com", "/", forwarded=False)
    assert b"Forwarded" not in server.requests[0]


def test_chunks_are_put_together_and_interim_answers_skipped(serve):
    server = serve(
        says(
            b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n",
            b"HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
            b"2;x=y\r\nde\r\n0\r\n\r\n",
        )
    )
    answer = ask(server.where, "a", "/")
    assert (answer.status, answer.body, answer.complete) == (404, b"abcde", True)


def test_a_body_cut_short_is_not_complete(serve):
    server = serve(says(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"))
    assert ask(server.where, "a", "/").complete is False


def test_nobody_listening_is_refused(tmp_path):
    with pytest.raises(AskError) as failure:
        ask((str(tmp_path / "none.sock"), "", 0), "a", "/")
    assert failure.value.reason == "refused"


def test_closing_without_a_word_is_closed(serve):
    with pytest.raises(AskError) as failure:
        ask(serve(says()).where, "a", "/")
    assert failure.value.reason == "closed"


@pytest.mark.parametrize(
    "words", [b"SSH-2.0-OpenSSH\r\n\r\n", b"HTTP/1.1 twohundred\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: "]
)
def test_something_else_than_http_is_malformed(serve, words):
    with pytest.raises(AskError) as failure:
        ask(serve(says(words)).where, "a", "/")
    assert failure.value.reason == "malformed"


def test_an_endless_head_is_malformed(serve):
    with pytest.raises(AskError) as failure:
        ask(serve(says(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000)).where, "a", "/")
    assert failure.value.reason == "malformed"


def test_a_trickling_server_does_not_stretch_the_limit(serve):
    stop = threading.Event()

    def trickle(connection):
        for byte in b"HTTP/1.1 200 OK\r\n" + b"X" * 1000:
            connection.sendall(bytes([byte]))
            if stop.wait(0.05):
                return

    server = serve(trickle)
    started = time.monotonic()
    with pytest.raises(AskError) as failure:
        ask(server.where, "a", "/", timeout=0.4)
    stop.set()
    assert failure.value.reason == "timeout"
    assert time.monotonic() - started < 0.7


def test_an_endless_stream_after_a_good_head_is_an_answer(serve):
    stop = threading.Event()

    def stream(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        while not stop.wait(0.05):
            connection.sendall(b"data: x\n\n")

    server = serve(stream)
    started = time.monotonic()
    answer = ask(server.where, "a", "/", timeout=10)
    stop.set()
    assert (answer.status, answer.complete) == (200, False)
    assert time.monotonic() - started < 2


def test_a_line_break_in_the_host_is_refused(serve):
    server = serve(says(b"HTTP/1.1 200 OK\r\n\r\n"))
    with pytest.raises(ValueError, match="line break"):
        ask(server.where, "a\r\nX: y", "/")
