"""What was measured, as a table in the terminal and as a page (results.md)."""

from __future__ import annotations

import os
import platform
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Section:
    """One measurement: a table and the sentences that say what to read in it."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    remarks: Sequence[str] = field(default_factory=tuple)


def as_text(section: Section) -> str:
    """For the terminal: columns aligned, numbers to the right."""
    table = [section.columns, *section.rows]
    widths = [max(_width(row[column]) for row in table) for column in range(len(section.columns))]
    lines = [section.title, "=" * _width(section.title)]
    for row in table:
        cells = [_fit(cell, widths[column], left=column == 0) for column, cell in enumerate(row)]
        lines.append("  ".join(cells).rstrip())
    return "\n".join([*lines, *(f"  {remark}" for remark in section.remarks), ""])


def as_markdown(section: Section) -> str:
    """For results.md."""
    lines = [f"## {section.title}", "", _bars(section.columns), _bars([":--", *["--:"] * (len(section.columns) - 1)])]
    lines += [_bars(row) for row in section.rows]
    return "\n".join([*lines, "", *(f"- {remark}" for remark in section.remarks), ""])


def page(sections: Sequence[Section], versions: Sequence[str], day: str) -> str:
    """The whole of results.md."""
    facts = [f"- {line}" for line in (f"Measured on {day}.", machine(), *versions)]
    head = [
        "# Results of `make bench`",
        "",
        "All contenders in one run, taking turns; medians. The ratios matter, not the seconds.",
        "",
        *facts,
        "",
    ]
    return "\n".join([*head, *(as_markdown(section) for section in sections)])


def machine() -> str:
    """The machine in one line: what decides the seconds, and nothing that names it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    return (
        f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GiB of memory, {system}, "
        f"Linux {platform.release().split('-')[0]}, Python {platform.python_version()}."
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _bars(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _fit(text: str, width: int, *, left: bool) -> str:
    space = " " * (width - _width(text))
    return text + space if left else space + text
