"""Base images: what debootstrap makes of a suite, once, and what this machine has to lend to it.

Two read-only folders in the cache, stacked: the Debian tree itself, and a small one above it with the machine's
certificates and settings, which is made anew when those change.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from golive.errors import Refused, UsageError
from golive.lab import carry
from golive.lab.store import locked
from golive.lab.tool import call

SUITES = ("bullseye", "bookworm", "trixie")
PYTHON = "python3"
PACKAGES = (
    "systemd",
    "systemd-sysv",
    "libpam-systemd",  # sessions of their own for SSH logins, as on a cloud server
    "dbus",
    "openssh-server",
    "sudo",
    "iproute2",
    "iputils-ping",
    "ca-certificates",
    "curl",
    "procps",
    PYTHON,
)
# From systemd 257 on, module loading is an option that fails without its library.
EXTRA_PACKAGES: dict[str, tuple[str, ...]] = {"trixie": ("libkmod2",)}
# Counts up when the way of making an image changes: older images in the cache are then left alone.
_EDITION = 1


def ensure_base(cache: Path, suite: str, *, python: bool) -> tuple[str, ...]:
    """The read-only folders of a fresh server, topmost first, made now if they are missing (about a minute).

    Raises UsageError lab-unknown-suite, and Refused lab-base-failed when Debian's archive cannot be reached.
    """
    if suite not in SUITES:
        raise UsageError("lab-unknown-suite", suite=suite, known=SUITES)
    packages = [name for name in (*PACKAGES, *EXTRA_PACKAGES.get(suite, ())) if python or name != PYTHON]
    debian = cache / "base" / f"{_label(suite, python=python)}-{digest([_EDITION, suite, packages, mirror()])}"
    _ensure_folder(debian, lambda target: _debootstrap(target, suite, packages))
    loan = carry.what_to_carry()
    machine = cache / "base" / f"{debian.name}-machine-{digest([_EDITION, loan.identity()])}"
    _ensure_folder(machine, lambda target: carry.build(loan, target, debian, suite, mirror()))
    return (str(machine), str(debian))


def mirror() -> str:
    """Debian's archive, or the copy of it that $GOLIVE_LAB_MIRROR names."""
    return os.environ.get("GOLIVE_LAB_MIRROR") or "http://deb.debian.org/debian"


def digest(value: object) -> str:
    """A short name for a value: equal values, equal names."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode("utf-8")).hexdigest()[:10]


def _label(suite: str, *, python: bool) -> str:
    return suite if python else f"{suite}-nopython"


def _ensure_folder(folder: Path, build: Callable[[Path], None]) -> None:
    """Build beside and rename, under a lock: whoever comes second waits and finds it ready."""
    if folder.is_dir():
        return
    with locked(folder.with_name(folder.name + ".lock")):
        if folder.is_dir():
            return
        for leftover in folder.parent.glob(f"{folder.name}.partial-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        partial = folder.with_name(f"{folder.name}.partial-{os.urandom(4).hex()}")
        partial.mkdir(mode=0o755)
        try:
            build(partial)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
        partial.rename(folder)


def _debootstrap(target: Path, suite: str, packages: list[str]) -> None:
    include = ",".join(packages)
    # In namespaces of its own: if it is killed, so is all that it started, and no /proc stays mounted in its folder.
    apart = ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc"]
    argv = ["debootstrap", "--variant=minbase", f"--include={include}", suite, str(target), mirror()]
    done = call([*apart, *argv], check=False, timeout=1200)
    if done.returncode != 0:
        raise Refused("lab-base-failed", suite=suite, output=tuple(done.stdout.splitlines()[-15:]))
    for key in target.glob("etc/ssh/ssh_host_*"):
        key.unlink()  # a key that every server shares is no key
    shutil.rmtree(target / "var/cache/apt/archives", ignore_errors=True)
    (target / "var/cache/apt/archives/partial").mkdir(parents=True)
    (target / "etc/machine-id").write_text("", "ascii")
