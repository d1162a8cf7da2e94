"""One command on a host: its stdin with flow control, its stdout line by line."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from typing import Any

import asyncssh

from golive.errors import HostError

_READ = 64 * 1024
_TAIL = 4000


class Channel:
    """A running command. Raises HostError ``connection-lost`` wherever the network goes."""

    def __init__(self, process: asyncssh.SSHClientProcess[bytes], host: str) -> None:
        self._process = process
        self._host = host
        self._rest = b""
        self._errors: asyncio.Future[bytes] = asyncio.ensure_future(_tail(process.stderr))

    @classmethod
    async def start(cls, connection: asyncssh.SSHClientConnection, line: str, host: str) -> Channel:
        """LINE running on the host."""
        try:
            process: Any = await connection.create_process(line, encoding=None)
        except (asyncssh.Error, OSError):
            raise HostError("connection-lost", host=host) from None
        return cls(process, host)

    async def send(self, pieces: Iterable[bytes | memoryview]) -> None:
        """PIECES to stdin, no faster than they are taken. That a command stops reading is no error."""
        try:
            for piece in pieces:
                self._process.stdin.write(bytes(piece))
                await self._process.stdin.drain()
        except OSError:
            return
        except asyncssh.Error:
            raise HostError("connection-lost", host=self._host) from None

    def end_input(self) -> None:
        """No more stdin."""
        with contextlib.suppress(OSError):
            self._process.stdin.write_eof()

    async def line(self) -> bytes:
        """The next line with its line break; at the end what is left, then b""."""
        while b"\n" not in self._rest:
            piece = await self._read()
            if not piece:
                line, self._rest = self._rest, b""
                return line
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\n")
        return line + b"\n"

    async def lines(self) -> AsyncIterator[bytes]:
        """All lines that are still to come."""
        lines: list[bytes] = []
        while True:
            *lines, self._rest = self._rest.split(b"\n")
            for line in lines:
                yield line + b"\n"
            piece = await self._read()
            if not piece:
                break
            self._rest += piece
        if self._rest:
            yield self._rest
            self._rest = b""

    async def piece(self) -> bytes:
        """What comes next of stdout, as it comes; b"" at the end."""
        if self._rest:
            piece, self._rest = self._rest, b""
            return piece
        return await self._read()

    async def content(self) -> bytes:
        """All of stdout that is still to come."""
        pieces = [self._rest]
        while piece := await self._read():
            pieces.append(piece)
        self._rest = b""
        return b"".join(pieces)

    async def status(self) -> int:
        """The exit status. No status at all (a killed command, a dead network) is ``connection-lost``."""
        with contextlib.suppress(asyncssh.Error, OSError):
            await self._process.wait_closed()
        status = self._process.exit_status
        if status is None or status < 0:
            raise HostError("connection-lost", host=self._host)
        return status

    async def errors(self) -> str:
        """The end of what it wrote to stderr."""
        return (await self._errors).decode("utf-8", "replace").strip()

    def close(self) -> None:
        """Hang up."""
        self._errors.cancel()
        self._process.close()

    async def _read(self) -> bytes:
        try:
            return await self._process.stdout.read(_READ)
        except (asyncssh.Error, OSError):
            raise HostError("connection-lost", host=self._host) from None


async def _tail(stream: asyncssh.SSHReader[bytes]) -> bytes:
    tail = b""
    with contextlib.suppress(asyncssh.Error, OSError):
        while piece := await stream.read(_READ):
            tail = (tail + piece)[-_TAIL:]
    return tail
