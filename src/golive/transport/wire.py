"""What goes over the wire to the runner and what comes back. Twin: ``golive.runner.main``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from golive.errors import HostError
from golive.protocol.codec import encode_request, frame_header
from golive.protocol.events import FINISHED, decode_event
from golive.protocol.facts import ProbeRequest
from golive.transport.interface import Event, OnEvent

_PIECE = 128 * 1024
_ACCEPTED = "accepted"


def probe_frames(request: ProbeRequest) -> bytes:
    """All that ``probe`` reads."""
    return _frame("request", json.dumps(encode_request(request)).encode("utf-8")) + _frame("end", b"")


def run_frames(plan: bytes, secrets: Mapping[str, str], pack: bytes | None, who: str) -> Iterator[bytes | memoryview]:
    """All that ``run`` reads, in pieces: a large pack is never copied as a whole."""
    yield _frame("plan", plan)
    if secrets:
        yield _frame("secrets", json.dumps(dict(secrets)).encode("utf-8"))
    if pack:
        yield frame_header("pack", len(pack))
        view = memoryview(pack)
        for start in range(0, len(pack), _PIECE):
            yield view[start : start + _PIECE]
    yield _frame("who", who.encode("utf-8")) + _frame("end", b"")


class Follower:
    """Reads the lines of ``run``, ``attach`` and ``recover``.

    ``run``: the run's name once the host has accepted it. ``offset``: bytes of its journal seen so far. ``finished``:
    the last event, or None.
    """

    def __init__(self, on_event: OnEvent, run: str = "", offset: int = 0) -> None:
        self._on_event = on_event
        self.run = run
        self.offset = offset
        self.finished: Event | None = None

    def line(self, line: bytes) -> None:
        """One whole line, its line break included. Raises HostError ``protocol-mismatch`` for a foreign one."""
        try:
            event = decode_event(line)
        except ValueError:
            raise HostError("protocol-mismatch", line=line[:200].decode("utf-8", "replace").strip()) from None
        if event["event"] == _ACCEPTED:
            self.run = str(event.get("run", ""))
            self.offset = int(event.get("offset", self.offset))
            return
        self.offset += len(line)
        if event["event"] == FINISHED:
            self.finished = event
        self._on_event(event)


def _frame(name: str, content: bytes) -> bytes:
    return frame_header(name, len(content)) + content
