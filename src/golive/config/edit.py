"""One setting more in a golive.toml: the rest stays as its author wrote it, comments and order too."""

from __future__ import annotations

import codecs
import copy
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from golive.config.lines import find_lines
from golive.config.settings import FILE_NAME

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def remember(folder: Path, table: str, key: str, value: int) -> None:
    """Write KEY = VALUE of [TABLE] into the app's golive.toml, which is made if there is none.

    Raises OSError, and ValueError where one line cannot do it (an inline table, say).
    """
    file = folder / FILE_NAME
    data = file.read_bytes() if file.exists() else b""
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    text = data[len(mark) :].decode("utf-8")
    file.write_bytes(mark + with_setting(text, table, key, value).encode("utf-8"))


def with_setting(text: str, table: str, key: str, value: int) -> str:
    """TEXT that says KEY = VALUE in [TABLE]. Raises ValueError where one line cannot do it."""
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.replace("\r\n", "\n").split("\n")
    wanted: dict[str, Any] = copy.deepcopy(tomllib.loads("\n".join(lines)))
    wanted.setdefault(table, {})[key] = value
    for candidate in _candidates(lines, table, key, value):
        try:
            if tomllib.loads("\n".join(candidate)) == wanted:
                return end.join(candidate)
        except tomllib.TOMLDecodeError:
            continue
    raise ValueError(f"no place for {table}.{key}")


def _candidates(lines: list[str], table: str, key: str, value: int) -> Iterator[list[str]]:
    """Where the setting may go: in its own place, below the table's name, at the end, at the top."""
    known = find_lines("\n".join(lines)).get((table, key), 0)
    if known:
        there = re.sub(r"(=\s*)[^#\s]+", rf"\g<1>{value}", lines[known - 1], count=1)
        yield [*lines[: known - 1], there, *lines[known:]]
    for number, line in enumerate(lines, 1):
        if re.match(rf"\s*\[\s*{table}\s*\]", line):
            yield [*lines[:number], f"{key} = {value}", *lines[number:]]
    body = "\n".join(lines).rstrip("\n").split("\n") if any(lines) else []
    yield [*body, *([""] if body else []), f"[{table}]", f"{key} = {value}", ""]
    yield [f"{table}.{key} = {value}", *lines]
