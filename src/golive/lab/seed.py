"""What makes a server itself: its name, machine id, host keys, and root's authorized key.

They lie in a read-only folder above the base, not in the server's own changes: a reset keeps them, and so does a
power cut.
"""

from __future__ import annotations

import uuid
from pathlib import Path

from golive.lab import carry
from golive.lab.tool import call


def plant(seed: Path, name: str, address: str, public_key: str) -> None:
    """Fill ``seed``. The host keys are new ones, whatever layer lies below."""
    for folder, mode in (("", 0o755), ("etc", 0o755), ("etc/ssh", 0o755), ("root", 0o700), ("root/.ssh", 0o700)):
        (seed / folder).mkdir(exist_ok=True)
        (seed / folder).chmod(mode)
    files = {
        "etc/hostname": f"{name}\n",
        "etc/hosts": f"127.0.0.1 localhost\n::1 localhost ip6-localhost\n127.0.1.1 {name}\n",
        "etc/machine-id": f"{uuid.uuid4().hex}\n",
        "etc/resolv.conf": carry.nameservers(),
        "root/.ssh/authorized_keys": public_key,
    }
    for path, text in files.items():
        (seed / path).write_text(text, "utf-8")
        (seed / path).chmod(0o644)
    (seed / "root/.ssh/authorized_keys").chmod(0o600)
    for kind in ("ed25519", "ecdsa"):
        make_key(seed / f"etc/ssh/ssh_host_{kind}_key", kind, f"root@{name}")


def make_key(path: Path, kind: str, comment: str) -> None:
    """A new key pair without a passphrase at ``path`` and ``path``.pub."""
    call(["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", comment, "-f", str(path)])
