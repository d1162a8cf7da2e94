"""An app's folder as one commit: what travels to a host, and the pack that brings it there.

The tree holds what is in the folder now, changes included. The commit is a function of the tree alone (see
``code_objects.commit_of``). A pack leaves out whatever came with commits that the host has: which objects those were is
remembered in the user's cache folder; without the memory the whole tree travels.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from golive.errors import AppError, GoliveError
from golive.model.code import Code
from golive.transport.code_files import LINK, Found, plain_files
from golive.transport.code_hash import BlobIds, LfsPointerError, Normalise, content_of
from golive.transport.code_identity import identity_of
from golive.transport.code_objects import BLOB, COMMIT, S_IFGITLINK, TREE, commit_of, object_id, trees, write_pack
from golive.transport.folders import cache_folder

if TYPE_CHECKING:
    from golive.transport.code_git import WorkTree

_NAMED = 10
"""How many paths an error names."""

Entry = tuple[bytes, int, str]
"""Path, mode and blob of a file."""

_REMEMBERED = 50
"""How many shipped commits the cache keeps."""


class About(NamedTuple):
    """Paths relative to the app's folder, as ``snapshot`` takes them."""

    manifests: tuple[str, ...]
    migrations: str
    data: tuple[str, ...]

    def holds(self, path: str) -> bool:
        """Whether PATH is data, or below it."""
        return any(path == place or path.startswith(f"{place}/") for place in self.data)


@dataclass(frozen=True)
class Snapshot:
    """``code``: what the planner needs to know. ``pack`` makes what the host is sent.

    ``_entries``: every file that travels. ``_exact``: blobs that are read byte by byte, whatever git does to text.
    """

    code: Code
    _entries: tuple[Entry, ...] = field(repr=False)
    _files: dict[str, Found] = field(repr=False)
    _trees: dict[str, bytes] = field(repr=False)
    _normalise: Normalise | None = field(repr=False)
    _exact: frozenset[str] = field(default=frozenset(), repr=False)
    _tree: str = ""

    @cached_property
    def paths(self) -> frozenset[str]:
        """Every file that travels, relative to the app's folder."""
        return frozenset(os.fsdecode(path) for path, _, _ in self._entries)

    def with_data(self, files: Iterable[Found]) -> Snapshot:
        """The same with FILES, byte by byte, in the commit.

        ``code.tree`` stays that of the code alone, so that the same code is no new release once the data is there.
        """
        there = list(files)
        blobs = [object_id(BLOB, content_of(file, None)) for file in there]
        added = [(os.fsencode(file.path), file.mode, blob) for file, blob in zip(there, blobs, strict=True)]
        entries = (*self._entries, *added)
        tree, contents = trees(entries)
        code = replace(
            self.code,
            commit=object_id(COMMIT, commit_of(tree)),
            size=self.code.size + sum(file.status.st_size for file in there),
            files=self.code.files + len(there),
        )
        named = {**self._files, **dict(zip(blobs, there, strict=True))}
        return Snapshot(code, entries, named, contents, self._normalise, frozenset(blobs), tree)

    def pack(self, have: Iterable[str] = ()) -> bytes:
        """A git pack of the commit, without the objects of the commits HAVE, which the host has; b"" when it has this
        very one. Raises AppError ``folder-changed`` when a file is not any more what it was."""
        known = set(have)
        _remember(self.code.commit, (*self._files, *self._trees))
        if self.code.commit in known:
            return b""
        there = {identifier for commit in known for identifier in _remembered(commit)}
        blobs = [identifier for identifier in self._files if identifier not in there]
        folders = [identifier for identifier in self._trees if identifier not in there]
        return write_pack(self._objects(blobs, folders), 1 + len(folders) + len(blobs))

    def _objects(self, blobs: list[str], folders: list[str]) -> Iterator[tuple[int, bytes]]:
        yield COMMIT, commit_of(self._tree or self.code.tree)
        for identifier in folders:
            yield TREE, self._trees[identifier]
        for identifier in blobs:
            file = self._files[identifier]
            content = content_of(file, None if identifier in self._exact else self._normalise)
            if object_id(BLOB, content) != identifier:
                raise AppError("folder-changed", path=file.path)
            yield BLOB, content


def snapshot(
    folder: Path, manifests: tuple[str, ...] = (), migrations: str = "", data: tuple[str, ...] = ()
) -> Snapshot:
    """The folder as it is now. Files and folders of DATA travel as code only if git tracks them. Raises AppError."""
    about = About(manifests, migrations, data)
    root = Path(os.path.realpath(folder))
    if not root.is_dir():
        raise AppError("folder-missing", path=str(folder))
    if not _under_git(root):
        return _snapshot(root, None, about)
    from dulwich.errors import NotGitRepository
    from dulwich.repo import Repo

    from golive.transport.code_git import WorkTree

    try:
        with Repo.discover(root) as repo:
            place = Path(os.path.realpath(os.fsdecode(repo.path)))
            prefix = "" if place == root else f"{root.relative_to(place).as_posix()}/"
            work_tree = WorkTree(repo, prefix)
            ours = not repo.bare and not work_tree.ignored_as_a_whole()
            return _snapshot(root, work_tree if ours else None, about)
    except NotGitRepository:
        return _snapshot(root, None, about)
    except GoliveError:
        raise
    except Exception as error:  # a damaged repository fails in as many ways as there are bytes in it
        raise AppError("git-broken", path=str(root), reason=f"{type(error).__name__}: {error}"[:200]) from error


def _under_git(root: Path) -> bool:
    """Whether any folder from here up has a ``.git``: asked first, because reading git costs an import."""
    return any(os.path.lexists(place / ".git") for place in (root, *root.parents))


def _snapshot(root: Path, work_tree: WorkTree | None, about: About) -> Snapshot:
    files = list(work_tree.files() if work_tree else plain_files(str(root)))
    files = [file for file in files if not about.holds(file.path) or (work_tree and work_tree.tracks(file.path))]
    if not files:
        raise AppError("folder-empty", path=str(root))
    normalise = work_tree.line_endings.normalise if work_tree else None
    blobs = _blobs(root, files, work_tree.rules if work_tree else "", normalise)
    _check_links(files)
    entries = [(os.fsencode(file.path), file.mode, blob) for file, blob in zip(files, blobs, strict=True)]
    tree, contents = trees(entries)
    named = {file.path: blob for file, blob in zip(files, blobs, strict=True)}
    below = f"{about.migrations.rstrip('/')}/" if about.migrations else ""
    code = Code(
        identity=identity_of(root, work_tree.repo if work_tree else None, work_tree.prefix if work_tree else ""),
        commit=object_id(COMMIT, commit_of(tree)),
        tree=tree,
        dirty=_dirty(work_tree, tree, entries),
        subject=work_tree.subject() if work_tree else "",
        manifests_digest=_digest((name, named[name]) for name in about.manifests if name in named),
        migrations_digest=_digest(item for item in named.items() if below and item[0].startswith(below)),
        size=sum(file.status.st_size for file in files),
        files=len(files),
    )
    return Snapshot(code, tuple(entries), dict(zip(blobs, files, strict=True)), contents, normalise)


def _blobs(root: Path, files: list[Found], rules: str, normalise: Normalise | None) -> list[str]:
    name = hashlib.sha256(os.fsencode(root)).hexdigest()[:32]
    ids = BlobIds(cache_folder() / "blobs" / f"{name}.json", rules)
    blobs, pointers = [], []
    for file in files:
        try:
            blobs.append(ids.of(file, normalise))
        except LfsPointerError:
            pointers.append(file.path)
    if pointers:
        raise AppError("lfs-pointer", paths=tuple(pointers[:_NAMED]), count=len(pointers))
    ids.save()
    return blobs


def _check_links(files: list[Found]) -> None:
    outside = [file.path for file in files if file.mode == LINK and _leaves(file)]
    if outside:
        raise AppError("link-outside", paths=tuple(outside[:_NAMED]), count=len(outside))


def _leaves(file: Found) -> bool:
    """Whether a link leads out of the app's folder, by its text alone: on the host nothing else is there."""
    target = os.fsdecode(content_of(file, None))
    if target.startswith("/") or PurePosixPath(target).is_absolute() or target[1:2] == ":":
        return True
    depth = file.path.count("/")
    for part in target.split("/"):
        if part == "..":
            depth -= 1
        elif part not in ("", "."):
            depth += 1
        if depth < 0:
            return True
    return False


def _digest(items: Iterable[tuple[str, str]]) -> str:
    found = sorted(items)
    text = "".join(f"{blob} {path}\n" for path, blob in found)
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16] if found else ""


def _dirty(work_tree: WorkTree | None, tree: str, named: list[tuple[bytes, int, str]]) -> bool:
    """Whether what travels is not what HEAD holds. HEAD holds a submodule as a link, of which the files travel."""
    if work_tree is None:
        return False
    links = work_tree.submodules()
    if links:
        inside = tuple(path + b"/" for path in links)
        outside = [entry for entry in named if not entry[0].startswith(inside)]
        tree, _ = trees([*outside, *((path, S_IFGITLINK, identifier) for path, identifier in links.items())])
    return tree != work_tree.head_tree()


def _shipped(commit: str) -> Path:
    return cache_folder() / "shipped" / commit


def _remember(commit: str, identifiers: Iterable[str]) -> None:
    """A cache that cannot be written only makes later packs larger."""
    path = _shipped(commit)
    with suppress(OSError):
        if path.exists():
            os.utime(path)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f"{path.name}.{os.getpid()}")
        temporary.write_bytes(b"".join(bytes.fromhex(identifier) for identifier in identifiers))
        temporary.replace(path)
        by_age = sorted(path.parent.iterdir(), key=lambda other: other.stat().st_mtime, reverse=True)
        for old in by_age[_REMEMBERED:]:
            old.unlink()


def _remembered(commit: str) -> Iterator[str]:
    if len(commit) != 40 or not commit.isalnum():
        return
    try:
        content = _shipped(commit).read_bytes()
    except OSError:
        return
    for start in range(0, len(content) - 19, 20):
        yield content[start : start + 20].hex()
