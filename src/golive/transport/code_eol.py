"""Line endings as git keeps them: what is CRLF only because of the user's system travels as LF.

Rules: gitattributes(5), "End-of-line conversion". Other filters (git-lfs, encryption) are not run: what is in the work
tree is what travels.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path

from dulwich.attrs import GitAttributes, parse_git_attributes
from dulwich.attrs import Pattern as AttributePattern
from dulwich.config import StackedConfig
from dulwich.repo import Repo

_SAMPLE = 8000


class LineEndings:
    """Call ``normalise`` for a file that holds CRLF."""

    def __init__(
        self, root: str, prefix: str, repo: Repo, config: StackedConfig, indexed: Callable[[str], bytes]
    ) -> None:
        self._root = Path(root)
        self._prefix = prefix
        self._repo = repo
        self._config = config
        self._indexed = indexed

    @property
    def rules(self) -> str:
        """Changes with the settings and the attribute files of the root and of the app's folder."""
        digest = hashlib.sha256(self._autocrlf)
        for path in (self._root / ".gitattributes", self._root / self._prefix / ".gitattributes"):
            digest.update(path.read_bytes() if path.is_file() else b"-")
        return digest.hexdigest()[:16]

    def normalise(self, path: str, content: bytes) -> bytes:
        """CONTENT (which holds CRLF) as git would keep it."""
        attributes = self._attributes.match_path(os.fsencode(f"{self._prefix}{path}"))
        text = attributes.get(b"text")
        if attributes.get(b"binary") is True or text is False:
            return content
        if text is True or (text is None and isinstance(attributes.get(b"eol"), bytes)):
            return content.replace(b"\r\n", b"\n")
        automatic = text == b"auto" or (text is None and self._autocrlf in (b"true", b"input"))
        if automatic and _looks_like_text(content) and b"\r\n" not in self._indexed(path):
            return content.replace(b"\r\n", b"\n")
        return content

    @cached_property
    def _autocrlf(self) -> bytes:
        try:
            value = self._config.get((b"core",), b"autocrlf")
        except KeyError:
            return b"false"
        return value.lower()

    @cached_property
    def _attributes(self) -> GitAttributes:
        info = Path(os.fsdecode(self._repo.commondir())) / "info" / "attributes"
        return GitAttributes(
            self._patterns(self._root / ".gitattributes", b""),
            directory_loader=lambda folder: self._patterns(self._root / os.fsdecode(folder) / ".gitattributes", folder),
            info_patterns=self._patterns(info, b""),
        )

    @staticmethod
    def _patterns(path: Path, base: bytes) -> list[tuple[AttributePattern, Mapping[bytes, bytes | bool | None]]]:
        if not path.is_file():
            return []
        with path.open("rb") as stream:
            return [(AttributePattern(pattern, base), values) for pattern, values in parse_git_attributes(stream)]


def _looks_like_text(content: bytes) -> bool:
    """Git's rule: no NUL near the start, and no carriage return that stands alone."""
    return b"\0" not in content[:_SAMPLE] and content.count(b"\r") == content.count(b"\r\n")
