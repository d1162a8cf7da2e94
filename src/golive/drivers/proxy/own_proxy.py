"""The proxy of the user's own computer: an nginx that is installed, run by the user, or else golive's small forwarder.

Both read the same files, one an app, so that either can take the other's place.
"""

from __future__ import annotations

from golive.drivers.draft import Draft
from golive.drivers.files import plan_file
from golive.drivers.proxy import nginx, own_nginx
from golive.drivers.supervise import supervisor

UNIT = f"{supervisor.PROXY}.service"
FORWARDER = "forwarder"


def chosen(draft: Draft) -> tuple[str, str]:
    """The proxy's name and its unit."""
    if not draft.places.platform.local:
        return "nginx", nginx.UNIT
    return ("nginx" if nginx_path(draft) else FORWARDER), UNIT


def nginx_path(draft: Draft) -> str:
    """The nginx that can be used here, "" when there is none, or none that can be told our folders."""
    path = str(draft.facts.get("proxy", "nginx", "path") or "")
    if path:
        try:
            own_nginx.render_config(draft.places.platform)
        except ValueError:
            return ""
    return path


def plan_program(draft: Draft) -> None:
    """The program and its configuration, where they are not as they should be."""
    platform, path = draft.places.platform, nginx_path(draft)
    if path:
        plan_file(draft, "proxy-config", platform.file("nginx.conf"), own_nginx.render_config(platform), "proxy-config")
    unit = f"{platform.units}/{supervisor.PROXY}.ini"
    plan_file(draft, "proxy-program", unit, supervisor.proxy_unit(platform, path), "proxy-program")
