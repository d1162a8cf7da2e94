"""``golive up``: the app's folder becomes the live release."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from golive import planner
from golive.config import load
from golive.detect import detect
from golive.detect.indexes import names_an_index
from golive.engine.afterwards import afterwards
from golive.engine.data_offer import DataOffer, gathered
from golive.engine.dotenv import DotenvOffer
from golive.engine.downloads import Downloads, with_own_index
from golive.engine.errand import Errand, Freight, carry_out
from golive.engine.login import chosen_host, offer_key, transport_for
from golive.engine.outcome import Outcome
from golive.engine.own_port import with_free_port
from golive.engine.proof import prove
from golive.engine.reporter import Reporter
from golive.engine.request import Request
from golive.engine.session import Session
from golive.errors import Refused
from golive.model.app import App, EnvName, SetupCommand
from golive.model.plan import Notice, Plan
from golive.protocol.facts import Facts
from golive.transport.code import Snapshot, snapshot
from golive.transport.ssh import warm_up


def plan_deploy(folder: Path, request: Request, reporter: Reporter) -> Plan:
    """The plan that ``deploy`` would run now, against the host as it is. Changes nothing.

    Raises GoliveError.
    """
    with opened(folder, request, reporter) as deploy:
        return deploy.preview()


def deploy(folder: Path, request: Request, reporter: Reporter) -> Outcome:
    """Take the app in FOLDER live. Raises GoliveError for what stops it before anything is changed."""
    started = time.monotonic()
    with opened(folder, request, reporter, keys=True) as story:
        return story.run(request, started)


class Deploy:
    """One app as it is in its folder, and the host that it goes to."""

    def __init__(
        self, app: App, folder: Path, snapshot: Snapshot, session: Session, reporter: Reporter, data: DataOffer
    ) -> None:
        host = session.host
        self._app = app
        self._folder = folder
        self._first = False
        self._snapshot = snapshot
        self._host = host
        self._session = session
        self._reporter = reporter
        self._data = data
        self._secrets: dict[str, str] = {}
        self._set_up: tuple[str, ...] = ()
        self._asked_tables = False
        self._facts = Facts({})
        self._planned: Plan | None = None
        travels = app.dotenv_file in snapshot.paths
        self._dotenv = DotenvOffer(app, folder, host, snapshot.code.identity, travels)
        self._wants = planner.wants(app, snapshot.code, host)._replace(salt=self._dotenv.salt)

    def preview(self) -> Plan:
        """The plan, without asking for values and without mending anything."""
        facts = self._session.facts(self._wants)
        missing = tuple(env.name for env in self._missing(facts))
        self._dotenv.notice(facts, self._reporter)
        self._data.notice(self._snapshot, facts, self._reporter)
        tables = self._tables(facts, missing)
        set_up = tables.words if tables else ()
        options = planner.Options(secrets=missing, now=int(time.time()), set_up=set_up)
        plan = planner.plan(self._app, self._snapshot.code, self._host, facts, options)
        return Downloads(self._session).improved(plan, facts)

    def run(self, request: Request, started: float) -> Outcome:
        """Plan, show, do, follow."""
        errand = Errand(self._wants, self._plan, self._freight)
        outcome = carry_out(errand, self._session, self._reporter, started)
        if outcome.ok:
            self._dotenv.remember(self._secrets)
            if self._first:
                after = afterwards(self._app, self._folder, request, self._done())
                means = (Notice("local-means"),) if self._host.platform.local else ()
                outcome = replace(outcome, after=(*means, *after))
            if self._planned and self._planned.changes:
                reached = self._session.transport.reached
                return prove(outcome, self._planned, self._host, self._facts, reached, self._reporter)
        return outcome

    def _plan(self, facts: Facts) -> Plan:
        self._first = not facts.peek("app", "current")
        self._settle_doubt()
        self._settle_port(facts)
        self._secrets.update(self._dotenv.settle(facts, self._reporter))
        self._ask_for_values(facts)
        self._snapshot = self._data.settle(self._snapshot, facts, self._reporter)
        secrets, now = tuple(sorted(self._secrets)), int(time.time())
        self._settle_tables(facts)
        options = planner.Options(secrets=secrets, adopt=self._adopts(facts), now=now, set_up=self._set_up)
        self._facts = facts
        self._planned = planner.plan(self._app, self._snapshot.code, self._host, facts, options)
        return self._planned

    def _settle_tables(self, facts: Facts) -> None:
        """Whether the app's own command makes its tables before the first start; asked once."""
        tables = self._tables(facts, self._secrets)
        if tables and not self._asked_tables:
            self._asked_tables = True
            place = f"{tables.file}:{tables.line}"
            if self._reporter.ask("set-up-tables", True, command=" ".join(tables.words), place=place):
                self._set_up = tables.words

    def _tables(self, facts: Facts, sent: Iterable[str]) -> SetupCommand | None:
        known = {*_names_on(facts), *(name for name, _ in self._app.plain_env), *sent}
        return planner.tables_command(self._app, self._snapshot.paths, known, facts)

    def _done(self) -> tuple[str, ...]:
        """The kinds of the app's own commands that are not needed: data that came along, or that an earlier “down” has
        left there, has tables and accounts, and a second init-db would often delete them."""
        came = any(path in self._snapshot.paths for path in self._app.databases)
        if came or planner.has_data(self._app, self._facts):
            return ("tables", "admin", "seed")
        return ("tables",) if self._set_up else ()

    def _settle_port(self, facts: Facts) -> None:
        """Another app answers there: this one may get the next free port, which golive.toml then says. The file is part
        of the code, so that is packed anew."""
        app = with_free_port(self._app, self._folder, self._host, facts, self._reporter)
        if app.port != self._app.port:
            self._app = app
            self._snapshot = snapshot(self._folder, app.manifests, app.migrations, gathered(app))

    def _settle_doubt(self) -> None:
        """A migration was cut off in the middle: with SQLite its snapshot is back; elsewhere a person must look."""
        step = self._session.in_doubt
        if step and not self._app.databases and not self._reporter.ask("migration-in-doubt", False, step=step):
            raise Refused("migration-interrupted", step=step, app=self._app.slug)
        self._session.in_doubt = ""

    def _ask_for_values(self, facts: Facts) -> None:
        """Ask, hidden, for the variables that the code cannot do without and nobody has given yet."""
        for env in self._missing(facts):
            value = self._reporter.ask_secret("env-value", name=env.name, file=env.file, line=env.line)
            if value:
                self._secrets[env.name] = value

    def _missing(self, facts: Facts) -> tuple[EnvName, ...]:
        """The variables without which the code does not start, and that have no value so far."""
        known = {*_names_on(facts), *(name for name, _ in self._app.plain_env), *self._secrets}
        demanded = (env for env in self._app.env if env.required and not env.generate)
        return tuple(env for env in demanded if env.name not in known)

    def _adopts(self, facts: Facts) -> bool:
        """Whether an app of the same name that came from another folder may be replaced by this one."""
        known = facts.peek("app", "identity")
        if not known or known == self._snapshot.code.identity:
            return False
        return self._reporter.ask("identity-adopt", False, app=self._app.slug, host=self._host.name)

    def _freight(self, facts: Facts, whole: bool) -> Freight:
        if whole or self._host.platform.local:
            return Freight(self._secrets, self._snapshot.pack())
        shipped = tuple(release["commit"] for release in facts.peek("app", "releases") or () if release.get("commit"))
        return Freight(self._secrets, self._snapshot.pack(shipped))


@contextmanager
def opened(folder: Path, request: Request, reporter: Reporter, keys: bool = False) -> Iterator[Deploy]:
    """Understand the app, and pack its code while the connection is being made: each takes about as long as the other.

    ``keys``: offer a key to who logs in by password.
    """
    warm_up()
    settings = load(folder)
    host = chosen_host(request, settings)
    app = detect(folder, settings)
    if names_an_index(folder, app.manifests):
        host = with_own_index(host)
    transport = transport_for(host, request, reporter)
    data = DataOffer(app, folder, request.copy_data)
    with ThreadPoolExecutor(1) as pool, closing(data):
        packing = pool.submit(snapshot, folder, app.manifests, app.migrations, gathered(app))
        try:
            transport.open()
            code = packing.result()
            if keys:
                offer_key(transport, host, request, reporter)
            yield Deploy(app, folder, code, Session(host, transport, reporter), reporter, data)
        finally:
            transport.close()


def _names_on(facts: Facts) -> tuple[str, ...]:
    """The variables that the host has a value for."""
    return tuple(facts.peek("app", "env", "names") or ())
