"""One HTTP/1.1 question, asked as a visitor asks it, under a time limit that no server can stretch.

Every wait gets only what is left of the limit on a monotonic clock: a server that sends one byte a second
is given up on as punctually as a silent one.
"""

import socket
import time
from typing import Dict, NamedTuple, Optional, Tuple

LONGEST_HEAD = 64 * 1024
LONGEST_BODY = 256 * 1024
_GRACE_FOR_BODY = 1.0


class AskError(Exception):
    """There was no answer. ``reason``: ``refused`` | ``timeout`` | ``closed`` | ``malformed``."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


class Answer(NamedTuple):
    """What came back. ``complete`` is False when the body stopped early, was too long or never ended."""

    status: int
    headers: Dict[str, str]
    body: bytes
    complete: bool


def ask(
    where: Tuple[str, str, int],
    host: str,
    path: str,
    scheme: str = "http",
    timeout: float = 5.0,
    forwarded: bool = True,
) -> Answer:
    """GET ``path`` as a visitor of ``host``; ``where`` is an endpoint's fields: unix socket path, address, port.

    ``forwarded``: say what a proxy would say about the visitor. The status counts as soon as the head is here; a body
    that goes on for more than a second after it is left unfinished. Raises AskError within ``timeout`` seconds.
    """
    deadline = time.monotonic() + timeout
    connection = _connect(where, deadline)
    try:
        _send(connection, _request(host, path, scheme, forwarded), deadline)
        head, rest = _read_head(connection, deadline)
        status, headers = _parse_head(head)
        body, complete = _read_body(
            connection, status, headers, rest, min(deadline, time.monotonic() + _GRACE_FOR_BODY)
        )
        return Answer(status, headers, body, complete)
    finally:
        connection.close()


def _connect(where: Tuple[str, str, int], deadline: float) -> socket.socket:
    path, address, port = where
    family = socket.AF_UNIX if path else socket.AF_INET6 if ":" in address else socket.AF_INET
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        connection.settimeout(_left(deadline))
        connection.connect(path if path else (address, port))
    except socket.timeout:
        connection.close()
        raise AskError("timeout", "connecting")
    except OSError as error:
        connection.close()
        raise AskError("refused", error.strerror or str(error))
    except AskError:
        connection.close()
        raise
    return connection


def _request(host: str, path: str, scheme: str, forwarded: bool) -> bytes:
    if "\r" in host or "\n" in host:
        raise ValueError("a line break in a host name")
    lines = ["GET {} HTTP/1.1".format(_quoted(path)), "Host: " + host, "User-Agent: golive", "Accept: */*"]
    if forwarded:
        lines += ["X-Forwarded-For: 127.0.0.1", "X-Forwarded-Proto: " + scheme, "X-Forwarded-Host: " + host]
    return ("\r\n".join(lines) + "\r\nConnection: close\r\n\r\n").encode("latin-1")


def _quoted(path: str) -> str:
    """Whatever may not stand in a request line, percent-encoded (as UTF-8)."""
    return "".join(chr(byte) if 0x21 <= byte <= 0x7E else "%{:02X}".format(byte) for byte in path.encode("utf-8"))


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise AskError("timeout")
    return left


def _send(connection: socket.socket, request: bytes, deadline: float) -> None:
    try:
        connection.settimeout(_left(deadline))
        connection.sendall(request)
    except socket.timeout:
        raise AskError("timeout", "sending")
    except OSError:
        # A server may answer (400, say) and close before it has read everything: its answer still counts.
        pass


def _receive(connection: socket.socket, deadline: float) -> bytes:
    try:
        connection.settimeout(_left(deadline))
        return connection.recv(65536)
    except socket.timeout:
        raise AskError("timeout", "reading")
    except OSError:
        return b""


def _read_head(connection: socket.socket, deadline: float) -> Tuple[bytes, bytes]:
    """The head of the final answer (interim 1xx ones skipped) and what came after it."""
    received = b""
    while True:
        head, separator, rest = received.partition(b"\r\n\r\n")
        if not separator:
            head, separator, rest = received.partition(b"\n\n")
        if separator:
            if head[:10] not in (b"HTTP/1.1 1", b"HTTP/1.0 1"):
                return head, rest
            received = rest
            continue
        if len(received) > LONGEST_HEAD:
            raise AskError("malformed", "the head never ends")
        chunk = _receive(connection, deadline)
        if not chunk:
            raise AskError("malformed" if received else "closed")
        received += chunk


def _parse_head(head: bytes) -> Tuple[int, Dict[str, str]]:
    lines = head.decode("latin-1").replace("\r\n", "\n").split("\n")
    words = lines[0].split(" ", 2)
    if len(words) < 2 or not words[0].startswith("HTTP/1.") or not words[1].isdigit() or len(words[1]) != 3:
        raise AskError("malformed", lines[0][:80])
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return int(words[1]), headers


def _read_body(
    connection: socket.socket, status: int, headers: Dict[str, str], body: bytes, deadline: float
) -> Tuple[bytes, bool]:
    if status in (204, 304):
        return b"", True
    chunked = "chunked" in headers.get("transfer-encoding", "").lower()
    length = headers.get("content-length", "")
    wanted = int(length) if length.isdigit() and not chunked else None
    while len(body) < LONGEST_BODY and (wanted is None or len(body) < wanted):
        if chunked and body.endswith(b"0\r\n\r\n"):
            break
        try:
            chunk = _receive(connection, deadline)
        except AskError:
            return body, False
        if not chunk:
            break
        body += chunk
    if chunked:
        joined = _joined(body)
        return (body, False) if joined is None else (joined, True)
    if wanted is None:
        return body, len(body) < LONGEST_BODY
    return body[:wanted], len(body) >= wanted


def _joined(body: bytes) -> Optional[bytes]:
    """The chunks put together; None when they are not whole."""
    whole = b""
    while True:
        line, separator, body = body.partition(b"\r\n")
        try:
            size = int(line.split(b";")[0], 16)
        except ValueError:
            return None
        if not separator or len(body) < size:
            return None
        if size == 0:
            return whole
        whole += body[:size]
        body = body[size + 2 :]
