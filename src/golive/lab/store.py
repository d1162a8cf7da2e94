"""Where the lab keeps things, and the locks that let several people and tests use it at once.

::

    HOME/                      /var/lib/golive-lab, or $GOLIVE_LAB_HOME
        key, key.pub           root's key for every server of this home
        servers/NAME/          record.json, upper/ work/ root/ console.log
        locks/NAME             held while the server is changed
    MACHINE_HOME/addresses/N   who has 10.77.0.N (one for the machine, whatever the homes)
    CACHE/                     /var/cache/golive-lab, or $GOLIVE_LAB_CACHE: base images and layers
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
from collections.abc import Iterator
from pathlib import Path

MACHINE_HOME = Path("/var/lib/golive-lab")


def default_home() -> Path:
    """The folder of the servers' state."""
    return Path(os.environ.get("GOLIVE_LAB_HOME") or MACHINE_HOME)


def default_cache() -> Path:
    """The folder of base images and layers, shared by all homes."""
    return Path(os.environ.get("GOLIVE_LAB_CACHE") or "/var/cache/golive-lab")


@dataclasses.dataclass(frozen=True)
class Record:
    """What a server is, written once by ``up`` and good for every later boot."""

    name: str
    suite: str
    python: bool
    number: int  # the last part of the address
    lowers: tuple[str, ...]  # read-only folders, topmost first
    memory: int | None = None  # MiB
    disk: int | None = None  # MiB
    layer: str | None = None

    @property
    def address(self) -> str:
        return f"10.77.0.{self.number}"

    def save(self, folder: Path) -> None:
        write_atomically(folder / "record.json", json.dumps(dataclasses.asdict(self), indent=1))

    @classmethod
    def load(cls, folder: Path) -> Record | None:
        """The record in ``folder``; None if there is none or it is not one of ours."""
        try:
            values = json.loads((folder / "record.json").read_text("utf-8"))
            return cls(**{**values, "lowers": tuple(values["lowers"])})
        except (OSError, ValueError, KeyError, TypeError):
            return None


def write_atomically(path: Path, text: str, mode: int = 0o644) -> None:
    """Write a file so that readers see the old or the new text, never half of it."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, "utf-8")
    temporary.chmod(mode)
    temporary.replace(path)


@contextlib.contextmanager
def locked(path: Path, *, remove: bool = False) -> Iterator[None]:
    """Hold an exclusive lock on ``path`` (made if missing). It dies with the process, so it is never stale.

    ``remove`` deletes the file at the end, for a lock whose object is gone.
    """
    import fcntl

    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if _is_still(path, descriptor):
            break
        os.close(descriptor)
    try:
        yield
        if remove:
            path.unlink()
    finally:
        os.close(descriptor)


def _is_still(path: Path, descriptor: int) -> bool:
    """Whether the file that we have locked is the one that others will find: its last holder may have removed it."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
