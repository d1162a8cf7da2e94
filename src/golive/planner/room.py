"""Whether two releases fit into the host's memory: the new one starts while the one before still serves."""

from __future__ import annotations

from golive.drivers.appserver import gunicorn
from golive.drivers.preflight import little_memory, swap_commands
from golive.drivers.recipe import Recipe
from golive.model.app import App
from golive.model.plan import Notice
from golive.planner.shared import Record
from golive.protocol.facts import Facts

MEGABYTE = 1024 * 1024


def room_beside(current: Record, recipe: Recipe, facts: Facts) -> tuple[Notice, ...]:
    """For a release beside the live one, by what that uses now."""
    need = sum(unit.instances * memory_of(unit.process, current, facts) for unit in recipe.units)
    return _told("memory-beside", need, facts)


def room_for_two(app: App, recipe: Recipe, facts: Facts) -> tuple[Notice, ...]:
    """For the first release and, later, a second one: nobody knows yet what it really takes."""
    workers = gunicorn.size_for(facts, app.workers, app.threads).workers
    instances = sum(unit.instances for unit in recipe.units)
    return _told("memory-for-two", 2 * instances * workers * gunicorn.WORKER_MEMORY * 1000, facts)


def memory_of(process: str, current: Record, facts: Facts) -> int:
    """Bytes that an instance of the process uses now, the largest of them; 0 where nobody knows."""
    start = f"-{process}-{current['number']}@"
    units = [unit for unit in current.get("units") or () if start in unit]
    return max((int(facts.peek("units", unit, "memory") or 0) for unit in units), default=0)


def _told(code: str, need: int, facts: Facts) -> tuple[Notice, ...]:
    """Swap counts: what is not used for a while goes there."""
    memory = facts.peek("memory") or {}
    free = (int(memory.get("available", 0)) + int(memory.get("swap", 0))) * 1024
    if not memory.get("available") or need <= free:
        return ()
    # A host with very little memory is told of swap anyway.
    swap = "" if little_memory(facts) else swap_commands(facts)
    return (Notice(code, (("need", need // MEGABYTE), ("free", free // MEGABYTE), ("swap", swap))),)
