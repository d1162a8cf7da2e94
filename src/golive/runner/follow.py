"""Tells a client what a run writes into its journal, as it writes it, and notices when nobody writes any more.

Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import os
import select
import time
from typing import Callable, List, Optional

from golive.protocol import events
from golive.runner.journal import NAME
from golive.runner.lease import Lease
from golive.runner.runs import is_locked

LOOK_MILLISECONDS = 20
DOUBT_SECONDS = 0.5
"""So long must a journal be silent before we ask whether its worker lives."""


class Client:
    """Where events go. ``gone``: the connection has ended; the run does not care."""

    def __init__(self, descriptor: int) -> None:
        self.gone = False
        self._descriptor = descriptor
        self._poll = select.poll()
        self._poll.register(descriptor, 0)

    def send(self, content: bytes) -> None:
        """Write all of CONTENT, if somebody still listens."""
        unsent = memoryview(content)
        try:
            while unsent and not self.gone:
                unsent = unsent[os.write(self._descriptor, unsent) :]
        except OSError:
            self.gone = True

    def tell(self, event: events.Event) -> None:
        """One event that is in no journal."""
        self.send(events.encode_event(event))

    def pause(self) -> None:
        """A moment; shorter when the connection ends."""
        if self._poll.poll(LOOK_MILLISECONDS):
            self.gone = True


def follow(
    path: str, offset: int, lease: Lease, pass_on: Callable[[List[bytes]], None], client: Client
) -> events.Event:
    """Whole lines of the journal of the run at PATH, from byte OFFSET to its end, as they come.

    Returns the last event: ``finished``, which is the journal's own, or ours (and then not passed on) with code
    ``runner-died`` when nobody works on the run any more. {} when the client is gone.
    """
    tail = _Tail(os.path.join(path, NAME), offset)
    silent_since = time.monotonic()
    while not client.gone:
        lines = tail.lines()
        if lines:
            pass_on(lines)
            last = events.decode_event(lines[-1])
            if last["event"] == events.FINISHED:
                return last
            silent_since = time.monotonic()
        elif time.monotonic() - silent_since > DOUBT_SECONDS:
            if not is_locked(tail.path) and not lease.held() and not tail.has_more():
                return died(os.path.basename(path))
            silent_since = time.monotonic()
        client.pause()
    return {}


def died(run: str) -> events.Event:
    """The end of a run that had no time to tell it."""
    return failed("runner-died", run=run)


def failed(code: str, **params: object) -> events.Event:
    """A ``finished`` event for what never got a journal."""
    return {
        "event": events.FINISHED,
        "at": round(time.time(), 3),
        "ok": False,
        "changed": 0,
        "seconds": 0,
        "release": 0,
        "code": code,
        "params": params,
        "output": [],
        "kept": [],
    }


def whole_lines(journal: str, offset: int) -> int:
    """OFFSET, or where the line ends that it points into."""
    try:
        with open(journal, "rb") as stream:
            stream.seek(max(0, offset - 1))
            return max(0, offset - 1) + len(stream.readline()) if offset > 0 else 0
    except OSError:
        return 0


class _Tail:
    """The whole lines of a file that grows, each once. A torn or damaged line waits: recovering replaces it."""

    def __init__(self, path: str, offset: int) -> None:
        self.path = path
        self._offset = offset
        self._inode: Optional[int] = None

    def lines(self) -> List[bytes]:
        try:
            with open(self.path, "rb") as stream:
                found = os.fstat(stream.fileno())
                if self._inode not in (None, found.st_ino):
                    self._offset = 0  # A damaged journal was put aside, and another one begun.
                self._inode = found.st_ino
                if found.st_size <= self._offset:
                    return []
                stream.seek(self._offset)
                content = stream.read()
        except OSError:
            return []
        whole = []
        for line in content.split(b"\n")[:-1]:
            try:
                events.decode_event(line)
            except ValueError:
                break
            whole.append(line + b"\n")
        self._offset += sum(map(len, whole))
        return whole

    def has_more(self) -> bool:
        """Whether something came while we asked about the worker. Does not take it."""
        offset = self._offset
        more = bool(self.lines())
        self._offset = offset
        return more
