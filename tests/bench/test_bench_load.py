"""The stream of requests must see every failure and every pause, or the comparison is worth nothing."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from bench.load import KEPT_ALIVE, Load, Observed

CHECKOUT = Path(__file__).resolve().parents[2]
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
Answer = Callable[[int], Awaitable[bytes]]


class Site:
    """A small web site on loopback; ``answer(number)`` makes the bytes for each request, "" hangs up."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.connections = 0
        self.requests = 0
        self.visitors: set[asyncio.Task[None]] = set()
        self.url = ""

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Site]:
        """Until the block ends and every visitor has hung up."""
        server = await asyncio.start_server(self._welcome, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        yield self
        server.close()
        await asyncio.gather(*self.visitors)

    def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.visitors.add(asyncio.create_task(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                number, self.requests = self.requests, self.requests + 1
                answer = await self._answer(number)
                writer.write(answer)
                if not answer or b"Connection: close" in head or b"Content-Length" not in answer:
                    break
        except asyncio.IncompleteReadError:
            pass
        writer.close()
        await writer.wait_closed()


def watch(answer: Answer, seconds: float = 0.5) -> tuple[Observed, Site]:
    async def story() -> tuple[Observed, Site]:
        async with Site(answer).serving() as site:
            return await Load(site.url, "hello", rate=100).run(asyncio.Event(), seconds), site

    return asyncio.run(story())


async def good(number: int) -> bytes:
    return GOOD


def test_a_site_that_always_answers_has_no_failures() -> None:
    observed, site = watch(good)
    assert (observed.sent, observed.good, observed.failed) == (50, 50, 0)
    assert site.requests == 50


def test_every_other_request_comes_over_a_kept_connection() -> None:
    observed, site = watch(good)
    assert observed.reused == 25 - KEPT_ALIVE
    assert site.connections == 25 + KEPT_ALIVE


def test_a_bad_status_is_a_failure_by_its_name() -> None:
    async def answer(number: int) -> bytes:
        return b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 5\r\n\r\nhello" if 10 <= number < 13 else GOOD

    observed, _ = watch(answer)
    assert observed.failures == {"status 502": 3}
    assert observed.good == 47


def test_a_good_status_with_another_page_is_a_failure() -> None:
    async def answer(number: int) -> bytes:
        return GOOD.replace(b"hello", b"nginx")

    observed, _ = watch(answer, 0.1)
    assert observed.failures == {"wrong page": 10}


def test_a_connection_that_ends_without_an_answer_is_a_failure() -> None:
    async def answer(number: int) -> bytes:
        return b"" if number == 7 else GOOD

    observed, _ = watch(answer)
    assert observed.failed == 1
    assert observed.good == 49


def test_an_answer_that_is_cut_short_is_a_failure() -> None:
    async def answer(number: int) -> bytes:
        return b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello" if number == 0 else GOOD

    observed, _ = watch(answer, 0.1)
    assert observed.good == observed.sent - observed.failed
    assert observed.failed == 1


def test_a_closed_port_fails_every_request() -> None:
    observed = asyncio.run(Load("http://127.0.0.1:1/", "hello", rate=100).run(asyncio.Event(), 0.1))
    assert observed.failures == {"ConnectionRefusedError": 10}
    assert observed.longest_gap >= 0.09


def test_a_pause_of_the_whole_site_is_the_longest_gap() -> None:
    async def story() -> Observed:
        paused = asyncio.Event()

        async def answer(number: int) -> bytes:
            if number == 20:
                asyncio.get_running_loop().call_later(0.3, paused.set)
            if number >= 20:
                await paused.wait()
            return GOOD

        async with Site(answer).serving() as site:
            return await Load(site.url, "hello", rate=100).run(asyncio.Event(), 0.8)

    observed = asyncio.run(story())
    assert observed.failed == 0
    assert observed.longest_gap >= 0.3
    assert observed.slowest >= 0.3
    assert observed.sent == 80  # visitors do not wait for each other


def test_a_chunked_page_is_put_together() -> None:
    async def answer(number: int) -> bytes:
        return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"

    observed, _ = watch(answer, 0.1)
    assert observed.good == observed.sent == 10


@pytest.mark.parametrize(
    "url", ["http://198.51.100.7/", "https://127.0.0.1/", "http://10.78.0.2/", "http://example.org/"]
)
def test_only_practice_servers_and_loopback_are_ever_asked(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        Load(url, "hello", rate=100)


def test_the_rate_is_bounded() -> None:
    with pytest.raises(ValueError, match="at most 500"):
        Load("http://10.77.0.2/", "hello", rate=100_000)


def test_the_program_says_ready_and_stops_when_its_input_is_closed() -> None:
    async def story() -> tuple[bytes, bytes]:
        async with Site(good).serving() as site:
            load = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bench.load", site.url, "--expect", "hello"),
                cwd=CHECKOUT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            assert load.stdout is not None
            ready = await load.stdout.readline()
            rest, _ = await asyncio.wait_for(load.communicate(b""), 30)
            return ready, rest

    ready, rest = asyncio.run(story())
    outcome = json.loads(rest)
    assert ready == b"ready\n"
    assert outcome["good"] == outcome["sent"] >= 20
    assert outcome["failures"] == {}
