"""Where a plan's packages come from: what to measure, and which of the measured sources to use."""

from __future__ import annotations

from dataclasses import dataclass, replace

from golive.drivers import apt_sources, mirrors
from golive.drivers.apt_sources import Source, host_of
from golive.model.mirrors import OWN, MirrorSettings
from golive.protocol.facts import Facts

CLEARLY = 2
"""How many times as fast as the host's own a mirror has to be."""

Measure = tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Figure:
    """One measured source. ``setting``: what golive.toml would say to choose it. ``speed``: bytes a second, 0 = dead.

    ``good``: it has what it should have.
    """

    name: str
    setting: str
    speed: int
    good: bool
    own: bool = False


@dataclass(frozen=True)
class Choice:
    """Where packages of one ``kind`` (``apt``, ``pypi``) come from. ``address``: "" = from where the host is set to.

    ``figures``: what was measured, the host's own first; none when nothing had to be.
    """

    kind: str
    address: str = ""
    name: str = ""
    figures: tuple[Figure, ...] = ()

    @property
    def own(self) -> Figure | None:
        return next((figure for figure in self.figures if figure.own), None)

    @property
    def chosen(self) -> Figure | None:
        """The measured source that is used instead of the host's own."""
        return next((figure for figure in self.figures if self.address and figure.setting == self.address), None)


def candidates(kind: str, facts: Facts, settings: MirrorSettings) -> Measure:
    """What to try for packages of KIND; nothing when it is settled already, by golive.toml or by the host's owner."""
    if getattr(settings, kind):
        return ()
    own = _own_apt(facts) if kind == "apt" else _own_index(facts)
    if not own:
        return ()
    others = [
        (kind, name, _tried(kind, setting, facts))
        for name, setting in _known(kind, facts)
        if setting.rstrip("/") != own.rstrip("/")
    ]
    asked = [] if settings.preset else [(kind, OWN, _tried(kind, own, facts))]
    return (*asked, *others)


def choose(kind: str, facts: Facts, settings: MirrorSettings, measured: Facts) -> Choice:
    """Where to get packages of KIND from, by what was MEASURED for its ``candidates``."""
    fixed = getattr(settings, kind)
    if fixed:
        return Choice(kind) if fixed == OWN else Choice(kind, fixed, host_of(fixed))
    known = dict(_known(kind, facts))
    figures = []
    for found, name, url, speed, good in measured.peek("mirrors") or ():
        if found == kind and name == OWN:
            own = _own_apt(facts) if kind == "apt" else _own_index(facts)
            figures.append(Figure(host_of(url), own, speed, good, own=True))
        elif found == kind and name in known:
            figures.append(Figure(name, known[name], speed, good))
    own_speed = max((figure.speed for figure in figures if figure.own), default=0)
    fit = [figure for figure in figures if not figure.own and figure.good and figure.speed >= CLEARLY * own_speed]
    best = max(fit, key=lambda figure: figure.speed, default=None)
    if not best:
        return Choice(kind, figures=tuple(figures))
    return Choice(kind, best.setting, best.name, tuple(figures))


def sources_text(facts: Facts, address: str) -> str:
    """The host's own list of sources with its archive at ADDRESS; "" when nobody can say what it would be."""
    sources = _distribution(facts) or apt_sources.usual_sources(
        str(facts.peek("os", "id") or ""), str(facts.peek("os", "codename") or ""), address
    )
    main = apt_sources.main_source(sources)
    if not main:
        return ""
    mirror = next((mirror for mirror in mirrors.MIRRORS if mirror.archive(main.archive) == address.rstrip("/")), None)
    moved = []
    for source in sources:
        if mirror and source.is_security and main.archive == "debian":
            moved.append(replace(source, url=mirror.archive("debian-security") or source.url))
        elif mirror or source.url == main.url:
            moved.append(replace(source, url=address))
        else:
            # Of a mirror that we do not know nobody can say whether it has the security updates, too.
            moved.append(source)
    return apt_sources.render_sources(moved)


def _distribution(facts: Facts) -> tuple[Source, ...]:
    files = facts.peek("apt", "sources") or {}
    return apt_sources.distribution_sources(files, str(facts.peek("os", "codename") or ""))


def _own_apt(facts: Facts) -> str:
    """The archive that this host installs from, "" when it is an unusual one: somebody has meant that."""
    main = apt_sources.main_source(_distribution(facts))
    return main.url if main and main.url.startswith(("http://", "https://")) else ""


def _own_index(facts: Facts) -> str:
    """Python's own index, "" when this host is set to another one: that is never replaced."""
    own = str(facts.peek("pip", "index") or "") or mirrors.OFFICIAL_INDEX
    return mirrors.OFFICIAL_INDEX if own.rstrip("/") == mirrors.OFFICIAL_INDEX.rstrip("/") else ""


def _known(kind: str, facts: Facts) -> tuple[tuple[str, str], ...]:
    """Name and address of every mirror that has what this host needs."""
    if kind == "pypi":
        return tuple((mirror.name, mirror.pypi) for mirror in mirrors.MIRRORS if mirror.pypi)
    main = apt_sources.main_source(_distribution(facts))
    archive = main.archive if main else ""
    return tuple((mirror.name, mirror.archive(archive)) for mirror in mirrors.MIRRORS if mirror.archive(archive))


def _tried(kind: str, address: str, facts: Facts) -> str:
    """The address of the small download."""
    if kind == "pypi":
        return f"{address.rstrip('/')}/pip/"
    main = apt_sources.main_source(_distribution(facts))
    return apt_sources.release_file(address, main.suite if main else "")
