"""What ``heroku config --shell`` and its like print: assignments as a shell would read them."""

from __future__ import annotations

import io
import re

from golive.config.dotenv_file import Assignment, read_dotenv
from golive.config.encoding import decode
from golive.errors import ConfigError

_QUOTED = re.compile(r'^([ \t]*(?:export[ \t]+)?\w+[ \t]*=[ \t]*)"((?:[^"\\]|\\.)*)"', re.MULTILINE | re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


class _Named(io.StringIO):
    """A text with the name that messages call it by."""

    name = "-"


def read_shell_output(data: bytes) -> list[Assignment]:
    """As ``read_dotenv``. In double quotes a shell, and Heroku, also write ``\\$``, ``\\!`` and a backslash before a
    backquote, of which .env files know nothing. Raises ConfigError."""
    text = decode(data)
    if text is None:
        raise ConfigError("dotenv-encoding", file=_Named.name)
    return read_dotenv(_Named(_QUOTED.sub(_unescaped, text)))


def _unescaped(found: re.Match[str]) -> str:
    value = _ESCAPE.sub(lambda pair: pair[1] if pair[1] in "$`!" else pair[0], found[2])
    return f'{found[1]}"{value}"'
