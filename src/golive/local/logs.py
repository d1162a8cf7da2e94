"""What the programs of an app said on the user's own computer: ``logs FOLDER LINES FOLLOW NAME...``

NAME is the beginning of a file's name (``golive-APP-web-``): a process logs into a file for each release and instance.
"""

from __future__ import annotations

import re
import select
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

POLL_MILLISECONDS = 200


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the last LINES lines, oldest release first; with FOLLOW ``yes`` go on for ever."""
    folder, lines, follow, *names = sys.argv[1:] if arguments is None else arguments
    out = sys.stdout.buffer
    logs = Logs(Path(folder), tuple(names))
    try:
        last = list(logs.lines())
        for line in last[max(len(last) - int(lines), 0) :]:
            out.write(line)
        out.flush()
        reader = select.poll()
        reader.register(out.fileno(), 0)
        # Whoever has listened may have gone without a word.
        while follow == "yes" and not reader.poll(POLL_MILLISECONDS):
            for line in logs.lines():
                out.write(line)
            out.flush()
    except (BrokenPipeError, KeyboardInterrupt):
        return 0
    return 0


class Logs:
    """Files that grow, are put aside when they are long, and new ones of later releases."""

    def __init__(self, folder: Path, names: tuple[str, ...]) -> None:
        self._folder = folder
        self._names = names
        self._open: dict[Path, BinaryIO] = {}
        self._began = False

    def lines(self) -> Iterator[bytes]:
        """The whole lines that are new since the last call."""
        for path in self._paths():
            stream = self._open.get(path)
            if stream is None:
                stream = self._open[path] = path.open("rb")
            yield from _whole_lines(stream)
            try:
                same = path.stat().st_ino == _inode(stream)
            except FileNotFoundError:
                same = False
            if not same:
                stream.close()
                del self._open[path]
        self._began = True

    def _paths(self) -> list[Path]:
        ours = (path for path in self._folder.glob("*.log*") if path.name.startswith(self._names))
        return sorted(filter(self._wanted, ours), key=_order)

    def _wanted(self, path: Path) -> bool:
        # What was put aside (.log.1) is old; while following it has been read already.
        return path.suffix == ".log" or not self._began


def _inode(stream: BinaryIO) -> int:
    return Path(f"/dev/fd/{stream.fileno()}").stat().st_ino


def _whole_lines(stream: BinaryIO) -> Iterator[bytes]:
    while True:
        start = stream.tell()
        line = stream.readline()
        if not line.endswith(b"\n"):
            stream.seek(start)
            return
        yield line


def _order(path: Path) -> tuple[int, int, str]:
    """By release, then older parts first."""
    release = re.search(r"-(\d+)@\d+\.log", path.name)
    aside = path.suffix.removeprefix(".")
    return (int(release[1]) if release else 0, -int(aside) if aside.isdigit() else 0, path.name)


if __name__ == "__main__":
    sys.exit(main())
