"""The user's own computer, where Supervisor stands in systemd's place: what a person would type."""

from __future__ import annotations

import posixpath

from golive.explain.shell.quoting import words
from golive.protocol.steps import ReceiveCode, ReloadProxy, RunCommand

Supervisor = tuple[str, ...]


def control(supervisor: Supervisor, verb: str, *units: str) -> str:
    """supervisorctl, of golive's own interpreter. Units are programs there."""
    python, config = supervisor
    names = (unit.removesuffix(".service") for unit in units)
    return words(python, "-m", "supervisor.supervisorctl", "-c", config, verb, *names)


def read_again(supervisor: Supervisor) -> tuple[str, ...]:
    """It starts in the background, and tells if it runs already."""
    python, config = supervisor
    start = words(python, "-m", "supervisor.supervisord", "-c", config)
    return (f"{control(supervisor, 'pid')} || {start}", control(supervisor, "update"))


def stop(supervisor: Supervisor, units: tuple[str, ...]) -> tuple[str, ...]:
    """The supervisor itself is stopped by another word than its programs."""
    programs = tuple(unit for unit in units if unit != "golive-supervisor.service")
    lines = (control(supervisor, "stop", *programs),) if programs else ()
    return lines if len(programs) == len(units) else (*lines, control(supervisor, "shutdown"))


def reload_proxy(action: ReloadProxy) -> tuple[str, ...]:
    """nginx tests its files first; the forwarder just reads them."""
    supervisor = action.supervisor
    folder = posixpath.dirname(supervisor[1])
    nginx = ("nginx", "-p", f"{folder}/proxy/", "-c", f"{folder}/nginx.conf")
    test = (words(*nginx, "-t"),) if action.proxy == "nginx" else ()
    again = (
        words(*nginx, "-s", "reload") if action.proxy == "nginx" else control(supervisor, "signal", "HUP", action.unit)
    )
    return (*test, control(supervisor, "update"), f"{control(supervisor, 'start', action.unit)} || {again}")


def receive_code(action: ReceiveCode) -> tuple[str, ...]:
    """A copy; what git ignores stays behind."""
    into = action.into
    return (
        words("mkdir", into),
        f"# In the app's folder (golive copies commit {action.commit[:12]}, without what git ignores):\n"
        + words("cp", "-R", "./.", into),
        words("find", into, "-type", "f", "-exec") + " chmod a-w {} +",
    )


def run_command(action: RunCommand) -> tuple[str, ...]:
    """In a shell of its own, with the app's variables and the programs of its environment first."""
    path = f"PATH={words(posixpath.dirname(action.argv[0]))}:$PATH"
    read = f"set -a; . {words(action.environment_file)}; " if action.environment_file else ""
    return (f"({words('cd', action.cwd)}; {read}{path}; {words(*action.argv)})",)
