""".env files: names and values, read by python-dotenv as the app itself reads them."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import IO, NamedTuple

from dotenv.parser import Binding, parse_stream

from golive.config.encoding import decode
from golive.errors import ConfigError

FILE = ".env"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


class Assignment(NamedTuple):
    """``NAME=value``. ``line``: 1-based, where it begins. Its repr tells no value."""

    name: str
    value: str
    line: int

    def __repr__(self) -> str:
        return f"Assignment(name={self.name!r}, line={self.line})"


def read_dotenv(source: Path | IO[bytes] | IO[str], *, strict: bool = True) -> list[Assignment]:
    """Every name once, where it is assigned last, in the order of the file; ``${NAME}`` stays as it is written.

    UTF-8, UTF-16 or GBK, with or without a byte order mark; ``export``, quotes and values of several lines are fine.
    Raises ConfigError: ``dotenv-unreadable``; ``dotenv-encoding``; ``dotenv-line`` for what is no assignment, which is
    skipped unless STRICT.
    """
    file, text = _text(source)
    found: dict[str, Assignment] = {}
    for binding in parse_stream(io.StringIO(text)):
        line = _line_of(binding)
        name, value = binding.key or "", binding.value
        if name and value is not None and _NAME.match(name):
            found.pop(name, None)
            found[name] = Assignment(name, value, line)
        elif strict and (name or binding.error):
            raise ConfigError("dotenv-line", file=file, line=line)
    return list(found.values())


def _text(source: Path | IO[bytes] | IO[str]) -> tuple[str, str]:
    """What messages call SOURCE, and its text."""
    file = source.name if isinstance(source, Path) else str(getattr(source, "name", FILE))
    try:
        content = source.read_bytes() if isinstance(source, Path) else source.read()
    except OSError as error:
        raise ConfigError("dotenv-unreadable", file=file, reason=error.strerror or str(error)) from error
    except UnicodeDecodeError:
        # Its text holds the bytes that it could not read: they may be of a secret.
        raise ConfigError("dotenv-encoding", file=file) from None
    text = content if isinstance(content, str) else decode(content)
    if text is None:
        raise ConfigError("dotenv-encoding", file=file)
    return file, text.removeprefix("\ufeff")


def _line_of(binding: Binding) -> int:
    """The parser counts the empty lines before an assignment as its own."""
    written = binding.original.string
    return binding.original.line + written[: len(written) - len(written.lstrip())].count("\n")
