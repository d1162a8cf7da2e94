"""Ruff and mypy have nothing to say, and files and functions stay short enough to read."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = sorted((ROOT / "src" / "golive").rglob("*.py"))
# The closed set of steps is one idea that does not get better by being cut in two.
LONG = {"protocol/steps.py": 420}


@pytest.mark.parametrize(
    "command", [("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",)], ids=" ".join
)
def test_nothing_to_say(command: tuple[str, ...]) -> None:
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_file_is_one_idea() -> None:
    long = {}
    for path in SOURCE:
        name = path.relative_to(ROOT / "src" / "golive").as_posix()
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > LONG.get(name, 320):
            long[name] = lines
    assert long == {}


def test_shipped_files_have_the_syntax_of_python_3_6() -> None:
    for path in SOURCE:
        if {"protocol", "runner"} & set(path.parts):
            ast.parse(path.read_text(encoding="utf-8"), filename=str(path), feature_version=(3, 6))


def test_only_the_command_line_prints() -> None:
    for path in SOURCE:
        if "cli" in path.parts or "runner" in path.parts:
            continue
        calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
        names = {call.func.id for call in calls if isinstance(call.func, ast.Name)}
        assert not names & {"print", "input"}, path
