"""A plan: stages of per-host plans with barriers between them. Inert."""

from __future__ import annotations

from dataclasses import dataclass

from golive.protocol.steps import HostPlan, Step


@dataclass(frozen=True)
class Notice:
    """Something the user should know before saying yes. ``code`` has its words in ``golive.explain.failures``."""

    code: str
    params: tuple[tuple[str, str | int], ...] = ()


@dataclass(frozen=True)
class Stage:
    """What may run at the same time; the next stage starts when all of it is done."""

    plans: tuple[HostPlan, ...]


@dataclass(frozen=True)
class Plan:
    """What will be done. No stages' steps at all means that there is nothing to change.

    ``url``: where visitors will find the site. ``release``: the number it gets (or has).
    """

    stages: tuple[Stage, ...]
    url: str
    release: int
    notices: tuple[Notice, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps of all stages, in order."""
        return tuple(step for stage in self.stages for plan in stage.plans for step in plan.steps)

    @property
    def changes(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.steps)
