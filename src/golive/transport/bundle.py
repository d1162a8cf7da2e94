"""The runner as one zip: the same sources give the same bytes, and its name is their hash.

Twin: ``golive.runner.entry`` is its ``__main__`` and unpacks it; ``golive.runner.bootstrap`` keeps it on hosts.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sys

    if sys.version_info >= (3, 11):
        from importlib.resources.abc import Traversable
    else:
        from importlib.abc import Traversable

_PACKAGES = ("protocol", "runner")
_NOT_SHIPPED = frozenset({"golive/runner/bootstrap.py"})
_ENTRY = "golive/runner/entry.py"
_ROOT_PACKAGE = b'"""The part of golive that runs on hosts."""\n'
_EPOCH = (1980, 1, 1, 0, 0, 0)
_REMARKS = re.compile(rb'(?ms)(^ *)?""".*?"""|^ *#[^\n]*')
"""Strings in three quotes, those that begin a line (docstrings) with a group; and lines of comment."""


@dataclass(frozen=True)
class Bundle:
    """``digest``: SHA-256 of ``content``; the host keeps it under ``name``, which begins with it."""

    content: bytes = field(repr=False)
    digest: str

    @property
    def name(self) -> str:
        """The first 16 digits of the digest."""
        return self.digest[:16]


@cache
def bundle() -> Bundle:
    """The runner of this golive."""
    return pack(dict(sources()))


def sources() -> Iterator[tuple[str, bytes]]:
    """Path inside the zip and content of every file that is shipped. Line breaks become LF."""
    yield "golive/__init__.py", _ROOT_PACKAGE
    root = resources.files("golive")
    for package in _PACKAGES:
        for path, file in _python_files(root / package, f"golive/{package}"):
            if path in _NOT_SHIPPED:
                continue
            content = file.read_bytes().replace(b"\r\n", b"\n")
            yield ("__main__.py" if path == _ENTRY else path), content


def pack(files: dict[str, bytes]) -> Bundle:
    """FILES as a zip whose bytes depend on nothing else: ``__main__.py``, and all others as one uncompressed zip in it,
    which compresses a third better than each file by itself. Remarks stay at home: they are another third."""
    others = {path: without_remarks(content) for path, content in files.items() if path != "__main__.py"}
    inner = _zip(others, zipfile.ZIP_STORED)
    entry = without_remarks(files["__main__.py"])
    content = _zip({"__main__.py": entry, "golive.zip": inner}, zipfile.ZIP_DEFLATED)
    return Bundle(content, hashlib.sha256(content).hexdigest())


def without_remarks(source: bytes) -> bytes:
    """Python SOURCE without its docstrings and comment lines; every line keeps its number, for tracebacks."""
    return _REMARKS.sub(_blank, source)


def _blank(remark: re.Match[bytes]) -> bytes:
    text, margin = remark[0], remark[1]
    if margin is None and not text.lstrip().startswith(b"#"):
        return text
    return (b"" if margin is None else margin + b'""') + b"\n" * text.count(b"\n")


def _zip(files: dict[str, bytes], method: int) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, _EPOCH)
            entry.compress_type = method
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[path], compresslevel=9)
    return target.getvalue()


def bootstrap() -> str:
    """The source that finds, receives and starts the runner on a host."""
    return (resources.files("golive") / "runner" / "bootstrap.py").read_text("utf-8")


def _python_files(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for child in folder.iterdir():
        if child.is_dir():
            yield from _python_files(child, f"{path}/{child.name}")
        elif child.name.endswith(".py"):
            yield f"{path}/{child.name}", child
