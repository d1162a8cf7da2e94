"""The kinds of value that golive.toml may hold. Each checks a value and says the same as JSON Schema.

``expected`` is a stable key (``whole-number``, ``one-of`` ...): the words for it are found at the edge.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

Path = tuple[str, ...]


@dataclass(frozen=True)
class Problem:
    """What is wrong at ``path``. ``code``: an error code; ``nearest``: a name that was probably meant, or ""."""

    code: str
    path: Path
    expected: str = ""
    choices: tuple[str, ...] = ()
    nearest: str = ""
    value: str = ""


class Kind(Protocol):
    """One kind of value."""

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        """What is wrong with VALUE, found at PATH."""

    def schema(self) -> dict[str, Any]:
        """The same rule as JSON Schema."""


def shown(value: Any) -> str:
    """A value as the user may have typed it, short."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def nearest(name: str, names: tuple[str, ...]) -> str:
    """The one of NAMES that was probably meant, or ""."""
    close = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.6)
    return close[0] if close else ""


@dataclass(frozen=True)
class Text:
    """A string. ``pattern`` matches all of it. ``private``: its value is never repeated in a message."""

    expected: str = "text"
    pattern: str = ""
    private: bool = False

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        if not isinstance(value, str) or (self.pattern and not re.search(self.pattern, value)):
            yield Problem("config-wrong-value", path, self.expected, value="" if self.private else shown(value))

    def schema(self) -> dict[str, Any]:
        return {"type": "string"} | ({"pattern": self.pattern} if self.pattern else {})


@dataclass(frozen=True)
class Choice:
    """One of a few words. ``later`` ones are understood, and refused for now."""

    names: tuple[str, ...]
    later: tuple[str, ...] = ()

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        if isinstance(value, str) and value in self.names:
            return
        if isinstance(value, str) and value in self.later:
            yield Problem("not-yet", path, "one-of", self.names, value=value)
            return
        close = nearest(str(value), self.names)
        yield Problem("config-wrong-value", path, "one-of", self.names, nearest=close, value=shown(value))

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.names)}


@dataclass(frozen=True)
class Whole:
    """A whole number from ``low`` to ``high``."""

    low: int
    high: int

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        if not isinstance(value, int) or isinstance(value, bool) or not self.low <= value <= self.high:
            bounds = (f"{self.low}…{self.high}",)
            yield Problem("config-wrong-value", path, "whole-number", bounds, value=shown(value))

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True)
class Flag:
    """true or false."""

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        if not isinstance(value, bool):
            yield Problem("config-wrong-value", path, "flag", value=shown(value))

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True)
class Several:
    """A list whose items are of one kind."""

    item: Kind
    least: int = 0

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        if not isinstance(value, list) or len(value) < self.least:
            yield Problem("config-wrong-value", path, "list", value=shown(value))
            return
        for item in value:
            yield from self.item.problems(item, path)

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": self.item.schema()} | ({"minItems": self.least} if self.least else {})


@dataclass(frozen=True)
class OrFalse:
    """``false``, which switches a guess off, or a value."""

    kind: Kind

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        if value is not False:
            yield from self.kind.problems(value, path)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [{"const": False}, self.kind.schema()]}


@dataclass(frozen=True)
class Key:
    """A key of a table: the kind of its value and one line about it."""

    kind: Kind
    about: str


@dataclass(frozen=True)
class Table:
    """A table with known keys."""

    keys: Mapping[str, Key]
    required: tuple[str, ...] = field(default=())

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem("config-wrong-value", path, "table", value=shown(value))
            return
        for name, item in value.items():
            if name in self.keys:
                yield from self.keys[name].kind.problems(item, (*path, name))
            else:
                close = nearest(name, tuple(self.keys)) or self._inside(name)
                yield Problem("config-unknown-key", (*path, name), "one-of", tuple(self.keys), close)
        for name in self.required:
            if name not in value:
                yield Problem("config-missing-key", (*path, name), getattr(self.keys[name].kind, "expected", "text"))

    def _inside(self, name: str) -> str:
        """``app.entry`` for a key that was written one table too high."""
        for table, key in self.keys.items():
            if isinstance(key.kind, Table) and name in key.kind.keys:
                return f"{table}.{name}"
        return ""

    def schema(self) -> dict[str, Any]:
        properties = {name: {"description": key.about} | key.kind.schema() for name, key in self.keys.items()}
        schema: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": properties}
        return schema | ({"required": list(self.required)} if self.required else {})


@dataclass(frozen=True)
class Named:
    """A table whose keys are names that the user chooses."""

    kind: Kind
    pattern: str
    expected: str

    def problems(self, value: Any, path: Path) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem("config-wrong-value", path, "table", value=shown(value))
            return
        for name, item in value.items():
            if not re.search(self.pattern, name):
                yield Problem("config-wrong-value", (*path, name), self.expected, value=shown(name))
            else:
                yield from self.kind.problems(item, (*path, name))

    def schema(self) -> dict[str, Any]:
        return {
            "type": "object",
            "propertyNames": {"pattern": self.pattern},
            "additionalProperties": self.kind.schema(),
        }
