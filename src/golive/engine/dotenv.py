"""What of the app's .env file goes to the host: offered once, never a value shown, and never unasked what is for here.

With nobody to ask (``--yes``, no terminal) only names go that the app does not start without: the rest might be right
for developing only, and an app that starts can be given them later.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from pathlib import Path

from golive.config.dotenv_file import read_dotenv
from golive.engine.dotenv_memory import Memory
from golive.engine.reporter import Reporter
from golive.errors import ConfigError
from golive.model.app import App
from golive.model.host import Host
from golive.protocol.facts import Facts, value_digest


class DotenvOffer:
    """The .env file of one app on its way to one host. ``travels``: the file itself is part of the code.

    ``salt``: what the facts have to be asked for with, so that they tell which values differ; "" if none matters.
    """

    def __init__(self, app: App, folder: Path, host: Host, identity: str, travels: bool) -> None:
        self._app = app
        self._memory = Memory(identity, host)
        needed = not (travels and app.dotenv_loaded)
        self._lines = {line.name: line for line in app.dotenv} if needed else {}
        self._values = _values(folder / app.dotenv_file) if self._lines else {}
        self.salt = secrets.token_hex(16) if self._lines else ""
        self._settled = False
        self._same: set[str] = set()
        self._there: set[str] = set()
        self._only_told: set[str] = set()

    def notice(self, facts: Facts, reporter: Reporter) -> None:
        """For a plan that asks nothing: what ``up`` would ask about."""
        names = self._offered(set(facts.peek("app", "env", "names") or ()))
        if names:
            reporter.say("dotenv-offer", file=self._app.dotenv_file, names=names)

    def settle(self, facts: Facts, reporter: Reporter) -> dict[str, str]:
        """The values to send, asked for the first time only."""
        if self._settled:
            return {}
        self._settled, self._there = True, set(facts.peek("app", "env", "names") or ())
        digests = facts.peek("app", "env", "digests") or {}
        self._same = {name for name, value in self._values.items() if digests.get(name) == self._digest(name, value)}
        chosen = (self._ask if reporter.attended else self._unasked)(self._there, reporter)
        return {name: self._values[name] for name in chosen}

    def remember(self, sent: Iterable[str]) -> None:
        """The run has ended well: what the file says now is what the host was told of."""
        names = {*(self._there - self._only_told), *sent} & set(self._lines)
        if names:
            self._memory.see({name: self._values[name] for name in names if name in self._values})

    def _digest(self, name: str, value: str) -> str:
        return value_digest(self.salt, name, value)

    def _ask(self, there: set[str], reporter: Reporter) -> tuple[str, ...]:
        file = self._app.dotenv_file
        chosen: tuple[str, ...] = ()
        names, left = self._offered(there), self._left(there)
        if names:
            if reporter.ask("dotenv-import", True, file=file, names=names, left=left):
                chosen = names
            else:
                self._memory.decline({name: self._values[name] for name in names})
        elif left:
            reporter.say("dotenv-local", file=file, names=left)
        self._memory.decline({name: self._values[name] for name in left})
        changed = self._changed(there)
        if changed and reporter.ask("dotenv-changed", False, file=file, names=changed):
            chosen += changed
        return chosen

    def _unasked(self, there: set[str], reporter: Reporter) -> tuple[str, ...]:
        file, offered = self._app.dotenv_file, self._offered(there)
        required = {env.name for env in self._app.env if env.required and not env.generate}
        taken = tuple(name for name in offered if name in required)
        stay = tuple(name for name in offered if name not in required)
        if taken:
            reporter.say("dotenv-taken", file=file, names=taken)
        if stay:
            reporter.say("dotenv-stays", file=file, names=stay)
        changed = self._changed(there)
        left = tuple(name for name in self._left(there) if name in required)
        if left:
            reporter.say("dotenv-local", file=file, names=left)
        if changed:
            self._only_told.update(changed)
            reporter.say("dotenv-differs", file=file, names=changed)
        return taken

    def _offered(self, there: set[str]) -> tuple[str, ...]:
        """Names that the host lacks, and that nobody has declined with this value."""
        return tuple(name for name in self._new(there) if not self._lines[name].local)

    def _left(self, there: set[str]) -> tuple[str, ...]:
        """Names whose values are for this computer, and of which the app would miss something."""
        made = {env.name for env in self._app.env if env.generate}
        asked = {env.name for env in self._app.env} - made
        return tuple(name for name in self._new(there) if self._lines[name].local and name in asked)

    def _new(self, there: set[str]) -> tuple[str, ...]:
        return tuple(
            name
            for name, value in self._values.items()
            if name in self._lines and name not in there and not self._memory.declined(name, value)
        )

    def _changed(self, there: set[str]) -> tuple[str, ...]:
        """Names whose value on the host is another one, and nobody has said yet that it is to stay so."""
        return tuple(
            name
            for name, value in self._values.items()
            if name in self._lines
            and name in there - self._same
            and not self._lines[name].local
            and not self._memory.seen(name, value)
        )


def _values(file: Path) -> dict[str, str]:
    """What the file says now; nothing when it went away meanwhile."""
    try:
        return {item.name: item.value for item in read_dotenv(file, strict=False)}
    except ConfigError:
        return {}
