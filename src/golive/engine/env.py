"""``golive env set``, ``unset``, ``import``: a changed variable reaches the app as a new release of the same code."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from golive import planner
from golive.config import Settings, load
from golive.config.dotenv_file import Assignment
from golive.detect import slug_for
from golive.detect.dotenv import belongs_here
from golive.engine.errand import Errand, Freight, carry_out
from golive.engine.login import chosen_host, connected
from golive.engine.outcome import Outcome
from golive.engine.reporter import Reporter
from golive.engine.request import Request
from golive.errors import Refused, UsageError
from golive.model.host import Host
from golive.model.plan import Plan
from golive.protocol.facts import Facts, value_digest

OURS = ("GOLIVE_APP", "GOLIVE_RELEASE")
"""What golive tells every release itself."""

LARGEST = 128 * 1024
"""Bytes that Linux takes for one variable: name, equals sign, value and the NUL behind it."""

CONTROLS_SINCE = 247
"""systemd drops variables that hold other control characters than tabs and line ends before this version."""

UNCERTAIN = frozenset({"runner-died"})
"""How a run can end that may have been finished rather than taken back."""


def set_variables(
    folder: Path, request: Request, names: Sequence[str], read: Callable[[str], str], reporter: Reporter
) -> Outcome:
    """Give each of NAMES the value that READ returns for it. Raises GoliveError."""
    settings = load(folder)
    host = chosen_host(request, settings)
    for name in names:
        if name in OURS:
            raise UsageError("env-name-ours", name=name)
        _refuse_if_told(name, settings)
    story = Story(slug_for(folder, settings), host, reporter)
    for name in names:
        value = read(name)
        if not value:
            raise UsageError("env-value-empty", name=name)
        story.take(name, value)
    return story.run(request)


def unset_variables(folder: Path, request: Request, names: Sequence[str], reporter: Reporter) -> Outcome:
    """None of NAMES has a value on the host any more. Raises GoliveError."""
    settings = load(folder)
    story = Story(slug_for(folder, settings), chosen_host(request, settings), reporter)
    story.remove(names, settings)
    return story.run(request)


def import_variables(
    folder: Path, request: Request, file: str, found: Sequence[Assignment], reporter: Reporter
) -> Outcome:
    """Take over what was found in FILE, once the user has seen the names and said yes. Raises GoliveError."""
    settings = load(folder)
    story = Story(slug_for(folder, settings), chosen_host(request, settings), reporter)
    told = {name for name, _ in settings.env}
    for item in found:
        if item.name not in told and item.name not in OURS:
            story.take(item.name, item.value, item.line)
    names = tuple(item.name for item in found)
    notes = {
        "told": tuple(name for name in names if name in told),
        "ours": tuple(name for name in names if name in OURS),
        "here": tuple(item.name for item in found if item.name in story.values and belongs_here(item)),
    }
    if not story.values:
        raise UsageError("env-file-empty", file=file)
    story.ask_first(file, notes, yes=request.yes)
    return story.run(request)


def _refuse_if_told(name: str, settings: Settings) -> None:
    """golive.toml says it, and wins."""
    if any(name == told for told, _ in settings.env):
        raise Refused("env-in-golive-toml", name=name, line=settings.line(f"env.{name}"))


class Story:
    """One change of an app's variables. ``values``: what is to be there, by name."""

    def __init__(self, slug: str, host: Host, reporter: Reporter) -> None:
        self._slug = slug
        self._host = host
        self._reporter = reporter
        self._salt = secrets.token_hex(16)
        self._removed: tuple[str, ...] = ()
        self._settings = Settings()
        self._ask: Callable[[Facts], None] | None = None
        self._sent: tuple[str, ...] = ()
        self._live = 0
        self._lines: dict[str, int] = {}
        self.values: dict[str, str] = {}

    def take(self, name: str, value: str, line: int = 0) -> None:
        """NAME is to have this value. Raises UsageError for one that no program can be given."""
        size = len(name) + len(value.encode("utf-8", "replace")) + 2
        if "\0" in value or size > LARGEST or any("\ud800" <= letter <= "\udfff" for letter in value):
            raise UsageError("env-value-wrong", name=name, line=line)
        self.values[name], self._lines[name] = value, line

    def remove(self, names: Sequence[str], settings: Settings) -> None:
        """NAMES are to have none; SETTINGS may still give them one."""
        self._removed, self._settings = tuple(names), settings

    def ask_first(self, file: str, notes: Mapping[str, tuple[str, ...]], *, yes: bool) -> None:
        """Show what would change, with NOTES on some names, and do it only after a yes."""

        def ask(facts: Facts) -> None:
            known = facts.peek("app", "env", "names") or ()
            changing = self._differing(facts)
            new = tuple(name for name in changing if name not in known)
            changed = tuple(name for name in changing if name in known)
            same = tuple(name for name in sorted(self.values) if name not in changing)
            self._reporter.say("env-found", new=new, changed=changed, same=same, **notes)
            app, host = self._slug, self._host.name
            if changing and not yes and not self._reporter.ask("env-import", False, file=file, app=app, host=host):
                raise Refused("not-confirmed", app=app)

        self._ask = ask

    def run(self, request: Request) -> Outcome:
        """Look, plan, do; after a failure say that nothing has changed."""
        started = time.monotonic()
        errand = Errand(
            wants=planner.wants_again(self._slug, self._salt, self._host.platform),
            plan=self._plan,
            freight=lambda facts, whole: Freight({name: self.values[name] for name in self._sent}),
        )
        with connected(self._host, request, self._reporter) as session:
            outcome = carry_out(errand, session, self._reporter, started)
        if not outcome.ok and self._live and outcome.code not in UNCERTAIN:
            self._reporter.say("env-taken-back", release=self._live)
        return outcome

    def _plan(self, facts: Facts) -> Plan:
        self._refuse_controls(facts)
        if self._ask is not None:
            ask, self._ask = self._ask, None
            ask(facts)
        self._sent = self._differing(facts)
        self._live = int(facts.peek("app", "current") or 0)
        change = planner.Change("env", self._sent, self._removable(facts), salt=self._salt)
        return planner.plan_again(self._slug, self._host, facts, change)

    def _differing(self, facts: Facts) -> tuple[str, ...]:
        """The names whose value on the host is another one, or missing."""
        there = facts.peek("app", "env", "digests") or {}
        if facts.peek("app", "env", "damaged"):
            there = {}
        return tuple(
            name for name in sorted(self.values) if there.get(name) != value_digest(self._salt, name, self.values[name])
        )

    def _removable(self, facts: Facts) -> tuple[str, ...]:
        """Those to be removed that are there; of the others the user hears once."""
        known = facts.peek("app", "env", "names") or ()
        missing = tuple(name for name in self._removed if name not in known)
        self._removed = tuple(name for name in self._removed if name in known)
        for name in missing:
            _refuse_if_told(name, self._settings)
        if missing:
            self._reporter.say("env-not-there", names=missing)
        return tuple(sorted(self._removed))

    def _refuse_controls(self, facts: Facts) -> None:
        """What an old systemd would silently leave out."""
        if int(facts.peek("systemd") or 0) >= CONTROLS_SINCE:
            return
        for name, value in self.values.items():
            if any((letter < " " and letter not in "\t\n") or letter == "\x7f" for letter in value):
                raise UsageError("env-value-wrong", name=name, line=self._lines[name])
