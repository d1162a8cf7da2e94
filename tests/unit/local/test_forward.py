"""The forwarder, beside a real app server that says what it got."""

from __future__ import annotations

import asyncio
import socket
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from golive.drivers.places import AppPlaces
from golive.drivers.proxy.nginx import Site, render_site
from golive.local.forward import Forwarder, read_site
from golive.model.platform import local_platform

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture
def folder() -> Iterator[Path]:
    """Short enough for the paths of sockets."""
    with tempfile.TemporaryDirectory(prefix="gl", dir="/tmp") as name:
        yield Path(name)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def places_in(folder: Path) -> AppPlaces:
    return AppPlaces("shop", local_platform(str(folder), str(folder / "short"), ("me", "us"), "/usr/bin/python3"))


def release(places: AppPlaces, number: int) -> Path:
    """The folder of a release's sockets, reached by ``current``."""
    run = Path(places.release(number).run)
    run.mkdir(parents=True)
    folder = Path(places.release(number).folder)
    folder.mkdir(parents=True)
    (folder / "run").symlink_to(run)
    (folder / "identity").write_text(f"release {number}")
    return run


def switch(places: AppPlaces, number: int) -> None:
    new = Path(places.current + ".new")
    new.symlink_to(f"releases/{number}")
    new.replace(places.current)


@asynccontextmanager
async def served(folder: Path, serve: Serve) -> AsyncIterator[tuple[int, AppPlaces]]:
    places = places_in(folder)
    run = release(places, 1)
    switch(places, 1)
    Path(places.platform.sites).mkdir()
    port = free_port()
    site = Site(("127.0.0.1",), port, ("web-1.sock",), upload_limit="1k", address="127.0.0.1")
    Path(places.proxy_file).write_text(render_site(places, site))
    app = await asyncio.start_unix_server(serve, str(run / "web-1.sock"))
    forwarder = Forwarder(Path(places.platform.sites))
    await forwarder.read()
    try:
        yield port, places
    finally:
        await forwarder.close()
        app.close()


async def ask(port: int, content: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(content)
    try:
        return await asyncio.wait_for(reader.read(), 10)
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def tell(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """An app that answers with what it was asked."""
    head = await reader.readuntil(b"\r\n\r\n")
    body = b""
    if b"chunked" in head:
        body = await reader.readuntil(b"0\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nX-Own: 1\r\n\r\n" + head + body)
    await writer.drain()
    writer.close()


def test_it_reads_what_nginx_would_read(folder: Path) -> None:
    places = places_in(folder)
    site = Site(("127.0.0.1", "localhost"), 8001, ("web-1.sock", "web-2.sock"), upload_limit="20m", address="127.0.0.1")
    found = read_site(render_site(places, site))
    assert found is not None
    assert (found.port, found.limit) == (8001, 20 * 1024 * 1024)
    assert found.sockets == tuple(f"{places.upstream}/run/web-{number}.sock" for number in (1, 2))
    assert (found.identity, found.maintenance) == (f"{places.current}/identity", places.maintenance)


def test_folders_with_spaces_too(folder: Path) -> None:
    platform = replace(places_in(folder).platform, apps="/a b/apps", upstreams="/a b/apps")
    places = AppPlaces("shop", platform)
    found = read_site(render_site(places, Site(("x",), 8001, ("web-1.sock",), address="127.0.0.1")))
    assert found is not None
    assert found.sockets == ("/a b/apps/shop/current/run/web-1.sock",)
    assert found.identity == "/a b/apps/shop/current/identity"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (b"GET / HTTP/1.1\r\nHost: h\r\nX-Real-IP: 9.9.9.9\r\nX-Forwarded-Prefix: /x\r\n\r\n", b"X-Real-IP: 127.0.0.1"),
        (b"GET / HTTP/1.1\r\nHost: h:1\r\n\r\n", b"Host: h:1\r\n"),
        (
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            b"3\r\nabc\r\n0\r\n\r\n",
        ),
    ],
)
def test_what_the_app_is_told(folder: Path, question: bytes, expected: bytes) -> None:
    async def story() -> bytes:
        async with served(folder, tell) as (port, _):
            return await ask(port, question)

    answer = asyncio.run(story())
    assert answer.startswith(b"HTTP/1.1 200 OK\r\nX-Own: 1\r\nConnection: close\r\n\r\n")
    assert expected in answer
    assert b"9.9.9.9" not in answer
    assert b"X-Forwarded-Prefix" not in answer


@pytest.mark.parametrize(
    ("question", "status"),
    [
        (b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2000\r\n\r\n", b"413"),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", b"400"),
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nBad Name: x\r\n\r\n", b"400"),
    ],
)
def test_what_reaches_no_app(folder: Path, question: bytes, status: bytes) -> None:
    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raise AssertionError("the app was asked")

    async def story() -> bytes:
        async with served(folder, never) as (port, _):
            return await ask(port, question)

    assert asyncio.run(story()).split(b" ")[1] == status


def test_without_an_app_it_is_a_bad_gateway(folder: Path) -> None:
    async def story() -> tuple[bytes, bytes]:
        async with served(folder, tell) as (port, places):
            Path(places.release(1).run, "web-1.sock").unlink()
            identity = await ask(port, b"GET /.well-known/golive HTTP/1.1\r\nHost: h\r\n\r\n")
            return identity, await ask(port, b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")

    identity, page = asyncio.run(story())
    assert identity.endswith(b"release 1")
    assert page.split(b" ")[1] == b"502"


def test_the_request_after_a_switch_reaches_the_new_release(folder: Path) -> None:
    async def story() -> bytes:
        async with served(folder, tell) as (port, places):
            run = release(places, 2)

            async def second(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo")
                writer.close()

            app = await asyncio.start_unix_server(second, str(run / "web-1.sock"))
            switch(places, 2)
            answer = await ask(port, b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            app.close()
            return answer

    assert asyncio.run(story()).endswith(b"two")


def test_a_websocket_is_a_tunnel(folder: Path) -> None:
    async def chat(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"Connection: upgrade" in head
        writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
        writer.write((await reader.readexactly(5)).upper())
        writer.close()

    async def story() -> bytes:
        async with served(folder, chat) as (port, _):
            asked = b"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
            return await ask(port, asked + b"hello")

    answer = asyncio.run(story())
    assert answer.startswith(b"HTTP/1.1 101")
    assert answer.endswith(b"HELLO")
