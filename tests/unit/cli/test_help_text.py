"""Lines are as wide as a terminal shows them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from golive.cli.help_text import columns, wrap


def test_chinese_letters_are_two_columns_wide() -> None:
    assert columns("上线 ok") == 7


def test_chinese_is_broken_anywhere_and_english_between_words() -> None:
    assert wrap("把应用放到服务器上", 8) == ["把应用放", "到服务器", "上"]
    assert wrap("put the app there", 8) == ["put the", "app", "there"]


@pytest.mark.parametrize("width", range(6, 30))
def test_punctuation_stays_with_its_word(width: int) -> None:
    lines = wrap("请运行“golive up”，然后等待。它会完成（很快）！", width)
    for line in lines:
        assert line[0] not in "，。”）！"
        assert line[-1] not in "“（"


@given(st.text(alphabet="ab 上线，。“”", max_size=60), st.integers(min_value=4, max_value=40))
def test_nothing_is_lost_and_spaces_alone_may_go(text: str, width: int) -> None:
    assert "".join("".join(wrap(text, width)).split()) == "".join(text.split())


@given(st.text(alphabet="上线服务器", max_size=60), st.integers(min_value=4, max_value=40))
def test_no_line_is_wider_than_the_page(text: str, width: int) -> None:
    assert all(cell_len(line) <= width for line in wrap(text, width))
