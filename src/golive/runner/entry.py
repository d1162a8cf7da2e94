"""The ``__main__`` of the runner zip: ``python3 -I runner-HASH.zip COMMAND``.

Python compiles what it imports from a zip anew at every start (100 ms and more, longer than a probe). So the first
start leaves a second zip with the compiled files beside the first one, and later starts import from that. Its last
64 bytes are the SHA-256 of all before them: one that is torn or damaged is made again. Its name carries the runner's
own name and the interpreter's magic number: no other runner or Python ever reads it.

Twin: ``golive.transport.bundle`` puts this file into the zip.
"""

import hashlib
import io
import os
import sys
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
    return hashlib.sha256(content[:-DIGEST]).hexdigest().encode("ascii") == content[-DIGEST:]


def compiled(runner):
    # type: (str) -> bytes
    """The zip RUNNER with compiled files in place of sources."""
    import marshal
    import zipfile

    header = MAGIC_NUMBER + b"\0" * (12 if sys.version_info >= (3, 7) else 8)
    target = io.BytesIO()
    with zipfile.ZipFile(runner) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in source.namelist():
            code = compile(source.read(name), runner + "/" + name, "exec", dont_inherit=True)
            archive.writestr(zipfile.ZipInfo(name + "c"), header + marshal.dumps(code))
        archive.comment = b"0" * DIGEST
    content = target.getvalue()[:-DIGEST]
    return content + hashlib.sha256(content).hexdigest().encode("ascii")


def keep(path, content):
    # type: (str, bytes) -> None
    """CONTENT at PATH by one rename. Not synced: the digest tells a torn one. Raises OSError."""
    temporary = "{}.{}".format(path, os.getpid())
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    os.replace(temporary, path)


def prefer_compiled(runner):
    # type: (str) -> None
    """Make imports come from the compiled files; without a writable folder, from the zip itself."""
    path = compiled_path(runner)
    if not is_whole(path):
        try:
            keep(path, compiled(runner))
        except OSError:
            return
    sys.path.insert(0, path)


if __name__ == "__main__":
    prefer_compiled(os.path.abspath(sys.argv[0]))
    from golive.runner.main import main

    sys.exit(main())
