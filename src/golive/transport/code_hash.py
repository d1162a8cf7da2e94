"""From files to blob ids: each file is read once and again only when it has changed."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

from golive.errors import AppError
from golive.transport.code_files import LINK, Found
from golive.transport.code_objects import BLOB, object_id

Normalise = Callable[[str, bytes], bytes]
"""Path and content of a text file -> its content as git would keep it."""

_FORMAT = 1
_POINTER = b"version https://git-lfs.github.com/spec/v1\n"
_POINTER_LIMIT = 1024

# A file that is changed twice within its file system's smallest step of time looks unchanged; FAT's is two seconds.
_SETTLED = 2_000_000_000


class LfsPointerError(Exception):
    """The content of a file is not here: only git-lfs's note of it."""


def content_of(file: Found, normalise: Normalise | None) -> bytes:
    """What travels of FILE. Raises AppError ``unreadable`` and LfsPointerError."""
    try:
        if file.mode == LINK and os.path.islink(file.place):  # noqa: PTH114
            return os.fsencode(os.readlink(file.place)).replace(os.sep.encode(), b"/")  # noqa: PTH115
        content = Path(file.place).read_bytes()
    except OSError as error:
        raise AppError("unreadable", path=file.path, reason=error.strerror or "") from None
    if len(content) < _POINTER_LIMIT and content.startswith(_POINTER):
        raise LfsPointerError(file.path)
    if normalise is not None and file.mode != LINK and b"\r\n" in content:
        return normalise(file.path, content)
    return content


class BlobIds:
    """Blob ids of one folder's files, remembered by time, size and inode between runs.

    ``rules``: whatever else the ids depend on (line ending settings); a cache made under other rules is not used.
    """

    def __init__(self, cache: Path, rules: str) -> None:
        self._cache = cache
        self._rules = rules
        self._known = self._load()
        self._seen: dict[str, list[int | str]] = {}
        self._settled_before = time.time_ns() - _SETTLED

    def of(self, file: Found, normalise: Normalise | None) -> str:
        """The blob id of FILE. Raises AppError and LfsPointerError."""
        status = file.status
        mark = [status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino, file.mode]
        known = self._known.get(file.path)
        if known is not None and known[:-1] == mark:
            self._seen[file.path] = known
            return str(known[-1])
        identifier = object_id(BLOB, content_of(file, normalise))
        if max(status.st_mtime_ns, status.st_ctime_ns) < self._settled_before:
            self._seen[file.path] = [*mark, identifier]
        return identifier

    def save(self) -> None:
        """Keep what was seen. A cache that cannot be written is no reason to fail."""
        if self._seen == self._known:
            return
        content = json.dumps({"format": _FORMAT, "rules": self._rules, "files": self._seen}, separators=(",", ":"))
        temporary = self._cache.with_name(f"{self._cache.name}.{os.getpid()}")
        try:
            self._cache.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(content, "ascii")
            temporary.replace(self._cache)
        except OSError:
            return

    def _load(self) -> dict[str, list[int | str]]:
        try:
            data = json.loads(self._cache.read_text("ascii"))
            if data["format"] == _FORMAT and data["rules"] == self._rules:
                return dict(data["files"])
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return {}
