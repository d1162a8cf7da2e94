"""The port of an app on the user's own computer, where 80 needs root's rights and each app has a port of its own."""

from __future__ import annotations

from golive.protocol.facts import Facts

CANDIDATES = tuple(range(8000, 8040))
LOWEST = 1024
"""Below this, only root may listen."""


def own_port(slug: str, wished: int, facts: Facts) -> int:
    """What golive.toml says if anybody may listen there, else the one that the app has, else the first free one."""
    if wished >= LOWEST:
        return wished
    has = int(facts.get("apps", slug, "port") or 0)
    if has:
        return has
    taken = {facts.peek("apps", other, "port") for other in facts.peek("apps") or {}}
    for port in CANDIDATES:
        if port not in taken and facts.get("ports", str(port)) is None:
            return port
    return CANDIDATES[-1]
