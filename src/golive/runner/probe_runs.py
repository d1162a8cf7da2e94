"""Runs of an app, as their journals tell: one that works just now, or one that was cut off."""

import json
import os
from typing import Any, Dict, List, Optional

from golive.protocol import events
from golive.runner import runs
from golive.runner.journal import NAME, read_journal
from golive.runner.layout import Layout

CGROUPS = ("/sys/fs/cgroup/system.slice", "/sys/fs/cgroup/systemd/system.slice")


def read_json(path: str) -> Optional[Dict[str, Any]]:
    """A JSON object from a file; None when it is missing or damaged."""
    try:
        with open(path, encoding="utf-8") as stream:
            value = json.load(stream)
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def running(layout: Layout, app: str) -> Optional[Dict[str, Any]]:
    """``{run, since, purpose, who}`` of the run that holds the app's lease, or None."""
    unit = "golive-run-{}.service".format(app)
    by_systemd = any(os.path.isdir(os.path.join(place, unit)) for place in CGROUPS)
    if not by_systemd and not runs.is_locked(layout.lease_lock(app)):
        return None
    newest = runs.all_runs(layout, app)[-1:]
    return runs.describe(newest[0]) if newest else {"run": "", "who": "", "since": 0, "purpose": ""}


def unfinished(layout: Layout, app: str) -> Optional[Dict[str, Any]]:
    """``{run, purpose, release, in_doubt}`` of the newest run without an end, else None."""
    for path in runs.unfinished(layout, app)[:1]:
        try:
            journal = read_journal(os.path.join(path, NAME)).events
        except OSError:
            journal = []
        started = next((event for event in journal if event["event"] == events.RUN_STARTED), {})
        return {
            "run": os.path.basename(path),
            "purpose": started.get("purpose", ""),
            "release": started.get("release", 0),
            "in_doubt": _in_doubt(path, journal),
        }
    return None


def _in_doubt(path: str, journal: List[events.Event]) -> str:
    """The step that was cut off, if only a person can say whether it may be repeated."""
    step = ""
    for event in journal:
        if event["event"] == events.STEP_STARTED:
            step = event.get("step", "")
        elif event["event"] in (events.STEP_FINISHED, events.STEP_FAILED):
            step = ""
    plan = read_json(os.path.join(path, "plan.json")) or {}
    asks = {entry.get("id") for entry in plan.get("steps", ()) if entry.get("repeat") == "ask"}
    return step if step in asks else ""
