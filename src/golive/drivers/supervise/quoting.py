"""Text in systemd's unit syntax. The rules are those of systemd.service(5), "Command lines", and systemd.syntax(7).

Whatever is refused here cannot be written in a unit at all; the planner turns it into a refusal with a name.
"""

from __future__ import annotations

from collections.abc import Iterable

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:@,")


def quote_argument(argument: str) -> str:
    """One word of ExecStart=, so that the program gets exactly ``argument``. Raises ValueError for a NUL."""
    return _quote(argument.replace("$", "$$"))


def quote_command(argv: Iterable[str]) -> str:
    """The value of ExecStart=. The program must be an absolute path: anything else could carry a prefix (+ ! - @)."""
    words = list(argv)
    if not words or not words[0].startswith("/"):
        raise ValueError("the program must be an absolute path")
    return " ".join(quote_argument(word) for word in words)


def quote_assignment(name: str, value: str) -> str:
    """One NAME=VALUE of Environment=. Raises ValueError for a NUL or a name that is none."""
    if not name.isidentifier() or not name.isascii():
        raise ValueError("not the name of an environment variable")
    return _quote(f"{name}={value}")


def plain_path(path: str) -> str:
    """A path as the whole value of WorkingDirectory= or EnvironmentFile=, which know no quotes.

    Raises ValueError for what this syntax cannot say: control characters, white space at either end, a last backslash.
    """
    if not path.startswith("/") or path != path.strip() or path.endswith("\\") or not _printable(path):
        raise ValueError("systemd cannot be told this path")
    return path.replace("%", "%%")


def _quote(word: str) -> str:
    """Specifiers doubled; quoted unless every character is harmless."""
    if "\0" in word:
        raise ValueError("a NUL cannot be passed to a program")
    word = word.replace("%", "%%")
    if word and set(word) <= _PLAIN:
        return word
    return '"' + "".join(_escape(character) for character in word) + '"'


def _escape(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if ord(character) < 32 or ord(character) == 127:
        return f"\\x{ord(character):02x}"
    return character


def _printable(text: str) -> bool:
    return all(ord(character) >= 32 and ord(character) != 127 for character in text)
