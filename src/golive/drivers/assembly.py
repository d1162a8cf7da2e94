"""An app and a host, put together: what a release is made from, and the site that visitors see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from golive.drivers.appserver import gunicorn
from golive.drivers.places import AppPlaces
from golive.drivers.proxy import nginx
from golive.drivers.proxy.default_site import ANY_OTHER, kept_by
from golive.drivers.proxy.quoting import site_name
from golive.drivers.python.environment import environment_for
from golive.drivers.recipe import Recipe, Unit
from golive.drivers.release import instances_of
from golive.drivers.supervise import systemd
from golive.drivers.supervise.units import unit_template
from golive.model.app import App
from golive.model.code import Code
from golive.model.host import Host
from golive.model.platform import SERVER, Platform
from golive.protocol.facts import Facts


def recipe_for(
    app: App,
    code: Code,
    facts: Facts,
    running: Mapping[str, int] = MappingProxyType({}),
    platform: Platform = SERVER,
) -> Recipe:
    """What a release of this app is made from on this host. ``running``: instances of each process of the live release,
    which stay as many where the app does not say otherwise."""
    places = AppPlaces(app.slug, platform)
    extras = (gunicorn.REQUIREMENT,)
    environment = environment_for(facts, app.manifests, code.manifests_digest, extras, app.tool)
    folder = places.environment(environment.key)
    size = gunicorn.size_for(facts, app.workers, app.threads)
    at = places.release(systemd.RELEASE)
    units = []
    for process in app.processes:
        scratch = at.scratch(process.name, systemd.INSTANCE)
        argv = gunicorn.command(folder, app.entry, at.socket(process.name, systemd.INSTANCE), scratch, size)
        text = unit_template(places, process.name, argv, folder, app.chdir, size.reason)
        units.append(Unit(process.name, process.instances or running.get(process.name, 1), text))
    return Recipe(
        environment=environment,
        units=tuple(units),
        chdir=app.chdir,
        plain_env=app.plain_env,
        persist=app.persist,
        databases=app.databases,
        migrate=app.migrate,
        mounts=tuple(mount for mount in _mounts(app) if nginx.has_folder(mount)),
        upload_limit=app.upload_limit,
        health=app.health,
    )


def _mounts(app: App) -> tuple[nginx.Mount, ...]:
    return tuple(nginx.Mount(mount.url, mount.folder, _written_below(app, mount.folder)) for mount in app.static)


def _written_below(app: App, folder: str) -> tuple[str, ...]:
    """The folders inside ``folder`` that the app writes: they are links to the shared data."""
    start = folder.strip("/") + "/"
    entries = (entry.path for entry in app.persist if entry.kind == "directory")
    return tuple(path[len(start) :] for path in entries if path.startswith(start))


def site_for(app: App, host: Host, facts: Facts, recipe: Recipe) -> nginx.Site:
    """The domains, or else the addresses by which visitors can come, and whatever else they may type."""
    return site_of(names_for(app, host, facts), app.port, facts, recipe)


def names_for(app: App, host: Host, facts: Facts) -> tuple[str, ...]:
    """The names of the app's site. A cloud host's own addresses are behind NAT: none of them is what visitors type."""
    if host.platform.local:
        return (host.site, "localhost")
    names = dict.fromkeys(written(app.domains or (host.site, *_addresses(facts))))
    if app.domains:
        return tuple(names)
    rest = () if kept_by(facts, app.port) else (ANY_OTHER,)
    return (*(names or ("_",)), *rest)


def _addresses(facts: Facts) -> tuple[str, ...]:
    """IPv4 only: temporary IPv6 addresses change every day, and the proxy's file would change with them."""
    return tuple(address for address in facts.get("addresses") or () if ":" not in address)


def written(names: Iterable[str]) -> Iterable[str]:
    """Names as nginx writes them; a host may be called something that is no name on the web (``my_server``)."""
    for name in names:
        try:
            yield site_name(name)
        except ValueError:
            continue


def site_of(names: tuple[str, ...], port: int, facts: Facts, recipe: Recipe) -> nginx.Site:
    sockets = tuple(f"{process}-{instance}.sock" for process, instance in instances_of(recipe) if process == "web")
    # Of the user's own computer nobody else is a visitor.
    local = facts.peek("kind") == "local"
    ipv6, address = (False, "127.0.0.1") if local else (bool(facts.get("ipv6")), "")
    return nginx.Site(names or ("_",), port, sockets, recipe.mounts, recipe.upload_limit, ipv6, address)
