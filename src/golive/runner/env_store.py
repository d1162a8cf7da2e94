"""An app's env store: a JSON object of names and values that only root can read, and its digest that tells nothing."""

import hashlib
import hmac
import json
import os
from typing import Dict, Optional

from golive.runner import env_file
from golive.runner.layout import host_layout

OURS = ("GOLIVE_APP", "GOLIVE_RELEASE")
"""What every release is told beside its values."""


def key_path() -> str:
    """Where the host's own random key is."""
    return host_layout().state + "/key"


def read_store(path: str) -> Dict[str, str]:
    """All names and values; empty when there is no store yet. Raises ValueError for a damaged one."""
    try:
        with open(path, encoding="utf-8") as stream:
            values = json.load(stream)
    except FileNotFoundError:
        return {}
    if not isinstance(values, dict):
        raise ValueError("not an env store")
    return {str(name): str(value) for name, value in values.items()}


def values_of_live_release(folder: str) -> Dict[str, str]:
    """What the live release of the app in FOLDER was given, without what golive.toml itself says: the store as it was
    when that release was made. Empty when nobody knows."""
    current = os.path.join(folder, "current")
    try:
        with open(os.path.join(current, "env"), encoding="utf-8") as stream:
            values = env_file.parse(stream.read())
        with open(os.path.join(current, "release.json"), encoding="utf-8") as stream:
            plain = dict(json.load(stream)["recipe"]["plain_env"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return {name: value for name, value in values.items() if name not in plain and name not in OURS}


def encode_store(values: Dict[str, str]) -> bytes:
    """The store's content: the same values give the same bytes."""
    return json.dumps(values, sort_keys=True, ensure_ascii=False, indent=1).encode("utf-8") + b"\n"


def digest_of_store(path: str, key: Optional[str] = None) -> str:
    """A digest that says only whether anything changed; keyed, so that no value can be guessed. "" without a store."""
    try:
        with open(key or key_path(), "rb") as stream:
            secret = stream.read()
        values = read_store(path)
    except (OSError, ValueError):
        return ""
    if not os.path.exists(path):
        return ""
    return hmac.new(secret, encode_store(values), hashlib.sha256).hexdigest()[:16]
