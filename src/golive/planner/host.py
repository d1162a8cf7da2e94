"""What a host itself gives reason to say."""

from __future__ import annotations

from golive.drivers import preflight
from golive.errors import Refused
from golive.model.plan import Notice
from golive.protocol.facts import Facts


def panel_name(panel: str) -> str:
    """What people call a panel."""
    return preflight.PANELS.get(panel, panel)


def host_refusals(facts: Facts) -> tuple[Refused, ...]:
    """Every reason why a host cannot take any app."""
    return tuple(preflight.host_refusals(facts))


def host_notices(facts: Facts, now: int = 0) -> tuple[Notice, ...]:
    """What is worth knowing about a host."""
    return preflight.host_notices(facts, now)
