"""A server's own changes: a plain folder, or, with a size limit, an ext4 image that can lose power."""

from __future__ import annotations

import os
import shutil
import signal
import struct
from pathlib import Path

from golive.errors import Refused
from golive.lab import cgroup, machine, network
from golive.lab.store import Record
from golive.lab.tool import call

# From Linux, fs/ext4/ext4.h: stop writing this instant, not even the journal.
_EXT4_IOC_SHUTDOWN = 0x8004587D
_NO_LOG_FLUSH = 2


def make(record: Record, folder: Path) -> None:
    """The empty image of a server that has a disk limit."""
    if record.disk is None:
        return
    image = folder / "disk.img"
    with image.open("wb") as file:
        file.truncate(record.disk * 1024 * 1024)
    call(["mkfs.ext4", "-q", "-m", "0", "-E", "lazy_itable_init=1,lazy_journal_init=1", str(image)])


def forget_changes(record: Record, folder: Path) -> None:
    """Back to the state before the first boot. The server must not run."""
    for name in ("upper", "work", "docker"):
        shutil.rmtree(folder / name, ignore_errors=True)
    make(record, folder)


def cut(record: Record, folder: Path) -> None:
    """Take the power away from a running server: silence first, then no process, then no write.

    Killing alone loses nothing, because what was written waits in this machine's memory and reaches the image in the
    end. So the server's file system is told to stop as it stands; at the next boot ext4 replays its journal, as
    after a real power cut.
    """
    pid = machine.leader(record.number)
    if pid is None:
        raise Refused("lab-not-running", name=record.name)
    network.set_cable(record.number, connected=False)
    disk = os.open(_seen_by_supervisor(record.number, folder / "disk"), os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.kill(pid, signal.SIGKILL)
        _stop_writing(disk)
    finally:
        os.close(disk)
    cgroup.kill(record.number)
    network.disconnect(record.number)


def _stop_writing(disk: int) -> None:
    import fcntl

    fcntl.ioctl(disk, _EXT4_IOC_SHUTDOWN, struct.pack("I", _NO_LOG_FLUSH))


def _seen_by_supervisor(number: int, path: Path) -> Path:
    """A path of the mount namespace that boot.sh made; the image is mounted nowhere else."""
    for pid in cgroup.processes(number):
        try:
            if b"systemd-nspawn" in Path(f"/proc/{pid}/cmdline").read_bytes():
                return Path(f"/proc/{pid}/root/{path}")
        except OSError:
            continue
    raise Refused("lab-not-running", name=path.parent.name)
