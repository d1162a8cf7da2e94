"""The app's code where no git is needed: from the pack that came, or from a kept release of the same commit.

A pack of golive's holds whole objects, no deltas (gitformat-pack(5)). Each object is known by the digest of its
content, from the commit down, so what is checked out is what was sent.
Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import hashlib
import os
import shutil
import zlib
from typing import Any, BinaryIO, Dict, Iterator, Tuple

from golive.protocol.steps import ReceiveCode
from golive.runner.failure import StepFailed
from golive.runner.probe_app import releases

_KINDS = {1: b"commit", 2: b"tree", 3: b"blob"}
_FOLDER, _LINK, _PROGRAM, _SUBMODULE = b"40000", b"120000", b"100755", b"160000"
_PIECE = 64 * 1024


def put(action: ReceiveCode, folder: str, context: Any) -> None:
    """The tree of the commit in FOLDER, which is made. Raises StepFailed ``code-corrupt``, ``link-refused``."""
    if context.pack_path is not None:
        with open(context.pack_path, "rb") as stream:
            _Pack(stream, action.commit).check_out(folder, context)
        return
    kept = _kept(action)
    if not kept:
        raise StepFailed("code-corrupt", commit=action.commit, error="no release of this commit is kept")
    shutil.copytree(kept, folder, symlinks=True)


def _kept(action: ReceiveCode) -> str:
    app = os.path.dirname(os.path.dirname(os.path.dirname(action.into)))
    for record in reversed(releases(app)):
        if record["complete"] and record.get("commit") == action.commit:
            return os.path.join(app, "releases", str(record["number"]), "code")
    return ""


class _Pack:
    """A pack in STREAM, of which everything below COMMIT is wanted."""

    def __init__(self, stream: BinaryIO, commit: str) -> None:
        self._stream = stream
        self._commit = commit
        self._places: Dict[str, Tuple[int, int]] = {}

    def check_out(self, folder: str, context: Any) -> None:
        try:
            self._index()
            lines = self._content(self._commit).split(b"\n")
            if not lines[0].startswith(b"tree "):
                raise ValueError("no tree")
            self._tree(lines[0][5:].decode("ascii"), folder, context)
            refuse_bad_links(folder)
        except (ValueError, KeyError, IndexError, zlib.error) as error:
            raise StepFailed("code-corrupt", commit=self._commit, error=str(error))

    def _index(self) -> None:
        """Where each object begins, by its digest."""
        head = self._stream.read(12)
        if head[:8] != b"PACK\0\0\0\2":
            raise ValueError("not a pack")
        for _ in range(int.from_bytes(head[8:], "big")):
            start = self._stream.tell()
            kind, size = self._header()
            digest = hashlib.sha1(_KINDS[kind] + b" %d\0" % size)
            length = 0
            for piece in self._inflated():
                digest.update(piece)
                length += len(piece)
            if length != size:
                raise ValueError("an object of another size")
            self._places[digest.hexdigest()] = (start, kind)

    def _header(self) -> Tuple[int, int]:
        byte = self._stream.read(1)[0]
        kind, size, shift = byte >> 4 & 7, byte & 15, 4
        while byte & 0x80:
            byte = self._stream.read(1)[0]
            size |= (byte & 0x7F) << shift
            shift += 7
        return kind, size

    def _inflated(self) -> Iterator[bytes]:
        """The content of the object that begins here; the stream then stands behind it."""
        inflater = zlib.decompressobj()
        while not inflater.eof:
            piece = self._stream.read(_PIECE)
            if not piece:
                raise ValueError("the pack ends early")
            yield inflater.decompress(piece)
        self._stream.seek(-len(inflater.unused_data), os.SEEK_CUR)

    def _pieces(self, identifier: str) -> Iterator[bytes]:
        self._stream.seek(self._places[identifier][0])
        self._header()
        return self._inflated()

    def _content(self, identifier: str) -> bytes:
        return b"".join(self._pieces(identifier))

    def _tree(self, identifier: str, folder: str, context: Any) -> None:
        os.mkdir(folder, 0o700)
        rest = self._content(identifier)
        while rest:
            about, _, rest = rest.partition(b"\0")
            mode, _, name = about.partition(b" ")
            entry, rest = rest[:20].hex(), rest[20:]
            if name in (b"", b".", b"..") or b"/" in name or name.lower() == b".git":
                raise ValueError("a file with an impossible name")
            self._entry(mode, entry, os.path.join(folder, os.fsdecode(name)), context)

    def _entry(self, mode: bytes, identifier: str, path: str, context: Any) -> None:
        if mode == _FOLDER:
            self._tree(identifier, path, context)
        elif mode == _LINK:
            os.symlink(self._content(identifier), os.fsencode(path))
        elif mode == _SUBMODULE:
            os.mkdir(path)
            context.output("{}: a submodule, whose files are not in the commit".format(os.path.basename(path)))
        else:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            with os.fdopen(os.open(path, flags, 0o700 if mode == _PROGRAM else 0o600), "wb") as target:
                for piece in self._pieces(identifier):
                    target.write(piece)


def refuse_bad_links(folder: str) -> None:
    """No link leads out of the tree, whatever other links are on its way. Raises StepFailed ``link-refused``."""
    top = os.path.realpath(folder)
    for place, folders, files in os.walk(top):
        for name in folders + files:
            path = os.path.join(place, name)
            if not os.path.islink(path):
                continue
            target = os.readlink(path)
            if os.path.isabs(target) or not (os.path.realpath(path) + "/").startswith(top + "/"):
                shown = os.path.relpath(path, top).encode("utf-8", "backslashreplace").decode("utf-8")
                raise StepFailed("link-refused", path=shown, target=target.encode("utf-8", "backslashreplace").decode())
