"""What the READMEs tell people to type exists, and both say the same."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from golive import cli

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.zh-CN.md")
_BLOCK = re.compile(r"^```(?:sh|console)\n(.*?)^```", re.M | re.S)


def commands(name: str) -> list[str]:
    """Every line to type in the README's shell blocks, without its comment."""
    text = (ROOT / name).read_text(encoding="utf-8")
    lines = [line for block in _BLOCK.findall(text) for line in block.splitlines()]
    return [shlex.join(shlex.split(line, comments=True)) for line in lines if shlex.split(line, comments=True)]


@pytest.mark.parametrize("name", READMES)
def test_there_are_commands(name: str) -> None:
    assert any(line.startswith("golive up") for line in commands(name))


def test_both_languages_have_the_same_commands() -> None:
    assert commands("README.md") == commands("README.zh-CN.md")


@pytest.mark.parametrize(
    "line", sorted({line for name in READMES for line in commands(name) if line.startswith("golive ")})
)
def test_golive_understands(line: str) -> None:
    """Each command is parsed as the command line would, and run no further."""
    group = cli._golive()
    words = shlex.split(line)[1:]
    with group.make_context("golive", words) as context:
        left = [*context._protected_args, *context.args]
        _descend(group, left, context)


def _descend(command: click.Command, words: list[str], context: click.Context) -> None:
    if not isinstance(command, click.Group):
        return
    name, below, rest = command.resolve_command(context, words)
    assert below is not None
    with below.make_context(name, rest, parent=context) as inner:
        _descend(below, [*inner._protected_args, *inner.args], inner)


@pytest.mark.parametrize(
    "line", sorted({line for name in READMES for line in commands(name) if line.startswith("make ")})
)
def test_make_has_the_target(line: str) -> None:
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    assert line.split()[1] in targets
