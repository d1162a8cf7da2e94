"""Heads and bodies of HTTP/1 messages, as the forwarder needs them (RFC 9112)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

LONGEST = 64 * 1024
PIECE = 64 * 1024


class Malformed(Exception):
    """No HTTP, or HTTP that two readers could understand in two ways."""


@dataclass(frozen=True)
class Head:
    """The first line, and the fields in their order."""

    line: bytes
    fields: tuple[tuple[bytes, bytes], ...]

    @property
    def path(self) -> bytes:
        """What a request asks for."""
        return self.line.split(b" ")[1]

    def value(self, name: bytes) -> bytes:
        """The last value of a field, "" without one."""
        return next((value for known, value in reversed(self.fields) if known.lower() == name), b"")

    def values(self, name: bytes) -> list[bytes]:
        """All values of a field."""
        return [value for known, value in self.fields if known.lower() == name]

    def raw(self) -> bytes:
        """As it came."""
        return b"\r\n".join([self.line, *(name + b": " + value for name, value in self.fields)]) + b"\r\n\r\n"


async def read_head(reader: asyncio.StreamReader) -> Head | None:
    """The next head; None when the other side has nothing to say. Raises Malformed."""
    try:
        content = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise Malformed from None
        return None
    except asyncio.LimitOverrunError:
        raise Malformed from None
    if len(content) > LONGEST:
        raise Malformed
    line, *rest = content[:-4].split(b"\r\n")
    if len(line.split(b" ", 2)) < 2 or b"\n" in line:
        raise Malformed
    return Head(line, tuple(_field(field) for field in rest))


def _field(line: bytes) -> tuple[bytes, bytes]:
    name, colon, value = line.partition(b":")
    if not colon or not name or name != name.strip() or b" " in name or b"\n" in line or b"\0" in line:
        raise Malformed
    return name, value.strip()


@dataclass(frozen=True)
class Body:
    """A request's body. ``length``: bytes, 0 without one or when it comes in chunks."""

    length: int
    chunked: bool

    async def pieces(self, reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
        """The body's own bytes, chunks with their sizes as they are. Raises Malformed, IncompleteReadError."""
        left = self.length
        while left:
            piece = await reader.read(min(PIECE, left))
            if not piece:
                return
            left -= len(piece)
            yield piece
        while self.chunked:
            line = await reader.readuntil(b"\r\n")
            try:
                size = int(line.split(b";")[0], 16)
            except ValueError:
                raise Malformed from None
            yield line
            if size == 0:
                while (trailer := await reader.readuntil(b"\r\n")) != b"\r\n":
                    yield trailer
                yield b"\r\n"
                return
            left = size + 2
            while left:
                piece = await reader.read(min(PIECE, left))
                if not piece:
                    return
                left -= len(piece)
                yield piece


def body_of(head: Head) -> Body:
    """How long the body of a request is. Raises Malformed when that is told twice or in ways unknown."""
    lengths, codings = head.values(b"content-length"), head.values(b"transfer-encoding")
    if (lengths and codings) or len(lengths) > 1 or len(codings) > 1:
        raise Malformed
    if codings:
        if codings[0].lower() != b"chunked":
            raise Malformed
        return Body(0, True)
    if lengths and not lengths[0].isdigit():
        raise Malformed
    return Body(int(lengths[0]) if lengths else 0, False)
