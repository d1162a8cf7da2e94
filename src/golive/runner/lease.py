"""The app lease: who holds it works on the app, and it ends with the work, however that ends.

Where systemd is the init it is a transient unit with a fixed name: systemd refuses a second one, ending it takes every
process along, and its ``ExecStopPost`` cleans up after a worker that was killed. Elsewhere it is a lock on a file,
inherited by the worker's children, under a small parent that cleans up. Neither needs a clock, and neither goes stale.

Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import fcntl
import os
import shlex
import signal
import subprocess
import time
from typing import Callable, Dict, Iterator, List, Optional, Sequence, Tuple

from golive.runner import programs
from golive.runner.layout import CARRIED, Layout, has_systemd, local_layout
from golive.runner.memory import most_memory
from golive.runner.variables import PATH

STOP_SECONDS = 90
"""How long an undo may take when systemd ends a run."""

_UNLESS_WELL = "printenv SERVICE_RESULT | grep -qx success || exec "
"""Starting Python after each run, only to find that all is well, would hold the lease ten times longer.

For a shell, without dollars: a ``daemon-reload`` in mid-run reads the transient unit again from its file, into which
systemd 252 writes a dollar in a way that it cannot read.
"""


class Lease:
    """The app lease of one app; the two kinds below."""

    def start(self, launch: Sequence[str], words: Sequence[str]) -> bool:
        """Start ``LAUNCH work WORDS`` as the holder, apart from this process. False: somebody else holds the lease."""
        raise NotImplementedError

    def held(self) -> bool:
        """Whether somebody holds it."""
        raise NotImplementedError


def lease_of(layout: Layout, app: str) -> Lease:
    """The lease of APP, of the kind that this host offers."""
    if has_systemd():
        return UnitLease(layout, app)
    return LockLease(layout, app)


class UnitLease(Lease):
    """A transient systemd unit."""

    def __init__(self, layout: Layout, app: str) -> None:
        self.unit = "golive-run-{}.service".format(app)
        self._root = layout.root

    def start(self, launch: Sequence[str], words: Sequence[str]) -> bool:
        """As Lease. Raises OSError when systemd cannot start a unit at all."""
        told = ""
        full = self._properties(launch, words)
        # Twice the same: the unit that was in the way may have ended in between.
        for properties in (full, full, [one for one in full if not one.startswith("OOM")], self._basic_properties()):
            status, told = _call(self._argv(launch, words, properties))
            if status == 0:
                return True
            if self.held():
                return False
            # A unit that failed keeps its name on systemd before 236; a property may be newer than the host's systemd.
            _call(["systemctl", "reset-failed", self.unit])
        raise OSError("systemd-run: " + told.strip()[-400:])

    def held(self) -> bool:
        """As Lease; a unit that is being cleaned up counts."""
        _, told = _call(["systemctl", "show", "--property=ActiveState", self.unit])
        return told.strip().partition("=")[2] in ("active", "activating", "reloading", "deactivating")

    def _argv(self, launch: Sequence[str], words: Sequence[str], properties: List[str]) -> List[str]:
        argv = ["systemd-run", "--quiet", "--unit=" + self.unit, "--description=golive"]
        argv += ["--property=" + setting for setting in properties]
        for name, value in (("PATH", PATH), ("HOME", "/root"), ("LANG", "C.UTF-8"), ("GOLIVE_ROOT", self._root)):
            if value:
                argv.append("--setenv={}={}".format(name, value))
        return argv + ["--"] + list(launch) + ["work"] + list(words)

    def _basic_properties(self) -> List[str]:
        # "mixed": the worker is asked to stop and undoes in peace; when it is gone, so is all that it has started.
        return ["KillMode=mixed", "TimeoutStopSec={}".format(STOP_SECONDS), "UMask=0022"]

    def _properties(self, launch: Sequence[str], words: Sequence[str]) -> List[str]:
        clean_up = _UNLESS_WELL + " ".join(map(shlex.quote, [*launch, "work", *words, "--after"]))
        properties = self._basic_properties() + [
            "CollectMode=inactive-or-failed",
            "ExecStopPost=/bin/sh -c " + _quote(clean_up),
        ]
        properties += ["CPUWeight=20", "IOWeight=20", "OOMPolicy=continue"]
        if most_memory():
            properties.append("MemoryMax={}".format(most_memory()))
        return properties


def _quote(word: str) -> str:
    """WORD as one word of an Exec line (systemd.service(5))."""
    for special, written in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%"), ("$", "$$")):
        word = word.replace(special, written)
    return '"{}"'.format(word)


def _call(argv: List[str]) -> Tuple[int, str]:
    """Exit status and output of a program of systemd's."""
    environment = {"PATH": PATH, "LANG": "C.UTF-8"}
    process = subprocess.Popen(
        argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment
    )
    told, _ = process.communicate()
    return process.returncode, told.decode("utf-8", "replace")


class LockLease(Lease):
    """A lock on a file in the app's journal folder. The file names the processes that may hold it."""

    def __init__(self, layout: Layout, app: str) -> None:
        self.path = layout.lease_lock(app)

    def start(self, launch: Sequence[str], words: Sequence[str]) -> bool:
        """As Lease. Raises OSError."""
        lock = self._take()
        if lock is None and self._is_orphaned():
            self._end_orphans()
            lock = self._take()
        if lock is None:
            return False
        try:
            os.ftruncate(lock, 0)
            _detach(lock, [*launch, "work", *words, "--lease-fd={}".format(lock)])
        finally:
            os.close(lock)
        return True

    def held(self) -> bool:
        """As Lease. What a killed worker left running does not count."""
        try:
            lock = self._take()
        except FileNotFoundError:
            return False
        if lock is None:
            return not self._is_orphaned()
        os.close(lock)
        return False

    def _take(self) -> Optional[int]:
        """The locked file, or None. A file that was removed and made anew meanwhile is another lock."""
        while True:
            lock = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_APPEND, 0o600)
            if not _try_lock(lock):
                os.close(lock)
                return None
            try:
                if os.stat(self.path).st_ino == os.fstat(lock).st_ino:
                    return lock
            except FileNotFoundError:
                pass
            os.close(lock)

    def _is_orphaned(self) -> bool:
        """Whether those who may hold the lock are gone, and only programs that they had started still have it."""
        for _ in range(100):
            with open(self.path) as stream:
                holders = [line.split() for line in stream if line.endswith("\n")]
            if holders:
                return not any(len(words) == 2 and _birth(words[0]) == words[1] for words in holders)
            time.sleep(0.01)
        return True

    def _end_orphans(self) -> None:
        own = os.stat(self.path)
        for pid in _pids():
            for descriptor in _descriptors(pid):
                try:
                    found = os.stat(descriptor)
                except OSError:
                    continue
                if (found.st_dev, found.st_ino) == (own.st_dev, own.st_ino) and pid != os.getpid():
                    _kill(pid)
                    break
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            lock = self._take()
            if lock is not None:
                os.close(lock)
                return
            time.sleep(0.01)


def name_holder(lock: int) -> None:
    """This process is one that may hold the lease: its id and, as ids come again, when it was born."""
    os.write(lock, "{} {}\n".format(os.getpid(), _birth(str(os.getpid()))).encode("ascii"))


def _birth(pid: str) -> str:
    """When PID was started, "" when it is gone."""
    return programs.birth(int(pid))


def _pids() -> Iterator[int]:
    names = os.listdir("/proc") if os.path.isdir("/proc") else []
    return (int(name) for name in names if name.isdigit())


def _descriptors(pid: int) -> List[str]:
    folder = "/proc/{}/fd".format(pid)
    try:
        return [os.path.join(folder, name) for name in os.listdir(folder)]
    except OSError:
        return []


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError:
        pass


def _detach(lock: int, argv: List[str]) -> None:
    """Run ARGV under a parent of its own that outlives us, and with ``--after`` when it has ended."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    try:
        os.setsid()
        if os.fork():
            os._exit(0)
        _supervise(lock, argv)
    finally:
        os._exit(0)


def _supervise(lock: int, argv: List[str]) -> None:
    name_holder(lock)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.chdir("/")
    for words in (argv, argv + ["--after"]):
        if subprocess.Popen(words, pass_fds=(lock,), env=_variables()).wait() == 0:
            break


def _variables() -> Dict[str, str]:
    if local_layout() is not None:
        # The user's own: how pip is set up, where caches are, which Python is found.
        return dict(os.environ)
    kept = {name: os.environ[name] for name in CARRIED if name in os.environ}
    return dict(kept, PATH=PATH, HOME="/root", LANG="C.UTF-8")


class HostLease:
    """A lock that runs of different apps share, for what all apps share: packages, users, the proxy."""

    def __init__(self, layout: Layout, holder: str) -> None:
        self._path = layout.host_lock
        self._holder = holder
        self._lock: Optional[int] = None

    def take(self, waiting: Callable[[str, float], None]) -> None:
        """Wait until it is ours; WAITING hears who holds it and for how many seconds, now and then. Raises OSError."""
        if self._lock is not None:
            return
        lock = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        began = told = time.monotonic()
        first = True
        try:
            while not _try_lock(lock):
                now = time.monotonic()
                if first or now - told >= 5:
                    waiting(os.pread(lock, 200, 0).decode("utf-8", "replace").strip(), round(now - began, 1))
                    first, told = False, now
                time.sleep(0.1)
        except BaseException:
            os.close(lock)
            raise
        os.ftruncate(lock, 0)
        os.pwrite(lock, self._holder.encode("utf-8"), 0)
        self._lock = lock

    def give_back(self) -> None:
        """Let others have it."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _try_lock(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
