"""The ``__main__`` of the runner zip: ``python3 -I runner-HASH.zip COMMAND``.

The zip holds this file and ``golive.zip`` with all the others, uncompressed there so that they compress as one: a third
smaller. Python cannot import from that, and would compile every file at every start (100 ms and more, longer than a
probe). So the first start leaves a zip of the compiled files beside the runner, and every start imports from it. Its
first 64 bytes are the SHA-256 of the rest (a zip may begin with anything): one that is torn or damaged is made again.
Its name carries the runner's own name and the interpreter's magic number: no other runner or Python ever reads it.

Twin: ``golive.transport.bundle`` makes the zip.
"""

import atexit
import hashlib
import io
import os
import shutil
import sys
import tempfile
from importlib.util import MAGIC_NUMBER

DIGEST = 64


def compiled_path(runner):
    # type: (str) -> str
    """Where the compiled files of the zip RUNNER belong for this interpreter."""
    folder, name = os.path.split(runner)
    return os.path.join(folder, "compiled-{}-{}.zip".format(name[len("runner-") : -len(".zip")], MAGIC_NUMBER.hex()))


def is_whole(path):
    # type: (str) -> bool
    """Whether the compiled zip at PATH is there and undamaged."""
    try:
        with open(path, "rb") as stream:
            content = stream.read()
    except OSError:
        return False
    return hashlib.sha256(content[DIGEST:]).hexdigest().encode("ascii") == content[:DIGEST]


def compiled(runner):
    # type: (str) -> bytes
    """A zip of the compiled files of the zip RUNNER."""
    import marshal
    import zipfile

    header = MAGIC_NUMBER + b"\0" * (12 if sys.version_info >= (3, 7) else 8)
    target = io.BytesIO()
    with zipfile.ZipFile(runner) as outer:
        sources = io.BytesIO(outer.read("golive.zip"))
    with zipfile.ZipFile(sources) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in source.namelist():
            code = compile(source.read(name), runner + "/" + name, "exec", dont_inherit=True)
            archive.writestr(zipfile.ZipInfo(name + "c"), header + marshal.dumps(code))
    content = target.getvalue()
    return hashlib.sha256(content).hexdigest().encode("ascii") + content


def keep(path, content):
    # type: (str, bytes) -> None
    """CONTENT at PATH by one rename. Not synced: the digest tells a torn one. Raises OSError."""
    temporary = "{}.{}".format(path, os.getpid())
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    os.replace(temporary, path)


def importable(runner):
    # type: (str) -> str
    """The path from which the files of the zip RUNNER can be imported; for this start alone when its folder cannot be
    written."""
    path = compiled_path(runner)
    if is_whole(path):
        return path
    content = compiled(runner)
    try:
        keep(path, content)
    except OSError:
        folder = tempfile.mkdtemp(prefix="golive-")
        atexit.register(shutil.rmtree, folder, True)
        path = os.path.join(folder, os.path.basename(path))
        keep(path, content)
    return path


if __name__ == "__main__":
    sys.path.insert(0, importable(os.path.abspath(sys.argv[0])))
    from golive.runner.main import main

    sys.exit(main())
