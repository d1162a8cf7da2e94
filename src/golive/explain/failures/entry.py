"""The shape of a catalogue entry."""

from __future__ import annotations

from typing import NamedTuple

Sentences = str | tuple[str, ...]
"""Texts marked with ``N_``, with ``%(param)s`` for params. A sentence one of whose params is empty is left out."""


class Failure(NamedTuple):
    """What happened, why, and what the user can do next."""

    what: Sentences
    why: Sentences
    next: Sentences
