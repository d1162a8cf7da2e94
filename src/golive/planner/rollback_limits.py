"""What a rollback does not roll back: data, and the variables' values."""

from __future__ import annotations

import re
from collections.abc import Iterator

from golive.drivers.recipe import Recipe, recipe_from
from golive.model.plan import Notice
from golive.planner.shared import Record
from golive.protocol.facts import Facts

_DATABASE = re.compile(r"(^|_)(DATABASE|DB|MYSQL|POSTGRES|POSTGRESQL|MONGO|MONGODB|REDIS)_(URL|URI|HOST)$")


def leads_to_database(name: str) -> bool:
    """Whether a variable of this name says where a database is."""
    return bool(_DATABASE.search(name))


def limits(target: Record, current: Record, recipe: Recipe, facts: Facts) -> tuple[Notice, ...]:
    """One line about data, one about variables; none about what this app does not have."""
    return (*_data(target, current, recipe, facts), *_values(target, facts))


def _data(target: Record, current: Record, recipe: Recipe, facts: Facts) -> Iterator[Notice]:
    places = ", ".join(_places(current, recipe, facts))
    if target.get("migrations_digest") != current.get("migrations_digest"):
        yield Notice("rollback-across-migration", (("release", target["number"]), ("places", places)))
    elif places:
        yield Notice("rollback-data", (("places", places),))


def _places(current: Record, recipe: Recipe, facts: Facts) -> list[str]:
    """The files and folders that the app writes, and the variables that lead to databases."""
    try:
        recipes = (recipe, recipe_from(current.get("recipe") or {}))
    except ValueError:
        recipes = (recipe, recipe)
    paths = {entry.path + "/" * (entry.kind == "directory") for one in recipes for entry in one.persist}
    names = [name for name in facts.peek("app", "env", "names") or () if leads_to_database(name)]
    return [*sorted(paths), *names]


def _values(target: Record, facts: Facts) -> Iterator[Notice]:
    """A release's own copy of the values is for going on with it, not for going back to it."""
    then, now = target.get("env_digest"), facts.peek("app", "env", "digest")
    if then and now and then != now:
        yield Notice("rollback-values", (("release", target["number"]),))
