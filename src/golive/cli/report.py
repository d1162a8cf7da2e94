"""The file that an unexpected error leaves, for whoever mends it."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import traceback
from pathlib import Path

from golive import __version__


def write_report(error: BaseException) -> Path:
    """Where the traceback of ERROR was written: a new file that only the user can read. No values of variables,
    no command line, nothing of the environment: what is sent to others must not hold a secret."""
    handle, name = tempfile.mkstemp(prefix="golive-report-", suffix=".txt")
    head = f"golive {__version__}, Python {platform.python_version()}, {sys.platform}, {platform.release()}\n\n"
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(head + "".join(traceback.format_exception(error)))
    return Path(name)
