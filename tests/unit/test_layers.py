"""Arrows go down only: the contracts of pyproject.toml hold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_layers() -> None:
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
        "--no-cache",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_errors_and_locale_import_nothing_of_ours() -> None:
    for path in (ROOT / "src/golive/errors.py", ROOT / "src/golive/locale/__init__.py"):
        assert "golive" not in "".join(
            line for line in path.read_text("utf-8").splitlines() if "import" in line.split()
        )
