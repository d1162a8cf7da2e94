"""A release: an immutable, numbered record."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Release:
    """What ``release.json`` holds beside ``created``.

    ``origin``: ``deploy`` | ``rollback``; ``of``: for a rollback, the release that it brings back. ``environment``: key.
    ``settings``: digest of everything else that was rendered. ``env_digest``: the env store as it was.
    ``units``: systemd units of its instances, what starts at boot. ``migrated``: a migration ran for it.
    """

    number: int
    origin: str
    of: int
    commit: str
    tree: str
    subject: str
    dirty: bool
    environment: str
    settings: str
    env_digest: str
    migrations_digest: str
    units: tuple[str, ...]
    migrated: bool = False

    def record(self) -> dict[str, Any]:
        """The JSON object for ``release.json``."""
        return asdict(self) | {"units": list(self.units)}
