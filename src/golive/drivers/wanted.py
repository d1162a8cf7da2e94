"""What to look at on a host before anything is planned for it."""

from __future__ import annotations

from golive.drivers import fitness, ground
from golive.drivers.places import BUILDER, PROXY_USER, AppPlaces
from golive.drivers.proxy import nginx
from golive.model.app import App
from golive.model.code import Code
from golive.model.host import Host
from golive.protocol.facts import ProbeRequest


def wants(app: App, code: Code, host: Host) -> ProbeRequest:
    """What ``plan`` needs to see. Without a domain it may be another port that the app gets in the end."""
    spare = () if app.domains else tuple(port for port in fitness.SPARE_PORTS if port != app.port)
    request = _wants(app.slug, app.port)
    return request._replace(ports=request.ports + spare)


def wants_rollback(slug: str) -> ProbeRequest:
    """What ``plan_rollback`` needs to see."""
    return _wants(slug, 80)


def wants_again(slug: str, salt: str = "") -> ProbeRequest:
    """What ``plan_again`` needs to see; with ``salt`` also which values the app has."""
    return _wants(slug, 80)._replace(salt=salt)


def wants_maintenance(slug: str) -> ProbeRequest:
    """What ``plan_maintenance`` needs to see."""
    return _wants(slug, 80)


def wants_down(slug: str) -> ProbeRequest:
    """What ``plan_down`` needs to see."""
    return _wants(slug, 80)


def wants_status(slug: str) -> ProbeRequest:
    """What ``golive status`` tells of: the app and the units of its live release."""
    places = AppPlaces(slug)
    return ProbeRequest(app=slug, files=(places.maintenance,), units=(places.boot_unit, nginx.UNIT))


def wants_status_of_all() -> ProbeRequest:
    """What ``golive status --all`` tells of."""
    return ProbeRequest(all_apps=True)


def wants_host() -> ProbeRequest:
    """What ``golive host check`` tells of."""
    return ProbeRequest(packages=ground.PACKAGES, ports=(80,), units=(nginx.UNIT,))


def _wants(slug: str, port: int) -> ProbeRequest:
    places = AppPlaces(slug)
    folders = tuple(folder.path for _, folder in ground.folders_of(places))
    files = (places.proxy_file, places.boot_unit_file, places.current, places.repository, places.store, places.identity)
    return ProbeRequest(
        app=slug,
        packages=ground.PACKAGES,
        files=(*files, places.maintenance, *folders),
        units=(places.boot_unit, nginx.UNIT),
        users=(BUILDER, PROXY_USER, places.user),
        ports=(port,),
    )
