"""The bench's folder, its practice servers and the golive program that is measured."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.commands import BenchError, call
from golive.lab import Lab, PracticeServer

CHECKOUT = Path(__file__).resolve().parent.parent
GUESTBOOK = CHECKOUT / "examples" / "guestbook"
IGNORED = shutil.ignore_patterns("__pycache__", "instance", ".*_cache", "*.pyc")


def bench_home() -> Path:
    """Where environments of contenders are kept between runs."""
    return Path(os.environ.get("GOLIVE_BENCH_HOME") or "/var/cache/golive-bench")


class Golive:
    """The installed program, with a home folder for each server: practice servers reuse addresses, not host keys."""

    program = Path(sys.executable).with_name("golive")

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, command: str, server: PracticeServer, app: Path) -> dict[str, Any]:
        """Run a command for an app's folder and return its last event. Raises BenchError if it does not succeed."""
        home = self._folder / server.name
        home.mkdir(parents=True, exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GOLIVE_", "XDG_", "SSH_"))}
        to = ["--to", f"root@{server.address}", "--identity", str(server.key_path), "--yes", "--json"]
        said = call([self.program, command, *to], env={**kept, "HOME": str(home), "GOLIVE_LANG": "en"}, cwd=app)
        last: dict[str, Any] = json.loads(said.splitlines()[-1])
        if not last.get("ok", True):
            raise BenchError(f"golive {command}: {last.get('message')}")
        return last


class Workshop:
    """What measurements share. Every server that it starts is taken down in the end."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self.golive = Golive(folder / "golive")
        self._stack = stack
        self._lab = Lab()

    @contextmanager
    def server(self, label: str) -> Iterator[PracticeServer]:
        """A bare Debian server for the time of a ``with`` block."""
        server = self._lab.up(f"bench-{label}-{os.getpid()}")
        try:
            yield server
        finally:
            server.down()

    @cached_property
    def guestbook(self) -> PracticeServer:
        """A server on which ``golive up`` has taken the guestbook live; for all measurements that want one."""
        server = self._stack.enter_context(self.server("guestbook"))
        self.golive("up", server, self.copy(GUESTBOOK))
        return server

    def copy(self, app: Path) -> Path:
        """The copy of an app's folder that measurements may change. There is one of each."""
        target = self.folder / app.name
        if not target.exists():
            shutil.copytree(app, target, ignore=IGNORED)
        return target

    def ssh(self, server: PracticeServer, user: str = "root") -> list[str]:
        """The start of an OpenSSH command line to a server, without the caller's own settings."""
        return ["ssh", *self.ssh_options(server), f"{user}@{server.address}"]

    def known_hosts(self, server: PracticeServer) -> Path:
        """The file with a server's host key, once ``ssh`` has been there."""
        return self.folder / f"known_hosts-{server.name}"

    def ssh_options(self, server: PracticeServer) -> list[str]:
        """OpenSSH's options for a server."""
        known = f"UserKnownHostsFile={self.known_hosts(server)}"
        options = ["BatchMode=yes", "StrictHostKeyChecking=accept-new", known, "LogLevel=ERROR"]
        words = [word for option in options for word in ("-o", option)]
        return ["-F", "/dev/null", "-i", str(server.key_path), *words]


@contextmanager
def workshop() -> Iterator[Workshop]:
    """A workshop in a folder for this run only."""
    with TemporaryDirectory(prefix="golive-bench-") as folder, ExitStack() as stack:
        yield Workshop(Path(folder), stack)
