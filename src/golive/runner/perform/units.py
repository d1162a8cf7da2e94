"""Units, systemd's or those of the user's own computer: reload_units, enable_unit, start_units, stop_units."""

from typing import Any, Dict, Iterable, List

from golive.protocol.steps import EnableUnit, ReloadUnits, StartUnits, StopUnits
from golive.runner import probe_units
from golive.runner.failure import StepFailed
from golive.runner.layout import LocalLayout, local_layout

RUNNING = ("active", "activating", "reloading")
STOP_SECONDS = 120


def perform_reload_units(action: ReloadUnits, context: Any) -> bool:
    """systemd has read its unit files again."""
    context.record_undo({"undo": "reload_units"})
    systemctl(context, "daemon-reload")
    return True


def perform_enable_unit(action: EnableUnit, context: Any) -> bool:
    """The unit starts at boot."""
    if show((action.unit,))[action.unit].get("UnitFileState") == "enabled":
        return False
    context.record_undo({"undo": "disable_unit", "unit": action.unit})
    systemctl(context, "enable", "--quiet", action.unit)
    return True


def perform_start_units(action: StartUnits, context: Any) -> bool:
    """The units are active or about to be; whether they are healthy is another step's question."""
    states = show(action.units)
    idle = [unit for unit in action.units if states[unit].get("ActiveState") not in RUNNING]
    if not idle:
        return False
    context.record_undo({"undo": "stop_units", "units": idle})
    failed = [unit for unit in idle if states[unit].get("ActiveState") == "failed"]
    if failed:
        # Restarted too often, a unit would be refused: this is a fresh attempt.
        systemctl(context, "reset-failed", *failed)
    systemctl(context, "start", "--no-block", *idle)
    return True


def perform_stop_units(action: StopUnits, context: Any) -> bool:
    """The units are stopped and do not start at boot; ones that systemd does not know are fine."""
    states = show(action.units)
    known = [unit for unit in action.units if states[unit].get("LoadState", "not-found") != "not-found"]
    running = [unit for unit in known if states[unit].get("ActiveState") not in ("inactive", "failed")]
    enabled = [unit for unit in known if states[unit].get("UnitFileState") == "enabled"]
    failed = [unit for unit in known if states[unit].get("ActiveState") == "failed"]
    if running:
        context.record_undo({"undo": "start_units", "units": running})
        systemctl(context, "stop", *running)
    if local_layout() is not None:
        # Also what a supervisor that was killed has left running.
        systemctl(context, "stop", *known)
        return bool(running)
    if enabled:
        systemctl(context, "disable", "--quiet", *enabled)
    if failed:
        systemctl(context, "reset-failed", *failed)
    return bool(running or enabled)


def show(units: Iterable[str]) -> Dict[str, Dict[str, str]]:
    """What systemd says of each unit."""
    return probe_units.show(tuple(units))


def systemctl(context: Any, verb: str, *arguments: str) -> None:
    """Run systemctl, or do what it would. Raises StepFailed ``unit-failed`` with what it said."""
    here = local_layout()
    if here is not None:
        _act_here(here, verb, [argument for argument in arguments if not argument.startswith("-")])
        return
    if context.run(("systemctl", verb, *arguments), timeout=STOP_SECONDS) != 0:
        units = [argument for argument in arguments if not argument.startswith("-")]
        error = context.tail[-1] if context.tail else ""
        raise StepFailed("unit-failed", unit=" ".join(units), verb=verb, error=error)


def _act_here(layout: LocalLayout, verb: str, units: List[str]) -> None:
    from golive.runner.supervise import Supervisor

    error = Supervisor(layout).act(verb, units)
    if error:
        raise StepFailed("unit-failed", unit=" ".join(units), verb=verb, error=error)
