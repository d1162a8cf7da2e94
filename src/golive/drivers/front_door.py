"""The front door: the proxy's part of a plan, and the proof that what is behind it is what visitors get."""

from __future__ import annotations

from golive.drivers.draft import Draft
from golive.drivers.files import differs
from golive.drivers.ground import proxy_may_enter
from golive.drivers.places import IDENTITY_URL
from golive.drivers.proxy import nginx, own_proxy
from golive.drivers.recipe import Recipe
from golive.protocol.steps import ReloadProxy, VerifySite, WriteFile

MAINTENANCE = (503,)
"""What visitors get meanwhile."""


def plan_proxy_file(draft: Draft, site: nginx.Site) -> None:
    """The proxy's file, where it is not as it should be. Raises ValueError for what nginx cannot be told."""
    places = draft.places
    content = nginx.render_site(places, site)
    file = WriteFile(places.proxy_file, content, 0o644, places.owner, places.platform.group)
    if places.platform.local:
        own_proxy.plan_program(draft)
    if differs(draft.facts, file):
        draft.add("proxy-file", file, "proxy-file", lease="host")


def plan_proxy_reload(draft: Draft) -> None:
    """A reload, where the proxy has something new to learn: its file, or a group that its user has joined."""
    proxy, unit = own_proxy.chosen(draft)
    asleep = draft.facts.get("units", unit, "active") != "active"
    changed = any(draft.has(name) for name in ("proxy-file", "proxy-config", "proxy-program"))
    if changed or asleep or not proxy_may_enter(draft.facts, draft.places):
        reload = ReloadProxy(proxy, unit, draft.places.proxy_file)
        draft.add("reload-proxy", reload, "reload-proxy", needs=("install-packages", "proxy-file"), lease="host")


def verify(draft: Draft, site: nginx.Site, recipe: Recipe, identity: str) -> VerifySite:
    """The release's own identity, and a good answer, through the proxy: during maintenance, that it is on."""
    expect = MAINTENANCE if in_maintenance(draft) else recipe.health.expect
    host_name = nginx.visitor_host(site)
    return VerifySite(site.port, host_name, "http", recipe.health.path, IDENTITY_URL, identity, expect)


def in_maintenance(draft: Draft) -> bool:
    """Whether visitors get the maintenance page."""
    return bool(draft.facts.get("files", draft.places.maintenance, "kind") == "file")
