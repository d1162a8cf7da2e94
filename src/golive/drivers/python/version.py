"""Whether the host's Python is one that the app can run on."""

from __future__ import annotations


def fits(specifier: str, version: str) -> bool:
    """Whether ``version`` satisfies the PEP 440 ``specifier`` ("" fits all; so does one that cannot be read)."""
    if not specifier:
        return True
    # Imported here: it is wanted once in a plan, and the start of every command would pay for it.
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import InvalidVersion

    try:
        return SpecifierSet(specifier).contains(version, prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        return True
