"""``golive status --all``: every app on a host, what golive itself takes up there, and what others do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from golive import planner
from golive.config import Settings
from golive.engine.login import chosen_host, connected
from golive.engine.outcome import AppOnHost, HostStatus, Share
from golive.engine.reporter import Reporter
from golive.engine.request import Request
from golive.engine.status import url_of
from golive.model.host import Host
from golive.protocol.facts import Facts


def status_of_all(request: Request, settings: Settings, reporter: Reporter) -> HostStatus:
    """One look at the host. Raises GoliveError."""
    host = chosen_host(request, settings)
    with connected(host, request, reporter) as session:
        return host_status_from(session.facts(planner.wants_status_of_all()), host)


def host_status_from(facts: Facts, host: Host) -> HostStatus:
    """The status that FACTS tell of."""
    found = facts.peek("occupied") or {}
    golive, disk, memory = found.get("golive") or {}, found.get("disk") or {}, facts.peek("memory") or {}
    apps = found.get("apps") or {}
    return HostStatus(
        host=host.name,
        address=host.address,
        apps=tuple(_app(slug, apps[slug], facts, host) for slug in sorted(apps)),
        memory=1024 * int(memory.get("total") or 0),
        memory_free=1024 * int(memory.get("available") or 0),
        disk=int(disk.get("total") or 0),
        disk_free=int(disk.get("free") or 0),
        golive={name: int(golive.get(name) or 0) for name in ("processes", "ports", "files", "cache")},
        proxies=tuple(
            f"{name} {proxy.get('version') or ''}".strip()
            for name, proxy in sorted((facts.peek("proxy") or {}).items())
        ),
        panels=tuple(planner.panel_name(panel) for panel in facts.peek("panels") or ()),
        databases=_shares(found.get("databases") or ()),
        users=_shares(found.get("users") or ()),
    )


def _app(slug: str, found: Mapping[str, Any], facts: Facts, host: Host) -> AppOnHost:
    release = int(facts.peek("apps", slug, "current") or 0)
    return AppOnHost(
        name=slug,
        url=url_of(facts, slug, host) if release else "",
        release=release,
        state=_state(release, found),
        memory=int(found.get("memory") or 0),
        disk=int(found.get("disk") or 0),
    )


def _state(release: int, found: Mapping[str, Any]) -> str:
    """One word for all of an app's processes."""
    if not release:
        return "data-only"
    active = [state == "active" for state in (found.get("units") or {}).values()]
    if not any(active):
        return "stopped"
    if not all(active):
        return "partly"
    return "maintenance" if found.get("maintenance") else "running"


def _shares(found: Iterable[Mapping[str, Any]]) -> tuple[Share, ...]:
    return tuple(Share(str(entry["name"]), int(entry["memory"])) for entry in found)
