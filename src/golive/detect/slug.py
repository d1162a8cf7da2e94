"""An app's short ASCII name, fit for user names, units and socket paths."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import Path

from golive.config import Settings
from golive.config.schema import SLUG

LONGEST = 20


def slug_for(folder: Path, settings: Settings) -> str:
    """The app's name on a host without reading its code: golive.toml's ``name``, else from the folder's own name."""
    return settings.name if settings.name is not None else slug_of(folder.resolve().name)


def slug_of(name: str) -> str:
    """At most 20 of [a-z0-9-], a letter first and no name of golive's own; ``app-`` and a short hash for a name that is
    not mostly ASCII."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
    letters = sum(character.isalnum() for character in name)
    kept = sum(character.isalnum() for character in words)
    if not kept or kept * 2 < letters:
        return "app-" + hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    words = words[:LONGEST].strip("-")
    return words if re.match(SLUG, words) else f"app-{words}"[:LONGEST].strip("-")
