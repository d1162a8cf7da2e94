"""What makes a server itself: its name, machine id, host keys, and root's authorized key.

They lie in a read-only folder above the base, not in the server's own changes: a reset keeps them, and so does a
power cut.
"""

from __future__ import annotations

import uuid
from pathlib import Path

from golive.lab import carry
from golive.lab.tool import call

_MEMINFO_UNIT = """[Unit]
Description=Tell of the memory that this practice server may use
DefaultDependencies=no
Before=sysinit.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/mount --bind /usr/lib/golive-lab/meminfo /proc/meminfo
"""


def plant(seed: Path, name: str, public_key: str, memory: int | None) -> None:
    """Fill ``seed``. The host keys are new ones, whatever layer lies below."""
    for folder, mode in (("", 0o755), ("etc", 0o755), ("etc/ssh", 0o755), ("root", 0o700), ("root/.ssh", 0o700)):
        (seed / folder).mkdir(exist_ok=True)
        (seed / folder).chmod(mode)
    files = {
        "etc/hostname": f"{name}\n",
        "etc/hosts": f"127.0.0.1 localhost\n::1 localhost ip6-localhost\n127.0.1.1 {name}\n",
        "etc/machine-id": f"{uuid.uuid4().hex}\n",
        "root/.ssh/authorized_keys": public_key,
    }
    for path, text in files.items():
        (seed / path).write_text(text, "utf-8")
        (seed / path).chmod(0o644)
    (seed / "root/.ssh/authorized_keys").chmod(0o600)
    if memory is not None:
        _tell_memory(seed, memory)
    for kind in ("ed25519", "ecdsa"):
        make_key(seed / f"etc/ssh/ssh_host_{kind}_key", kind, f"root@{name}")


def refresh(seed: Path) -> None:
    """What may be different at each boot: the machine may be in another network. The server must not run."""
    (seed / "etc/resolv.conf").write_text(carry.nameservers(), "utf-8")
    (seed / "etc/resolv.conf").chmod(0o644)


def host_key(seed: Path) -> str:
    """The server's public host key, "ssh-ed25519 AAAA..."; "" if it has none yet."""
    try:
        text = (seed / "etc/ssh/ssh_host_ed25519_key.pub").read_text("ascii")
    except OSError:
        return ""
    return " ".join(text.split()[:2])


def make_key(path: Path, kind: str, comment: str) -> None:
    """A new key pair without a passphrase at ``path`` and ``path``.pub."""
    call(["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", comment, "-f", str(path)])


def _tell_memory(seed: Path, memory: int) -> None:
    units = seed / "etc/systemd/system"
    for folder in (seed / "usr/lib/golive-lab", units / "sysinit.target.wants"):
        folder.mkdir(parents=True)
    (seed / "usr/lib/golive-lab/meminfo").write_text(meminfo(memory), "ascii")
    (units / "lab-meminfo.service").write_text(_MEMINFO_UNIT, "ascii")
    (units / "sysinit.target.wants/lab-meminfo.service").symlink_to("../lab-meminfo.service")


def meminfo(memory: int) -> str:
    """What /proc/meminfo says inside a server with that many MiB: the kernel would tell of the whole machine."""
    total, free = memory * 1024, max(memory - 64, memory // 2) * 1024
    values = {"MemTotal": total, "MemFree": free, "MemAvailable": free, "Buffers": 0, "Cached": 0, "Shmem": 0}
    values.update({"SReclaimable": 0, "SwapTotal": 0, "SwapFree": 0})
    return "".join(f"{name + ':':16}{value:8} kB\n" for name, value in values.items())
