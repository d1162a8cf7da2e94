"""Which files an app's folder holds, without what is not the app's own: environments, caches, history."""

from __future__ import annotations

import os
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from golive.config.encoding import decode

PRUNED = frozenset(
    (
        ".git",
        ".hg",
        ".svn",
        ".venv",
        "venv",
        ".env",
        "env",
        ".tox",
        ".nox",
        ".direnv",
        ".idea",
        ".vscode",
        ".golive",
        ".eggs",
        ".cache",
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
        ".ipynb_checkpoints",
        "__pycache__",
        "__pypackages__",
        "node_modules",
        "bower_components",
        "site-packages",
    )
)
MOST_FILES = 50_000
DEEPEST = 24


@dataclass(frozen=True)
class Tree:
    """Relative POSIX paths, shallow ones first. ``complete``: False when the folder holds more than is looked at."""

    root: Path
    files: tuple[str, ...]
    names: frozenset[str]
    folders: frozenset[str]
    complete: bool

    def has(self, path: str) -> bool:
        """Whether PATH is a file or a folder of the app."""
        return path in self.names or path in self.folders

    def text(self, path: str) -> str:
        """A small text file's content, whatever its encoding; "" when it cannot be read."""
        try:
            return decode((self.root / path).read_bytes()[:1_000_000]) or ""
        except OSError:
            return ""


def walk(root: Path) -> Tree:
    """Every file below ROOT breadth first. Links to folders are not followed: they may lead round or away."""
    files: list[str] = []
    folders: set[str] = set()
    waiting: deque[tuple[str, int]] = deque([("", 0)])
    while waiting and len(files) < MOST_FILES:
        folder, depth = waiting.popleft()
        for name, is_folder in _entries(root / folder if folder else root):
            path = f"{folder}/{name}" if folder else name
            if not is_folder:
                files.append(path)
            elif name not in PRUNED and not name.endswith(".egg-info") and not (root / path / "pyvenv.cfg").exists():
                folders.add(path)
                if depth < DEEPEST:
                    waiting.append((path, depth + 1))
    return Tree(root, tuple(files), frozenset(files), frozenset(folders), not waiting)


def _entries(folder: Path) -> list[tuple[str, bool]]:
    """Name and whether it is a real folder, sorted; sockets, devices and broken links are left out."""
    found = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    found.append((entry.name, True))
                elif entry.is_file():
                    found.append((entry.name, False))
    except OSError:
        return []
    return sorted(found)
