"""How far a run has come, as its journal tells.

Shipped to hosts: Python 3.6 syntax, standard library only.
"""

from typing import Any, Dict, List, Optional

from golive.protocol import events
from golive.protocol.steps import HostPlan, InstallPackages, Step


class Progress:
    """What is known to have happened.

    ``done``: ids of steps that ended well. ``begun``: ids of steps that began. ``undo``: the records, in order.
    ``committed``: the switch is known to have happened. ``undoing``: taking back had begun.
    """

    def __init__(self, plan: Optional[HostPlan]) -> None:
        self.plan = plan
        self.begun: List[str] = []
        self.done: List[str] = []
        self.failed: List[str] = []
        self.outputs: Dict[str, Dict[str, Any]] = {}
        self.undo: List[Dict[str, Any]] = []
        self.changed: List[str] = []
        self.committed = False
        self.undoing = False
        self.reason = ""

    def follow(self, found: List[events.Event]) -> "Progress":
        """Take in the events FOUND, in order."""
        for event in found:
            kind, step = event["event"], event.get("step", "")
            if kind == events.STEP_STARTED:
                self.begun.append(step)
            elif kind == events.STEP_FINISHED:
                self.finish_step(step, event.get("changed", False), event.get("outputs", {}))
            elif kind == events.STEP_FAILED:
                self.failed.append(step)
            elif kind == events.UNDO_RECORDED:
                self.undo.append(event.get("undo", {}))
            elif kind == events.COMMITTED:
                self.committed = True
            elif kind == events.UNDO_STARTED:
                self.undoing = True
                self.reason = event.get("reason", "")
        return self

    def finish_step(self, step: str, changed: bool, outputs: Dict[str, Any]) -> None:
        """STEP ended well."""
        self.done.append(step)
        self.outputs[step] = outputs
        if changed:
            self.changed.append(step)

    @property
    def kept(self) -> List[str]:
        """The packages that this run has installed: they stay, whatever becomes of it."""
        steps = self.plan.steps if self.plan else ()
        actions = [step.action for step in steps if step.id in self.changed]
        return sorted(name for action in actions if isinstance(action, InstallPackages) for name in action.names)

    @property
    def in_doubt(self) -> Optional[Step]:
        """The step that was cut off and must not simply be repeated."""
        for step in self.plan.steps if self.plan else ():
            cut_off = step.id in self.begun and step.id not in self.done and step.id not in self.failed
            if cut_off and step.repeat != "safe":
                return step
        return None
