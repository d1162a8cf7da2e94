"""The virtual environment: what names it, and when one that is there already is the right one."""

from __future__ import annotations

from golive.drivers.recipe import EnvironmentRecipe
from golive.protocol.facts import Facts, digest_of


def environment_for(
    facts: Facts, manifests: tuple[str, ...], digest: str, extras: tuple[str, ...], tool: str
) -> EnvironmentRecipe:
    """The environment that these dependency files need on this host. ``digest``: of the files' contents.

    The key holds the interpreter's minor version, not its patch level: the environment links to the system's
    interpreter, so a security update of that reaches the app without a rebuild.
    """
    version = str(facts.get("python", "version") or "")
    parts = {
        "manifests": digest,
        "names": manifests,
        "extras": extras,
        "tool": tool,
        "python": version.split(".")[:2],
        "interpreter": facts.get("python", "path"),
        "os": [facts.get("os", "id"), facts.get("os", "version"), facts.get("os", "arch")],
    }
    return EnvironmentRecipe(digest_of(parts)[:12], tool, manifests, extras)


def is_complete(facts: Facts, key: str) -> bool:
    """Whether the environment is on the host, with its completion marker."""
    return bool(facts.get("app", "environments", key))
