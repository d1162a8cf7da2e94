"""Reads an app's folder: framework, entry point, dependencies, what it writes. The app's code is never run."""

from golive.detect.app import detect
from golive.detect.slug import slug_for, slug_of

__all__ = ["detect", "slug_for", "slug_of"]
