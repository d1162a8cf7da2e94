"""Layers: a prepared server's changes, kept to start other servers from.

``CACHE/layers/NAME-BASE`` leads to a folder with ``tree`` (the changes) and ``lowers.json`` (what they lie on). BASE
is the base image's identity, so that a layer is prepared anew when its base changes. A layer may hold Docker, but not
Docker's images: those lie outside the server's tree (boot.sh).
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from golive.errors import UsageError
from golive.lab import base, machine
from golive.lab.store import Record, locked
from golive.lab.tool import call

if TYPE_CHECKING:
    from golive.lab.practice import Lab, PracticeServer

_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
# What a server leaves in its changes that no other server should start with.
_PERSONAL = ("tmp", "var/tmp", "var/log/journal", "run")


@dataclasses.dataclass(frozen=True)
class Wanted:
    """The server that a layer is prepared on."""

    suite: str
    python: bool
    lowers: tuple[str, ...]


def find(cache: Path, name: str, lowers: tuple[str, ...]) -> tuple[str, ...]:
    """The folders of a server that starts from the layer, topmost first. Raises UsageError lab-unknown-layer."""
    link = _link(cache, name, lowers)
    if not link.is_dir():
        raise UsageError("lab-unknown-layer", name=name)
    folder = link.resolve()
    return (str(folder / "tree"), *json.loads((folder / "lowers.json").read_text("utf-8")))


def save(cache: Path, name: str, record: Record, folder: Path) -> None:
    """Shut the server down and copy its changes. Servers that run from an older layer of that name keep it."""
    if record.disk is not None:
        raise UsageError("lab-layer-with-disk", name=record.name)
    machine.power_off(record)
    _keep(cache, name, record, folder / "upper")


def ensure(lab: Lab, name: str, record: Wanted, prepare: Callable[[PracticeServer], None]) -> None:
    """Prepare the layer unless it is there; others who want it meanwhile wait."""
    link = _link(lab.cache, name, record.lowers)
    if link.is_dir():
        return
    with locked(link.with_name(link.name + ".lock")):
        if link.is_dir():
            return
        workshop = f"layer-{base.digest(link.name)}"
        if lab.folder(workshop).is_dir():
            lab.down(workshop)  # of someone who died over it: the lock is ours
        server = lab.up(workshop, record.suite, python=record.python)
        try:
            prepare(server)
            save(lab.cache, name, server.record, lab.folder(workshop))
        finally:
            server.down()


def _keep(cache: Path, name: str, record: Record, changes: Path) -> None:
    link = _link(cache, name, record.lowers)
    link.parent.mkdir(parents=True, exist_ok=True)
    kept = link.with_name(f"{link.name}.{os.urandom(4).hex()}")
    kept.mkdir()
    try:
        call(["cp", "--archive", "--reflink=auto", str(changes), str(kept / "tree")], timeout=600)
        for path in _PERSONAL:
            _empty(kept / "tree" / path)
        (kept / "lowers.json").write_text(json.dumps(record.lowers), "utf-8")
        fresh = kept.with_name(f"{kept.name}.link")
        fresh.symlink_to(kept.name)
    except BaseException:
        shutil.rmtree(kept, ignore_errors=True)
        raise
    fresh.replace(link)


def _empty(folder: Path) -> None:
    """Remove what is in a folder, but keep it as it is (its mode matters)."""
    if not folder.is_dir() or folder.is_symlink():
        return
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _link(cache: Path, name: str, lowers: tuple[str, ...]) -> Path:
    """``lowers`` ends with the base; a layer over a layer is named by the same base."""
    if not _NAME.fullmatch(name):
        raise UsageError("lab-bad-name", name=name)
    machine_folder, debian = Path(lowers[-2]), Path(lowers[-1])
    return cache / "layers" / f"{name}-{debian.name}-{base.digest(machine_folder.name)}"
