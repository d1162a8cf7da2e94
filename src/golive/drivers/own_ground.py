"""The ground on the user's own computer: folders, and the supervisor that systemd is on a server."""

from __future__ import annotations

from golive.drivers.draft import Draft
from golive.drivers.files import plan_file
from golive.drivers.supervise import supervisor
from golive.model.platform import Platform
from golive.protocol.steps import EnsureDirectory, EnsureLink


def own_folders(platform: Platform) -> tuple[tuple[str, EnsureDirectory], ...]:
    """Step names and folders that all apps share, outermost first. The first one keeps everybody else out."""

    def folder(path: str, mode: int = 0o755) -> EnsureDirectory:
        return EnsureDirectory(path, mode, platform.owner, platform.group)

    return (
        ("folder-golive", folder(platform.root, 0o700)),
        ("folder-apps", folder(platform.apps)),
        ("folder-run", folder(platform.run, 0o700)),
        ("folder-units", folder(platform.units)),
        ("folder-sites", folder(platform.sites)),
        ("folder-logs", folder(platform.file("logs"))),
        ("folder-proxy", folder(platform.file("proxy"))),
    )


def plan_own_ground(draft: Draft) -> None:
    """The supervisor's own files, and the way to the sockets, where they are not as they should be."""
    platform = draft.places.platform
    plan_file(draft, "starter", platform.file("start"), supervisor.starter(platform), "starter", mode=0o755)
    config = platform.file("supervisord.conf")
    plan_file(draft, "supervisor-config", config, supervisor.supervisor_config(platform), "supervisor-config")
    if platform.upstreams != platform.apps:
        found = draft.facts.get("files", platform.upstreams) or {}
        if found.get("target") != platform.apps:
            draft.add("short-way", EnsureLink(platform.upstreams, platform.apps), "short-way", lease="host", keep=True)
