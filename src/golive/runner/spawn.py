"""Running one program: argv only, its own session, output line by line, a time limit that takes every child along.

Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import codecs
import fcntl
import os
import re
import selectors
import signal
import subprocess
import time
from typing import Any, Callable, Dict, NamedTuple, Optional, Tuple

from golive.runner.failure import StepFailed
from golive.runner.person import person
from golive.runner.variables import variables_for

GRACE = 5.0
"""Seconds between SIGTERM and SIGKILL."""

LONGEST_LINE = 4000

# ECMA-48: control sequences, operating system commands, then any other escape; and lone control characters.
_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]|[\x00-\x08\x0b-\x1f\x7f]"
)


class Command(NamedTuple):
    """What to run. ``user``: None for root. ``groups``: ids of extra groups. ``stdin``: bytes, a file or None."""

    argv: Tuple[str, ...]
    user: Optional[str] = None
    groups: Tuple[int, ...] = ()
    env: Optional[Dict[str, str]] = None
    cwd: Optional[str] = None
    timeout: Optional[float] = None
    stdin: Any = None
    keep_fds: Tuple[int, ...] = ()


def run(command: Command, on_line: Callable[[str], None]) -> int:
    """Run to the end; each line of output (both streams) goes to ON_LINE. Returns the exit status, negative for a
    signal, 127 when there is no such program. Raises StepFailed ``command-timeout``, with the whole group killed."""
    environment = variables_for(command.user)
    environment.update(command.env or {})
    try:
        process = subprocess.Popen(
            list(command.argv),
            stdin=_stdin_of(command.stdin),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=command.cwd or "/",
            start_new_session=True,
            pass_fds=command.keep_fds,
            preexec_fn=_becoming(command.user, command.groups),
        )
    except (FileNotFoundError, PermissionError, NotADirectoryError) as error:
        on_line("{}: {}".format(error.filename or command.argv[0], error.strerror))
        return 127
    try:
        return _Conversation(process, command, on_line).hold()
    except BaseException:
        kill_group(process)
        raise
    finally:
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                _close(stream)


def _close(stream: Any) -> None:
    try:
        stream.close()
    except BrokenPipeError:
        pass


def _stdin_of(stdin: Any) -> Any:
    if stdin is None:
        return subprocess.DEVNULL
    return subprocess.PIPE if isinstance(stdin, bytes) else stdin


def _becoming(user: Optional[str], groups: Tuple[int, ...]) -> Optional[Callable[[], None]]:
    """What the child does before the program starts: become USER for good, and be the first to go when memory ends."""
    if user is None:
        return None
    record = person(user)
    # Of the user's own computer all is the user's already.
    stay = os.getuid() == record.pw_uid
    wanted = [] if stay else sorted(set(os.getgrouplist(user, record.pw_gid)) | set(groups))

    def become() -> None:
        try:
            with open("/proc/self/oom_score_adj", "w") as score:
                score.write("500")
        except OSError:
            pass
        os.umask(0o022)
        if os.getuid() == 0 and not stay:
            os.setgroups(wanted)
            os.setgid(record.pw_gid)
            os.setuid(record.pw_uid)

    return become


def kill_group(process: "subprocess.Popen[bytes]") -> None:
    """End the process and its group: asked first, then killed."""
    for number, patience in ((signal.SIGTERM, GRACE), (signal.SIGKILL, None)):
        try:
            os.killpg(process.pid, number)
        except (ProcessLookupError, PermissionError):
            pass
        try:
            process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            continue
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


class Lines:
    """Bytes in, clean lines out: UTF-8 or replaced, no escapes; of what a carriage return overwrote only the last."""

    def __init__(self, on_line: Callable[[str], None]) -> None:
        self._on_line = on_line
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._rest = ""

    def feed(self, content: bytes, last: bool = False) -> None:
        """Pass on the lines that are complete; with LAST also what is left."""
        self._rest += self._decoder.decode(content, last)
        *complete, self._rest = self._rest.split("\n")
        if len(self._rest) > LONGEST_LINE:
            self._rest = self._rest[-LONGEST_LINE:] if "\r" in self._rest else self._rest[:LONGEST_LINE]
        if last and self._rest:
            complete.append(self._rest)
            self._rest = ""
        for line in complete:
            clean = clean_line(line)
            if clean or not line:
                self._on_line(clean)


def clean_line(line: str) -> str:
    """LINE as a terminal would leave it, without colours and control characters."""
    shown = line.rstrip("\r").rsplit("\r", 1)[-1]
    return _ESCAPES.sub("", shown)[:LONGEST_LINE].rstrip()


class _Conversation:
    """One process being fed and listened to until it ends or its time is over."""

    def __init__(self, process: "subprocess.Popen[bytes]", command: Command, on_line: Callable[[str], None]) -> None:
        self._process = process
        self._command = command
        self._lines = Lines(on_line)
        self._unsent = command.stdin if isinstance(command.stdin, bytes) else b""
        self._deadline = None if command.timeout is None else time.monotonic() + command.timeout

    def hold(self) -> int:
        process = self._process
        assert process.stdout is not None
        _unblock(process.stdout)
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ, self._listen)
            if process.stdin is not None:
                _unblock(process.stdin)
                selector.register(process.stdin, selectors.EVENT_WRITE, self._feed)
            while selector.get_map():
                gone = process.poll() is not None
                ready = selector.select(0 if gone else self._patience())
                for key, _ in ready:
                    if not key.data():
                        selector.unregister(key.fileobj)
                # A program that stays in the background keeps the pipe open: what counts is the one that we started.
                if gone and not any(key.fileobj is process.stdout for key, _ in ready):
                    break
        while process.poll() is None:
            try:
                process.wait(timeout=self._patience())
            except subprocess.TimeoutExpired:
                pass
        self._lines.feed(b"", last=True)
        return process.returncode

    def _patience(self) -> float:
        if self._deadline is None:
            return 0.5
        left = self._deadline - time.monotonic()
        if left <= 0:
            self._lines.feed(b"", last=True)
            raise StepFailed(
                "command-timeout", command=os.path.basename(self._command.argv[0]), seconds=self._command.timeout
            )
        return min(left, 0.5)

    def _listen(self) -> bool:
        assert self._process.stdout is not None
        try:
            content = os.read(self._process.stdout.fileno(), 65536)
        except BlockingIOError:
            return True
        self._lines.feed(content)
        return bool(content)

    def _feed(self) -> bool:
        stdin = self._process.stdin
        assert stdin is not None
        try:
            sent = os.write(stdin.fileno(), self._unsent[:65536]) if self._unsent else 0
        except BlockingIOError:
            return True
        except BrokenPipeError:
            self._unsent = b""
            sent = 0
        self._unsent = self._unsent[sent:]
        if not self._unsent:
            _close(stdin)
            return False
        return True


def _unblock(stream: Any) -> None:
    flags = fcntl.fcntl(stream.fileno(), fcntl.F_GETFL)
    fcntl.fcntl(stream.fileno(), fcntl.F_SETFL, flags | os.O_NONBLOCK)
