"""This computer visits a site, as the user's browser will: one question, and no more time than it is given.

Never through the proxy that the environment may name (``http_proxy``): that would show what the proxy sees, perhaps
from another network, and visitors will not come that way.
"""

from __future__ import annotations

import errno
import re
import socket
import threading
import time
from dataclasses import dataclass

LONGEST = 64 * 1024
"""Bytes of an answer that are read: enough for any head and title."""

_PROBLEMS = {errno.EHOSTUNREACH: "turned-away", errno.ENETUNREACH: "no-route"}


@dataclass(frozen=True)
class Question:
    """GET ``path`` of the site at ``name`` (a domain or an address) and ``port``; ``host``: the Host header."""

    name: str
    port: int
    host: str
    path: str


@dataclass(frozen=True)
class Answer:
    """``title``: of an HTML page. ``text``: the body's beginning."""

    status: int
    location: str = ""
    title: str = ""
    text: str = ""


@dataclass(frozen=True)
class Visit:
    """What came of a question: an answer, or a ``problem``: ``name`` (it leads nowhere) | ``timeout`` | ``refused`` |
    ``reset`` | ``turned-away`` | ``no-route`` | ``garbled``. ``found``: the addresses that the name leads to."""

    answer: Answer | None = None
    problem: str = ""
    found: tuple[str, ...] = ()


class Visitor:
    """Asks in a thread of its own, because looking up a name can take as long as it likes."""

    def __init__(self, question: Question, limit: float) -> None:
        self._question = question
        self._deadline = time.monotonic() + limit
        self._found: tuple[str, ...] = ()
        self._visit: Visit | None = None
        self._thread = threading.Thread(target=self._go, name="golive-visitor", daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> Visit | None:
        """What came of it, None when that is not known after so many seconds."""
        self._thread.join(max(seconds, 0))
        return self._visit

    def result(self) -> Visit:
        """What came of it, at the end of its time at the latest."""
        visit = self.wait(self._deadline - time.monotonic())
        return visit or Visit(problem="timeout", found=self._found)

    def _go(self) -> None:
        try:
            self._found = addresses_of(self._question.name, self._question.port)
        except (OSError, UnicodeError):
            self._visit = Visit(problem="name")
            return
        try:
            with self._connected() as connection:
                received = self._exchange(connection)
        except OSError as error:
            self._visit = Visit(problem=_problem(error), found=self._found)
            return
        answer = read_answer(received)
        problem = "" if answer else "garbled" if received else "reset"
        self._visit = Visit(answer, problem, self._found)

    def _connected(self) -> socket.socket:
        """A connection to the first address that takes one. Raises the last one's OSError."""
        failure = OSError("no address")
        for address in self._found:
            try:
                return socket.create_connection((address, self._question.port), self._left())
            except OSError as error:
                failure = error
        raise failure

    def _exchange(self, connection: socket.socket) -> bytes:
        question = self._question
        head = f"GET {question.path} HTTP/1.1\r\nHost: {question.host}\r\nUser-Agent: golive\r\nAccept: */*\r\n"
        connection.sendall(f"{head}Connection: close\r\n\r\n".encode("latin-1", "replace"))
        received = b""
        while len(received) < LONGEST:
            connection.settimeout(self._left())
            try:
                chunk = connection.recv(65536)
            except OSError:
                if read_answer(received):
                    break
                raise
            if not chunk:
                break
            received += chunk
        return received

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def addresses_of(name: str, port: int) -> tuple[str, ...]:
    """The addresses that a name leads to from here. Raises OSError where it leads nowhere."""
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(place[0]) for *_, place in found))


def read_answer(received: bytes) -> Answer | None:
    """The bytes of an HTTP answer, or None where they are none. Chunks are left as they are: it is not for reading."""
    head, _, body = received.partition(b"\r\n\r\n")
    status = re.match(rb"HTTP/1\.[01] (\d{3})\b", head)
    if not status:
        return None
    location = re.search(rb"^location:[ \t]*(.*?)[ \t\r]*$", head, re.M | re.I)
    text = _decoded(body)
    title = re.search(r"<title[^>]*>(.*?)</title", text, re.S | re.I)
    return Answer(
        status=int(status[1]),
        location=_decoded(location[1])[:200] if location else "",
        title=" ".join(title[1].split())[:80] if title else "",
        text=text,
    )


def _decoded(content: bytes) -> str:
    """UTF-8, or what Chinese pages were written in before."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        # What was cut off in the middle of a character is UTF-8 all the same.
        whole = error.start > len(content) - 4
        return content[: error.start].decode("utf-8") if whole else content.decode("gb18030", "replace")


def _problem(error: OSError) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "refused"
    if isinstance(error, ConnectionError):
        return "reset"
    return _PROBLEMS.get(error.errno or 0, "timeout")
