"""Nothing stays on the user's own computer of apps that are gone, not even the journal of their going."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from pathlib import Path

ENDING_SECONDS = 10.0
"""How long the worker of a run may need to end once the run has told its end."""


def sweep(root: Path, app: Path) -> None:
    """Remove the folder APP if only its journal is left, then ROOT if there are no apps. What cannot be, stays."""
    _wait_for_worker(app / "journal" / "lock")
    with suppress(OSError):
        if [entry.name for entry in app.iterdir()] == ["journal"]:
            shutil.rmtree(app)
    with suppress(OSError):
        if not any((root / "apps").iterdir()):
            shutil.rmtree(root)


def _wait_for_worker(lock: Path) -> None:
    import fcntl

    deadline = time.monotonic() + ENDING_SECONDS
    with suppress(OSError), lock.open("rb") as stream:
        while time.monotonic() < deadline:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(0.02)
            else:
                return
