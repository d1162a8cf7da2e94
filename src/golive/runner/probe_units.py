"""Units, all of them by one question: of systemd, or on the user's own computer of its supervisor."""

from typing import Any, Dict, Iterable, List

from golive.runner.layout import local_layout
from golive.runner.probe_system import output_of

_PROPERTIES = (
    "Id",
    "LoadState",
    "ActiveState",
    "SubState",
    "UnitFileState",
    "NRestarts",
    "Result",
    "MainPID",
    "ExecMainStatus",
    "Job",
    "MemoryCurrent",
)


def absent(units: Iterable[str]) -> Dict[str, Dict[str, Any]]:
    """Units of a host without systemd."""
    return {unit: _state({}) for unit in units}


def states(units: Iterable[str]) -> Dict[str, Dict[str, Any]]:
    """``{unit: {load, active, sub, enabled, restarts, result}}``."""
    return {unit: _state(block) for unit, block in show(units).items()}


def show(units: Iterable[str], properties: Iterable[str] = _PROPERTIES) -> Dict[str, Dict[str, str]]:
    """Each unit's properties, empty ones where systemd does not answer."""
    names = tuple(units)
    here = local_layout()
    if here is not None:
        from golive.runner.supervise import Supervisor

        return Supervisor(here).show(names)
    # An unusable name (a template without an instance) makes systemctl refuse all of them.
    usable = [name for name in names if "@." not in name]
    blocks = _ask(usable, properties) if usable else []
    if len(blocks) != len(usable):
        blocks = [{} for _ in usable]
    found = {name: {} for name in names}  # type: Dict[str, Dict[str, str]]
    for index, name in enumerate(usable):
        found[name] = blocks[index]
    return found


def has_ended(state: Dict[str, str]) -> bool:
    """Whether a unit does not run and is not about to: systemd may not have come to its start job yet."""
    return state.get("ActiveState") in ("failed", "inactive") and state.get("Job", "0") in ("", "0")


def _ask(names: List[str], properties: Iterable[str]) -> List[Dict[str, str]]:
    text = output_of("systemctl", "show", "--property=" + ",".join(properties), "--", *names)
    blocks = []
    for block in (text or "").strip("\n").split("\n\n"):
        pairs = (line.partition("=") for line in block.splitlines())
        blocks.append({name: value for name, _, value in pairs})
    return blocks


def _state(block: Dict[str, str]) -> Dict[str, Any]:
    restarts = block.get("NRestarts", "0")
    memory = block.get("MemoryCurrent", "")
    return {
        "load": block.get("LoadState", "not-found"),
        "active": block.get("ActiveState", "inactive"),
        "sub": block.get("SubState", "dead"),
        "enabled": block.get("UnitFileState", ""),
        "restarts": int(restarts) if restarts.isdigit() else 0,
        "result": block.get("Result", ""),
        # Not accounted for: words, or the largest number of 64 bits.
        "memory": int(memory) if memory.isdigit() and len(memory) < 19 else 0,
    }
