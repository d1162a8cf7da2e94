"""A host that does what a test says: scripted facts and events, and a record of what was asked of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from golive.errors import HostError
from golive.protocol.events import FINISHED
from golive.protocol.facts import ProbeRequest
from golive.transport.interface import Event, OnEvent, OnLine
from golive.transport.terminal import Ends, Opening

RUN = "20260101-000000-abcd"


@dataclass
class Call:
    """One thing that was asked. ``name``: the method; ``values``: its arguments by name, callbacks left out."""

    name: str
    values: dict[str, Any] = field(default_factory=dict)


class FakeTransport:
    """``facts``: what each probe finds, the last one for all that follow (or a function of the request).

    ``runs``: what each of ``run``, ``attach`` and ``recover`` tells, one list of events after the other; an exception
    in a list is raised there (a ``connection-lost`` HostError, say). ``lines``: what ``stream`` gives.
    """

    def __init__(
        self,
        facts: Sequence[dict[str, Any]] | Callable[[ProbeRequest], dict[str, Any]],
        runs: Sequence[Sequence[Event | HostError]] = (),
        lines: Sequence[str] = (),
        status: int = 0,
    ) -> None:
        self._facts = facts if callable(facts) else list(facts)
        self._runs = [list(events) for events in runs]
        self._lines = lines
        self._status = status
        self.calls: list[Call] = []
        self.reached = ""
        self.refusal: HostError | None = None

    def open(self) -> None:
        """Raises ``refusal`` when one is set."""
        self._note("open")
        if self.refusal is not None:
            raise self.refusal

    def reconnect(self) -> None:
        """As ``open``."""
        self._note("reconnect")
        if self.refusal is not None:
            raise self.refusal

    def close(self) -> None:
        """Noted."""
        self._note("close")

    def probe(self, request: ProbeRequest) -> dict[str, Any]:
        """The next facts."""
        self._note("probe", request=request)
        if callable(self._facts):
            return self._facts(request)
        return self._facts.pop(0) if len(self._facts) > 1 else self._facts[0]

    def run(self, plan: bytes, secrets: Mapping[str, str], pack: bytes | None, who: str, on_event: OnEvent) -> Event:
        """The next script."""
        self._note("run", plan=plan, secrets=dict(secrets), pack=pack, who=who)
        return self._play(on_event)

    def attach(self, run: str, app: str, offset: int, on_event: OnEvent) -> Event:
        """The next script."""
        self._note("attach", run=run, app=app, offset=offset)
        return self._play(on_event)

    def recover(self, app: str, on_event: OnEvent) -> Event:
        """The next script."""
        self._note("recover", app=app)
        return self._play(on_event)

    def stream(self, argv: Sequence[str], on_line: OnLine) -> int:
        """The lines and the status."""
        self._note("stream", argv=list(argv))
        for line in self._lines:
            on_line(line)
        return self._status

    def terminal(self, app: str, opening: Opening, ends: Ends) -> dict[str, Any]:
        """The lines are said, and the status is the end."""
        self._note("terminal", app=app, opening=opening)
        ends.begin(lambda rows, columns: None)
        for line in self._lines:
            ends.write(line.encode("utf-8"), False)
        return {"status": self._status}

    def install_python(self, on_line: OnLine) -> int:
        """The lines and the status."""
        self._note("install_python")
        for line in self._lines:
            on_line(line)
        return self._status

    def names(self) -> list[str]:
        """What was asked, in order."""
        return [call.name for call in self.calls]

    def _note(self, name: str, **values: Any) -> None:
        self.calls.append(Call(name, values))

    def _play(self, on_event: OnEvent) -> Event:
        for event in self._runs.pop(0):
            if isinstance(event, HostError):
                raise event
            on_event(event)
            if event["event"] == FINISHED:
                return event
        raise HostError("connection-lost", host="fake", run=RUN, offset=0)
