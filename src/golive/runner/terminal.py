"""A program of the app at a person's terminal, or in a pipeline of theirs: the command ``terminal``.

The program is the app's own user for good, in a session of its own, and holds nothing of ours: bytes are carried
between it and the client, frame by frame (``golive.protocol.terminal``). When the connection goes, so does the program.
Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import errno
import fcntl
import grp
import os
import signal
import struct
import subprocess
import termios
from typing import Any, Callable, Dict, List, NamedTuple

from golive.protocol.codec import MalformedMessage
from golive.protocol.terminal import ENDED, FAILED, OPEN, STARTED, Frames, frame, note, noted
from golive.runner.carry import Carrier
from golive.runner.failure import StepFailed
from golive.runner.layout import Layout
from golive.runner.live_release import Seat, programs_in, seat_of
from golive.runner.person import person

GRACE = 3.0
"""Seconds between SIGHUP and SIGKILL."""

_NO_NEW_PRIVILEGES = 38
_IUTF8 = 0o40000
"""prctl(2), termios(3): neither has a name in the standard library."""


class Opening(NamedTuple):
    """What the client wishes for. ``tty``: a terminal of TERM, ROWS and COLUMNS; else plain pipes."""

    argv: List[str]
    tty: bool
    term: str
    rows: int
    columns: int


class Child(NamedTuple):
    """The program, and our ends of what it reads and writes. On a terminal all three are one; ``errors`` is -1 then."""

    process: "subprocess.Popen[bytes]"
    input: int
    output: int
    errors: int


def serve(layout: Layout, app: str, incoming: int = 0, outgoing: int = 1, user: str = "") -> int:
    """Run what the first frame asks for, to its end or the connection's. Returns our own exit status."""
    frames = Frames()
    first = _first_frame(incoming, frames)
    if not first:
        return 0
    name, content = first[0]
    try:
        if name != OPEN:
            raise MalformedMessage("the first frame is not the opening")
        opening = _opening(noted(content))
        child = start(opening, seat_of(layout, app, user))
    except StepFailed as failure:
        _send(outgoing, note(FAILED, code=failure.code, params=failure.params))
        return 0
    except MalformedMessage as error:
        _send(outgoing, note(FAILED, code="malformed", params={"error": str(error)}))
        return 0
    _send(outgoing, frame(STARTED))
    carrier = Carrier(child.process, (child.input, child.output, child.errors), (incoming, outgoing))
    status = carrier.carry(frames, first[1:])
    if status is None:
        hang_up(child)
        return 0
    carrier.deliver(note(ENDED, status=128 - status if status < 0 else status))
    return 0


def _first_frame(incoming: int, frames: Frames) -> List[Any]:
    """The first frame and those that came with it; none when the client goes without a word."""
    while True:
        content = os.read(incoming, 65536)
        found = frames.feed(content)
        if found or not content:
            return found


def _send(outgoing: int, content: bytes) -> None:
    while content:
        content = content[os.write(outgoing, content) :]


def _opening(values: Dict[str, Any]) -> Opening:
    argv = values.get("argv")
    if not isinstance(argv, list) or not argv or not all(isinstance(word, str) and "\0" not in word for word in argv):
        raise MalformedMessage("no command")
    rows, columns = (max(0, min(int(values.get(name) or 0), 9999)) for name in ("rows", "columns"))
    return Opening(argv, bool(values.get("tty")), str(values.get("term") or "dumb")[:64], rows, columns)


def start(opening: Opening, seat: Seat) -> Child:
    """The program, running. Raises StepFailed ``program-not-found``, ``program-refused``."""
    become = _becoming(seat.user, opening.tty)
    try:
        if opening.tty:
            return _on_terminal(opening, seat, become)
        pipe = subprocess.PIPE
        process = subprocess.Popen(
            _bytes(opening.argv),
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            env=_environment(opening, seat),
            cwd=seat.folder.encode("utf-8"),
            start_new_session=True,
            preexec_fn=become,
            bufsize=0,
        )
    except OSError as error:
        raise _not_started(error, opening.argv[0], seat)
    ends = []
    for stream in (process.stdin, process.stdout, process.stderr):
        assert stream is not None
        ends.append(os.dup(stream.fileno()))
        stream.close()
    return Child(process, ends[0], ends[1], ends[2])


def _bytes(words: List[str]) -> List[bytes]:
    """As the client's own system had them, whatever this one's locale is."""
    return [word.encode("utf-8", "surrogateescape") for word in words]


def _environment(opening: Opening, seat: Seat) -> Dict[bytes, bytes]:
    values = dict(seat.variables, TERM=opening.term) if opening.tty else seat.variables
    return dict(_bytes(list(pair)) for pair in values.items())


def _on_terminal(opening: Opening, seat: Seat, become: Callable[[], None]) -> Child:
    master, slave = os.openpty()
    try:
        _prepare(slave, seat.user, opening)
        process = subprocess.Popen(
            _bytes(opening.argv),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=_environment(opening, seat),
            cwd=seat.folder.encode("utf-8"),
            start_new_session=True,
            preexec_fn=become,
        )
    except BaseException:
        os.close(master)
        raise
    finally:
        os.close(slave)
    return Child(process, master, os.dup(master), -1)


def _prepare(slave: int, user: str, opening: Opening) -> None:
    """A terminal of USER's own: programs such as pagers open it by its name."""
    if os.geteuid() == 0:
        try:
            group, mode = grp.getgrnam("tty").gr_gid, 0o620
        except KeyError:
            group, mode = -1, 0o600
        os.fchown(slave, person(user).pw_uid, group)
        os.fchmod(slave, mode)
    settings = termios.tcgetattr(slave)
    settings[0] |= _IUTF8  # so that the line editor rubs out whole letters
    termios.tcsetattr(slave, termios.TCSANOW, settings)
    resize(slave, opening.rows, opening.columns)


def resize(terminal: int, rows: int, columns: int) -> None:
    """The window's new size: the kernel tells the program."""
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def _becoming(user: str, tty: bool) -> Callable[[], None]:
    """What the child does before the program starts: become USER for good, and be the first to go when memory ends."""
    record = person(user)
    groups = os.getgrouplist(user, record.pw_gid)
    forbid = _control_of_processes()

    def become() -> None:
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGTSTP):
            signal.signal(number, signal.SIG_DFL)
        if tty:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        try:
            with open("/proc/self/oom_score_adj", "w") as score:
                score.write("500")
        except OSError:
            pass
        os.umask(0o027)
        forbid(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        if os.getuid() == 0 and record.pw_uid != 0:
            os.setgroups(groups)
            os.setgid(record.pw_gid)
            os.setuid(record.pw_uid)

    return become


def _control_of_processes() -> Callable[..., Any]:
    """prctl(2), by which no program can become root by its mode; a small Python may have no way to it."""
    try:
        import ctypes

        control: Callable[..., Any] = ctypes.CDLL(None).prctl
    except (ImportError, OSError, AttributeError):
        return lambda *_: 0
    return control


def _not_started(error: OSError, program: str, seat: Seat) -> StepFailed:
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return StepFailed("program-not-found", program=program, bin=seat.bin, programs=list(programs_in(seat.bin)))
    return StepFailed("program-refused", program=program, reason=error.strerror or str(error))


def hang_up(child: Child) -> None:
    """Nobody listens any more: the program is told so as a terminal tells it, and ended if it does not go."""
    groups = {child.process.pid, _foreground(child)}
    for number in (signal.SIGHUP, signal.SIGKILL):
        for group in groups:
            try:
                os.killpg(group, number)
            except (ProcessLookupError, PermissionError):
                pass
        try:
            child.process.wait(timeout=GRACE)
        except subprocess.TimeoutExpired:
            pass


def _foreground(child: Child) -> int:
    """The group that has the terminal: a shell gives each of its commands one."""
    try:
        return os.tcgetpgrp(child.input) if child.errors < 0 else child.process.pid
    except OSError:
        return child.process.pid
