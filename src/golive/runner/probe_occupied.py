"""What takes up a host's memory and disk: each app of golive's, golive itself, and everybody else."""

import os
import re
from typing import Any, Dict, Iterable, List, NamedTuple, Set, Tuple

from golive.runner import probe_app, probe_units
from golive.runner.file_locks import program_of
from golive.runner.layout import host_layout, local_layout
from golive.runner.probe_runs import read_json
from golive.runner.probe_system import read

MOST = 5
"""How many of the largest users of memory are told."""

DATABASES = {
    "mysqld": "MySQL",
    "mariadbd": "MariaDB",
    "postgres": "PostgreSQL",
    "mongod": "MongoDB",
    "redis-server": "Redis",
    "valkey-server": "Valkey",
    "memcached": "Memcached",
    "clickhouse-serv": "ClickHouse",  # as the kernel cuts it
}
"""Programs that keep data for others."""

_OURS = re.compile(r"golive-(run|drain)-")
_LISTEN = "0A"


class Process(NamedTuple):
    """``memory``: bytes that are this process's alone, with its share of what it has in common with others."""

    pid: int
    unit: str
    program: str
    memory: int


def occupied(slugs: Iterable[str]) -> Dict[str, Any]:
    """``{apps, golive, databases, users, disk}``: the shape is told in ``golive.protocol.facts``."""
    layout = host_layout()
    processes = _processes()
    supervisor = _supervisor()
    ours = [process for process in processes if _OURS.match(process.unit) or process.pid == supervisor]
    room = os.statvfs(layout.apps if os.path.isdir(layout.apps) else "/")
    return {
        "apps": {slug: _app(slug, layout.app(slug), processes) for slug in slugs},
        "golive": {
            "processes": len(ours),
            "ports": _ports_of(ours),
            "files": sum(_size(os.path.join(layout.state, name)) for name in probe_app.names_in(layout.state)),
            "cache": size_of_tree(os.path.join(layout.state, "build")),
        },
        "databases": _databases(processes),
        "users": _largest(processes),
        "disk": {"total": room.f_blocks * room.f_frsize, "free": room.f_bavail * room.f_frsize},
    }


def _supervisor() -> int:
    """The process that golive keeps running on the user's own computer; 0 on a server, where there is none."""
    layout = local_layout()
    number = read(layout.run + "/.supervisord.pid").strip() if layout else ""
    return int(number) if number.isdigit() else 0


def _app(slug: str, folder: str, processes: List[Process]) -> Dict[str, Any]:
    number = probe_app.current(folder)
    record = read_json(os.path.join(folder, "releases", str(number), "release.json")) or {}
    units = [name for name in record.get("units") or () if isinstance(name, str)]
    mine = re.compile(r"golive-{}-[a-z0-9]+-\d+@\d+\.service\Z".format(re.escape(slug)))
    return {
        "units": {name: state["active"] for name, state in probe_units.states(units).items()},
        "memory": sum(process.memory for process in processes if mine.match(process.unit)),
        "disk": size_of_tree(folder),
        "maintenance": os.path.isfile(os.path.join(folder, "maintenance.html")),
    }


def _processes() -> List[Process]:
    """Everything that runs, but for this very look at it."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) != os.getpid():
            memory = _memory_of(int(name))
            if memory:
                found.append(Process(int(name), _unit(int(name)), program_of(int(name)), memory))
    return found


def _unit(pid: int) -> str:
    """The service of this host that PID belongs to, or "". One inside a container is not this host's."""
    for line in read("/proc/{}/cgroup".format(pid)).splitlines():
        path = line.split(":", 2)[-1]
        if path.startswith(("/system.slice/", "/user.slice/")):
            for part in reversed(path.split("/")):
                if part.endswith(".service"):
                    return part
    return ""


def _memory_of(pid: int) -> int:
    """In bytes; 0 for the kernel's own and for what has gone meanwhile."""
    share = re.search(r"^Pss:\s+(\d+) kB", read("/proc/{}/smaps_rollup".format(pid)), re.M)
    if share:
        return int(share.group(1)) * 1024
    resident = re.search(r"^VmRSS:\s+(\d+) kB", read("/proc/{}/status".format(pid)), re.M)
    return int(resident.group(1)) * 1024 if resident else 0


def _largest(processes: List[Process]) -> List[Dict[str, Any]]:
    """``[{name, memory}]``: by unit; what belongs to none (a container's, a person's) by its program."""
    sums: Dict[str, int] = {}
    for process in processes:
        name = process.unit or process.program
        sums[name] = sums.get(name, 0) + process.memory
    ranked = sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))
    return [{"name": name, "memory": memory} for name, memory in ranked[:MOST]]


def _databases(processes: List[Process]) -> List[Dict[str, Any]]:
    sums: Dict[str, int] = {}
    for process in processes:
        kind = DATABASES.get(process.program)
        if kind:
            sums[kind] = sums.get(kind, 0) + process.memory
    return [{"name": kind, "memory": memory} for kind, memory in sorted(sums.items())]


def _ports_of(processes: List[Process]) -> int:
    """On how many TCP ports these processes listen."""
    sockets: Set[str] = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        lines = (line.split() for line in read(table).splitlines()[1:])
        sockets.update("socket:[{}]".format(words[9]) for words in lines if words[3] == _LISTEN)
    held: Set[str] = set()
    for process in processes:
        folder = "/proc/{}/fd".format(process.pid)
        for name in probe_app.names_in(folder):
            try:
                held.add(os.readlink(os.path.join(folder, name)))
            except OSError:
                continue
    return len(sockets & held)


def _size(path: str) -> int:
    """Of a file alone: what a folder holds is not counted."""
    try:
        found = os.lstat(path)
    except OSError:
        return 0
    return found.st_blocks * 512 if not os.path.isdir(path) else 0


def size_of_tree(path: str) -> int:
    """Bytes that everything below PATH takes on the disk; what has several names counts once."""
    total = 0
    seen: Set[Tuple[int, int]] = set()
    waiting = [path]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    found = entry.stat(follow_symlinks=False)
                    if found.st_nlink > 1 and not entry.is_dir(follow_symlinks=False):
                        if (found.st_dev, found.st_ino) in seen:
                            continue
                        seen.add((found.st_dev, found.st_ino))
                    total += found.st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except OSError:
            continue
    return total
