"""The live release is the right one: put back what is missing around it, and start what does not run."""

from __future__ import annotations

from typing import Any

from golive.drivers.draft import Draft
from golive.drivers.front_door import plan_proxy_file, plan_proxy_reload, verify
from golive.drivers.proxy import nginx
from golive.drivers.recipe import Recipe
from golive.drivers.release import (
    healthy,
    release_identity,
    units_of,
)
from golive.drivers.supervise.plan_units import plan_boot_unit, plan_unit
from golive.protocol.steps import ReloadUnits, StartUnits


def plan_repair(draft: Draft, current: dict[str, Any], recipe: Recipe, site: nginx.Site) -> None:
    """Nothing, when the app is live and well."""
    facts, places = draft.facts, draft.places
    at = places.release(current["number"])
    host_name = nginx.visitor_host(site)
    draft.phase = "build"
    units = units_of(at, recipe)
    if any(facts.get("units", unit, "load") == "not-found" for unit in units):
        for unit in recipe.units:
            plan_unit(draft, at, unit)
        draft.add("reload-units", ReloadUnits(), "reload-units", needs=("unit-web",))
    plan_boot_unit(draft)
    draft.phase = "start"
    asleep = tuple(unit for unit in units if facts.get("units", unit, "active") != "active")
    if asleep:
        draft.add("start-release", StartUnits(asleep), "start", needs=("unit-web", "reload-units"))
        draft.add("wait-healthy", healthy(at, recipe, host_name), "wait", needs=("start-release",))
    draft.phase = "switch"
    plan_proxy_file(draft, site)
    plan_proxy_reload(draft)
    if draft.has("start-release") or draft.has("reload-proxy"):
        identity = release_identity(places, current["number"], current["commit"])
        draft.add("verify-site", verify(draft, site, recipe, identity), "verify", needs=("reload-proxy",))
