"""Where an app goes."""

from __future__ import annotations

from dataclasses import dataclass, field

from golive.model.mirrors import MirrorSettings
from golive.model.platform import SERVER, Platform


@dataclass(frozen=True)
class Host:
    """A host as the user names it. ``name``: what messages call it. ``kind``: ``ssh`` | ``local``.

    ``visited_as``: the address or domain that visitors type ("" = ``address``). ``roles``: what runs there.
    ``host_key``: its SSH key (``ssh-ed25519 AAAA...``) as told by whoever made the host, believed unasked; "" if
    nobody told. ``platform``: what it is built from. ``mirrors``: where packages shall come from.
    """

    name: str
    address: str
    user: str = ""
    port: int = 0
    identity_file: str = ""
    kind: str = "ssh"
    visited_as: str = ""
    roles: tuple[str, ...] = ("web", "worker", "cron")
    host_key: str = ""
    platform: Platform = SERVER
    mirrors: MirrorSettings = field(default_factory=MirrorSettings)

    @property
    def site(self) -> str:
        """The Host that a visitor's browser sends when the app has no domain."""
        return self.visited_as or self.address
