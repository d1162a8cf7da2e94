"""Which files of a git work tree travel: those that git tracks, as they are now, and new ones that it does not ignore.

Only the index, the ignore and attribute files and the configuration are read, never the history: a shallow, huge or
empty repository makes no difference. Imports dulwich, which takes a while: import it late.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cached_property

from dulwich.ignore import IgnoreFilter, default_user_ignore_filter_path
from dulwich.index import ConflictedIndexEntry, IndexEntry
from dulwich.objects import S_ISGITLINK, Commit, Tree
from dulwich.repo import Repo

from golive.errors import AppError
from golive.transport.code_eol import LineEndings
from golive.transport.code_files import FILE, LINK, PROGRAM, Found, entries, found, is_left_out_file, is_left_out_folder

_SKIPPED = 0x4000  # "skip-worktree" in gitformat-index(5)


class WorkTree:
    """A repository's work tree, seen from the folder PREFIX in it ("" or ``shop/web/``)."""

    def __init__(self, repo: Repo, prefix: str) -> None:
        self.repo = repo
        self.prefix = prefix
        self._root = os.fsdecode(repo.path)
        self._config = repo.get_config_stack()
        self._tracked: dict[str, IndexEntry] = {}
        self._folders: set[str] = set()
        self._read_index()

    @cached_property
    def line_endings(self) -> LineEndings:
        """What git would do to text files."""
        return LineEndings(self._root, self.prefix, self.repo, self._config, self._indexed_content)

    @property
    def rules(self) -> str:
        """Changes with whatever decides how text files are kept."""
        return self.line_endings.rules

    def submodules(self) -> dict[bytes, str]:
        """Path in the app's folder and commit of each submodule."""
        return {
            os.fsencode(path[len(self.prefix) :]): entry.sha.decode("ascii")
            for path, entry in self._tracked.items()
            if S_ISGITLINK(entry.mode)
        }

    def tracks(self, path: str) -> bool:
        """Whether git knows the file PATH of the app's folder."""
        return f"{self.prefix}{path}" in self._tracked

    def subject(self) -> str:
        """The first line of the last commit; "" when there is none."""
        head = self._head
        return head.message.decode("utf-8", "replace").strip().partition("\n")[0] if head is not None else ""

    def head_tree(self) -> str:
        """The id of the app's folder in the last commit; "" when it is not there."""
        if self._head is None:
            return ""
        try:
            tree = self.repo[self._head.tree]
            for name in self.prefix.split("/")[:-1]:
                if not isinstance(tree, Tree):
                    return ""
                tree = self.repo[tree[os.fsencode(name)][1]]
        except KeyError:
            return ""
        return tree.id.decode("ascii")

    @cached_property
    def _head(self) -> Commit | None:
        try:
            head = self.repo[self.repo.head()]
        except KeyError:
            return None
        return head if isinstance(head, Commit) else None

    def ignored_as_a_whole(self) -> bool:
        """The folder lies in a repository that is not about it (a home folder under git, say)."""
        if not self.prefix or self.prefix.rstrip("/") in self._folders:
            return False
        filters = self._filters_above("")
        path = ""
        for name in self.prefix.rstrip("/").split("/"):
            path = f"{path}{name}"
            if _ignores(filters, path, True):
                return True
            path += "/"
            filters = self._with_filter_of(filters, path)
        return False

    def files(self) -> Iterator[Found]:
        """Everything that travels. Raises AppError."""
        yield from self._walk(self.prefix, self._filters_above(self.prefix), True)

    def _walk(self, folder: str, filters: list[tuple[int, IgnoreFilter]], welcome: bool) -> Iterator[Found]:
        """``welcome``: new files of this folder travel; else only tracked ones do."""
        for entry in entries(os.path.join(self._root, folder)):  # noqa: PTH118
            path = f"{folder}{entry.name}"
            if entry.name == ".git":
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from self._folder(entry, path, filters, welcome)
            elif path in self._tracked:
                yield from found(entry, path[len(self.prefix) :], self._mode(entry, self._tracked[path].mode))
            elif welcome and not is_left_out_file(entry.name) and not _ignores(filters, path, False):
                yield from found(entry, path[len(self.prefix) :])

    def _folder(
        self, entry: os.DirEntry[str], path: str, filters: list[tuple[int, IgnoreFilter]], welcome: bool
    ) -> Iterator[Found]:
        module = path in self._tracked
        welcome = module or (welcome and not is_left_out_folder(entry) and not _ignores(filters, path, True))
        if not welcome and path not in self._folders:
            return
        if os.path.lexists(os.path.join(entry.path, ".git")):  # noqa: PTH118
            yield from self._inner_repository(entry, path)
            return
        if module and not entries(entry.path):
            raise AppError("submodule-missing", path=path[len(self.prefix) :])
        yield from self._walk(f"{path}/", self._with_filter_of(filters, f"{path}/"), welcome)

    def _inner_repository(self, entry: os.DirEntry[str], path: str) -> Iterator[Found]:
        """A submodule, or a clone inside the work tree: its files travel as plain files, by its own rules."""
        with Repo(entry.path) as repo:
            for file in WorkTree(repo, "").files():
                yield file._replace(path=f"{path[len(self.prefix) :]}/{file.path}")

    def _read_index(self) -> None:
        if not self.repo.has_index():
            return
        conflicts, skipped = [], []
        for name, entry in self.repo.open_index().items():
            path = os.fsdecode(name)
            if not path.startswith(self.prefix):
                continue
            if isinstance(entry, ConflictedIndexEntry):
                conflicts.append(path)
                continue
            if entry.extended_flags & _SKIPPED and not os.path.lexists(os.path.join(self._root, path)):  # noqa: PTH118
                skipped.append(path)
            self._tracked[path] = entry
            self._note_folders(path)
        if conflicts:
            raise AppError("merge-conflict", paths=tuple(sorted(conflicts)))
        if skipped:
            raise AppError("sparse-checkout", paths=tuple(sorted(skipped)[:10]))

    def _note_folders(self, path: str) -> None:
        folder = path.rpartition("/")[0]
        while folder and folder not in self._folders:
            self._folders.add(folder)
            folder = folder.rpartition("/")[0]

    def _mode(self, entry: os.DirEntry[str], tracked: int) -> int:
        """0 where the file system is to be believed."""
        if S_ISGITLINK(tracked):
            return 0
        if tracked == LINK and not entry.is_symlink():
            return LINK if os.name != "posix" else 0
        trusted = os.name == "posix" and self._config.get_boolean((b"core",), b"filemode", True)
        return 0 if trusted else PROGRAM if tracked == PROGRAM else FILE

    def _filters_above(self, folder: str) -> list[tuple[int, IgnoreFilter]]:
        """The ignore files that count in FOLDER, the weakest first, each with the length of its own folder's path."""
        filters: list[tuple[int, IgnoreFilter]] = []
        general = (
            os.path.expanduser(default_user_ignore_filter_path(self._config)),  # noqa: PTH111
            os.path.join(os.fsdecode(self.repo.commondir()), "info", "exclude"),  # noqa: PTH118
        )
        for path in general:
            _add(filters, 0, path, self._ignorecase)
        filters = self._with_filter_of(filters, "")
        above = ""
        for name in folder.rstrip("/").split("/") if folder else ():
            above += f"{name}/"
            filters = self._with_filter_of(filters, above)
        return filters

    def _with_filter_of(self, filters: list[tuple[int, IgnoreFilter]], folder: str) -> list[tuple[int, IgnoreFilter]]:
        more = list(filters)
        _add(more, len(folder), os.path.join(self._root, folder, ".gitignore"), self._ignorecase)  # noqa: PTH118
        return more if len(more) > len(filters) else filters

    @cached_property
    def _ignorecase(self) -> bool:
        return self._config.get_boolean((b"core",), b"ignorecase", False)

    def _indexed_content(self, path: str) -> bytes:
        entry = self._tracked.get(f"{self.prefix}{path}")
        if entry is None or S_ISGITLINK(entry.mode):
            return b""
        try:
            return self.repo[entry.sha].as_raw_string()
        except KeyError:
            return b""


def _add(filters: list[tuple[int, IgnoreFilter]], depth: int, path: str, ignorecase: bool) -> None:
    try:
        filters.append((depth, IgnoreFilter.from_path(path, ignorecase)))
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise AppError("unreadable", path=path, reason=error.strerror or "") from None


def _ignores(filters: list[tuple[int, IgnoreFilter]], path: str, folder: bool) -> bool:
    """The strongest ignore file that says anything about PATH decides, in it the last pattern."""
    for depth, ignore in reversed(filters):
        name = os.fsencode(path[depth:])
        for pattern in reversed(ignore.patterns):
            if pattern.matches(name, folder):
                return pattern.is_exclude
    return False
