"""``golive host check`` and ``golive host trust``: first contact with a host."""

from __future__ import annotations

import time
from collections.abc import Iterator

from golive import planner
from golive.config import Settings
from golive.drivers.downloads import Choice
from golive.engine.downloads import Downloads
from golive.engine.login import chosen_host, connected, ssh_to
from golive.engine.outcome import Finding, HostReport
from golive.engine.reporter import Reporter
from golive.engine.request import Request
from golive.errors import Refused
from golive.model.host import Host
from golive.protocol.facts import Facts


def check(request: Request, settings: Settings, reporter: Reporter) -> HostReport:
    """What the host is, and whether ``golive up`` can work there. Raises HostError."""
    host = chosen_host(request, settings)
    with connected(host, request, reporter) as session:
        facts = session.facts(planner.wants_host())
        sources = Downloads(session).choices(facts)
    findings = (*_verdict(facts), *_slow_downloads(sources))
    return HostReport(host.name, host.address, (*described(facts), *_figures(facts, sources)), findings)


def report_of(host: Host, facts: Facts) -> HostReport:
    """What FACTS say of the host, and whether it is fit."""
    return HostReport(host.name, host.address, described(facts), tuple(_verdict(facts)))


def described(facts: Facts) -> tuple[tuple[str, str], ...]:
    """Subject and value, in the order in which a person wants to read them."""
    memory, disk = facts.peek("memory") or {}, facts.peek("disk", "/srv") or {}
    proxies = facts.peek("proxy") or {}
    rows = (
        ("os", facts.peek("os", "name")),
        ("architecture", facts.peek("os", "arch")),
        ("python", facts.peek("python", "version")),
        ("systemd", str(facts.peek("systemd") or "")),
        ("cores", str(facts.peek("cores") or "")),
        ("memory", _megabytes(memory.get("total", 0) * 1024)),
        ("memory_available", _megabytes(memory.get("available", 0) * 1024)),
        ("disk_free", _megabytes(disk.get("free", 0))),
        ("addresses", ", ".join(facts.peek("addresses") or ())),
        ("proxy", ", ".join(f"{name} {proxy.get('version', '')}".strip() for name, proxy in proxies.items())),
        ("apps", ", ".join(facts.peek("apps") or ())),
    )
    return tuple((subject, str(value or "")) for subject, value in rows)


def _verdict(facts: Facts) -> list[Finding]:
    """Every reason against it, then what is worth knowing."""
    findings = [Finding("stop", error.code, error.params) for error in planner.host_refusals(facts)]
    notices = planner.host_notices(facts, int(time.time()))
    findings += [Finding("note", notice.code, dict(notice.params)) for notice in notices]
    return findings or [Finding("good", "host-fit")]


def _figures(facts: Facts, sources: tuple[Choice, ...]) -> Iterator[tuple[str, str]]:
    """What was measured of each source, the host's own first; "-" for one that does not answer."""
    for choice in sources:
        figures = [f"{figure.name} {_speed(figure.speed)}" for figure in choice.figures]
        if choice.kind == "pypi" and not figures:
            # Its owner has chosen it: nothing else is asked.
            figures = [str(facts.peek("pip", "index") or "")]
        yield choice.kind, choice.name if choice.address and not choice.figures else ", ".join(figures)


def _speed(speed: int) -> str:
    return planner.speed_text(speed) if speed else "-"


def _slow_downloads(sources: tuple[Choice, ...]) -> Iterator[Finding]:
    for choice in sources:
        for notice in planner.mirror_notice("mirror-faster", choice):
            yield Finding("note", notice.code, dict(notice.params))


def _megabytes(size: int) -> str:
    return f"{size // 1024 // 1024} MB"


def trust(name: str, request: Request, settings: Settings, reporter: Reporter) -> None:
    """Accept the key that the host shows now in place of the one that is known, if it is another one.

    Raises HostError, Refused.
    """
    host = chosen_host(Request(to=name, identity=request.identity, yes=request.yes), settings)
    transport = ssh_to(host, request, reporter)
    change = transport.fetch_host_key()
    if change.new in change.old.split(", "):
        reporter.say("host-key-same", host=host.name, new=change.new)
        return
    reporter.say("host-key-change", host=host.name, old=change.old, new=change.new)
    if not reporter.ask("host-key-trust", request.yes, host=host.name):
        raise Refused("not-confirmed", app=host.name)
    change.store()
    reporter.say("host-key-trusted", host=host.name)
