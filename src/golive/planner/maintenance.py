"""The plans of ``golive maintenance on`` and ``off``: one file that the proxy looks for with every request."""

from __future__ import annotations

from golive.drivers import preflight
from golive.drivers.assembly import site_of
from golive.drivers.draft import Draft
from golive.drivers.files import differs
from golive.drivers.front_door import (
    MAINTENANCE,
    in_maintenance,
    plan_proxy_file,
    plan_proxy_reload,
    verify,
)
from golive.drivers.places import AppPlaces
from golive.drivers.release import release_identity
from golive.drivers.wanted import wants_maintenance
from golive.errors import Refused
from golive.model.host import Host
from golive.model.plan import Plan
from golive.model.platform import SERVER, Platform
from golive.planner.shared import Record, current_of, finished_plan, first_of, recipe_of, site_names, site_port
from golive.protocol.facts import Facts
from golive.protocol.steps import RemovePaths, WriteFile


def plan_maintenance(slug: str, host: Host, facts: Facts, page: str | None) -> Plan:
    """The plan by which visitors get PAGE (HTML) and nothing else; None: by which they get the app again.

    Raises Refused.
    """
    draft = Draft(AppPlaces(slug, host.platform), facts, wants_maintenance(slug, host.platform))
    first_of(preflight.newer_golive(facts))
    current = current_of(facts)
    if not current:
        raise Refused("not-deployed", app=slug, host=host.name)
    recipe = recipe_of(current)
    site = site_of(site_names(slug, host, facts), site_port(facts, slug), facts, recipe)
    draft.phase = "switch"
    if page is None:
        _switch_off(draft)
    else:
        # An app that was deployed by an older golive has a proxy file that does not look for the page.
        plan_proxy_file(draft, site)
        plan_proxy_reload(draft)
        _switch_on(draft, page)
    if draft.steps:
        proof = verify(draft, site, recipe, _identity(draft.places, current))
        proof = proof._replace(expect=recipe.health.expect if page is None else MAINTENANCE)
        draft.add("verify-site", proof, "verify", needs=("reload-proxy", "maintenance-on", "maintenance-off"))
    return finished_plan(draft, "maintenance", site, current["number"])


def is_in_maintenance(slug: str, facts: Facts, platform: Platform = SERVER) -> bool:
    """Whether visitors get the maintenance page; to be told, nothing is planned by it."""
    return bool(facts.peek("files", AppPlaces(slug, platform).maintenance, "kind") == "file")


def _switch_on(draft: Draft, page: str) -> None:
    places = draft.places
    write = WriteFile(places.maintenance, page, 0o640, places.owner, places.group)
    if differs(draft.facts, write):
        draft.add("maintenance-on", write, "maintenance-on", needs=("reload-proxy",))


def _switch_off(draft: Draft) -> None:
    if in_maintenance(draft):
        draft.add("maintenance-off", RemovePaths((draft.places.maintenance,)), "maintenance-off")


def _identity(places: AppPlaces, current: Record) -> str:
    return release_identity(places, current["number"], current["commit"])
