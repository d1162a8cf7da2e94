"""One host, connected: look at it, hand it a plan, follow the run to its end whatever the network does."""

from __future__ import annotations

import getpass
import platform
import time
from collections.abc import Callable, Mapping

from golive.engine.reporter import Reporter
from golive.errors import HostError, RunFailed
from golive.model.host import Host
from golive.protocol.codec import encode_plan
from golive.protocol.events import STEP_OUTPUT, Event
from golive.protocol.facts import Facts, ProbeRequest
from golive.protocol.steps import HostPlan
from golive.transport.interface import Transport

RECONNECT_FOR = 600.0
"""Seconds that a lost connection is tried again before giving up; the host goes on working all the same."""

RECONNECT_EVERY = 2.0


class StillWorking(Exception):
    """Raised on Ctrl-C once the plan is handed over: the host goes on without us. ``host``, ``app``, and ``run``, which
    is "" while the host has not told it yet."""

    def __init__(self, host: str, app: str, run: str) -> None:
        super().__init__(host, app, run)
        self.host = host
        self.app = app
        self.run = run


class Session:
    """A connected host. Use as ``with connected(host, ...) as session``."""

    def __init__(self, host: Host, transport: Transport, reporter: Reporter) -> None:
        self.host = host
        self.transport = transport
        self._reporter = reporter
        self._run = ""
        self.in_doubt = ""
        """The step of a recovered run of which only a person can say whether it may be repeated; "" if none."""

    def facts(self, wanted: ProbeRequest) -> Facts:
        """The host as it is now: one round trip."""
        return Facts(self.transport.probe(wanted))

    def settled_facts(self, wanted: ProbeRequest) -> Facts:
        """The host as it is when nobody else is at work on this app and nothing is half done.

        A run that is going on (a laptop that was closed, a colleague) is followed to its end; one that was cut off is
        undone, or finished if its switch had happened. A host without Python gets it first: nothing goes without.
        """
        for _ in range(5):
            facts = self._facts_with_python(wanted)
            running, unfinished = facts.peek("app", "running"), facts.peek("app", "unfinished")
            if running:
                self._reporter.say("following-run", who=running.get("who", ""), purpose=running["purpose"])
                self.follow(wanted.app, running["run"])
            elif unfinished:
                self.in_doubt = unfinished["in_doubt"] or self.in_doubt
                self._reporter.say("recovering-run", run=unfinished["run"], purpose=unfinished["purpose"])
                self._to_the_end(wanted.app, lambda: self.transport.recover(wanted.app, self._hear))
            else:
                return facts
        raise RunFailed("not-settled", host=self.host.name, app=wanted.app)

    def _facts_with_python(self, wanted: ProbeRequest) -> Facts:
        try:
            return self.facts(wanted)
        except HostError as error:
            if error.code != "python-missing" or not self._reporter.ask("install-python", True, host=self.host.name):
                raise
        self._install_python()
        return self.facts(wanted)

    def _install_python(self) -> None:
        """Raises HostError ``python-not-installed``."""
        self._reporter.say("installing-python", host=self.host.name)

        def hear(line: str) -> None:
            self._reporter.event({"event": STEP_OUTPUT, "step": "install-python", "line": line})

        status = self.transport.install_python(hear)
        if status:
            raise HostError("python-not-installed", host=self.host.name, reason=str(status))

    def execute(self, plan: HostPlan, secrets: Mapping[str, str], pack: bytes | None) -> Event:
        """Hand the plan over and follow it. Returns the run's ``finished`` event, good or bad."""
        content = encode_plan(plan)
        return self._to_the_end(
            plan.app,
            lambda: self.transport.run(content, dict(secrets), pack, _who(), self._hear),
        )

    def follow(self, app: str, run: str) -> Event:
        """Follow a run that is going on, from its first event. Returns its ``finished`` event."""
        return self._to_the_end(app, lambda: self.transport.attach(run, app, 0, self._hear))

    def _hear(self, event: Event) -> None:
        """Every event of a run passes here on its way to the reporter."""
        self._run = event.get("run") or self._run
        self._reporter.event(event)

    def _to_the_end(self, app: str, begin: Callable[[], Event]) -> Event:
        """Whatever ``begin`` started, until it is finished: a lost connection is made again."""
        attempt = begin
        while True:
            try:
                return attempt()
            except HostError as error:
                run = str(error.params.get("run") or "")
                if error.code != "connection-lost" or not run:
                    raise
                offset = int(error.params.get("offset") or 0)  # type: ignore[arg-type]
                self._reconnect(app, run)
                attempt = self._attachment(app, run, offset)
            except KeyboardInterrupt:
                raise StillWorking(self.host.name, app, self._run) from None

    def _attachment(self, app: str, run: str, offset: int) -> Callable[[], Event]:
        return lambda: self.transport.attach(run, app, offset, self._hear)

    def _reconnect(self, app: str, run: str) -> None:
        self._reporter.say("connection-lost-retrying", host=self.host.name, app=app, run=run)
        deadline = time.monotonic() + RECONNECT_FOR
        while True:
            try:
                self.transport.reconnect()
                break
            except HostError as error:
                if error.code not in {"connection-lost", "host-unreachable"}:
                    raise
                if time.monotonic() > deadline:
                    # Not "unreachable", whose advice is for a first contact: the host has our plan and goes on.
                    raise HostError("connection-lost", host=self.host.name, app=app, run=run) from None
                time.sleep(RECONNECT_EVERY)
        self._reporter.say("connection-back", host=self.host.name)


def _who() -> str:
    """Who is at work, as other people will read it: user@computer."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError, ImportError):
        name = "?"
    return f"{name}@{platform.node() or '?'}"
