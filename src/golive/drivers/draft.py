"""A plan in the making: for which app, by which facts, and the steps so far, in the order in which they will run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from golive.drivers.places import AppPlaces
from golive.protocol.facts import Facts, ProbeRequest
from golive.protocol.steps import Step

HERE = {
    why: f"{why}-here"
    for why in (
        "folders",
        "code",
        "secrets",
        "env-file",
        "list-units",
        "run-link",
        "unit",
        "reload-units",
        "proxy-file",
        "reload-proxy",
        "verify",
        "remove-proxy-file",
        "stop",
        "remove-units",
    )
}
"""Why-texts that say something else on the user's own computer."""


@dataclass
class Draft:
    """Collects steps. ``request`` gathered the facts. ``phase`` is that of the steps to come."""

    places: AppPlaces
    facts: Facts
    request: ProbeRequest
    phase: str = "prepare"
    steps: list[Step] = field(default_factory=list)

    def add(self, name: str, action: Any, why: str, **how: Any) -> None:
        """One more step. ``how``: fields of Step; needs that are not in this plan are fulfilled already."""
        platform = self.places.platform
        if platform.local:
            why = HERE.get(why, why)
            if "supervisor" in action._fields:
                action = action._replace(supervisor=(platform.python, platform.file("supervisord.conf")))
        known = {step.id for step in self.steps}
        needs = tuple(need for need in how.pop("needs", ()) if need in known)
        self.steps.append(Step(id=name, action=action, phase=self.phase, why=why, needs=needs, **how))

    def has(self, name: str) -> bool:
        """Whether a step of this name is in the plan."""
        return any(step.id == name for step in self.steps)
