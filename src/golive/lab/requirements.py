"""What the machine has to offer before a practice server can run on it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping

from golive.errors import Refused

# Tool -> the Debian or Ubuntu package that brings it.
TOOLS: Mapping[str, str] = {
    "bridge": "iproute2",
    "chroot": "coreutils",
    "debootstrap": "debootstrap",
    "ip": "iproute2",
    "iptables": "iptables",
    "mkfs.ext4": "e2fsprogs",
    "mount": "mount",
    "nsenter": "util-linux",
    "ssh-keygen": "openssh-client",
    "systemd-nspawn": "systemd-container",
    "unshare": "util-linux",
}

# What a fresh Debian or Ubuntu lacks; the keyring lets Ubuntu check Debian's signatures.
APT_PACKAGES = (
    "debootstrap",
    "debian-archive-keyring",
    "systemd-container",
    "iproute2",
    "iptables",
    "e2fsprogs",
    "openssh-client",
    "util-linux",
)


def require_machine() -> None:
    """Raise Refused (lab-needs-linux, lab-needs-root, lab-missing-tools) if no server can run here."""
    if sys.platform != "linux":
        raise Refused("lab-needs-linux", platform=sys.platform)
    if os.geteuid() != 0:
        raise Refused("lab-needs-root")
    missing = missing_tools()
    if missing:
        packages = tuple(sorted({TOOLS[tool] for tool in missing}))
        raise Refused("lab-missing-tools", tools=missing, packages=packages)


def missing_tools() -> tuple[str, ...]:
    """The tools of TOOLS that are not installed."""
    search = os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin"
    return tuple(tool for tool in TOOLS if shutil.which(tool, path=search) is None)
