"""The one place where shell text is built: everything that comes from outside is quoted here."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from golive.protocol.steps import Ref, Secret, Text


def words(*arguments: str) -> str:
    """A command line of these words, each meaning exactly itself."""
    return " ".join(shlex.quote(argument) for argument in arguments)


def mode(bits: int) -> str:
    """An octal mode as install(1) and chmod(1) take it."""
    return f"{bits:04o}"


def here(command: str, content: str) -> str:
    """COMMAND with CONTENT, which ends with a line break, on its standard input, letter by letter."""
    lines = content.split("\n")
    mark = "EOF"
    while mark in lines:
        mark += "F"
    return f"{command} <<'{mark}'\n{content}{mark}"


def feed(command: str, content: Text) -> tuple[str, ...]:
    """COMMAND reading CONTENT; what is not known yet is read from variables that are explained first."""
    if isinstance(content, str):
        if content.endswith("\n"):
            return (here(command, content),)
        return (f"printf %s {shlex.quote(content)} | {command}",)
    pieces = "".join(f'"${variable(piece)}"' if not isinstance(piece, str) else shlex.quote(piece) for piece in content)
    return (*introduce(content), f"printf %s {pieces} | {command}")


def variable(piece: Ref | Secret) -> str:
    """The shell variable that stands for a reference."""
    name = piece.name if isinstance(piece, Secret) else f"{piece.step}_{piece.output}"
    return "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in name).upper()


def introduce(content: Iterable[str | Ref | Secret]) -> tuple[str, ...]:
    """Where the variables of CONTENT come from."""
    lines = []
    for piece in content:
        if isinstance(piece, Secret):
            lines.append(
                f'{variable(piece)}="$(openssl rand -hex 32)"  # a secret: make up your own, keep it to yourself'
            )
        elif isinstance(piece, Ref):
            lines.append(f"# ${variable(piece)}: known after step {piece.step} ({piece.output})")
    return tuple(dict.fromkeys(lines))


def python(program: str, *arguments: str, interpreter: str = "python3") -> str:
    """A small Python program, given on standard input, with ARGUMENTS."""
    return here(words(interpreter, "-", *arguments), program)
