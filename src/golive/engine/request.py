"""What every acting command is told by its options."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Request:
    """``to``: a host's name in golive.toml, or ``user@address[:port]``, or None for the only one that golive.toml has.

    ``identity``: the private key file to log in with. ``yes``: never ask. A new host key is then accepted and shown,
    a changed one never. ``copy_data``: a first deploy starts with a copy of the data that is here.
    """

    to: str | None = None
    identity: Path | None = None
    yes: bool = False
    copy_data: bool = False
