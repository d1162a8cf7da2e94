"""What has to happen on a host so that an app is as it should be: pure functions from the model and facts to a plan.

The same app and the same facts give the same plan. A step is in it only if the facts say that it is not so already;
a plan without steps means that there is nothing to change. No file is opened here and no host asked.
"""

from __future__ import annotations

from golive.drivers.wanted import (
    wants,
    wants_again,
    wants_down,
    wants_host,
    wants_maintenance,
    wants_rollback,
    wants_status,
    wants_status_of_all,
)
from golive.planner.again import Change, plan_again
from golive.planner.deploy import Options, address_clash, plan
from golive.planner.down import plan_down
from golive.planner.downloads import (
    KINDS as DOWNLOADS,
)
from golive.planner.downloads import (
    choices,
    kinds_needed,
    mirror_notice,
    speed_text,
    wants_measured,
    with_downloads,
)
from golive.planner.host import host_notices, host_refusals, panel_name
from golive.planner.maintenance import is_in_maintenance, plan_maintenance
from golive.planner.rollback import plan_rollback
from golive.planner.set_up import has_data, tables_command

__all__ = [
    "DOWNLOADS",
    "Change",
    "Options",
    "address_clash",
    "choices",
    "has_data",
    "host_notices",
    "host_refusals",
    "is_in_maintenance",
    "kinds_needed",
    "mirror_notice",
    "panel_name",
    "plan",
    "plan_again",
    "plan_down",
    "plan_maintenance",
    "plan_rollback",
    "speed_text",
    "tables_command",
    "wants",
    "wants_again",
    "wants_down",
    "wants_host",
    "wants_maintenance",
    "wants_measured",
    "wants_rollback",
    "wants_status",
    "wants_status_of_all",
    "with_downloads",
]
