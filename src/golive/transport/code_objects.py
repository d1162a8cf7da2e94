"""Git's objects as bytes: trees, one commit, a pack. Formats: gitformat-pack(5) and git-cat-file's own."""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Iterable, Iterator
from typing import TypeAlias

COMMIT, TREE, BLOB = 1, 2, 3
_NAMES = {COMMIT: b"commit", TREE: b"tree", BLOB: b"blob"}
_FOLDER = 0o40000
S_IFGITLINK = 0o160000

Branch: TypeAlias = "dict[bytes, Branch | tuple[int, str]]"

_COMMIT = "tree {}\nauthor golive <golive@localhost> 0 +0000\ncommitter golive <golive@localhost> 0 +0000\n\ngolive\n"


def object_id(kind: int, content: bytes) -> str:
    """The name that git gives to an object (hexadecimal)."""
    return hashlib.sha1(b"%s %d\0" % (_NAMES[kind], len(content)) + content, usedforsecurity=False).hexdigest()


def trees(files: Iterable[tuple[bytes, int, str]]) -> tuple[str, dict[str, bytes]]:
    """The root tree's id and every tree's content, of path, mode and blob id of each file."""
    root: Branch = {}
    for path, mode, blob in files:
        *folders, name = path.split(b"/")
        branch = root
        for folder in folders:
            below = branch.setdefault(folder, {})
            if isinstance(below, tuple):
                raise ValueError("a file and a folder of one name")
            branch = below
        branch[name] = (mode, blob)
    contents: dict[str, bytes] = {}
    return _tree(root, contents), contents


def _tree(branch: Branch, contents: dict[str, bytes]) -> str:
    lines = []
    for name, value in branch.items():
        if isinstance(value, tuple):
            lines.append((name, b"%o %s\0" % (value[0], name) + bytes.fromhex(value[1])))
        else:
            # Git sorts a folder as if its name ended with a slash.
            below = bytes.fromhex(_tree(value, contents))
            lines.append((name + b"/", b"%o %s\0" % (_FOLDER, name) + below))
    content = b"".join(line for _, line in sorted(lines))
    identifier = object_id(TREE, content)
    contents[identifier] = content
    return identifier


def commit_of(tree: str) -> bytes:
    """The one commit of a tree. It has no parent and no date, so that the same tree always is the same commit: a second
    computer, or a second run, ships nothing anew."""
    return _COMMIT.format(tree).encode("ascii")


def write_pack(objects: Iterable[tuple[int, bytes]], count: int) -> bytes:
    """A pack of COUNT objects (kind and content), without deltas."""
    target = io.BytesIO()
    digest = hashlib.sha1(usedforsecurity=False)
    for piece in _pieces(objects, count):
        digest.update(piece)
        target.write(piece)
    target.write(digest.digest())
    return target.getvalue()


def _pieces(objects: Iterable[tuple[int, bytes]], count: int) -> Iterator[bytes]:
    yield b"PACK" + (2).to_bytes(4, "big") + count.to_bytes(4, "big")
    for kind, content in objects:
        yield _header(kind, len(content))
        yield zlib.compress(content)


def _header(kind: int, size: int) -> bytes:
    first, size = kind << 4 | size & 15, size >> 4
    header = bytearray()
    while size:
        header.append(first | 0x80)
        first, size = size & 0x7F, size >> 7
    header.append(first)
    return bytes(header)
