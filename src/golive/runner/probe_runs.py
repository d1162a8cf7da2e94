"""Runs of an app, as their journals tell: one that works just now, or one that was cut off."""

import json
import os
from typing import Any, Dict, List, Optional

from golive.protocol import events

CGROUPS = ("/sys/fs/cgroup/system.slice", "/sys/fs/cgroup/systemd/system.slice")


def read_json(path: str) -> Optional[Dict[str, Any]]:
    """A JSON object from a file; None when it is missing or damaged."""
    try:
        with open(path, encoding="utf-8") as stream:
            value = json.load(stream)
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def running(folder: str, slug: str) -> Optional[Dict[str, Any]]:
    """``{run, since, purpose, who}`` of the run that holds the app's lease, or None."""
    if not _lease_held(folder, slug):
        return None
    run = _newest(folder)
    started = _event(_journal(folder, run), events.RUN_STARTED)
    return {
        "run": run,
        "since": started.get("at", 0),
        "purpose": started.get("purpose", ""),
        "who": started.get("who", ""),
    }


def _lease_held(folder: str, slug: str) -> bool:
    """By systemd's transient unit (its control group exists), or by a lock on the journal's folder."""
    unit = "golive-run-{}.service".format(slug)
    if any(os.path.isdir(os.path.join(place, unit)) for place in CGROUPS):
        return True
    try:
        inode = os.stat(os.path.join(folder, "journal", "lock")).st_ino
        with open("/proc/locks") as stream:
            return any(line.split()[-3].endswith(":{}".format(inode)) for line in stream if " FLOCK " in line)
    except OSError:
        return False


def unfinished(folder: str) -> Optional[Dict[str, Any]]:
    """``{run, purpose, release, in_doubt}`` when the newest run never finished, else None."""
    run = _newest(folder)
    journal = _journal(folder, run)
    started = _event(journal, events.RUN_STARTED)
    if not started or _event(journal, events.FINISHED):
        return None
    return {
        "run": run,
        "purpose": started.get("purpose", ""),
        "release": started.get("release", 0),
        "in_doubt": _in_doubt(folder, run, journal),
    }


def _in_doubt(folder: str, run: str, journal: List[Dict[str, Any]]) -> str:
    """The step that was cut off, if only a person can say whether it may be repeated."""
    step = ""
    for event in journal:
        if event["event"] == events.STEP_STARTED:
            step = event.get("step", "")
        elif event["event"] in (events.STEP_FINISHED, events.STEP_FAILED):
            step = ""
    plan = read_json(os.path.join(folder, "journal", run, "plan.json")) or {}
    asks = {entry.get("id") for entry in plan.get("steps", ()) if entry.get("repeat") == "ask"}
    return step if step in asks else ""


def _newest(folder: str) -> str:
    """The newest run that has a journal (run names sort by time), or ""."""
    place = os.path.join(folder, "journal")
    try:
        names = sorted(os.listdir(place), reverse=True)
    except OSError:
        return ""
    return next((name for name in names if os.path.isfile(os.path.join(place, name, "journal.jsonl"))), "")


def _journal(folder: str, run: str) -> List[Dict[str, Any]]:
    """Its events; a torn last line is left out."""
    found = []
    try:
        with open(os.path.join(folder, "journal", run, "journal.jsonl"), "rb") as stream:
            for line in stream:
                try:
                    found.append(events.decode_event(line))
                except ValueError:
                    continue
    except OSError:
        pass
    return found


def _event(journal: List[Dict[str, Any]], kind: str) -> Dict[str, Any]:
    return next((event for event in journal if event["event"] == kind), {})
