"""A release: an immutable, numbered record."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Release:
    """What ``release.json`` holds beside ``created``.

    ``origin``: ``deploy`` | ``rollback`` | ``env`` | ``restart`` | ``scale``; ``of``: the release whose code it runs
    again, 0 for a deploy. ``environment``: key. ``settings``: digest of everything else that was rendered.
    ``env_digest``: the env store as it was.
    ``units``: systemd units of its instances, what starts at boot. ``migrated``: a migration ran for it.
    ``recipe``: what a rollback needs to make the release again (see ``golive.drivers.recipe``).
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
    recipe: dict[str, Any] = field(default_factory=dict)

    def record(self) -> dict[str, Any]:
        """The JSON object for ``release.json``."""
        return asdict(self) | {"units": list(self.units)}
