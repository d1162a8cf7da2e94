"""Whether the host is still what the plan was made for. Asked under the lease.

Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import os
from typing import Any, Dict, List

from golive.protocol.facts import Facts
from golive.protocol.steps import HostPlan
from golive.runner import runs


def stale_paths(plan: HostPlan, run_dir: str, values: Dict[str, Any]) -> List[str]:
    """The consulted facts of PLAN that differ in VALUES, looked up just now. Our own doing does not count."""
    created = runs.arrival(run_dir).get("created", [])
    # Only the very first run of an app knows that what it found was its own folders and nothing else.
    ours = created if runs.number_of(run_dir) == 1 else []
    app_folder = os.path.dirname(os.path.dirname(run_dir))
    if app_folder in ours:
        values["app"] = None
    if isinstance(values.get("app"), dict):
        # The lease is ours, and what was unfinished has just been recovered.
        values["app"]["running"] = values["app"]["unfinished"] = None
    files = values.get("files")
    for path in ours:
        if isinstance(files, dict) and path in files:
            files[path] = dict(_ABSENT)
    return [path for path in Facts(values).changed(plan.consulted) if not _is_ours(path, ours)]


_ABSENT = {"kind": "absent"}


def _is_ours(path: str, ours: List[str]) -> bool:
    parts = path.split("\t")
    return parts[0] == "files" and parts[1:2] != [] and parts[1] in ours
