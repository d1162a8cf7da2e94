"""Letting the old release finish what it holds: drain_units, which leaves a bounded unit behind on the host."""

import json
import os
import subprocess
import sys
from typing import Any, List

from golive.protocol.steps import DrainUnits
from golive.runner import atomic
from golive.runner.failure import StepFailed
from golive.runner.layout import local_layout
from golive.runner.perform.units import show

MARGIN = 60
"""Seconds beyond its own limit after which systemd ends a drain that hangs."""


def perform_drain_units(action: DrainUnits, context: Any) -> bool:
    """The drain has begun as a unit of its own, which outlives this run."""
    states = show(action.units + action.successors)
    if all(states[unit].get("ActiveState") in ("inactive", "failed", None) for unit in action.units):
        return False
    spec = os.path.join(context.run_dir, "drain.json")
    restarts = {unit: states[unit].get("NRestarts", "0") for unit in action.successors}
    values = dict(action._asdict(), endpoints=[list(endpoint) for endpoint in action.endpoints])
    values.update(expected=os.readlink(action.link), restarts=restarts)
    atomic.write_file(spec, json.dumps(values).encode("utf-8"), 0o600)
    if local_layout() is not None:
        _detach(spec)
    elif context.run(_command(action, spec)) != 0:
        raise StepFailed("unit-failed", unit=action.name, verb="start", error=context.tail[-1] if context.tail else "")
    return True


def _command(action: DrainUnits, spec: str) -> List[str]:
    limit = max(action.timeout, action.guard) + MARGIN
    properties = ["RuntimeMaxSec={}".format(limit), "Type=exec", "SyslogIdentifier=" + action.name]
    argv = ["systemd-run", "--quiet", "--collect", "--unit=" + action.name, "--description=golive"]
    argv += ["--property=" + setting for setting in properties]
    return argv + ["--"] + launch() + ["drain", spec]


def _detach(spec: str) -> None:
    """Without systemd: a process of its own, which outlives this run and its terminal."""
    nowhere = subprocess.DEVNULL
    subprocess.Popen(
        launch() + ["drain", spec], stdin=nowhere, stdout=nowhere, stderr=nowhere, cwd="/", start_new_session=True
    )


def launch() -> List[str]:
    """What starts this very runner again."""
    return [sys.executable, "-I", os.path.abspath(sys.argv[0])]
