"""The user's own computer: Supervisor (supervisord.org) does there what systemd does on a server.

Units keep their names; ``golive-APP-web-7@1.service`` is the program ``golive-APP-web-7@1``, described in
``units/golive-APP-web-7@.ini``. The supervisor is talked to by XML-RPC over its unix socket, and started when somebody
needs it. Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import fcntl
import http.client
import os
import re
import socket
import subprocess
import sys
import time
import xmlrpc.client
from typing import Any, Dict, Iterable, List, Tuple

from golive.runner import programs
from golive.runner.layout import LocalLayout
from golive.runner.variables import own_variables

SUPERVISOR = "golive-supervisor.service"
"""The supervisor itself, as a unit that can be stopped."""

PATIENCE = 120.0
START_SECONDS = 20.0
POLL = 0.05

# supervisord.org/subprocess.html, "Process States"; systemd's words for the same.
_STATES = {
    0: ("inactive", "dead", "success"),
    10: ("active", "running", "success"),
    20: ("active", "running", "success"),
    30: ("activating", "auto-restart", "exit-code"),
    40: ("deactivating", "stop", "success"),
    100: ("inactive", "dead", "success"),
    200: ("failed", "failed", "exit-code"),
}
_GONE = {"LoadState": "loaded", "ActiveState": "inactive", "SubState": "dead", "NRestarts": "0", "MainPID": "0"}
_BAD_NAME, _ALREADY_STARTED, _NOT_RUNNING, _ALREADY_ADDED, _STILL_RUNNING, _SHUTDOWN = 10, 60, 70, 90, 91, 6


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        http.client.HTTPConnection.__init__(self, "localhost", timeout=PATIENCE)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(self._path)


class _Way(xmlrpc.client.Transport):
    def __init__(self, path: str) -> None:
        xmlrpc.client.Transport.__init__(self)
        self._path = path

    def make_connection(self, host: Any) -> Any:
        return _Connection(self._path)


class Supervisor:
    """The supervisor of the user whose LAYOUT it is."""

    def __init__(self, layout: LocalLayout) -> None:
        self._layout = layout
        self._proxy = xmlrpc.client.ServerProxy("http://localhost", transport=_Way(socket_path(layout)))

    def show(self, units: Iterable[str]) -> Dict[str, Dict[str, str]]:
        """Each unit's properties by systemd's names."""
        try:
            infos = {info["name"]: info for info in self._call("getAllProcessInfo")}
        except OSError:
            infos = {}
        return {unit: self._state(unit, infos.get(program_of(unit))) for unit in units}

    def _state(self, unit: str, info: Any) -> Dict[str, str]:
        if unit == SUPERVISOR:
            return dict(_GONE, ActiveState="active" if self._answers() else "inactive")
        loaded = "loaded" if os.path.exists(unit_file(self._layout, unit)) else "not-found"
        if info is None:
            return dict(_GONE, LoadState=loaded)
        active, sub, result = _STATES.get(info["state"], ("failed", "failed", "exit-code"))
        return {
            "LoadState": loaded,
            "ActiveState": active,
            "SubState": sub,
            "Result": result,
            "NRestarts": str(programs.restarts(self._layout, program_of(unit))),
            "MainPID": str(info["pid"]),
            "ExecMainStatus": str(info["exitstatus"] or 0),
        }

    def act(self, verb: str, units: Iterable[str] = ()) -> str:
        """What systemctl's VERB would do. Returns "" or what went wrong."""
        try:
            if verb in ("daemon-reload", "start", "reload"):
                self._ensure()
                self._read_units()
            for unit in units:
                getattr(self, "_" + verb.replace("-", "_"))(unit)
        except xmlrpc.client.Fault as fault:
            return str(fault.faultString)
        except (OSError, xmlrpc.client.ProtocolError, http.client.HTTPException) as error:
            return "the supervisor does not answer: {}".format(error)
        return ""

    def _call(self, method: str, *arguments: Any) -> Any:
        return getattr(self._proxy.supervisor, method)(*arguments)

    def _allowing(self, faults: Tuple[int, ...], method: str, *arguments: Any) -> None:
        try:
            self._call(method, *arguments)
        except xmlrpc.client.Fault as fault:
            if fault.faultCode not in faults:
                raise

    def _start(self, unit: str) -> None:
        programs.forget_starts(self._layout, program_of(unit))
        self._allowing((_ALREADY_STARTED,), "startProcess", program_of(unit), False)

    def _stop(self, unit: str) -> None:
        if unit == SUPERVISOR:
            self._shut_down()
        elif not self._answers():
            programs.end(self._layout, program_of(unit))
        else:
            self._allowing((_BAD_NAME, _NOT_RUNNING), "stopProcess", program_of(unit), True)

    def _reload(self, unit: str) -> None:
        self._call("signalProcess", program_of(unit), "HUP")

    def _enable(self, unit: str) -> None:
        """Nothing starts with this computer: ``golive up`` does it again."""

    _disable = _reset_failed = _enable

    def _read_units(self) -> None:
        """The supervisor knows the unit files as they are now. Two runs may do this at the same time."""
        added, changed, removed = self._call("reloadConfig")[0]
        for name in changed + removed:
            self._allowing((_BAD_NAME,), "stopProcessGroup", name)
            self._allowing((_BAD_NAME, _STILL_RUNNING), "removeProcessGroup", name)
        for name in added + changed:
            self._allowing((_ALREADY_ADDED, _BAD_NAME), "addProcessGroup", name)

    def _answers(self) -> bool:
        try:
            self._call("getState")
        except (OSError, xmlrpc.client.Error, http.client.HTTPException):
            return False
        return True

    def _ensure(self) -> None:
        """The supervisor runs. One that was killed leaves its programs behind: they are ended first, as they hold
        sockets and ports. Raises OSError."""
        if self._answers():
            return
        lock = os.open(self._layout.state + "/supervisor.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self._answers():
                return
            programs.end_all(self._layout)
            self._launch()
        finally:
            os.close(lock)

    def _launch(self) -> None:
        command = [sys.executable, "-I", "-m", "supervisor.supervisord", "-c", config_path(self._layout)]
        nowhere = subprocess.DEVNULL
        process = subprocess.Popen(
            command,
            stdin=nowhere,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self._layout.root,
            env=own_variables(),
            start_new_session=True,
        )
        # It goes into the background by itself: then the one that we have started ends.
        said, _ = process.communicate()
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if process.returncode or time.monotonic() > deadline:
                raise OSError(said.decode("utf-8", "replace").strip()[-400:] or "not started")
            time.sleep(POLL)

    def _shut_down(self) -> None:
        if not self._answers():
            programs.end_all(self._layout)
            return
        pid = self._call("getPID")
        self._allowing((_SHUTDOWN,), "shutdown")
        deadline = time.monotonic() + PATIENCE
        while programs.is_alive(pid) and time.monotonic() < deadline:
            time.sleep(POLL)


def socket_path(layout: LocalLayout) -> str:
    """Where the supervisor listens."""
    return layout.run + "/.supervisor.sock"


def config_path(layout: LocalLayout) -> str:
    """What tells the supervisor all this."""
    return layout.root + "/supervisord.conf"


def program_of(unit: str) -> str:
    """The supervisor's name of a unit."""
    return unit[: -len(".service")] if unit.endswith(".service") else unit


def unit_file(layout: LocalLayout, unit: str) -> str:
    """The file that describes a unit; one for all instances of a process."""
    return "{}/{}.ini".format(layout.units, re.sub(r"@.*", "@", program_of(unit)))


def log_path(layout: LocalLayout, unit: str) -> str:
    """What a unit says."""
    return "{}/{}.log".format(layout.logs, program_of(unit))


def log_of(layout: LocalLayout, unit: str, most: int) -> List[str]:
    """The last lines that a unit has said since it was last started on purpose."""
    try:
        with open(log_path(layout, unit), "rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            since = programs.log_start(layout, program_of(unit))
            stream.seek(max(since if since <= size else 0, size - 256 * 1024))
            return stream.read().decode("utf-8", "replace").splitlines()[-most:]
    except OSError:
        return []


def exit_status(layout: LocalLayout, unit: str) -> str:
    """How the unit's program last ended: a number or a signal's name, as the supervisor noted it."""
    try:
        with open(layout.logs + "/supervisord.log", errors="replace") as stream:
            told = stream.read()[-64 * 1024 :]
    except OSError:
        return ""
    pattern = r" exited: {} \((?:exit status (\d+)|terminated by (SIG\w+))".format(re.escape(program_of(unit)))
    found = re.findall(pattern, told)
    return (found[-1][0] or found[-1][1]) if found else ""
