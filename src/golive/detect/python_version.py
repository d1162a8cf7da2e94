"""Which Python an app asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from golive.detect.dependencies import read_pyproject
from golive.detect.syntax import upwards
from golive.detect.walk import Tree
from golive.errors import AppError

_PINS = (".python-version", "runtime.txt")


@dataclass(frozen=True)
class PythonVersion:
    """``needs``: a PEP 440 specifier, what the app demands. ``wish``: ``3.12``, what its authors used."""

    needs: str
    wish: str
    file: str
    line: int


def find_python(tree: Tree, chdir: str) -> PythonVersion:
    """requires-python is a demand; a pin in .python-version or runtime.txt is what somebody used.

    Raises AppError ``python2-app``.
    """
    needs, file, line = "", "", 0
    for folder in upwards(chdir):
        path = f"{folder}/pyproject.toml" if folder else "pyproject.toml"
        declared = read_pyproject(tree.root / folder).get("project", {}) if path in tree.names else {}
        if isinstance(declared.get("requires-python"), str):
            needs, file, line = declared["requires-python"].strip(), path, _line(tree.text(path), "requires-python")
            break
    wish, pin_file, pin_line = _pin(tree, chdir)
    if wish.startswith("2"):
        raise AppError("python2-app", file=pin_file, line=pin_line)
    return PythonVersion(needs, wish, file or pin_file, line or pin_line)


def _pin(tree: Tree, chdir: str) -> tuple[str, str, int]:
    for folder in upwards(chdir):
        for name in _PINS:
            path = f"{folder}/{name}" if folder else name
            for number, line in enumerate(tree.text(path).split("\n") if path in tree.names else (), 1):
                match = re.match(r"\s*(?:c?python-?)?(\d+(?:\.\d+)?)", line)
                if match:
                    return match[1], path, number
    return "", "", 0


def _line(text: str, key: str) -> int:
    return next((number for number, line in enumerate(text.split("\n"), 1) if line.lstrip().startswith(key)), 0)
