"""What an app writes beside its code: SQLite files, uploads, logs. That has to outlive a release."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from golive.detect.flask import Seen
from golive.detect.paths import APP, Evaluator, class_values
from golive.detect.symbols import dotted_name
from golive.detect.syntax import Module, Project
from golive.detect.walk import Tree
from golive.protocol.steps import SharedPath

_SQLITE = re.compile(r"^sqlite(?:\+\w+)?:///(.*)$", re.DOTALL)
_DATABASE_FILE = re.compile(r"\.(db|db3|sqlite|sqlite3)$", re.IGNORECASE)
_DATABASE_NAME = re.compile(
    r"^(SQLITE|DATABASE|DB)(_(PATH|FILE|NAME|URI|URL))?$|_(DB|DATABASE)(_PATH|_FILE)?$", re.IGNORECASE
)
_UPLOAD_NAME = re.compile(
    r"^(MEDIA_ROOT|MEDIA_FOLDER|UPLOAD\w*|\w+_UPLOAD(_(PATH|FOLDER|DIR))?|\w*UPLOAD_(PATH|FOLDER|DIR\w*)|LOG_(DIR|FOLDER)|LOGS_DIR)$",
    re.IGNORECASE,
)
_USUAL_FOLDERS = frozenset({"uploads", "upload", "media"})
_TESTING = re.compile(r"test", re.IGNORECASE)
_MAKE_FOLDER = frozenset({"os.makedirs", "os.mkdir", "makedirs", "mkdir"})


@dataclass(frozen=True)
class Writable:
    """``persist`` and ``databases`` relative to the root, with where each one was seen."""

    persist: tuple[SharedPath, ...]
    databases: tuple[str, ...]
    seen: tuple[Seen, ...]


@dataclass(frozen=True)
class _Found:
    """``kind``: ``database`` | ``file`` | ``directory``; ``path`` relative to the root."""

    kind: str
    path: str
    module: Module
    line: int


def find_writable(project: Project, evaluator: Evaluator, chdir: str, sqlite_base: str) -> Writable:
    """SQLITE_BASE: the folder that a relative SQLite address starts from."""
    found = [item for module in project.modules.values() for item in _in_module(module, evaluator, chdir, sqlite_base)]
    found = [item for item in found if _is_inside(item.path)]
    databases = tuple(dict.fromkeys(item.path for item in found if item.kind == "database"))
    seen: dict[SharedPath, Seen] = {}
    for item in found:
        shared = _shared(project, item.kind, item.path, evaluator.instance)
        seen.setdefault(shared, Seen(shared.path, item.module.path, item.line))
    for folder in _standing(project.tree, evaluator.instance):
        seen.setdefault(SharedPath(folder, "directory"), Seen(folder, folder, 0))
    kept = _without_nested(tuple(seen))
    return Writable(kept, databases, tuple(seen[shared] for shared in kept))


def _is_inside(path: str) -> bool:
    return bool(path) and path != "." and not path.startswith(("..", "/"))


def _in_module(module: Module, evaluator: Evaluator, chdir: str, sqlite_base: str) -> Iterator[_Found]:
    """Everything in a module that names what is written; what is there for tests alone is left out."""
    waiting: list[tuple[ast.AST, dict[str, ast.expr], str]] = [(module.tree, {}, "")]
    while waiting and not _TESTING.search(module.stem):
        node, local, target = waiting.pop()
        if isinstance(node, ast.ClassDef) and _TESTING.search(node.name):
            continue
        local = local | _assigned_in(node)
        if isinstance(node, ast.Call):
            yield from _call(node, module, evaluator, local, chdir)
        value = evaluator.value(node, module, local) if isinstance(node, ast.expr) else None
        if value is not None:
            path, kind = _meant(value, target, sqlite_base, chdir)
            if kind:
                yield _Found(kind, path, module, getattr(node, "lineno", 0))
            if kind or not isinstance(node, ast.Call):
                continue
        waiting.extend((child, local, name) for child, name in _children(node, target))


def _children(node: ast.AST, target: str) -> list[tuple[ast.AST, str]]:
    """The parts of NODE with the name that each one is given: ``UPLOAD_FOLDER = x``, ``config["DATABASE"] = x``."""
    if isinstance(node, ast.Assign):
        name = _target_name(node.targets[0])
        return [(node.value, name)]
    if isinstance(node, ast.keyword):
        return [(node.value, node.arg or "")]
    if isinstance(node, ast.Dict):
        keys = [key.value if isinstance(key, ast.Constant) else "" for key in node.keys]
        return [(value, str(name)) for name, value in zip(keys, node.values, strict=True)]
    inherited = target if isinstance(node, ast.BoolOp | ast.IfExp | ast.Call) else ""
    return [(child, inherited) for child in reversed(list(ast.iter_child_nodes(node)))]


def _target_name(node: ast.expr) -> str:
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return str(node.slice.value)
    return dotted_name(node).rpartition(".")[2]


def _assigned_in(node: ast.AST) -> dict[str, ast.expr]:
    """The names that a class or function binds for what is inside of it."""
    if isinstance(node, ast.ClassDef):
        return class_values(node)
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return {}
    return {
        target.id: inner.value
        for inner in ast.walk(node)
        if isinstance(inner, ast.Assign)
        for target in inner.targets
        if isinstance(target, ast.Name)
    }


def _meant(value: str, target: str, sqlite_base: str, chdir: str) -> tuple[str, str]:
    """Path and kind of what a value given to the name TARGET stands for; ("", "") for nothing that is written."""
    if _TESTING.search(target) or "{" in value:
        return "", ""
    if match := _SQLITE.match(value):
        file = match[1].partition("?")[0]
        return (
            ("", "")
            if file in ("", ":memory:") or file.startswith("file:")
            else (_relative(file, sqlite_base), "database")
        )
    if _DATABASE_FILE.search(value) and (value.startswith(APP) or _DATABASE_NAME.search(target)):
        return _relative(value, chdir), "database" if value.startswith(APP) else ""
    if _UPLOAD_NAME.search(target) and not re.search(r"[:*\n]", value) and value and "." not in value[-5:]:
        return _relative(value, chdir), "directory"
    return "", ""


def _relative(value: str, base: str) -> str:
    """A path from the app's root: a marked one as it is, any other from BASE. An absolute one stays absolute."""
    path = value.rpartition(APP)[2] if APP in value else posixpath.join(base, value)
    return posixpath.normpath(path.lstrip("/") if APP in value else path)


def _call(
    node: ast.Call, module: Module, evaluator: Evaluator, local: dict[str, ast.expr], chdir: str
) -> Iterator[_Found]:
    """sqlite3.connect, makedirs, and open for writing."""
    name = dotted_name(node.func)
    if not node.args:
        if isinstance(node.func, ast.Attribute) and node.func.attr == "mkdir":
            value = evaluator.value(node.func.value, module, local)
            if value is not None:
                yield _Found("directory", _relative(value, chdir), module, node.lineno)
        return
    kind = ""
    if name.endswith("sqlite3.connect"):
        kind = "database"
    elif name in _MAKE_FOLDER:
        kind = "directory"
    elif name == "open" and len(node.args) > 1 and _writes(node.args[1]):
        kind = "file"
    value = evaluator.value(node.args[0], module, local) if kind else None
    # Code is never data: kept apart from the release, an edited module would outlive every deploy.
    if value and value != ":memory:" and not value.startswith("file:") and not value.endswith(".py"):
        yield _Found(kind, _relative(value, chdir), module, node.lineno)


def _writes(mode: ast.expr) -> bool:
    return isinstance(mode, ast.Constant) and isinstance(mode.value, str) and any(c in mode.value for c in "wax+")


def _shared(project: Project, kind: str, path: str, instance: str) -> SharedPath:
    """A folder wherever the file has one that is for data alone; beside the code only the file itself."""
    if kind == "directory":
        return SharedPath(path, "directory")
    folder = posixpath.dirname(path)
    if folder == instance or (folder and not _holds_code(project.tree, folder)):
        return SharedPath(folder, "directory")
    return SharedPath(path, "file")


def _holds_code(tree: Tree, folder: str) -> bool:
    """Whether a folder holds what belongs to the commit: modules, templates, pages, styles."""
    ends = (".py", ".html", ".jinja2", ".j2", ".js", ".css", ".toml", ".txt", ".sql")
    return any(path.startswith(f"{folder}/") and path.endswith(ends) for path in tree.files)


def _standing(tree: Tree, instance: str) -> list[str]:
    """Folders that are there already and by their name hold data."""
    return [
        folder
        for folder in sorted(tree.folders)
        if folder == instance or (folder.count("/") <= 2 and posixpath.basename(folder) in _USUAL_FOLDERS)
        if folder == instance or not any(p.startswith(f"{folder}/") and p.endswith(".py") for p in tree.files)
    ]


def _without_nested(paths: tuple[SharedPath, ...]) -> tuple[SharedPath, ...]:
    """Without what lies inside of another shared folder, sorted."""
    folders = [item.path for item in paths if item.kind == "directory"]
    kept = [item for item in paths if not any(item.path != f and item.path.startswith(f"{f}/") for f in folders)]
    return tuple(sorted(item for item in kept if item.kind == "directory" or item.path not in folders))
