"""Programs of the app: run_command."""

import os
from typing import Any, Dict

from golive.protocol.steps import RunCommand
from golive.runner import env_file
from golive.runner.failure import StepFailed
from golive.runner.layout import local_layout
from golive.runner.person import person
from golive.runner.variables import PATH


def perform_run_command(action: RunCommand, context: Any) -> bool:
    """The program has run as the app's user, in the environment that systemd would give it, and ended well."""
    status = context.run(
        action.argv,
        user=action.user or None,
        env=variables(action, context),
        cwd=action.cwd,
        timeout=action.timeout,
    )
    if status != 0:
        raise _failure(action, status, context)
    return True


def variables(action: RunCommand, context: Any) -> Dict[str, str]:
    """The release's environment file, and the programs of its environment first on PATH."""
    found: Dict[str, str] = {}
    if action.environment_file:
        with open(action.environment_file, encoding="utf-8") as stream:
            found = env_file.parse(stream.read())
    inherited = found.get("PATH", PATH)
    found["PATH"] = os.path.dirname(action.argv[0]) + ":" + inherited
    if local_layout() is None:
        found.setdefault("HOME", person(action.user).pw_dir)
    return found


def _failure(action: RunCommand, status: int, context: Any) -> StepFailed:
    command = " ".join([os.path.basename(action.argv[0])] + list(action.argv[1:]))
    if context.out_of_memory:
        return StepFailed("out-of-memory", command=command)
    error = next((line for line in reversed(context.tail) if line.strip()), "")
    code = "migration-failed" if action.purpose == "migrate" else "command-failed"
    return StepFailed(code, command=command, status=status, purpose=action.purpose, error=error)
