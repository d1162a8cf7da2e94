"""Starts a program of an app as systemd would: ``start [OPTIONS] NAME -- PROGRAM ARGUMENT...``

======================  ============================================================================================
--starts FILE           note there that the program was started (twin: ``golive.runner.programs``)
--env-file FILE         the app's variables, in systemd's syntax
--folder FOLDER         made for the program's socket
--scratch FOLDER        made anew, for the program alone
======================  ============================================================================================

Values never stand in an argument or in a file that others could read. An app of root's loses the right to pass over
permissions: what it may only read it cannot write either.
"""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from golive.runner import env_file, programs

FILES = 65536
"""Open files and sockets, as on a server."""

# linux/prctl.h and linux/capability.h: what lets root read, write and change whatever it likes.
_DROP, _OVERRIDES = 24, (1, 2, 3)


def main(arguments: Sequence[str] | None = None) -> int:
    """Become the program. Returns only when that fails: 127."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    place = words.index("--")
    options = dict(zip(words[0:place:2], words[1:place:2], strict=True))
    argv = words[place + 1 :]
    _note(Path(options["--starts"]))
    os.umask(0o027)
    if "--folder" in options:
        Path(options["--folder"]).mkdir(0o750, parents=True, exist_ok=True)
    if "--scratch" in options:
        shutil.rmtree(options["--scratch"], ignore_errors=True)
        Path(options["--scratch"]).mkdir(0o700)
    variables = _variables(options.get("--env-file", ""))
    _raise_limit()
    if os.geteuid() == 0:
        _give_up_overrides()
    try:
        os.execve(argv[0], argv, variables)  # noqa: S606 - what this program is for
    except OSError as error:
        sys.stderr.write(f"{argv[0]}: {error.strerror}\n")
    return 127


def _note(path: Path) -> None:
    path.parent.mkdir(0o700, exist_ok=True)
    programs.end_last(str(path))
    with path.open("a", encoding="ascii") as stream:
        stream.write(f"{os.getpid()} {programs.birth(os.getpid())}\n")


def _variables(path: str) -> dict[str, str]:
    """The supervisor's, without what it tells about itself, then the app's."""
    found = {name: value for name, value in os.environ.items() if not name.startswith("SUPERVISOR_")}
    if path:
        found.update(env_file.parse(Path(path).read_text("utf-8")))
    return found


def _raise_limit() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if most == resource.RLIM_INFINITY else min(FILES, most)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
    except (OSError, ValueError):
        return


def _give_up_overrides() -> None:
    """Where the kernel knows capabilities (Linux), and lets us."""
    control = getattr(ctypes.CDLL(None), "prctl", None)
    if control is not None:
        for capability in _OVERRIDES:
            control(_DROP, capability, 0, 0, 0)


if __name__ == "__main__":
    sys.exit(main())
