"""``golive check``: what golive sees in a folder."""

from __future__ import annotations

from pathlib import Path

from golive.config import load
from golive.detect import detect
from golive.model.app import App


def check(folder: Path) -> App:
    """The app in FOLDER with the evidence for each guess. Raises AppError, ConfigError."""
    return detect(folder, load(folder))
