"""Receives a plan and what belongs to it, as frames on stdin, into a folder of its own.

Twin: ``golive.transport`` sends them. Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import fcntl
import json
import os
import shutil
from typing import BinaryIO, List, NamedTuple

from golive.protocol.codec import FORMAT, MalformedMessage, decode_plan, read_header
from golive.runner import runs
from golive.runner.failure import StepFailed
from golive.runner.journal import make_reserve, sync_folder
from golive.runner.layout import SLUG, Layout

_CHUNK = 1024 * 1024
_FILES = {"plan": "plan.json", "secrets": "secrets.json", "pack": "pack"}


class Arrival(NamedTuple):
    """A plan that is whole and on disk. Until ``lock`` is closed nobody takes it for left behind."""

    app: str
    token: str
    lock: int


def ensure_format(layout: Layout) -> None:
    """The host's folders are of a format that this runner knows. Raises StepFailed ``host-newer``, or OSError."""
    try:
        with open(layout.format_marker) as stream:
            found = int(stream.read(20).strip() or 0)
    except (OSError, ValueError):
        found = 0
    if found > FORMAT:
        raise StepFailed("host-newer", found=found, known=FORMAT)
    if found == FORMAT:
        return
    os.makedirs(layout.state, 0o755, exist_ok=True)
    temporary = "{}.{}".format(layout.format_marker, os.getpid())
    with open(temporary, "w") as stream:
        stream.write("{}\n".format(FORMAT))
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(temporary, layout.format_marker)
    sync_folder(layout.state)


def receive(stream: BinaryIO, layout: Layout) -> Arrival:
    """The next plan from STREAM. Raises MalformedMessage, OSError, or StepFailed ``host-newer``; nothing stays then."""
    ensure_format(layout)
    name, size = read_header(stream)
    if name != "plan":
        raise MalformedMessage("the first frame is no plan")
    content = _exactly(stream, size)
    app = decode_plan(content).app
    if not SLUG.match(app):
        raise MalformedMessage("not an app's name")
    created = _ensure_journal(layout, app)
    token = runs.new_token()
    folder = runs.incoming(layout, app, token)
    os.mkdir(folder, 0o700)
    try:
        lock = _store(stream, folder, content, created)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Arrival(app, token, lock)


def discard(layout: Layout, arrived: Arrival) -> None:
    """The plan will not run: nothing of it stays."""
    shutil.rmtree(runs.incoming(layout, arrived.app, arrived.token), ignore_errors=True)
    os.close(arrived.lock)


def _ensure_journal(layout: Layout, app: str) -> List[str]:
    """The folder of the app's runs; returns those of our folders that were not there before."""
    created = []
    for path, mode in ((layout.apps, 0o755), (layout.app(app), 0o750), (layout.journal(app), 0o700)):
        try:
            os.makedirs(os.path.dirname(path), 0o755, exist_ok=True)
            os.mkdir(path, mode)
        except FileExistsError:
            continue
        os.chmod(path, mode)
        sync_folder(os.path.dirname(path))
        created.append(path)
    return created


def _store(stream: BinaryIO, folder: str, plan: bytes, created: List[str]) -> int:
    lock = os.open(os.path.join(folder, runs.ARRIVAL), os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        make_reserve(folder)
        _write(os.path.join(folder, _FILES["plan"]), plan)
        who = _store_frames(stream, folder)
        os.write(lock, json.dumps({"who": who, "created": created}).encode("ascii"))
        os.fsync(lock)
        sync_folder(folder)
    except BaseException:
        os.close(lock)
        raise
    return lock


def _store_frames(stream: BinaryIO, folder: str) -> str:
    """The frames after the plan, up to ``end``. Returns who sent them."""
    who = ""
    while True:
        name, size = read_header(stream)
        if name == "end":
            return who
        if name == "who":
            who = " ".join(_exactly(stream, size).decode("utf-8", "replace").split())[:200]
        elif name in ("secrets", "pack"):
            _receive_file(stream, size, os.path.join(folder, _FILES[name]))
        else:
            raise MalformedMessage("an unknown frame")


def _exactly(stream: BinaryIO, size: int) -> bytes:
    content = stream.read(size)
    if len(content) != size:
        raise MalformedMessage("the stream ended inside a frame")
    return content


def _receive_file(stream: BinaryIO, size: int, path: str) -> None:
    """SIZE bytes from STREAM to disk, never all of them in memory."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as target:
        while size:
            content = _exactly(stream, min(size, _CHUNK))
            target.write(content)
            size -= len(content)


def _write(path: str, content: bytes) -> None:
    """CONTENT as a new file that survives a power cut."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as target:
        target.write(content)
        target.flush()
        os.fsync(target.fileno())
