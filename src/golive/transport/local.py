"""This very computer as a host: the same runner, as a child process of this one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from golive.errors import HostError
from golive.model.platform import Platform
from golive.protocol.facts import ProbeRequest
from golive.transport.bundle import bundle
from golive.transport.interface import Event, OnEvent, OnLine
from golive.transport.terminal import Ends, Opening
from golive.transport.wire import Follower, probe_frames, run_frames

_TAIL = 4000


class LocalTransport:
    """``platform``: where things are. ``python``: the interpreter that runs the runner."""

    reached = "127.0.0.1"

    def __init__(self, platform: Platform, python: str = sys.executable) -> None:
        self._platform = platform
        self._folder = Path(platform.state)
        self._python = python

    def open(self) -> None:
        """Put the runner in place."""
        path = self._runner
        if path.is_file() and path.read_bytes() == bundle().content:
            return
        root = Path(self._platform.root)
        root.parent.mkdir(parents=True, exist_ok=True)
        root.mkdir(0o700, exist_ok=True)
        path.parent.mkdir(exist_ok=True)
        temporary = path.with_name(f"{path.name}.{os.getpid()}")
        temporary.write_bytes(bundle().content)
        temporary.replace(path)

    def reconnect(self) -> None:
        """Nothing was lost."""
        self.open()

    def close(self) -> None:
        """Nothing is held."""

    def probe(self, request: ProbeRequest) -> dict[str, Any]:
        """The facts."""
        output: list[bytes] = []
        self._converse(["probe"], [probe_frames(request)], output.append)
        try:
            facts = json.loads(b"".join(output))
        except ValueError:
            raise HostError("protocol-mismatch", host="local", line="") from None
        if not isinstance(facts, dict):
            raise HostError("protocol-mismatch", host="local", line="")
        return facts

    def run(self, plan: bytes, secrets: Mapping[str, str], pack: bytes | None, who: str, on_event: OnEvent) -> Event:
        """Hand over a plan and follow it."""
        return self._follow(["run"], run_frames(plan, secrets, pack, who), Follower(on_event))

    def attach(self, run: str, app: str, offset: int, on_event: OnEvent) -> Event:
        """Follow a run from byte OFFSET of its journal."""
        return self._follow(["attach", run, app, str(offset)], (), Follower(on_event, run, offset))

    def recover(self, app: str, on_event: OnEvent) -> Event:
        """Undo or finish an unfinished run."""
        return self._follow(["recover", app], (), Follower(on_event))

    def stream(self, argv: Sequence[str], on_line: OnLine) -> int:
        """Run a command, its output line by line."""
        with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
            try:
                for line in _stdout(process):
                    on_line(line.decode("utf-8", "replace").rstrip("\r\n"))
            except BaseException:
                process.terminate()
                raise
        return process.returncode

    def terminal(self, app: str, opening: Opening, ends: Ends) -> dict[str, Any]:
        """Run a program of the app at the person's own ends."""
        from golive.transport.local_terminal import hold

        return hold([self._python, "-I", str(self._runner), "terminal", app], self._variables(), opening, ends)

    def install_python(self, on_line: OnLine) -> int:
        """Python is here: it runs this."""
        return 0

    def sweep(self, app: str) -> None:
        """Remove the journal of APP, which has nothing else any more; with the last app all that golive keeps here."""
        from golive.transport.sweep import sweep

        sweep(Path(self._platform.root), Path(self._platform.apps) / app)

    @property
    def _runner(self) -> Path:
        return self._folder / f"runner-{bundle().name}.zip"

    def _variables(self) -> dict[str, str]:
        """How the runner learns that this is its user's own computer (twin: ``golive.runner.layout``)."""
        return os.environ | {"GOLIVE_LOCAL": self._platform.root, "GOLIVE_LOCAL_RUN": self._platform.run}

    def _follow(self, arguments: list[str], frames: Iterable[bytes | memoryview], follower: Follower) -> Event:
        self._converse(arguments, frames, follower.line)
        if follower.finished is None:
            raise HostError("connection-lost", host="local", run=follower.run, offset=follower.offset)
        return follower.finished

    def _converse(self, arguments: list[str], frames: Iterable[bytes | memoryview], on_line: Any) -> None:
        command = [self._python, "-I", str(self._runner), *arguments]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=self._variables()) as process:
            errors: list[bytes] = []
            feeder = threading.Thread(target=_feed, args=(process.stdin, frames), daemon=True)
            reader = threading.Thread(target=_collect, args=(process.stderr, errors), daemon=True)
            for thread in (feeder, reader):
                thread.start()
            for line in _stdout(process):
                on_line(line)
            for thread in (feeder, reader):
                thread.join()
        if process.returncode:
            output = b"".join(errors)[-_TAIL:].decode("utf-8", "replace").strip()
            raise HostError("runner-failed", host="local", status=process.returncode, output=output)


def _stdout(process: subprocess.Popen[bytes]) -> IO[bytes]:
    if process.stdout is None:
        raise ValueError("no pipe for stdout")
    return process.stdout


def _feed(stream: IO[bytes], frames: Iterable[bytes | memoryview]) -> None:
    try:
        with stream:
            for piece in frames:
                stream.write(piece)
    except (BrokenPipeError, OSError):
        return


def _collect(stream: IO[bytes], into: list[bytes]) -> None:
    into.extend(stream)
