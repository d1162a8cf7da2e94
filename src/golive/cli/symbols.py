"""Signs that the terminal can show: the finest of three sets that its encoding has."""

from __future__ import annotations

from dataclasses import dataclass

from golive.cli.early import shows


@dataclass(frozen=True)
class Symbols:
    """``spinner``: the name of one of rich's. ``overflow``: how rich cuts what is too long."""

    good: str
    bad: str
    dot: str
    arrow: str
    spinner: str
    ellipsis: bool


FINE = Symbols("✔", "✘", "•", "→", "dots", ellipsis=True)
CODE_PAGE = Symbols("√", "×", "·", "→", "line", ellipsis=True)
ASCII = Symbols("+", "x", "-", "->", "line", ellipsis=False)


def symbols() -> Symbols:
    """The set for standard output. Code page 936 has √ but no ✔."""
    if shows("✔✘•→⠋…"):
        return FINE
    return CODE_PAGE if shows("√×·→…") else ASCII
