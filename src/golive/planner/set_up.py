"""The app's own command that makes its tables: many an app answers its first visitor with an error until it has run."""

from __future__ import annotations

from collections.abc import Collection

from golive.model.app import App, SetupCommand
from golive.planner.rollback_limits import leads_to_database
from golive.protocol.facts import Facts


def tables_command(app: App, travels: Collection[str], known: Collection[str], facts: Facts) -> SetupCommand | None:
    """The command, if golive may run it before the first start: of a SQLite database of which nothing is anywhere yet.

    Such commands often delete what is there, so there must not be anything. TRAVELS: files that go along. KNOWN: names
    of variables that the app gets; one that leads to a database elsewhere says that this one is not the app's.
    """
    command = next((item for item in app.setup if item.kind == "tables"), None)
    if command is None or command.words[0] != "flask" or any(word.isupper() for word in command.words):
        return None
    if facts.peek("app", "current") or not app.databases or app.services:
        return None
    if has_data(app, facts) or any(path in travels for path in app.databases) or any(map(leads_to_database, known)):
        return None
    return command


def has_data(app: App, facts: Facts) -> bool:
    """Whether something of what the app writes is on the host already: an earlier ``down`` leaves it there."""
    there = set(facts.peek("app", "shared") or ())
    return any(entry.path.partition("/")[0] in there for entry in app.persist)
