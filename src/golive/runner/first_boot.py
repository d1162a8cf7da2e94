"""A new cloud server sets itself up when it first starts (cloud-init): its sources, its packages, its users.

Whoever installs something meanwhile finds half of it, or is in its way. Source: cloud-init's own documentation of
/run/cloud-init. Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import os
from typing import Any

from golive.runner import probe_units
from golive.runner.waiting import Waiting

LONGEST_WAIT = 300
"""Seconds. Some images never finish; what they lack then shows by itself."""

ENABLED = "/run/cloud-init/enabled"
RESULT = "/run/cloud-init/result.json"
LAST_UNIT = "cloud-final.service"


def goes_on() -> bool:
    """Whether cloud-init is still at work, or about to be."""
    if not os.path.exists(ENABLED) or os.path.exists(RESULT):
        return False
    state = probe_units.show((LAST_UNIT,), ("ActiveState", "Job")).get(LAST_UNIT, {})
    return state.get("ActiveState") in ("activating", "inactive") and not probe_units.has_ended(state)


def wait_for_first_boot(context: Any) -> None:
    """cloud-init is done, or has had its time."""
    waiting = Waiting(context, "first-boot")
    while waiting.seconds <= LONGEST_WAIT and goes_on():
        waiting.go_on()
