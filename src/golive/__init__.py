"""Golive (上线): from a folder to a live site on your own Linux server."""

__version__ = "0.1.0"
