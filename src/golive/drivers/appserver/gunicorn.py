"""Gunicorn: its version, its command and how many workers fit the host.

Only flags that every Gunicorn since 20 knows: many apps pin an old one in their requirements,
and a flag that it does not know would keep the app from starting.
"""

from __future__ import annotations

from dataclasses import dataclass

from golive.protocol.facts import Facts

REQUIREMENT = "gunicorn>=20.0.4,<28"
"""From the first with ``module:factory()`` that apps still pin, to the last major release that was tried (27.0.1)."""

TIMEOUT = 60
GRACE = 30
"""Seconds that a request in flight has to finish after SIGTERM. systemd's own patience must be longer."""

THREADS = 4
WORKER_MEMORY = 100_000
"""Kilobytes that a worker of a small Flask app takes, with room to spare."""

MOST_WORKERS = 16
"""Threads wait for databases and slow visitors, so that workers only have to keep the cores busy: one for each, and two
at least, as one may end. Gunicorn's rule of thumb of 2 x cores + 1 is for workers of a single thread; every worker
imports the whole app anew, which costs memory and makes a release start later."""

ACCESS_LOG = '%({x-real-ip}i)s "%(r)s" %(s)s %(B)s bytes %(M)s ms'
"""The visitor's address comes from the proxy: on a unix socket Gunicorn itself sees none."""


@dataclass(frozen=True)
class Size:
    """How many workers and threads, and the reason as one line for the unit file."""

    workers: int
    threads: int
    reason: str


def size_for(facts: Facts, workers: int, threads: int) -> Size:
    """The asked numbers, or where they are 0 what the host's cores and memory allow."""
    threads = threads or THREADS
    if workers:
        return Size(workers, threads, f"{workers} workers, as golive.toml says")
    cores = int(facts.get("cores") or 1)
    memory = int(facts.get("memory", "total") or 0)
    by_cores = min(max(cores, 2), MOST_WORKERS)
    by_memory = max(1, memory // 2 // WORKER_MEMORY)
    if by_memory < by_cores:
        reason = f"{by_memory} workers: half of {memory // 1024} MB of memory at {WORKER_MEMORY // 1000} MB each"
        return Size(by_memory, threads, reason)
    return Size(by_cores, threads, f"{by_cores} workers of {threads} threads each: one for each core, two at least")


def command(environment: str, entry: str, socket: str, scratch: str, size: Size) -> tuple[str, ...]:
    """The argv that serves ``entry`` on the unix socket ``socket``; ``scratch`` is a folder in memory."""
    return (
        f"{environment}/bin/gunicorn",
        "--bind",
        f"unix:{socket}",
        # The socket is for the group, which is the proxy's; nobody else connects.
        "--umask",
        "7",
        "--workers",
        str(size.workers),
        "--worker-class",
        "gthread",
        "--threads",
        str(size.threads),
        "--timeout",
        str(TIMEOUT),
        "--graceful-timeout",
        str(GRACE),
        # A worker proves that it lives by touching a file: on a busy disk that can take too long.
        "--worker-tmp-dir",
        scratch,
        "--access-logfile",
        "-",
        "--access-logformat",
        ACCESS_LOG,
        entry,
    )
