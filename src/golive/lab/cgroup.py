"""One control group a server in every hierarchy of the machine: its limits, and the list of its processes.

Works with cgroup v2, with v1, and with both at once (a "hybrid" machine).
"""

from __future__ import annotations

import os
import time
from pathlib import Path

PARENT = "golive-lab"


def hierarchies() -> list[tuple[Path, str]]:
    """Each mounted hierarchy and its type, cgroup or cgroup2."""
    found = []
    for line in Path("/proc/self/mounts").read_text("utf-8").splitlines():
        _, target, kind, *_ = line.split(" ")
        if kind in ("cgroup", "cgroup2"):
            found.append((Path(target), kind))
    return found


def only_v2() -> bool:
    """Whether the machine has cgroup v2 and nothing else, as most do today."""
    return {kind for _, kind in hierarchies()} == {"cgroup2"}


def group_name(number: int) -> str:
    """The group of the server with this number, below each hierarchy's root."""
    return f"{PARENT}/{number}"


def create(number: int, memory: int | None) -> None:
    """Make the server's groups, with a memory limit in MiB if one is given."""
    for root, kind in hierarchies():
        group = root / group_name(number)
        group.mkdir(parents=True, exist_ok=True)
        for folder in (group.parent, group):
            _inherit_cpuset(folder)
        if kind == "cgroup2":
            _delegate(root)
            _delegate(group.parent)
        if memory is not None:
            _limit_memory(group, memory)


def entering(number: int, leaf: str = "") -> list[str]:
    """The start of a command line that runs the rest of it in the server's groups.

    A v2 group that shares its controllers out may hold no process itself, hence ``leaf`` once the server is up.
    """
    files = []
    for root, kind in hierarchies():
        group = root / group_name(number)
        if leaf and kind == "cgroup2":
            group /= leaf
            group.mkdir(exist_ok=True)
        files.append(str(group / "cgroup.procs"))
    return ["sh", str(Path(__file__).with_name("enter.sh")), *files, "--"]


def processes(number: int) -> list[int]:
    """Every process of the server, as the machine numbers them."""
    found: set[int] = set()
    for root, _ in hierarchies():
        for folder, _, _ in os.walk(root / group_name(number)):
            try:
                found.update(int(line) for line in Path(folder, "cgroup.procs").read_text("ascii").split())
            except OSError:
                continue
    return sorted(found - {0})


def kill(number: int, timeout: float = 20) -> None:
    """Kill every process of the server and remove its groups. Idempotent."""
    import signal

    deadline = time.monotonic() + timeout
    while alive := processes(number):
        for pid in alive:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        if time.monotonic() > deadline:
            break
        time.sleep(0.01)
    for root, _ in hierarchies():
        for folder, _, _ in os.walk(root / group_name(number), topdown=False):
            try:
                Path(folder).rmdir()
            except OSError:
                continue


def _inherit_cpuset(folder: Path) -> None:
    """A new v1 cpuset starts with no processor at all, and refuses processes until it has one."""
    for name in ("cpuset.cpus", "cpuset.mems"):
        own, parent = folder / name, folder.parent / name
        try:
            if own.exists() and not own.read_text("ascii").strip():
                own.write_text(parent.read_text("ascii"), "ascii")
        except OSError:
            continue


def _delegate(group: Path) -> None:
    """Let the children of a v2 group have every controller that it has itself."""
    try:
        names = (group / "cgroup.controllers").read_text("ascii").split()
        for name in names:
            (group / "cgroup.subtree_control").write_text(f"+{name}", "ascii")
    except OSError:
        return


def _limit_memory(group: Path, memory: int) -> None:
    limit = str(memory * 1024 * 1024)
    for name, value in (
        ("memory.max", limit),
        ("memory.swap.max", "0"),
        ("memory.limit_in_bytes", limit),
        ("memory.memsw.limit_in_bytes", limit),
    ):
        if (group / name).exists():
            (group / name).write_text(value, "ascii")
