"""The front door: the proxy's part of a plan, and the proof that what is behind it is what visitors get."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from golive.drivers.draft import Draft
from golive.drivers.ground import proxy_may_enter
from golive.drivers.places import IDENTITY_URL
from golive.drivers.proxy import nginx
from golive.drivers.recipe import Recipe
from golive.protocol.facts import Facts
from golive.protocol.steps import ReloadProxy, VerifySite, WriteFile

MAINTENANCE = (503,)
"""What visitors get meanwhile."""


def plan_proxy_file(draft: Draft, site: nginx.Site) -> None:
    """The proxy's file, where it is not as it should be. Raises ValueError for what nginx cannot be told."""
    places = draft.places
    content = nginx.render_site(places, site)
    if differs(draft.facts, places.proxy_file, content):
        draft.add("proxy-file", WriteFile(places.proxy_file, content), "proxy-file", lease="host")


def plan_proxy_reload(draft: Draft) -> None:
    """A reload, where the proxy has something new to learn: its file, or a group that its user has joined."""
    asleep = draft.facts.get("units", nginx.UNIT, "active") != "active"
    if draft.has("proxy-file") or asleep or not proxy_may_enter(draft.facts, draft.places):
        reload = ReloadProxy("nginx", nginx.UNIT, draft.places.proxy_file)
        draft.add("reload-proxy", reload, "reload-proxy", needs=("install-packages", "proxy-file"), lease="host")


def verify(draft: Draft, site: nginx.Site, recipe: Recipe, identity: str) -> VerifySite:
    """The release's own identity, and a good answer, through the proxy: during maintenance, that it is on."""
    expect = MAINTENANCE if in_maintenance(draft) else recipe.health.expect
    host_name = nginx.visitor_host(site)
    return VerifySite(site.port, host_name, "http", recipe.health.path, IDENTITY_URL, identity, expect)


def in_maintenance(draft: Draft) -> bool:
    """Whether visitors get the maintenance page."""
    return bool(draft.facts.get("files", draft.places.maintenance, "kind") == "file")


def differs(facts: Facts, path: str, content: str, like: tuple[int, str, str] = (0o644, "root", "root")) -> bool:
    """Whether the file at ``path`` is not exactly ``content``, with this mode, owner and group."""
    found: dict[str, Any] = facts.get("files", path) or {}
    same = found.get("sha256") == sha256(content.encode()).hexdigest()
    return not (same and (found.get("mode"), found.get("owner"), found.get("group")) == like)
