"""What to look at on a host before anything is planned for it."""

from __future__ import annotations

from golive.drivers import fitness, ground, ports
from golive.drivers.places import BUILDER, PROXY_USER, AppPlaces
from golive.drivers.proxy import nginx, own_proxy
from golive.model.app import App
from golive.model.code import Code
from golive.model.host import Host
from golive.model.platform import SERVER, Platform
from golive.protocol.facts import ProbeRequest


def wants(app: App, code: Code, host: Host) -> ProbeRequest:
    """What ``plan`` needs to see. Without a domain it may be another port that the app gets in the end."""
    if host.platform.local:
        return _wants(app.slug, (app.port,), host.platform)
    spare = () if app.domains else tuple(port for port in fitness.SPARE_PORTS if port != app.port)
    return _wants(app.slug, (app.port, *spare), host.platform)


def wants_rollback(slug: str, platform: Platform = SERVER) -> ProbeRequest:
    """What ``plan_rollback`` needs to see."""
    return _wants(slug, (80,), platform)


def wants_again(slug: str, salt: str = "", platform: Platform = SERVER) -> ProbeRequest:
    """What ``plan_again`` needs to see; with ``salt`` also which values the app has."""
    return _wants(slug, (80,), platform)._replace(salt=salt)


def wants_maintenance(slug: str, platform: Platform = SERVER) -> ProbeRequest:
    """What ``plan_maintenance`` needs to see."""
    return _wants(slug, (80,), platform)


def wants_down(slug: str, platform: Platform = SERVER) -> ProbeRequest:
    """What ``plan_down`` needs to see."""
    return _wants(slug, (80,), platform)


def wants_status(slug: str, platform: Platform = SERVER) -> ProbeRequest:
    """What ``golive status`` tells of: the app and the units of its live release."""
    places = AppPlaces(slug, platform)
    units = (own_proxy.UNIT,) if platform.local else (places.boot_unit, nginx.UNIT)
    return ProbeRequest(app=slug, files=(places.maintenance,), units=units)


def wants_status_of_all() -> ProbeRequest:
    """What ``golive status --all`` tells of."""
    return ProbeRequest(all_apps=True)


def wants_host() -> ProbeRequest:
    """What ``golive host check`` tells of."""
    return ProbeRequest(packages=ground.PACKAGES, ports=(80,), units=(nginx.UNIT,))


def _wants(slug: str, wished: tuple[int, ...], platform: Platform) -> ProbeRequest:
    places = AppPlaces(slug, platform)
    if platform.local:
        return _wants_here(places, wished)
    folders = tuple(folder.path for _, folder in ground.folders_of(places))
    files = (places.proxy_file, places.boot_unit_file, places.current, places.repository, places.store, places.identity)
    return ProbeRequest(
        app=slug,
        packages=ground.PACKAGES,
        files=(*files, places.maintenance, *folders),
        units=(places.boot_unit, nginx.UNIT),
        users=(BUILDER, PROXY_USER, places.user),
        ports=wished,
    )


def _wants_here(places: AppPlaces, wished: tuple[int, ...]) -> ProbeRequest:
    platform = places.platform
    folders = tuple(folder.path for _, folder in ground.folders_of(places))
    shared = ("start", "supervisord.conf", "nginx.conf", "units/golive-proxy.ini")
    files = (
        places.proxy_file,
        places.current,
        places.maintenance,
        places.store,
        places.identity,
        *map(platform.file, shared),
    )
    return ProbeRequest(
        app=places.slug,
        files=(*files, *folders, *((platform.upstreams,) if platform.upstreams != platform.apps else ())),
        units=(own_proxy.UNIT,),
        ports=tuple(dict.fromkeys((*ports.CANDIDATES, *wished))),
    )
