"""Performs a plan: steps in order, each one told; what fails before the point of no return is taken back.

Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import json
import os
import shutil
import time
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

from golive.protocol import events
from golive.protocol.steps import HostPlan, Step, kind_of
from golive.runner import runs
from golive.runner.conceal import Concealer
from golive.runner.context import Context
from golive.runner.failure import Failure, failure_of
from golive.runner.journal import Journal
from golive.runner.layout import Layout, has_systemd
from golive.runner.lease import HostLease
from golive.runner.progress import Progress
from golive.runner.stopping import Stopped, Stopping
from golive.runner.undo import tell, undo_all

Perform = Mapping[str, Callable[[Any, Context], bool]]


class Worker:
    """Works on the run in FOLDER, under the app's lease. Raises OSError when its journal cannot be opened."""

    def __init__(
        self,
        layout: Layout,
        folder: str,
        plan: HostPlan,
        perform: Perform,
        stopping: Stopping,
        lease_fds: Tuple[int, ...] = (),
    ) -> None:
        secrets = read_secrets(folder)
        self.plan = plan
        self.folder = folder
        self.progress = Progress(plan)
        self.journal = Journal(folder, Concealer(secrets.values()), stopping)
        self.context = Context(plan, folder, self.journal, secrets, has_systemd(), lease_fds)
        self.warnings: List[str] = []
        self._perform = perform
        self._stopping = stopping
        self._began = time.monotonic()
        self._host_lease = HostLease(layout, "{} ({})".format(plan.app, os.path.basename(folder)))

    def resume(self, progress: Progress) -> None:
        """Go on from where another worker has come to."""
        self.progress = progress
        self.context.outputs.update(progress.outputs)

    def run(self, check: Callable[[], None]) -> bool:
        """The whole plan, once CHECK (which raises StepFailed) allows it. Returns whether it went well."""
        try:
            self.journal.write(
                events.RUN_STARTED,
                run=os.path.basename(self.folder),
                app=self.plan.app,
                purpose=self.plan.purpose,
                release=self.plan.release,
                who=runs.arrival(self.folder).get("who", ""),
                total=len(self.plan.steps),
            )
            self.journal.sync()
            with self._stopping.possible():
                check()
        except (Exception, Stopped) as error:
            self.journal.release_reserve()
            return self.finish(_failure(error))
        return self.perform_steps(self.plan.steps)

    def perform_steps(self, steps: Sequence[Step], may_undo: Optional[Callable[[], bool]] = None) -> bool:
        """STEPS in order, then the end of the run. MAY_UNDO is asked when one fails that should be taken back."""
        for step in steps:
            try:
                with self._stopping.possible():
                    self._perform_step(step)
            except (Exception, Stopped) as error:
                failure = _failure(error, self.context.tail)
                self._tell_failed(step, failure)
                if self._is_tidying(step):
                    self.warnings.append(step.id)
                    continue
                return self._give_up(step, failure, may_undo)
            finally:
                self._host_lease.give_back()
        return self.finish(None)

    def _perform_step(self, step: Step) -> None:
        if step.lease == "host":
            self._host_lease.take(self._tell_waiting)
        self._announce(step)
        self.context.begin(step)
        began = time.monotonic()
        changed = bool(self._perform[kind_of(step.action)](step.action, self.context))
        if step.id == self.plan.commit_step:
            self.commit()
        outputs = self.context.outputs.get(step.id, {})
        self.progress.finish_step(step.id, changed, outputs)
        seconds = round(time.monotonic() - began, 3)
        self.journal.write(events.STEP_FINISHED, step=step.id, changed=changed, seconds=seconds, outputs=outputs)
        if step.repeat != "safe":
            self.journal.sync()

    def _announce(self, step: Step) -> None:
        self.progress.begun.append(step.id)
        self.journal.write(
            events.STEP_STARTED,
            step=step.id,
            n=self.plan.steps.index(step) + 1,
            total=len(self.plan.steps),
            phase=step.phase,
            kind=kind_of(step.action),
        )
        if step.repeat != "safe" or step.id == self.plan.commit_step:
            self.journal.sync()

    def commit(self) -> None:
        """From here on the run is finished rather than taken back, unless a later step itself fails."""
        self.journal.write(events.COMMITTED, step=self.plan.commit_step, release=self.plan.release)
        self.progress.committed = True

    def _tell_waiting(self, holder: str, seconds: float) -> None:
        self.journal.write(events.LEASE_WAITING, lease="host", holder=holder, seconds=seconds)

    def _tell_failed(self, step: Step, failure: Failure) -> None:
        self.journal.release_reserve()
        self.progress.failed.append(step.id)
        tell(
            self.journal,
            events.STEP_FAILED,
            step=step.id,
            code=failure.code,
            params=failure.params,
            output=failure.output,
        )

    def _is_tidying(self, step: Step) -> bool:
        """Whether the new release serves for good when STEP begins: then nothing is taken back any more."""
        ids = [one.id for one in self.plan.steps]
        if self.plan.commit_step not in ids:
            return False
        for one in self.plan.steps[ids.index(self.plan.commit_step) + 1 :]:
            if one.phase == "tidy" or kind_of(one.action) == "drain_units":
                return ids.index(step.id) >= ids.index(one.id)
        return False

    def _give_up(self, step: Step, failure: Failure, may_undo: Optional[Callable[[], bool]]) -> bool:
        if self.plan.commit_step and (may_undo is None or may_undo()):
            self.undo(failure.code)
        return self.finish(failure, step.id)

    def undo(self, reason: str, records: Sequence[Dict[str, Any]] = ()) -> None:
        """Take back what RECORDS tell, and those that are in the journal, whichever worker wrote them."""
        self.journal.release_reserve()
        tell(self.journal, events.UNDO_STARTED, reason=reason)
        known = list(records) or Progress(self.plan).follow(self.journal.read()).undo
        well = undo_all(known, self.context, self.journal)
        if well:
            shutil.rmtree(os.path.join(self.folder, "undo"), ignore_errors=True)
        tell(self.journal, events.UNDO_FINISHED, kept=self.progress.kept)

    def finish(self, failure: Optional[Failure], step: str = "") -> bool:
        """Remove what only the run itself needed, then tell its end. Returns whether it went well."""
        for name in ("secrets.json", "pack"):
            remove_file(os.path.join(self.folder, name))
        self.journal.release_reserve()
        params = dict(failure.params) if failure else {}
        if self.warnings:
            params["warning"] = self.warnings
        if step:
            params["step"] = step
        if failure is None:
            shutil.rmtree(os.path.join(self.folder, "undo"), ignore_errors=True)
        tell(
            self.journal,
            events.FINISHED,
            run=os.path.basename(self.folder),
            ok=failure is None,
            changed=len(self.progress.changed),
            seconds=round(time.monotonic() - self._began, 3),
            release=self.plan.release,
            code=failure.code if failure else "",
            params=params,
            output=failure.output if failure else [],
            kept=self.progress.kept,
        )
        return failure is None


def _failure(error: BaseException, tail: Sequence[str] = ()) -> Failure:
    if isinstance(error, Stopped):
        return Failure("stopped", {}, list(tail))
    return failure_of(error, tail)


def read_secrets(folder: str) -> Dict[str, str]:
    """The secrets that came with a run; {} when it has none (any more)."""
    try:
        with open(os.path.join(folder, "secrets.json"), encoding="utf-8") as stream:
            values = json.load(stream)
    except (OSError, ValueError):
        return {}
    return {str(name): str(value) for name, value in values.items()} if isinstance(values, dict) else {}


def remove_file(path: str) -> None:
    """PATH is gone, if that can be."""
    try:
        os.unlink(path)
    except OSError:
        pass
