"""A small proxy for the user's own computer, where no nginx is installed: ``forward SITES``

It reads the very files that nginx would read (golive writes them), so that either can take the other's place: where to
listen, the app's sockets, the largest upload. Each request has a connection to the app of its own, through ``current``:
the request after a switch reaches the new release. SIGHUP: read the files again.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from golive.local.http_head import Body, Head, Malformed, body_of, read_head

IDENTITY_URL = "/.well-known/golive"
CONNECT_SECONDS = 5
IDLE_SECONDS = 75
PIECE = 64 * 1024

# What a visitor may have sent under these names is replaced, for the app believes it; the last ones are between us and
# one side only.
_OURS = frozenset(
    (
        b"x-real-ip",
        b"x-forwarded-for",
        b"x-forwarded-proto",
        b"x-forwarded-host",
        b"x-forwarded-port",
        b"x-forwarded-prefix",
        b"forwarded",
        b"proxy",
        b"connection",
        b"keep-alive",
        b"proxy-connection",
    )
)
_UNITS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}
_ANSWERS = {
    400: "Bad Request",
    413: "Content Too Large",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


@dataclass(frozen=True)
class Site:
    """One app: where visitors come, where it listens (in turn), what names its release, the largest upload in bytes.

    ``maintenance``: the page that visitors get while that file is there.
    """

    port: int
    sockets: tuple[str, ...]
    identity: str
    limit: int
    maintenance: str = ""


def read_site(text: str) -> Site | None:
    """What golive wrote for nginx; None for anything else."""
    listen = re.search(r"^\s*listen 127\.0\.0\.1:(\d+);", text, re.M)
    sockets = re.findall(r'^\s*server "?unix:([^";]+)"? max_fails=0;', text, re.M)
    identity = re.search(r'^\s*alias "?([^";]+/identity)"?;', text, re.M)
    size = re.search(r"^\s*client_max_body_size (\d+)([kmg]?);", text, re.M)
    page = re.search(r'^\s*if \(-f "?([^")]+)"?\)', text, re.M)
    if not (listen and sockets and identity and size):
        return None
    return Site(int(listen[1]), tuple(sockets), identity[1], int(size[1]) * _UNITS[size[2]], page[1] if page else "")


def read_sites(folder: Path) -> dict[int, Site]:
    """Every app's site by its port."""
    found = (read_site(path.read_text("utf-8")) for path in sorted(folder.glob("golive-*.conf")))
    return {site.port: site for site in found if site}


class Forwarder:
    """Listens on the ports of all sites."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sites: dict[int, Site] = {}
        self._servers: dict[int, asyncio.Server] = {}
        self._turn = 0

    async def read(self) -> None:
        """Take over the files as they are now. Who is being served goes on being served."""
        self._sites = read_sites(self._folder)
        for port in set(self._servers) - set(self._sites):
            self._servers.pop(port).close()
        for port in set(self._sites) - set(self._servers):
            try:
                self._servers[port] = await asyncio.start_server(
                    self._on_visitor(port), "127.0.0.1", port, limit=2 * PIECE, backlog=511
                )
            except OSError as error:
                _say(f"port {port}: {error.strerror}")

    def _on_visitor(self, port: int):  # type: ignore[no-untyped-def]  # asyncio's own shape
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await self._serve(port, reader, writer)
            except (ConnectionError, asyncio.IncompleteReadError, TimeoutError, asyncio.TimeoutError, OSError):
                pass
            finally:
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()

        return serve

    async def _serve(self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        site = self._sites.get(port)
        try:
            head = await asyncio.wait_for(read_head(reader), IDLE_SECONDS)
            if head is None or site is None:
                return
            body = body_of(head)
        except Malformed:
            await _answer(writer, 400)
            return
        if head.path.split(b"?")[0] == IDENTITY_URL.encode():
            await _answer(writer, 200, _read(site.identity))
            return
        page = _read(site.maintenance) if site.maintenance else b""
        if page:
            await _answer(writer, 503, page, b"Content-Type: text/html; charset=utf-8\r\nRetry-After: 300\r\n")
            return
        if body.length > site.limit:
            await _answer(writer, 413)
            return
        try:
            app = await asyncio.wait_for(self._connected(site), CONNECT_SECONDS)
        except (OSError, asyncio.TimeoutError):
            await _answer(writer, 502)
            return
        visitor = writer.get_extra_info("peername") or ("127.0.0.1",)
        await _Exchange(site, head, body, (reader, writer), app).run(str(visitor[0]))

    async def _connected(self, site: Site) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """One of the app's sockets, in turn; the next one where nobody listens. Nothing has been sent yet."""
        self._turn += 1
        error: OSError = ConnectionRefusedError()
        for number in range(len(site.sockets)):
            path = site.sockets[(self._turn + number) % len(site.sockets)]
            try:
                return await asyncio.open_unix_connection(path, limit=2 * PIECE)
            except OSError as failure:
                error = failure
        raise error

    async def close(self) -> None:
        """No new visitors; those that are being served are given a moment by whoever stops us."""
        for server in self._servers.values():
            server.close()


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class _Exchange:
    """One request and its answer."""

    def __init__(self, site: Site, head: Head, body: Body, visitor: Streams, app: Streams) -> None:
        self._site = site
        self._head = head
        self._body = body
        self._visitor = visitor
        self._app = app

    async def run(self, address: str) -> None:
        upgrade = self._head.value(b"upgrade")
        self._app[1].write(self._question(address, upgrade))
        sending = asyncio.ensure_future(self._send_body())
        try:
            await self._pass_answer(bool(upgrade))
        finally:
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError, Malformed, asyncio.IncompleteReadError):
                await sending
            self._app[1].close()

    def _question(self, address: str, upgrade: bytes) -> bytes:
        lines = [self._head.line]
        lines += [name + b": " + value for name, value in self._head.fields if name.lower() not in _OURS]
        lines += [b"X-Real-IP: " + address.encode(), b"X-Forwarded-For: " + address.encode()]
        lines += [b"X-Forwarded-Proto: http", b"Connection: " + (b"upgrade" if upgrade else b"close")]
        return b"\r\n".join(lines) + b"\r\n\r\n"

    async def _send_body(self) -> None:
        """The visitor's body, as it comes."""
        reader, app = self._visitor[0], self._app[1]
        passed = 0
        async for piece in self._body.pieces(reader):
            passed += len(piece)
            if passed > self._site.limit + PIECE:
                raise Malformed
            app.write(piece)
            await app.drain()

    async def _pass_answer(self, upgrade: bool) -> None:
        reader, visitor = self._app[0], self._visitor[1]
        while True:
            try:
                head = await asyncio.wait_for(read_head(reader), IDLE_SECONDS)
            except asyncio.TimeoutError:
                await _answer(visitor, 504)
                return
            except Malformed:
                head = None
            if head is None:
                await _answer(visitor, 502)
                return
            status = head.line.split(b" ")[1:2]
            if status == [b"101"] and upgrade:
                visitor.write(head.raw())
                await self._tunnel()
                return
            if status[0][:1] != b"1":
                break
            visitor.write(head.raw())
        fields = [name + b": " + value for name, value in head.fields if name.lower() not in _HOP]
        visitor.write(b"\r\n".join([head.line, *fields, b"Connection: close"]) + b"\r\n\r\n")
        await _copy(reader, visitor)

    async def _tunnel(self) -> None:
        """Both ways until either side ends: a WebSocket."""
        there = asyncio.ensure_future(_copy(self._visitor[0], self._app[1]))
        back = asyncio.ensure_future(_copy(self._app[0], self._visitor[1]))
        _, pending = await asyncio.wait({there, back}, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.gather(there, back, return_exceptions=True)


_HOP = frozenset((b"connection", b"keep-alive", b"proxy-connection"))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(PIECE):
        writer.write(piece)
        await writer.drain()


_TEXT = b"Content-Type: text/plain\r\n"


async def _answer(writer: asyncio.StreamWriter, status: int, body: bytes | None = None, fields: bytes = _TEXT) -> None:
    reason = _ANSWERS.get(status, "OK")
    content = body if body is not None else f"{status} {reason}\n".encode()
    head = f"HTTP/1.1 {status} {reason}\r\nContent-Length: {len(content)}\r\n".encode() + fields
    writer.write(head + b"Cache-Control: no-store\r\nConnection: close\r\n\r\n" + content)
    await writer.drain()


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


async def serve(folder: Path) -> None:
    """Until somebody asks us to stop."""
    forwarder = Forwarder(folder)
    await forwarder.read()
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    readings: set[asyncio.Task[None]] = set()

    def again() -> None:
        task = loop.create_task(forwarder.read())
        readings.add(task)
        task.add_done_callback(readings.discard)

    loop.add_signal_handler(signal.SIGHUP, again)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()
    await forwarder.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the forwarder."""
    (folder,) = sys.argv[1:] if arguments is None else arguments
    asyncio.run(serve(Path(folder)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
