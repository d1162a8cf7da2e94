"""The runner as its tests start it: real commands, real processes, some steps that wait or fail when told to.

Run as a program by every interpreter that the runner supports: Python 3.6 syntax. ``faults.json`` in the root folder
may hold ``{"kill": [POINT, N]}``: SIGKILL ourselves the N-th time that a point is reached, once. While a file ``hold``
is there, nothing cleans up behind a killed worker, as after a power cut.
"""
# ruff: noqa: PTH100, PTH108, PTH110, PTH118, PTH120, PTH123

import json
import os
import signal
import sys
import time

if __name__ == "__main__":
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "src"))

from golive.runner import layout, main, workplace
from golive.runner.failure import StepFailed
from golive.runner.perform import PERFORM

_reached = {}


def fault():
    try:
        with open(os.path.join(layout.host_layout().root, "faults.json")) as stream:
            return json.load(stream)
    except (OSError, ValueError):
        return {}


def point(name):
    """A place where a test may have us killed."""
    _reached[name] = _reached.get(name, 0) + 1
    if fault().get("kill") == [name, _reached[name]]:
        os.unlink(os.path.join(layout.host_layout().root, "faults.json"))
        os.kill(os.getpid(), signal.SIGKILL)


def perform_run_command(action, context):
    """Argv as it is, as root, with the secret."""
    environment = {"TOKEN": context.secrets.get("TOKEN", "")}
    status = context.run(action.argv, env=environment, timeout=action.timeout, cwd=action.cwd)
    if status != 0:
        raise StepFailed("command-failed", status=status, command=action.argv[0])
    return True


def perform_nothing(action, context):
    return False


def perform_wait(action, context):
    """Until the test lets go."""
    while not os.path.exists(os.path.join(layout.host_layout().root, "go")):
        time.sleep(0.01)
    return False


def perform_broken(action, context):
    raise ZeroDivisionError("the token is " + context.secrets.get("TOKEN", "none"))


TABLE = dict(
    PERFORM,
    run_command=perform_run_command,
    verify_site=perform_nothing,
    install_packages=perform_nothing,
    drain_units=perform_nothing,
    reload_units=perform_wait,
    wait_healthy=perform_broken,
)


def with_points(kind, perform):
    def performed(action, context):
        point("before " + kind)
        changed = perform(action, context)
        point("after " + kind)
        return changed

    return performed


def start():
    words = sys.argv[1:]
    if words[:1] == ["work"]:
        if "--after" in words and os.path.exists(os.path.join(layout.host_layout().root, "hold")):
            return 0
        os.umask(0o022)
        table = {kind: with_points(kind, perform) for kind, perform in TABLE.items()}
        return workplace.work(layout.host_layout(), words[1], words[2], words[3:], perform=table)
    return main.main(words, launch=[sys.executable, "-W", "error", os.path.abspath(__file__)])


if __name__ == "__main__":
    sys.exit(start())
