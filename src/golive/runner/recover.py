"""Brings a run that was cut off to an end: back before its commit, forward after it.

Only under the app's lease. Can itself be cut off anywhere and begun again.
Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import os
from typing import List, NamedTuple, Optional, Tuple

from golive.protocol.codec import MalformedMessage, decode_plan
from golive.protocol.steps import DrainUnits, HostPlan, Step, SwitchRelease
from golive.runner import runs
from golive.runner.failure import Failure
from golive.runner.journal import NAME, read_journal
from golive.runner.layout import Layout, local_layout
from golive.runner.probe_units import show
from golive.runner.progress import Progress
from golive.runner.stopping import Stopping
from golive.runner.work import Perform, Worker

CORRUPT = ".corrupt"


class Means(NamedTuple):
    """What recovering needs, whichever run it is. ``code``: how a run that is taken back ends."""

    layout: Layout
    perform: Perform
    stopping: Stopping
    lease_fds: Tuple[int, ...]
    code: str


def recover_all(app: str, means: Means, besides: str = "") -> None:
    """Every unfinished run of APP but the one at BESIDES, the newest first. Raises OSError."""
    for path in runs.unfinished(means.layout, app):
        if path != besides:
            recover_run(app, path, means)


def recover_run(app: str, path: str, means: Means) -> None:
    """The run at PATH has an end."""
    plan = read_plan(path)
    progress, damaged = _read_progress(path, plan)
    code = "journal-corrupt" if damaged else means.code
    known = plan or _unknown_plan(app)
    worker = Worker(means.layout, path, known, means.perform, means.stopping, means.lease_fds)
    worker.resume(progress)
    try:
        # Without its plan (another golive's, or damaged) a run that is past its commit is left as it is: the release
        # that served before it may be stopped by now.
        if is_forward(plan, progress) if plan is not None else progress.committed and not progress.undoing:
            _go_forward(worker, known, progress)
        else:
            _go_back(worker, progress, code)
    finally:
        worker.journal.close()


def read_plan(path: str) -> Optional[HostPlan]:
    """The plan of the run at PATH; None when it is damaged or of a format that we do not know."""
    try:
        with open(os.path.join(path, "plan.json"), "rb") as stream:
            return decode_plan(stream.read())
    except (OSError, MalformedMessage):
        return None


def is_forward(plan: HostPlan, progress: Progress) -> bool:
    """Whether the run is past its commit; the link on the disk knows when the journal had no time to tell."""
    if progress.undoing:
        return False
    if progress.committed or not plan.commit_step:
        return True
    step = next((step for step in plan.steps if step.id == plan.commit_step), None)
    if step is None or step.id not in progress.begun or not isinstance(step.action, SwitchRelease):
        return False
    return os.path.islink(step.action.link) and os.readlink(step.action.link) == step.action.target


def _unknown_plan(app: str) -> HostPlan:
    return HostPlan(app=app, purpose="", steps=(), commit_step="", consulted=(), probe=None)


def _read_progress(path: str, plan: Optional[HostPlan]) -> Tuple[Progress, bool]:
    """What the journal tells, and whether it is damaged: then it is put aside, and a new one will begin."""
    journal = os.path.join(path, NAME)
    progress = Progress(plan)
    # One that was put aside holds the records: the recovery which did that may itself have been cut off.
    damaged = False
    for place in (journal + CORRUPT, journal):
        try:
            reading = read_journal(place)
        except FileNotFoundError:
            continue
        progress.follow(reading.events)
        damaged = damaged or place != journal or reading.corrupt
        if place == journal and reading.corrupt:
            os.replace(journal, journal + CORRUPT)
    return progress, damaged


def _go_back(worker: Worker, progress: Progress, code: str) -> None:
    if progress.begun or progress.undo:
        worker.undo(progress.reason or code, progress.undo)
    doubt = progress.in_doubt
    worker.finish(Failure(code, {"in_doubt": doubt.id} if doubt else {}, []))


def _go_forward(worker: Worker, plan: HostPlan, progress: Progress) -> None:
    if plan.commit_step and not progress.committed:
        worker.commit()
    doubt = progress.in_doubt
    if doubt is not None and doubt.id != plan.commit_step:
        worker.warnings.append(doubt.id)
    left = [step for step in _after_commit(plan) if step.id not in progress.done and step is not doubt]
    worker.perform_steps(left, may_undo=lambda: _old_release_runs(worker, plan))


def _after_commit(plan: HostPlan) -> List[Step]:
    ids = [step.id for step in plan.steps]
    return list(plan.steps[ids.index(plan.commit_step) + 1 :] if plan.commit_step in ids else plan.steps)


def _old_release_runs(worker: Worker, plan: HostPlan) -> bool:
    """Whether going back now would lead to a release that serves: after a reboot the old one runs no more."""
    units = [unit for step in plan.steps if isinstance(step.action, DrainUnits) for unit in step.action.units]
    if local_layout() is not None:
        return all(state.get("ActiveState") == "active" for state in show(units).values())
    if not units or not worker.context.systemd:
        return True
    return worker.context.run(["systemctl", "is-active", "--quiet", *units], timeout=30) == 0
