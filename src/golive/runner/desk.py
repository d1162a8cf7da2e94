"""The part of the runner that talks with the client: takes plans in, hands them to a worker, tells what it does.

It may end at any moment, with the connection: the worker is another process.
Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import os
import time
from typing import BinaryIO, Callable, List, Sequence

from golive.protocol import events
from golive.protocol.codec import MalformedMessage
from golive.runner import inbox, runs
from golive.runner.failure import failure_of
from golive.runner.follow import Client, died, failed, follow, whole_lines
from golive.runner.journal import NAME, read_journal
from golive.runner.layout import Layout
from golive.runner.lease import Lease, lease_of

ENDING_SECONDS = 10.0
"""How long a lease may still be held after its run has told its end."""

RECOVER = "recover"


class Desk:
    """One client's wishes on one host."""

    def __init__(self, layout: Layout, launch: Sequence[str], client: Client) -> None:
        self._layout = layout
        self._launch = launch
        self._client = client

    def run(self, stream: BinaryIO) -> None:
        """Take a plan in from STREAM, start it, tell its events."""
        self._guarded(lambda: self._run(stream))

    def attach(self, run: str, app: str, offset: int) -> None:
        """Tell the events of RUN from byte OFFSET of its journal on."""
        self._guarded(lambda: self._attach(run, app, offset))

    def recover(self, app: str) -> None:
        """Bring the unfinished run of APP to its end."""
        self._guarded(lambda: self._recover(app))

    def _guarded(self, work: Callable[[], None]) -> None:
        """WORK, whose failures become the one event that the client needs."""
        try:
            work()
        except MalformedMessage as error:
            self._client.tell(failed("malformed", error=str(error)))
        except Exception as error:
            failure = failure_of(error)
            self._client.tell(dict(failed(failure.code, **failure.params), output=failure.output))

    def _run(self, stream: BinaryIO) -> None:
        arrived = inbox.receive(stream, self._layout)
        lease = lease_of(self._layout, arrived.app)
        try:
            started = self._start(lease, arrived.app, arrived.token)
        except BaseException:
            inbox.discard(self._layout, arrived)
            raise
        if not started:
            inbox.discard(self._layout, arrived)
            return
        path = self._begun(lease, arrived.app, arrived.token)
        if not path:
            inbox.discard(self._layout, arrived)
            self._client.tell(died(""))
            return
        self._client.tell({"event": "accepted", "run": os.path.basename(path)})
        self._follow(path, 0, lease)

    def _attach(self, run: str, app: str, offset: int) -> None:
        path = os.path.join(self._layout.journal(app), run)
        if not runs.is_name(run) or not os.path.isdir(path):
            self._client.tell(failed("run-unknown", run=run))
            return
        self._follow(path, whole_lines(os.path.join(path, NAME), offset), lease_of(self._layout, app))

    def _recover(self, app: str) -> None:
        inbox.ensure_format(self._layout)
        waiting = runs.unfinished(self._layout, app)
        if not waiting:
            self._client.tell(dict(failed(""), ok=True))
            return
        lease = lease_of(self._layout, app)
        path = waiting[0]
        offset = _whole_size(path)
        if not self._start(lease, app, RECOVER):
            return
        self._client.tell({"event": "accepted", "run": os.path.basename(path), "offset": offset})
        last = follow(path, offset, lease, self._all_but_the_end, self._client)
        if last:
            # The run has failed, but bringing it to its end has not.
            taken_back = last.get("code") in ("recovered", "journal-corrupt")
            self._client.tell(dict(last, ok=True) if taken_back else last)

    def _follow(self, path: str, offset: int, lease: Lease) -> None:
        last = follow(path, offset, lease, lambda lines: self._client.send(b"".join(lines)), self._client)
        if last.get("code") == "runner-died" and not runs.is_finished(path):
            self._client.tell(last)

    def _all_but_the_end(self, lines: List[bytes]) -> None:
        kept = [line for line in lines if events.decode_event(line)["event"] != events.FINISHED]
        self._client.send(b"".join(kept))

    def _start(self, lease: Lease, app: str, token: str) -> bool:
        """Start a worker, or tell who is at work. A run that has told its end may take a moment to let go."""
        deadline = time.monotonic() + ENDING_SECONDS
        while not lease.start(self._launch, [app, token]):
            waiting = runs.unfinished(self._layout, app)
            holder = runs.describe(waiting[0]) if waiting else None
            if (holder and holder["since"]) or time.monotonic() > deadline:
                self._client.tell(failed("busy", **(holder or {"run": "", "who": "", "since": 0, "purpose": ""})))
                return False
            time.sleep(0.02)
        return True

    def _begun(self, lease: Lease, app: str, token: str) -> str:
        """The path of the run once its worker has made it one; "" when the worker ended before."""
        while not self._client.gone:
            path = runs.with_token(self._layout, app, token)
            if path:
                return path
            if not os.path.isdir(runs.incoming(self._layout, app, token)) or not lease.held():
                return runs.with_token(self._layout, app, token)
            self._client.pause()
        return runs.with_token(self._layout, app, token)


def _whole_size(path: str) -> int:
    try:
        reading = read_journal(os.path.join(path, NAME))
    except OSError:
        return 0
    return 0 if reading.corrupt else reading.size
