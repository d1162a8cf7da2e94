"""Whether this app and this host fit together: what the app needs that is not there, or not possible yet."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from golive.drivers.places import AppPlaces
from golive.drivers.proxy.quoting import site_name, size
from golive.drivers.python.version import fits
from golive.drivers.supervise.quoting import plain_path
from golive.errors import Refused
from golive.model.app import App
from golive.model.code import Code
from golive.protocol.facts import Facts

SLUG = re.compile(r"(?!build\Z|run-|drain-)[a-z][a-z0-9-]{0,19}")
"""What an app may be called. It becomes part of user and unit names, of which golive-build, golive-run-APP and
golive-drain-APP-N are golive's own."""

SERVICE_NAMES = {
    "mysql": ("MYSQL_URL", "MYSQL_HOST"),
    "postgres": ("POSTGRES_URL", "PGHOST", "POSTGRES_HOST"),
    "redis": ("REDIS_URL", "CELERY_BROKER_URL", "REDIS_HOST"),
    "mongodb": ("MONGODB_URI", "MONGO_URI", "MONGO_URL"),
}
"""Environment variables, beside the usual ones, by which apps are told where a service is."""

DATABASES = ("mysql", "postgres")
USUAL = ("DATABASE_URL", "SQLALCHEMY_DATABASE_URI")

SPARE_PORTS = tuple(range(8080, 8100))
"""Where an app goes whose port has another app already."""


def app_refusals(app: App, code: Code, facts: Facts, sent: Collection[str], adopt: bool) -> Iterator[Refused]:
    """Every reason why this app cannot be deployed to this host. ``sent``: names of values that travel along."""
    yield from _settings(app)
    yield from _not_yet(app)
    if not fits(app.python, str(facts.get("python", "version") or "")):
        yield Refused("python-too-old-for-app", needs=app.python, has=str(facts.peek("python", "version")))
    there = facts.get("app", "identity")
    if there and there != code.identity and not adopt:
        yield Refused("app-identity-differs", slug=app.slug)
    known = {*(facts.get("app", "env", "names") or ()), *(name for name, _ in app.plain_env), *sent}
    yield from _environment(app, known)


def name_refusals(app: App, names: tuple[str, ...], facts: Facts) -> Iterator[Refused]:
    """Another golive app already answers for one of these names on this port, or for whatever has no name."""
    for other in sorted(facts.peek("apps") or {}):
        if other == app.slug or facts.get("apps", other, "port") != app.port:
            continue
        theirs = facts.get("apps", other, "domains") or ()
        shared = [name for name in names if name in theirs]
        if app.domains and shared:
            yield Refused("name-taken", name=shared[0], app=other, port=app.port, free=_free_port(facts))
        elif shared or (not app.domains and facts.get("apps", other, "catch_all")):
            address = (*shared, *names)[0]
            yield Refused("address-taken", address=address, app=other, port=app.port, free=_free_port(facts))


def _free_port(facts: Facts) -> int:
    """The first spare port that no app of golive's has and no program listens on. Only a peek: it is advice."""
    taken = {facts.peek("apps", other, "port") for other in facts.peek("apps") or {}}
    free = (port for port in SPARE_PORTS if port not in taken and facts.peek("ports", str(port)) is None)
    return next(free, SPARE_PORTS[-1] + 1)


def _settings(app: App) -> Iterator[Refused]:
    """What cannot be said to nginx or systemd; golive.toml's own checks come before, detection's guesses do not."""
    if not SLUG.fullmatch(app.slug):
        yield Refused("setting-unsupported", key="name", value=app.slug)
        return
    checks: list[tuple[str, str, Callable[[str], str]]] = [("app.domains", name, site_name) for name in app.domains]
    checks.append(("app.upload_limit", app.upload_limit, size))
    checks.append(("app.chdir", app.chdir, lambda folder: plain_path(f"{AppPlaces(app.slug).folder}/{folder}")))
    for key, value, check in checks:
        try:
            check(value)
        except ValueError:
            yield Refused("setting-unsupported", key=key, value=value)
    if ".." in app.chdir.split("/") or app.chdir.startswith("/"):
        yield Refused("setting-unsupported", key="app.chdir", value=app.chdir)
    if not 0 < app.port < 65536:
        yield Refused("setting-unsupported", key="app.port", value=str(app.port))


def _not_yet(app: App) -> Iterator[Refused]:
    """What the model knows and no driver does so far."""
    chosen = (
        ("runtime", app.runtime, "native"),
        ("interface", app.interface, "wsgi"),
        ("app_server", app.app_server, "gunicorn"),
        ("proxy", app.proxy, "nginx"),
    )
    for what, value, possible in chosen:
        if value != possible:
            yield Refused("not-yet", what=what, value=value, possible=possible)
    for process in app.processes:
        if (process.name, process.kind, process.command) != ("web", "web", ""):
            yield Refused("not-yet", what="process", value=process.name, possible="web")
    if not app.processes:
        yield Refused("not-yet", what="process", value="", possible="web")


def _environment(app: App, known: Collection[str]) -> Iterator[Refused]:
    for service in app.services:
        names = (*(USUAL if service.kind in DATABASES else ()), *SERVICE_NAMES.get(service.kind, ()))
        if not any(name in known for name in names):
            place = f"{service.file}:{service.line}" if service.line else service.file
            yield Refused("service-needed", service=service.kind, place=place, names=names)
    missing = [env for env in app.env if env.required and not env.generate and env.name not in known]
    if missing:
        places = tuple(f"{env.name} ({env.file}:{env.line})" for env in missing)
        yield Refused("env-missing", names=tuple(env.name for env in missing), places=places)
