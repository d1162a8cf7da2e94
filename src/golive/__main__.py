"""``golive``, and ``python -m golive``."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import NoReturn

from golive.cli import main


def run() -> NoReturn:
    """The process is the command line and ends with its exit status.

    At once: everything has been closed by then, and taking half a thousand modules apart would cost every command
    80 ms for nothing.
    """
    status = main()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)


if __name__ == "__main__":
    run()
