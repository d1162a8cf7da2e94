"""The words of golive env and golive scale: what is a name, what a number, and what is never repeated."""

from __future__ import annotations

import json

import pytest

from golive import cli
from golive.cli.env import SOURCES, names_in, render
from golive.cli.scale import wish
from golive.engine.env_list import Variable
from golive.errors import UsageError

VALUE = "hunter2-and-more"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["env", "set", f"TOKEN={VALUE}"], "value-in-argv"),
        (["env", "set", f"to ken={VALUE}"], "value-in-argv"),
        (["env", "set", "TOKEN", f"{VALUE}"], "env-name-wrong"),
        (["env", "unset", f"TOKEN={VALUE}"], "value-in-argv"),
        (["env", "set", "1A"], "env-name-wrong"),
        (["scale", "web=0"], "scale-wrong"),
        (["scale", "web=65"], "scale-wrong"),
        (["scale", "web=two"], "scale-wrong"),
        (["scale", "web=3 "], "scale-wrong"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_wrong_words_are_refused_and_a_value_is_not_repeated(words, code, language, capsys) -> None:
    # No host is named: what is wrong in the words is told before that.
    assert cli.main([*words, "--lang", language]) == 64
    human = capsys.readouterr()
    assert f"({code})" in human.err
    assert cli.main([*words, "--json", "--lang", language]) == 64
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["code"] == code
    assert VALUE not in human.out + human.err + line


def test_names_and_numbers() -> None:
    assert names_in(("B", "_a1", "B")) == ("B", "_a1")
    assert (wish("web=1"), wish("mail=64")) == (("web", 1), ("mail", 64))
    with pytest.raises(UsageError):
        names_in(("名",))


def test_the_list_names_every_source_and_what_comes_next(capsys) -> None:
    from rich.console import Console

    rows = tuple(Variable(f"NAME_{n}", source, "app.py", n) for n, source in enumerate(SOURCES))
    render(rows, Console(width=100))
    shown = capsys.readouterr().out
    assert all(f"NAME_{n}" in shown for n in range(len(SOURCES)))
    assert "app.py:3" in shown
    assert "golive env set NAME_4" in shown
    render((), Console(width=100))
    assert "no variables" in capsys.readouterr().out
