"""Command lines: whatever is in an argument, a real shell hands on exactly that."""

import os
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.transport.command import as_root, quoted, shell, tethered

WORD = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
PRINT = 'for word; do printf "%s\\0" "$word"; done'


def run(line, **more):
    return subprocess.run(["sh", "-c", line], capture_output=True, check=True, **more).stdout.decode("utf-8")


@given(st.lists(WORD, min_size=1, max_size=5))
def test_arguments_arrive_untouched(words):
    assert run(quoted(shell(PRINT, "golive", *words))).split("\0")[:-1] == words


@given(st.lists(WORD, min_size=1, max_size=3))
def test_they_do_so_through_every_wrapper(words):
    inner = shell(PRINT, "golive", *words)
    reading, writing = os.pipe()
    try:
        assert run(quoted(tethered(inner)), stdin=reading).split("\0")[:-1] == words
    finally:
        os.close(reading)
        os.close(writing)
    if os.getuid() == 0:
        assert run(quoted(as_root(inner))).split("\0")[:-1] == words


def test_a_nul_is_refused():
    with pytest.raises(ValueError, match="NUL"):
        quoted(["echo", "a\0b"])


def test_a_tethered_command_dies_when_its_input_closes():
    process = subprocess.Popen(tethered(["sleep", "600"]), stdin=subprocess.PIPE)
    process.stdin.close()
    assert process.wait(10) != 0


def test_a_tethered_command_keeps_its_status():
    for status in (0, 7):
        process = subprocess.Popen(tethered(["sh", "-c", f"exit {status}"]), stdin=subprocess.PIPE)
        assert process.wait(10) == status
        process.stdin.close()
