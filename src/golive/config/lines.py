"""On which line of a TOML text each key stands: the standard parser does not say."""

from __future__ import annotations

import re

from golive.config.kinds import Path

_KEY_PART = re.compile(
    r"""[ \t]*(?:(?P<bare>[A-Za-z0-9_-]+)|"(?P<basic>(?:[^"\\\n]|\\.)*)"|'(?P<literal>[^'\n]*)')[ \t]*"""
)
_IN_VALUE = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[\[{]|[\]}]|\n",
    re.DOTALL,
)
_BLANK = re.compile(r"(?:[ \t\r\n]|\#[^\n]*)*")


def find_lines(text: str) -> dict[Path, int]:
    """The line (1-based) where each key and table is first named. TEXT is valid TOML."""
    lines: dict[Path, int] = {}
    table: Path = ()
    position = _blank(text, 0)
    while position < len(text):
        line = text.count("\n", 0, position) + 1
        if text[position] == "[":
            start = position + (2 if text.startswith("[[", position) else 1)
            path, position = _dotted(text, start)
            table = path
            end = text.find("\n", position)
            position = len(text) if end < 0 else end
        else:
            key, position = _dotted(text, position)
            path = table + key
            position = _after_value(text, position)
        for length in range(1, len(path) + 1):
            lines.setdefault(path[:length], line)
        position = _blank(text, position)
    return lines


def _blank(text: str, position: int) -> int:
    """Where the next statement starts."""
    found = _BLANK.match(text, position)
    return found.end() if found else position


def _dotted(text: str, position: int) -> tuple[Path, int]:
    """A dotted key and where it ends. Anything else ends the search: the parser accepted it, only a line is lost."""
    parts: list[str] = []
    while found := _KEY_PART.match(text, position):
        parts.append(next(part for part in found.groups() if part is not None))
        position = found.end()
        if not text.startswith(".", position):
            return tuple(parts), position
        position += 1
    return tuple(parts), len(text)


def _after_value(text: str, position: int) -> int:
    """Where the value that follows ends: at the first line end outside of brackets and strings."""
    depth = 0
    for found in _IN_VALUE.finditer(text, position):
        piece = found.group()
        if piece in ("[", "{"):
            depth += 1
        elif piece in ("]", "}"):
            depth -= 1
        elif piece == "\n" and depth == 0:
            return found.start()
    return len(text)
