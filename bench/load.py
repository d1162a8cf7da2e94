"""A steady stream of requests at one practice server: which failed, and how long no good answer came.

``python -m bench.load URL --expect TEXT`` prints ``ready`` after the first good answers and, when its standard input
is closed, one JSON object. Requests leave by the clock, whether earlier ones were answered or not, as visitors do.
Every other one comes over a connection that has been kept alive. Nothing is retried: what fails, failed.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import dataclasses
import ipaddress
import json
import sys
import time
from collections import Counter, deque
from urllib.parse import urlsplit

ALLOWED = (ipaddress.ip_network("10.77.0.0/24"), ipaddress.ip_network("127.0.0.0/8"))
MOST_PER_SECOND = 500
LONGEST_SECONDS = 300
ANSWER_WITHIN = 10.0
KEPT_ALIVE = 10  # connections that take turns, so that each one is idle for a while, like a browser's
READY_AFTER = 20  # good answers

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclasses.dataclass
class Observed:
    """The outcome. ``longest_gap``: seconds between two good answers that follow each other, the ends included."""

    sent: int = 0
    good: int = 0
    reused: int = 0  # requests over a connection that had answered before
    longest_gap: float = 0.0
    slowest: float = 0.0
    late: float = 0.0  # how far behind its clock this program itself came: no gap shorter than that means anything
    failures: Counter[str] = dataclasses.field(default_factory=Counter)

    @property
    def failed(self) -> int:
        return sum(self.failures.values())


class Load:
    """One stream of GET requests at ``url``."""

    def __init__(self, url: str, expect: str, rate: float) -> None:
        parts = urlsplit(url)
        self._address, self._port, self._path = parts.hostname or "", parts.port or 80, parts.path or "/"
        if parts.scheme != "http" or not any(ipaddress.ip_address(self._address) in net for net in ALLOWED):
            raise ValueError(f"only practice servers and this machine's loopback are measured, not {url}")
        if not 0 < rate <= MOST_PER_SECOND:
            raise ValueError(f"a rate is above 0 and at most {MOST_PER_SECOND} a second")
        self._expect = expect.encode("utf-8")
        self._rate = rate
        self._idle: deque[Connection] = deque()
        self._last_good = 0.0
        self.observed = Observed()
        self.ready = asyncio.Event()

    async def run(self, stop: asyncio.Event, seconds: float = LONGEST_SECONDS) -> Observed:
        """Send until ``stop`` is set or the time is up, then wait for the answers that are still out."""
        started = self._last_good = time.monotonic()
        out: set[asyncio.Task[None]] = set()
        for number in range(int(min(seconds, LONGEST_SECONDS) * self._rate)):
            due = started + number / self._rate
            await asyncio.sleep(due - time.monotonic())
            if stop.is_set():
                break
            self.observed.late = max(self.observed.late, time.monotonic() - due)
            task = asyncio.create_task(self._visit(keep=number % 2 == 1))
            out.add(task)
            task.add_done_callback(out.discard)
        await asyncio.gather(*out)
        self._note_gap(time.monotonic())
        for connection in self._idle:
            await _close(connection)
        return self.observed

    async def _visit(self, *, keep: bool) -> None:
        self.observed.sent += 1
        started = time.monotonic()
        try:
            connection, status, body, stays = await asyncio.wait_for(self._exchange(keep), ANSWER_WITHIN)
            if status == 200 and self._expect in body:
                self._note_good(started)
            else:
                self.observed.failures[f"status {status}" if status != 200 else "wrong page"] += 1
            if keep and stays:
                self._idle.append(connection)
            else:
                await _close(connection)
        except asyncio.TimeoutError:
            self.observed.failures["no answer"] += 1
        except EOFError:
            self.observed.failures["connection closed"] += 1
        except (OSError, ValueError, asyncio.LimitOverrunError) as error:
            self.observed.failures[type(error).__name__] += 1

    async def _exchange(self, keep: bool) -> tuple[Connection, int, bytes, bool]:
        reader, writer = await self._connection(keep)
        try:
            wish = "keep-alive" if keep else "close"
            request = f"GET {self._path} HTTP/1.1\r\nHost: {self._address}\r\nConnection: {wish}\r\n\r\n"
            writer.write(request.encode("ascii"))
            await writer.drain()
            status, body, stays = await read_answer(reader)
        except BaseException:
            writer.close()
            raise
        return (reader, writer), status, body, stays

    async def _connection(self, keep: bool) -> Connection:
        if keep and len(self._idle) >= KEPT_ALIVE:
            self.observed.reused += 1
            return self._idle.popleft()
        return await asyncio.open_connection(self._address, self._port)

    def _note_good(self, started: float) -> None:
        now = time.monotonic()
        self.observed.good += 1
        self.observed.slowest = max(self.observed.slowest, now - started)
        self._note_gap(now)
        self._last_good = now
        if self.observed.good >= READY_AFTER:
            self.ready.set()

    def _note_gap(self, now: float) -> None:
        self.observed.longest_gap = max(self.observed.longest_gap, now - self._last_good)


async def _close(connection: Connection) -> None:
    """Close it; that the other side was quicker is no failure, its answer is here."""
    connection[1].close()
    with contextlib.suppress(OSError):
        await connection[1].wait_closed()


async def read_answer(reader: asyncio.StreamReader) -> tuple[int, bytes, bool]:
    """One HTTP/1.1 answer: status, body, and whether the connection stays. Raises EOFError, ValueError, OSError."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    status = int(head[0].split(" ", 2)[1])
    fields = {name.strip().lower(): value.strip().lower() for name, _, value in (line.partition(":") for line in head)}
    stays = fields.get("connection") != "close"
    if fields.get("transfer-encoding") == "chunked":
        return status, await _read_chunks(reader), stays
    if "content-length" in fields:
        return status, await reader.readexactly(int(fields["content-length"])), stays
    return status, await reader.read(), False


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while True:
        size = int((await reader.readuntil(b"\r\n")).split(b";")[0], 16)
        chunk = await reader.readexactly(size + 2)
        if size == 0:
            return body
        body += chunk[:-2]


async def _from_command_line(url: str, expect: str, rate: float) -> Observed:
    load, stop = Load(url, expect, rate), asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin, stop.set)
    running = asyncio.create_task(load.run(stop))
    waiting = asyncio.create_task(load.ready.wait())
    await asyncio.wait((running, waiting), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if load.ready.is_set():
        sys.stdout.write("ready\n")
        sys.stdout.flush()
    return await running


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--expect", required=True, help="what a good page contains")
    parser.add_argument("--rate", type=float, default=100.0, help="requests a second")
    chosen = parser.parse_args()
    observed = asyncio.run(_from_command_line(chosen.url, chosen.expect, chosen.rate))
    sys.stdout.write(json.dumps(vars(observed)) + "\n")


if __name__ == "__main__":
    main()
