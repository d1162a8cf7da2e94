"""Whether an app itself says where its packages come from: then nobody else has a say in it."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from golive.config.encoding import decode

_OPTION = re.compile(r"^\s*(?:-i\s|--index-url[=\s]|index-url\s*=|\[\[tool\.uv\.index\]\])", re.MULTILINE)
_INCLUDE = re.compile(r"^\s*(?:-r|--requirement)[=\s]*(\S+)", re.MULTILINE)
_DEEPEST = 5


def names_an_index(folder: Path, manifests: tuple[str, ...]) -> bool:
    """Whether one of MANIFESTS, a file that it includes, or uv's settings beside it names an index.

    Twin: ``name_an_index`` in ``golive.runner.perform.manifests``.
    """
    return any(_names(folder, name) or _names(folder, _beside(name)) for name in manifests)


def _beside(manifest: str) -> str:
    return posixpath.join(posixpath.dirname(manifest), "pyproject.toml")


def _names(folder: Path, name: str, depth: int = 0) -> bool:
    try:
        text = decode((folder / name).read_bytes()) or ""
    except OSError:
        return False
    if _OPTION.search(text):
        return True
    inner = (posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) for path in _INCLUDE.findall(text))
    return depth < _DEEPEST and any(_names(folder, path, depth + 1) for path in inner)
