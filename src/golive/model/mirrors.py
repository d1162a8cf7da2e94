"""Where a host shall get packages from, as golive.toml says it."""

from __future__ import annotations

from dataclasses import dataclass

OWN = "own"
"""What the host itself is set to, whatever its speed."""


@dataclass(frozen=True)
class MirrorSettings:
    """``apt``, ``pypi``: an address, ``own``, or "" = the fastest. ``python``: where standalone Pythons come from.

    ``preset``: ``cn`` = one of mainland China's mirrors, whatever the speed of the host's own.
    """

    apt: str = ""
    pypi: str = ""
    python: str = ""
    preset: str = ""
