"""Help pages in the user's language, with examples, wrapped by what a terminal really shows.

Texts of commands and options stay as they are marked in the code and are translated when a page is shown, because
``--lang`` is known only then. Chinese letters are two columns wide and may be broken anywhere.
"""

from __future__ import annotations

import copy
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import click

from golive.locale import N_, _

Examples = tuple[tuple[str, str], ...]
"""Command lines, each with what it does (marked with ``N_``)."""

_OPEN = "“‘（《「【"
_CLOSE = "”’）》」】、。，；：？！…％"
_WIDE = "\u2e80-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
# What is never broken: a wide letter, or a word of narrow ones, with the punctuation that belongs to it.
_PIECE = re.compile(rf"\s+|[{_OPEN}]*(?:[{_WIDE}]|[^\s{_WIDE}{_OPEN}{_CLOSE}]+)[{_CLOSE}]*|[{_OPEN}{_CLOSE}]+")


def columns(text: str) -> int:
    """How many columns of a terminal TEXT fills."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def wrap(text: str, width: int) -> list[str]:
    """TEXT in lines of at most WIDTH columns (a longer word stays whole); punctuation stays with its word."""
    lines: list[str] = []
    line = ""
    for piece in _PIECE.findall(" ".join(text.split())):
        if columns(line + piece) > width and line.strip():
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


class Formatter(click.HelpFormatter):
    """Click's formatter, measuring columns instead of letters."""

    def write_text(self, text: str) -> None:
        """Paragraphs, each wrapped to the width of the page."""
        indent = " " * self.current_indent
        paragraphs = (wrap(paragraph, self.width - self.current_indent) for paragraph in text.split("\n\n"))
        self.write("\n\n".join("\n".join(indent + line for line in lines) for lines in paragraphs) + "\n")

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Click's puts a space behind any colon."""
        super().write_usage(prog, args, _("Usage: ") if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        """Click's ends with an ASCII colon."""
        colon = _(":")
        self.write(f"{' ' * self.current_indent}{heading}{colon}\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Terms on the left, their meaning on the right."""
        rows = list(rows)
        indent = " " * self.current_indent
        left = min(max(columns(term) for term, _meaning in rows), col_max) + col_spacing
        for term, meaning in rows:
            first, *rest = wrap(meaning, max(self.width - left - self.current_indent, 20)) or [""]
            if columns(term) + col_spacing > left:
                self.write(f"{indent}{term}\n{indent}{' ' * left}{first}\n")
            else:
                self.write(f"{indent}{term}{' ' * (left - columns(term))}{first}".rstrip() + "\n")
            for line in rest:
                self.write(f"{indent}{' ' * left}{line}\n")


class Context(click.Context):
    """Shows help with our formatter."""

    formatter_class = Formatter


class Option(click.Option):
    """An option whose help is translated when it is shown."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The two columns of the help page."""
        shown = copy.copy(self)
        shown.help = self.help and _(self.help)
        return click.Option.get_help_record(shown, ctx)


class Command(click.Command):
    """A command with examples, its texts translated when they are shown."""

    context_class = Context

    def __init__(self, *args: Any, examples: Examples = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = examples

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """The words after the command's name."""
        known = {"[OPTIONS]": _("[OPTIONS]"), "COMMAND [ARGS]...": _("COMMAND [ARGS]...")}
        known["[COMMAND] [ARGS]..."] = known["COMMAND [ARGS]..."]
        return [known.get(piece, piece) for piece in super().collect_usage_pieces(ctx)]

    def _translated(self) -> str:
        return _(self.help) if self.help else ""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """``--help``; click keeps it with the words of the first time."""
        found = super().get_help_option(ctx)
        if found is not None:
            found.help = _("Show this message and exit.")
        return found

    def get_short_help_str(self, limit: int = 45) -> str:
        """The first sentence of the help, whole."""
        return re.split(r"(?<=[。：；])|(?<=[.:;])\s", self._translated(), maxsplit=1)[0].rstrip(".:;。：；")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The help itself."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(self._translated())

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The examples."""
        write_examples(self.examples, formatter)


class Group(Command, click.Group):
    """A command that holds others (``golive host``)."""


def write_examples(examples: Sequence[tuple[str, str]], formatter: click.HelpFormatter) -> None:
    """The section that every help page ends with."""
    if examples:
        with formatter.section(_(N_("Examples"))):
            formatter.write_dl([(line, _(meaning)) for line, meaning in examples], col_max=48)
