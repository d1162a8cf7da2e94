"""What golive has seen of an app's .env file, on this computer, so that nothing is asked twice."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any

from golive.model.host import Host
from golive.transport.folders import data_folder


class Memory:
    """One app and one host. Keyed digests, never a value."""

    def __init__(self, identity: str, host: Host) -> None:
        name = hashlib.sha256(f"{identity}\0{host.address}\0{host.port}".encode()).hexdigest()[:32]
        self._file = data_folder() / "dotenv" / f"{name}.json"
        self._data = _loaded(self._file)

    def seen(self, name: str, value: str) -> bool:
        """Whether the host's NAME was settled when this VALUE was here."""
        return bool(self._data["seen"].get(name) == self._digest(name, value))

    def declined(self, name: str, value: str) -> bool:
        """Whether NAME with this VALUE was offered, and was not wanted."""
        return bool(self._data["declined"].get(name) == self._digest(name, value))

    def see(self, values: dict[str, str]) -> None:
        """These are what the host was told of."""
        self._note("seen", values)

    def decline(self, values: dict[str, str]) -> None:
        """These are not wanted on the host."""
        self._note("declined", values)

    def _digest(self, name: str, value: str) -> str:
        return hmac.new(bytes.fromhex(self._data["key"]), f"{name}={value}".encode(), "sha256").hexdigest()

    def _note(self, kind: str, values: dict[str, str]) -> None:
        """A folder that cannot be written only makes golive ask again."""
        found = {name: self._digest(name, value) for name, value in values.items()}
        if found.items() <= self._data[kind].items():
            return
        self._data[kind].update(found)
        temporary = self._file.with_name(f"{self._file.name}.{os.getpid()}")
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                json.dump(self._data, stream)
            temporary.replace(self._file)


def _loaded(file: Path) -> dict[str, Any]:
    try:
        data = json.loads(file.read_text("utf-8"))
        bytes.fromhex(data["key"])
        return {"key": data["key"], "seen": dict(data["seen"]), "declined": dict(data["declined"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {"key": secrets.token_hex(32), "seen": {}, "declined": {}}
