"""How much memory a run may take, and whether the kernel has killed for it.

Shipped to hosts: Python 3.6 syntax, standard library only.
"""

from typing import List, Tuple

_LEAST = 256 * 1024 * 1024
_FOR_THE_SITE = 300 * 1024 * 1024


def most_memory(path: str = "/proc/meminfo") -> int:
    """Bytes that a run may use before the kernel ends one of its programs; 0 when it cannot be known.

    A quarter of the host, or 300 MiB, stays for the live site: a build that is too big dies instead of it.
    """
    try:
        with open(path) as lines:
            for line in lines:
                if line.startswith("MemTotal:"):
                    total = int(line.split()[1]) * 1024
                    return max(total - max(total // 4, _FOR_THE_SITE), _LEAST)
    except (OSError, ValueError):
        pass
    return 0


def memory_kills() -> int:
    """How many processes the kernel has killed for memory: of our control group (version 2 or 1), else of the host."""
    for path, word in _memory_counters():
        try:
            with open(path) as lines:
                for line in lines:
                    name, _, value = line.partition(" ")
                    if name == word:
                        return int(value)
        except (OSError, ValueError):
            continue
    return 0


def _memory_counters() -> List[Tuple[str, str]]:
    counters = [("/proc/vmstat", "oom_kill")]
    try:
        with open("/proc/self/cgroup") as lines:
            for line in lines:
                _, controllers, group = line.strip().split(":", 2)
                if not controllers:
                    counters.insert(0, ("/sys/fs/cgroup" + group + "/memory.events", "oom_kill"))
                elif controllers == "memory":
                    counters.insert(0, ("/sys/fs/cgroup/memory" + group + "/memory.oom_control", "oom_kill"))
    except (OSError, ValueError):
        pass
    return counters
