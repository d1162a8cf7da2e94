"""Where golive keeps its own things on the user's computer, by each system's custom."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def config_folder() -> Path:
    """Host keys and golive's own SSH key. ``GOLIVE_CONFIG_HOME`` overrides."""
    return _folder("CONFIG", "XDG_CONFIG_HOME", ".config", "APPDATA", "Application Support")


def data_folder() -> Path:
    """What golive remembers about apps. ``GOLIVE_DATA_HOME`` overrides."""
    return _folder("DATA", "XDG_DATA_HOME", ".local/share", "LOCALAPPDATA", "Application Support")


def cache_folder() -> Path:
    """What can be deleted at any time. ``GOLIVE_CACHE_HOME`` overrides."""
    return _folder("CACHE", "XDG_CACHE_HOME", ".cache", "LOCALAPPDATA", "Caches")


def _folder(kind: str, xdg: str, unix: str, windows: str, mac: str) -> Path:
    chosen = os.environ.get(f"GOLIVE_{kind}_HOME")
    if chosen:
        return Path(chosen)
    home = Path.home()
    if sys.platform == "win32":
        base = Path(os.environ.get(windows) or home / "AppData" / "Local")
        return base / "golive" / "cache" if kind == "CACHE" else base / "golive"
    if sys.platform == "darwin":
        return home / "Library" / mac / "golive"
    return Path(os.environ.get(xdg) or home / unix) / "golive"
