"""The README's pictures are those of a terminal and a page, drawn by tools/pictures.py."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pyte
import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import pictures  # noqa: E402 - a script, not a package


def screen_after(*words: str) -> pyte.Screen:
    screen = pyte.Screen(20, 5)
    stream = pyte.Stream(screen)
    for word in words:
        stream.feed(word)
    return screen


def test_what_was_drawn_over_is_not_in_the_picture() -> None:
    runs = pictures.runs_of(screen_after("working ...\r\x1b[K", "\x1b[32mdone\x1b[0m in 2 s"))
    assert [(run.text, run.colour, run.column) for run in runs] == [
        ("done", pictures.COLOURS["green"], 0),
        (" in 2 s", pictures.INK, 4),
    ]


def test_a_chinese_character_takes_two_cells() -> None:
    runs = pictures.runs_of(screen_after("版本 1"))
    assert [(run.text, run.column, run.cells) for run in runs] == [("版本", 0, 4), (" 1", 4, 2)]


def test_the_picture_is_well_formed_whatever_was_shown() -> None:
    drawn = pictures.drawn(screen_after('<a & "b">'), "a < b")
    assert "".join(ElementTree.fromstring(drawn).itertext()).strip() == '<a & "b">'


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_readme_shows_pictures_that_are_there(name: str) -> None:
    shown = re.findall(r'<img src="([^"]+)"', (ROOT / name).read_text(encoding="utf-8"))
    assert len(shown) == 2
    for path in shown:
        assert 1_000 < (ROOT / path).stat().st_size < 100_000
