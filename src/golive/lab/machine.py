"""Starting a server, waiting until it is ready, finding it, and stopping it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from golive.errors import Refused
from golive.lab import cgroup, network, seed
from golive.lab.store import Record
from golive.lab.tool import PATH, clean_environment

BOOT_TIMEOUT = 90.0
_POLL = 0.05
# For practice inside Docker and Swarm run too; keyrings and bpf are what nspawn's own filter lacks for that.
_NSPAWN = (
    "--quiet",
    "--boot",
    "--register=no",
    "--keep-unit",
    "--resolv-conf=off",
    "--timezone=off",
    "--capability=all",
    "--system-call-filter=@keyring bpf",
)


def start(record: Record, folder: Path) -> None:
    """Boot the server, its cable plugged in. Returns at once; the machine belongs to nobody's session."""
    for name in ("root", "upper", "work") if record.disk is None else ("root", "disk"):
        (folder / name).mkdir(mode=0o755, exist_ok=True)
    seed.refresh(folder / "seed")
    network.connect(record.number)
    network.set_cable(record.number, connected=True)
    cgroup.create(record.number, record.memory)
    inside = folder if record.disk is None else folder / "disk"
    image = "-" if record.disk is None else str(folder / "disk.img")
    lowers = ":".join([str(folder / "seed"), *record.lowers])
    mounts = [
        cgroup.group_name(record.number),
        str(folder / "root"),
        lowers,
        str(inside / "upper"),
        str(inside / "work"),
        image,
    ]
    nspawn = [
        *_NSPAWN,
        f"--machine={record.name}",
        f"--network-namespace-path=/run/netns/{network.link_name(record.number)}",
    ]
    script = str(Path(__file__).with_name("boot.sh"))
    apart = ["unshare", "--mount", "--propagation", "private", *([] if cgroup.only_v2() else ["--cgroup"])]
    # setsid returns when its child, already in the server's groups, runs on its own.
    detach = ["setsid", "--fork"]
    with (folder / "console.log").open("wb") as console:
        done = subprocess.run(
            [*cgroup.entering(record.number), *detach, *apart, "sh", script, *mounts, *nspawn],
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=subprocess.STDOUT,
            env=clean_environment(),
            cwd="/",
            check=False,
        )
    if done.returncode != 0:
        raise Refused("lab-boot-failed", name=record.name, reason="exited", output=console_tail(folder))


def wait_ready(record: Record, folder: Path, timeout: float = BOOT_TIMEOUT) -> None:
    """Wait until systemd has finished booting and sshd answers. Raises Refused lab-boot-failed."""
    deadline = time.monotonic() + timeout
    while not (_booted(record) and _ssh_answers(record.address)):
        gone = not cgroup.processes(record.number)
        if gone or time.monotonic() > deadline:
            raise Refused(
                "lab-boot-failed",
                name=record.name,
                reason="exited" if gone else "timeout",
                output=console_tail(folder),
            )
        time.sleep(_POLL)


def console_tail(folder: Path, lines: int = 15) -> tuple[str, ...]:
    """The last lines of the server's console."""
    try:
        return tuple((folder / "console.log").read_text("utf-8", errors="replace").splitlines()[-lines:])
    except OSError:
        return ()


def leader(number: int) -> int | None:
    """The machine's number of the server's process 1; None if it is not running."""
    for pid in cgroup.processes(number):
        with contextlib.suppress(OSError):
            status = Path(f"/proc/{pid}/status").read_text("utf-8", errors="replace")
            numbers = next((line.split()[1:] for line in status.splitlines() if line.startswith("NSpid:")), [])
            if len(numbers) == 2 and numbers[1] == "1":
                return pid
    return None


def run_inside(
    record: Record,
    argv: Sequence[str],
    *,
    stdin: str | None = None,
    timeout: float | None = None,
    environment: dict[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a command as root inside, in the server's groups. Raises Refused lab-not-running, TimeoutExpired."""
    pid = leader(record.number)
    if pid is None:
        raise Refused("lab-not-running", name=record.name)
    base = {"PATH": PATH, "HOME": "/root", "USER": "root", "LOGNAME": "root", "SHELL": "/bin/bash", "LANG": "C.UTF-8"}
    words = [f"{name}={value}" for name, value in {**base, **(environment or {})}.items()]
    try:
        enter = cgroup.entering(record.number, "lab-run")
    except OSError as error:  # its groups are gone: it has died this moment
        raise Refused("lab-not-running", name=record.name) from error
    nsenter = ["nsenter", "--all", f"--target={pid}", "--wd"]
    with subprocess.Popen(
        [*enter, *nsenter, "env", "--ignore-environment", "--chdir=/root", *words, *argv],
        stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
        env=clean_environment(),
    ) as process:
        try:
            out, err = process.communicate(stdin, timeout=timeout)
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise
    return subprocess.CompletedProcess(list(argv), process.returncode, out, err)


def power_off(record: Record, timeout: float = 60) -> None:
    """Shut the server down in good order, and by force if it does not obey in time."""
    deadline = time.monotonic() + timeout
    if leader(record.number) is not None:
        run_inside(record, ["systemctl", "poweroff"], timeout=30)
    while cgroup.processes(record.number) and time.monotonic() < deadline:
        time.sleep(_POLL)
    cgroup.kill(record.number)


def _booted(record: Record) -> bool:
    try:
        said = run_inside(record, ["systemctl", "is-system-running"], timeout=10).stdout.strip()
    except (Refused, subprocess.TimeoutExpired):
        return False
    return said in ("running", "degraded")


def _ssh_answers(address: str) -> bool:
    try:
        with socket.create_connection((address, 22), timeout=1) as connection:
            connection.settimeout(2)
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False
