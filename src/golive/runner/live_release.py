"""Where programs of an app's live release run, as whom, and with which variables: as its processes do.

Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import os
from typing import Dict, List, NamedTuple, Tuple

from golive.runner import env_file
from golive.runner.failure import StepFailed
from golive.runner.layout import Layout, local_layout
from golive.runner.person import person
from golive.runner.probe_app import current
from golive.runner.probe_runs import read_json

PATH = "/usr/local/bin:/usr/bin:/bin"


class Seat(NamedTuple):
    """``user``: who runs it. ``folder``: its working folder. ``bin``: the environment's programs."""

    user: str
    folder: str
    bin: str
    variables: Dict[str, str]


def seat_of(layout: Layout, app: str, user: str = "") -> Seat:
    """The live release's. USER: somebody else than the app's own user, for tests.

    Raises StepFailed ``not-deployed`` or ``release-incomplete``.
    """
    user = person(user).pw_name if user else "golive-" + app
    number = current(layout.app(app))
    if not number:
        raise StepFailed("not-deployed", app=app, host=os.uname().nodename)
    release = os.path.join(layout.app(app), "releases", str(number))
    try:
        recipe = (read_json(os.path.join(release, "release.json")) or {})["recipe"]
        programs = os.path.join(layout.app(app), "envs", recipe["environment"]["key"], "bin")
        folder = os.path.join(release, "code", recipe["chdir"]) if recipe["chdir"] else os.path.join(release, "code")
        with open(os.path.join(release, "env"), encoding="utf-8") as stream:
            given = env_file.parse(stream.read())
        home = os.environ.get("HOME", "") if local_layout() is not None else person(user).pw_dir
    except (KeyError, TypeError, OSError):
        raise StepFailed("release-incomplete", release=number)
    if not os.path.isdir(folder) or not os.path.isdir(programs):
        raise StepFailed("release-incomplete", release=number)
    return Seat(user, folder, programs, _variables(user, home, programs, given))


def _variables(user: str, home: str, programs: str, given: Dict[str, str]) -> Dict[str, str]:
    """What a process of the release starts with (twin: ``golive.drivers.supervise.systemd``)."""
    found = {
        "VIRTUAL_ENV": os.path.dirname(programs),
        "HOME": home,
        "USER": user,
        "LOGNAME": user,
        "SHELL": "/bin/bash" if os.path.exists("/bin/bash") else "/bin/sh",
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    found.update(given)
    found["PATH"] = programs + ":" + given.get("PATH", PATH)
    return found


def programs_in(folder: str) -> Tuple[str, ...]:
    """The names of the programs in FOLDER, without those that only open an environment in a shell."""
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return ()
    found: List[str] = []
    for name in names:
        path = os.path.join(folder, name)
        if not name.lower().startswith("activate") and os.path.isfile(path) and os.access(path, os.X_OK):
            found.append(name)
    return tuple(found)
