"""A plan as a page that a person can review: one paragraph a step, long texts by their digest."""

from __future__ import annotations

import hashlib
from typing import Any

from golive.model.plan import Plan
from golive.protocol.steps import Step, kind_of


def render(plan: Plan) -> str:
    """Everything that a plan says, in the order in which it would happen."""
    lines = [f"release {plan.release} at {plan.url}"]
    lines += [f"notice {notice.code} {dict(notice.params)}" for notice in plan.notices]
    if not plan.steps:
        return "\n".join([*lines, "nothing to change", ""])
    host_plan = plan.stages[0].plans[0]
    lines.append(f"{host_plan.purpose}, {len(plan.steps)} steps, commit point: {host_plan.commit_step or 'none'}")
    lines += [_step(step) for step in plan.steps]
    depends = sorted(path.replace("\t", ".") for path, _ in host_plan.consulted)
    return "\n".join([*lines, "", "depends on:", *(f"  {path}" for path in depends), ""])


def _step(step: Step) -> str:
    marks = [step.lease, *(["keep"] if step.keep else []), *([step.repeat] if step.repeat != "safe" else [])]
    head = f"\n[{step.phase}] {step.id}: {kind_of(step.action)} ({', '.join(marks)})"
    if step.needs:
        head += f" after {', '.join(step.needs)}"
    # On a server there is no supervisor but systemd.
    fields = [name for name in step.action._fields if name != "supervisor" or step.action.supervisor]
    return "\n".join([head, *(f"    {name}: {_value(name, getattr(step.action, name))}" for name in fields)])


def _value(name: str, value: Any) -> str:
    if name == "mode":
        return f"{value:04o}"
    if isinstance(value, str) and (len(value) > 200 or value.count("\n") > 1):
        digest = hashlib.sha256(value.encode()).hexdigest()[:12]
        return f"({len(value.splitlines())} lines, {digest})"
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return " | ".join(_value("", item) for item in value) or "-"
    return repr(value) if value != "" else "-"
