"""The plan of ``golive down``."""

from __future__ import annotations

from golive.drivers import ground, preflight, tidy
from golive.drivers.draft import Draft
from golive.drivers.places import AppPlaces
from golive.drivers.proxy import nginx
from golive.drivers.wanted import wants_down
from golive.model.host import Host
from golive.model.plan import Notice, Plan
from golive.planner.shared import finished_plan, first_of, site_names, site_port
from golive.protocol.facts import Facts


def plan_down(slug: str, host: Host, facts: Facts, delete_data: bool = False) -> Plan:
    """The plan that removes the app from the host; its data only with ``delete_data``. Other sites stay as they are."""
    draft = Draft(AppPlaces(slug, host.platform), facts, wants_down(slug, host.platform))
    first_of(preflight.newer_golive(facts))
    site = nginx.Site(site_names(slug, host, facts) or ("_",), site_port(facts, slug), ())
    tidy.plan_removal(draft, delete_data)
    notices = []
    stay = ", ".join(name for name in ground.PACKAGES if facts.peek("packages", name))
    if draft.steps and stay:
        notices.append(Notice("packages-stay", (("packages", stay),)))
    if draft.steps and not delete_data:
        notices.append(Notice("data-stays", (("folder", draft.places.shared),)))
    return finished_plan(draft, "down", site, 0, tuple(notices))
