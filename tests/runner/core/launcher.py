# ruff: noqa: PTH
"""The runner as its tests start it: real commands, real processes, and a small table of perform functions.

Run as a program by every interpreter that the runner supports: Python 3.6 syntax. ``faults.json`` in the root folder
may hold ``{"kill": [POINT, N]}``: SIGKILL ourselves the N-th time that a point is reached.
"""

import json
import os
import signal
import sys
import time
import types

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "src")
sys.path.insert(0, SOURCE)
# The functions for files alone, without loading those of every kind of step.
package = types.ModuleType("golive.runner.perform")
package.__path__ = [os.path.join(SOURCE, "golive", "runner", "perform")]
sys.modules["golive.runner.perform"] = package

from golive.runner import layout, main, workplace  # noqa: E402
from golive.runner.failure import StepFailed  # noqa: E402
from golive.runner.perform.files import (  # noqa: E402
    perform_ensure_directory,
    perform_remove_paths,
    perform_write_file,
)
from golive.runner.perform.links import perform_ensure_link  # noqa: E402
from golive.runner.perform.switch import perform_switch_release  # noqa: E402

ROOT = os.environ["GOLIVE_ROOT"]
_reached = {}


def fault():
    try:
        with open(os.path.join(ROOT, "faults.json")) as stream:
            return json.load(stream)
    except (OSError, ValueError):
        return {}


def point(name):
    """A place where a test may have us killed."""
    _reached[name] = _reached.get(name, 0) + 1
    if fault().get("kill") == [name, _reached[name]]:
        os.kill(os.getpid(), signal.SIGKILL)


def perform_run_command(action, context):
    """Argv as it is. ``hang`` and ``lag`` are the tests' own programs."""
    environment = {"TOKEN": context.secrets.get("TOKEN", "")}
    status = context.run(action.argv, env=environment, timeout=action.timeout, cwd=action.cwd)
    if status != 0:
        raise StepFailed("command-failed", status=status, command=action.argv[0])
    return True


def perform_nothing(action, context):
    return False


def perform_wait(action, context):
    """Until the test lets go."""
    while not os.path.exists(os.path.join(ROOT, "go")):
        time.sleep(0.01)
    return False


def perform_broken(action, context):
    raise ZeroDivisionError("the token is " + context.secrets.get("TOKEN", "none"))


TABLE = {
    "ensure_directory": perform_ensure_directory,
    "write_file": perform_write_file,
    "ensure_link": perform_ensure_link,
    "remove_paths": perform_remove_paths,
    "run_command": perform_run_command,
    "switch_release": perform_switch_release,
    "verify_site": perform_nothing,
    "install_packages": perform_nothing,
    "drain_units": perform_nothing,
    "reload_units": perform_wait,
    "wait_healthy": perform_broken,
}


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
        os.umask(0o022)
        table = {kind: with_points(kind, perform) for kind, perform in TABLE.items()}
        return workplace.work(layout.host_layout(), words[1], words[2], words[3:], perform=table)
    return main.main(words, launch=[sys.executable, "-W", "error", os.path.abspath(__file__)])


if __name__ == "__main__":
    sys.exit(start())
