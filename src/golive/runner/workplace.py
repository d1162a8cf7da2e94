"""What the holder of the lease does: its own run, or the end of one that was cut off.

Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import os
import shutil
import sys
from typing import TYPE_CHECKING, Optional, Sequence

from golive.runner import runners, runs
from golive.runner.layout import Layout
from golive.runner.lease import name_holder

if TYPE_CHECKING:
    from golive.runner.recover import Means
    from golive.runner.work import Perform, Worker

RECOVER = "recover"
_LEASE = "--lease-fd="
_AFTER = "--after"


def work(layout: Layout, app: str, token: str, options: Sequence[str], perform: "Optional[Perform]" = None) -> int:
    """Work on the incoming plan TOKEN, or on what is unfinished (TOKEN ``recover``). Exit status 0: all is told.

    With ``--after`` the worker is gone, and a run without an end is brought to one. PERFORM: this runner's own table
    unless given.
    """
    lease_fds = tuple(int(option[len(_LEASE) :]) for option in options if option.startswith(_LEASE))
    for descriptor in lease_fds:
        name_holder(descriptor)
    after = _AFTER in options
    if after:
        shutil.rmtree(runs.incoming(layout, app, token), ignore_errors=True)
        if not runs.unfinished(layout, app):
            return 0
    # Only now: mostly there is nothing to clean up, and these take longer to load than everything before.
    from golive.runner.recover import Means, recover_all
    from golive.runner.stopping import Stopping

    stopping = Stopping()
    stopping.listen()
    code = "runner-died" if after and token != RECOVER else "recovered"
    means = Means(layout, perform or _own_perform(), stopping, lease_fds, code)
    if after or token == RECOVER:
        recover_all(app, means)
        return 0
    runners.note_use(sys.argv[0])
    path = runs.claim(layout, app, token)
    recover_all(app, means, besides=path)
    _work_on(path, means)
    # A run that has told its end, good or bad, needs nobody to clean up behind it.
    status = 0 if runs.is_finished(path) else 1
    runs.prune(layout, app)
    runners.prune(layout, sys.argv[0])
    return status


def _own_perform() -> "Perform":
    from golive.runner.perform import PERFORM

    return PERFORM


def _work_on(path: str, means: "Means") -> None:
    """Do the run at PATH. Raises OSError when not even a journal can be begun."""
    try:
        worker = _worker(path, means)
    except OSError:
        # A disk this full has just room for telling so.
        os.unlink(os.path.join(path, "reserve"))
        worker = _worker(path, means)
    try:
        worker.run(lambda: _check(worker))
    finally:
        worker.journal.close()


def _worker(path: str, means: "Means") -> "Worker":
    from golive.protocol.codec import decode_plan
    from golive.runner.work import Worker

    with open(os.path.join(path, "plan.json"), "rb") as stream:
        plan = decode_plan(stream.read())
    return Worker(means.layout, path, plan, means.perform, means.stopping, means.lease_fds)


def _check(worker: "Worker") -> None:
    """Raise StepFailed ``stale-plan`` when the host is not what the plan was made for."""
    from golive.runner.failure import StepFailed
    from golive.runner.probe import gather
    from golive.runner.stale import stale_paths

    if not worker.plan.consulted:
        return
    paths = stale_paths(worker.plan, worker.folder, gather(worker.plan.probe))
    if paths:
        raise StepFailed("stale-plan", paths=paths)
