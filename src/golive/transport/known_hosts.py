"""Host keys: golive's own store, and the user's ``~/.ssh/known_hosts``, which is only read.

Where golive's store knows a host, it alone decides: ``golive host trust`` must be able to replace what an older file
says.
"""

from __future__ import annotations

import base64
import binascii
import fnmatch
import hashlib
import hmac
import os
from dataclasses import dataclass
from pathlib import Path

from golive.errors import HostError

SSH_PORT = 22


@dataclass(frozen=True)
class KnownKey:
    """``kind``: ``key`` | ``authority`` (may sign host keys) | ``revoked``. ``line``: algorithm and base64."""

    kind: str
    line: str

    @property
    def fingerprint(self) -> str:
        """As ``ssh-keygen -l`` shows it."""
        return fingerprint(self.line)


def fingerprint(line: str) -> str:
    """The SHA-256 fingerprint of an ``algorithm base64 ...`` line; "" when that is none."""
    try:
        content = base64.b64decode(line.split()[1], validate=True)
    except (IndexError, binascii.Error):
        return ""
    return "SHA256:" + base64.b64encode(hashlib.sha256(content).digest()).decode("ascii").rstrip("=")


class KnownHosts:
    """``own``: the file that golive writes. ``users``: a file that it only reads."""

    def __init__(self, own: Path, users: Path) -> None:
        self._own = own
        self._users = users

    def keys(self, host: str, port: int) -> tuple[KnownKey, ...]:
        """What is known of HOST."""
        name = host_name(host, port)
        return _keys_in(self._own, name) or _keys_in(self._users, name)

    def add(self, host: str, port: int, line: str) -> None:
        """Remember a key of HOST. Raises HostError ``config-unwritable``."""
        self._write([*_lines(self._own), f"{host_name(host, port)} {line}"])

    def replace(self, host: str, port: int, line: str) -> None:
        """Forget what golive's store knows of HOST and remember this key instead."""
        name = host_name(host, port)
        kept = [old for old in _lines(self._own) if not _is_about(old, name)]
        self._write([*kept, f"{name} {line}"])

    def _write(self, lines: list[str]) -> None:
        temporary = self._own.with_name(f"{self._own.name}.{os.getpid()}")
        try:
            self._own.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            temporary.write_text("".join(f"{line}\n" for line in lines), "utf-8", newline="\n")
            temporary.replace(self._own)
        except OSError as error:
            raise HostError("config-unwritable", path=str(self._own), reason=error.strerror or "") from None


def host_name(host: str, port: int) -> str:
    """HOST as known_hosts files write it."""
    return host.lower() if port == SSH_PORT else f"[{host.lower()}]:{port}"


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return []


def _keys_in(path: Path, name: str) -> tuple[KnownKey, ...]:
    return tuple(_key(line) for line in _lines(path) if _is_about(line, name))


def _is_about(line: str, name: str) -> bool:
    words = line.split()
    if words and words[0].startswith("@"):
        words = words[1:]
    if len(words) < 3 or words[0].startswith("#"):
        return False
    return _hash_matches(words[0], name) if words[0].startswith("|1|") else _patterns_match(words[0], name)


def _key(line: str) -> KnownKey:
    words = line.split()
    if words[0].startswith("@"):
        kind = {"@cert-authority": "authority", "@revoked": "revoked"}.get(words[0], "other")
        return KnownKey(kind, " ".join(words[2:4]))
    return KnownKey("key", " ".join(words[1:3]))


def _patterns_match(patterns: str, name: str) -> bool:
    matched = False
    for pattern in patterns.lower().split(","):
        # fnmatch gives brackets a meaning of its own; in known_hosts they surround the host before a port.
        glob = pattern.lstrip("!").replace("[", "[[]")
        if fnmatch.fnmatchcase(name, glob):
            if pattern.startswith("!"):
                return False
            matched = True
    return matched


def _hash_matches(hashed: str, name: str) -> bool:
    try:
        _, _, salt, digest = hashed.split("|")
        expected = base64.b64decode(digest)
        found = hmac.new(base64.b64decode(salt), name.encode("utf-8"), "sha1").digest()
    except ValueError:
        return False
    return hmac.compare_digest(expected, found)
