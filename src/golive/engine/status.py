"""``golive status``: the app on its host as it is now."""

from __future__ import annotations

import re
from pathlib import Path

from golive import planner
from golive.config import load
from golive.detect import slug_for
from golive.engine.login import chosen_host, connected
from golive.engine.outcome import Status, UnitStatus
from golive.engine.releases import releases_in
from golive.engine.reporter import Reporter
from golive.engine.request import Request
from golive.model.host import Host
from golive.protocol.facts import Facts


def status(folder: Path, request: Request, reporter: Reporter) -> Status:
    """One look at the host. Raises GoliveError."""
    settings = load(folder)
    slug = slug_for(folder, settings)
    host = chosen_host(request, settings)
    with connected(host, request, reporter) as session:
        facts = session.facts(planner.wants_status(slug, host.platform))
        return status_from(facts, slug, host)


def status_from(facts: Facts, slug: str, host: Host) -> Status:
    """The status that FACTS tell of."""
    app = facts.peek("app") or {}
    found = releases_in(facts)
    current = next((release for release in found if release.current), None)
    running, unfinished, taken_back = app.get("running"), app.get("unfinished"), app.get("taken_back")
    return Status(
        app=slug,
        host=host.name,
        url=url_of(facts, slug, host) if current else "",
        release=current.number if current else 0,
        current=current,
        units=_units(facts, slug, current.number) if current else (),
        running=running["purpose"] if running else "",
        running_by=str(running.get("who", "")) if running else "",
        unfinished=unfinished["purpose"] if unfinished else "",
        local=host.platform.local,
        maintenance=planner.is_in_maintenance(slug, facts, host.platform),
        taken_back=int(taken_back["release"]) if taken_back else 0,
    )


def _units(facts: Facts, slug: str, number: int) -> tuple[UnitStatus, ...]:
    """The current release's instances; a unit of which systemd knows nothing is inactive."""
    records = facts.peek("app", "releases") or ()
    names = next((record.get("units") or () for record in records if record["number"] == number), ())
    states = facts.peek("units") or {}
    return tuple(_unit(name, slug, states.get(name) or {}) for name in names)


def _unit(name: str, slug: str, state: dict[str, object]) -> UnitStatus:
    match = re.fullmatch(rf"golive-{slug}-(.+)-\d+@\d+\.service", name)
    return UnitStatus(
        process=match[1] if match else name,
        unit=name,
        state=str(state.get("active") or "inactive"),
        restarts=int(str(state.get("restarts") or 0)),
    )


def url_of(facts: Facts, slug: str, host: Host) -> str:
    """Where visitors find the site: its first domain that is a name, else the address that was typed."""
    site = facts.peek("apps", slug) or {}
    domains, port = site.get("domains") or [], site.get("port") or 80
    name = host.site if host.site in domains or not domains else domains[0]
    return f"http://{name}" + ("" if port == 80 else f":{port}")
