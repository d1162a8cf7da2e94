"""Finds the runner on the host, or receives it, and becomes it.

``python3 -I -c THIS EARLY SIZE DIGEST FOLDERS COMMAND...``. EARLY: bytes of stdin that were sent at once, before the
answer. SIZE, DIGEST: of the runner zip. FOLDERS: where it may rest, joined by ``:``, the best first. The answer is a
line ``::golive:: WORD ...`` (after whatever the shell's start-up files print): ``have``: stdin goes to the runner as
it is; ``need``: after the early bytes the zip is awaited; then ``ready``, or ``unstorable REASON``. A runner that is
torn or damaged counts as missing. The zip is written under a temporary name, synced and renamed. Parses on any
Python 3, so that one too old can say so.

Twin: ``golive.transport.handshake`` sends this file and reads the answers.
"""

import hashlib
import io
import os
import runpy
import sys
from typing import List  # noqa: F401 (in type comments)

OLDEST = (3, 6)


def say(*words):
    # type: (str) -> None
    """One answer to the controller."""
    sys.stdout.write("\n::golive:: " + " ".join(words) + "\n")
    sys.stdout.flush()


def runner_in(folder, digest):
    # type: (str, str) -> str
    """The path of the runner in FOLDER, or "" unless it is there and whole."""
    path = os.path.join(folder, "runner-" + digest[:16] + ".zip")
    try:
        with open(path, "rb") as stream:
            whole = hashlib.sha256(stream.read()).hexdigest() == digest
    except OSError:
        return ""
    return path if whole else ""


def store(folder, digest, content):
    # type: (str, str, bytes) -> str
    """CONTENT as the runner in FOLDER, on disk before it has its name. Raises OSError."""
    os.makedirs(folder, 0o755, exist_ok=True)
    path = os.path.join(folder, "runner-" + digest[:16] + ".zip")
    temporary = "{}.{}".format(path, os.getpid())
    try:
        with open(temporary, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except OSError:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return path


def receive(folders, digest, early, size):
    # type: (List[str], str, int, int) -> str
    """The runner from stdin into the first folder that takes it; early bytes are stdin again. "" when none does."""
    saved = sys.stdin.buffer.read(early)
    content = sys.stdin.buffer.read(size)
    if hashlib.sha256(content).hexdigest() != digest:
        say("unstorable", "damaged on the way")
        return ""
    reason = ""
    for folder in folders:
        try:
            path = store(folder, digest, content)
        except OSError as error:
            reason = reason or "{}: {}".format(folder, error.strerror)
            continue
        if early:
            sys.stdin = io.TextIOWrapper(io.BytesIO(saved))
        say("ready")
        return path
    say("unstorable", reason)
    return ""


def main(arguments):
    # type: (List[str]) -> int
    """Exit status 3 when there is no way to run here; the answer says why."""
    if not sys.platform.startswith("linux"):
        say("not-linux", sys.platform)
        return 3
    if sys.version_info < OLDEST:
        say("python-too-old", "{}.{}.{}".format(*sys.version_info[:3]), sys.executable)
        return 3
    os.umask(0o022)
    early, size, digest, folders = int(arguments[0]), int(arguments[1]), arguments[2], arguments[3].split(":")
    path = next(filter(None, (runner_in(folder, digest) for folder in folders)), "")
    if path:
        say("have")
    else:
        say("need")
        path = receive(folders, digest, early, size)
        if not path:
            return 3
    sys.argv = [path] + arguments[4:]
    runpy.run_path(path, run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
