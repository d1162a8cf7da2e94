"""Whether a site starts with a copy of the data that is on this computer, asked once: before its first release.

Unasked it starts empty: what a developer has typed in to try things out is rarely what visitors should find.
"""

from __future__ import annotations

import re
import tempfile
from contextlib import ExitStack
from pathlib import Path

from golive.engine.reporter import Reporter
from golive.errors import Param, Refused
from golive.model.app import App
from golive.protocol.facts import Facts
from golive.transport.code import Snapshot
from golive.transport.data import Data, copied, find_data

MOST_BYTES = 1_000_000_000

_GATHERED = re.compile(r"(^|[_-])(uploads?|uploaded|media|attachments?|avatars?)([_-]|$)", re.IGNORECASE)
"""Folders of such names hold what visitors send, whether or not git is there to say so."""


def gathered(app: App) -> tuple[str, ...]:
    """The databases and folders that travel as data, and not as code, unless git tracks them: they change by use."""
    folders = (entry.path for entry in app.persist if entry.kind == "directory")
    return (*app.databases, *(path for path in folders if _GATHERED.search(path.rpartition("/")[2])))


class DataOffer:
    """The data of one app on its way to one host. ``wanted``: the copy was asked for on the command line."""

    def __init__(self, app: App, folder: Path, wanted: bool) -> None:
        self._app = app
        self._folder = folder
        self._wanted = wanted
        self._settled = False
        self.taken = False
        """Whether the site starts with a copy."""
        self._temporary = ExitStack()

    def notice(self, snapshot: Snapshot, facts: Facts, reporter: Reporter) -> None:
        """For a plan that asks nothing: what ``up`` would ask about."""
        data = self._offered(snapshot, facts)
        if data.files:
            reporter.say("data-offer", **_about(data))

    def settle(self, snapshot: Snapshot, facts: Facts, reporter: Reporter) -> Snapshot:
        """The snapshot, with the data in it if so wished. Raises Refused ``data-too-large``, AppError."""
        if self._settled:
            return snapshot
        self._settled = True
        if self._wanted and facts.peek("app", "current"):
            reporter.say("data-late", app=self._app.slug)
            return snapshot
        data = self._offered(snapshot, facts)
        if not data.files or not self._wish(data, reporter):
            return snapshot
        self.taken = True
        folder = Path(self._temporary.enter_context(tempfile.TemporaryDirectory(prefix="golive-")))
        return snapshot.with_data(copied(data, folder))

    def close(self) -> None:
        """The copies are not needed any more."""
        self._temporary.close()

    def _offered(self, snapshot: Snapshot, facts: Facts) -> Data:
        """What the host does not have: before the first release, and not in what an earlier ``down`` has left there."""
        if facts.peek("app", "current"):
            return Data()
        there = set(facts.peek("app", "shared") or ())
        persist = tuple(entry for entry in self._app.persist if entry.path.partition("/")[0] not in there)
        return find_data(self._folder.resolve(), persist, snapshot.paths)

    def _wish(self, data: Data, reporter: Reporter) -> bool:
        if data.size > MOST_BYTES:
            if self._wanted:
                raise Refused("data-too-large", **_about(data), app=self._app.slug)
            reporter.say("data-too-much", **_about(data), app=self._app.slug)
            return False
        if self._wanted:
            return True
        if reporter.attended:
            return reporter.ask("data-copy", False, **_about(data))
        reporter.say("data-stays-here", **_about(data))
        return False


def _about(data: Data) -> dict[str, Param]:
    return {"places": data.places, "count": len(data.files), "size": _size(data.size)}


def _size(size: int) -> str:
    """As people say it."""
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{max(size, 1_000) / 1_000:.0f} kB"
