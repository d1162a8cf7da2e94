"""The app's folder cannot be understood or packed."""

from __future__ import annotations

from golive.explain.failures.entry import Failure

APP: dict[str, Failure] = {}
