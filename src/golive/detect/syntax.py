"""Python files as syntax trees: what a module imports, assigns and defines at its top level. Nothing is run."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from golive.detect.walk import Tree

MOST_MODULES = 600
LARGEST_MODULE = 1_000_000
ASIDE = frozenset(
    ["tests", "test", "testing", "docs", "doc", "examples", "example", "samples", "versions", "benchmarks", "notebooks"]
)

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Imported:
    """What a name stands for: ``attribute`` of ``module`` ("" = the module itself)."""

    module: str
    attribute: str
    line: int


@dataclass
class Module:
    """A parsed file. ``path`` is relative to the app's root. ``before``: what assigned names held earlier."""

    path: str
    tree: ast.Module
    imports: dict[str, Imported] = field(default_factory=dict)
    assigned: dict[str, ast.expr] = field(default_factory=dict)
    before: dict[str, list[ast.expr]] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)

    @property
    def folder(self) -> str:
        """The folder that the file lies in, "" for the root."""
        return self.path.rpartition("/")[0]

    @property
    def stem(self) -> str:
        """``app`` of ``shop/app.py``."""
        return self.path.rpartition("/")[2].removesuffix(".py")

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node, walked once."""
        return tuple(ast.walk(self.tree))


@dataclass(frozen=True)
class Broken:
    """A file that Python cannot read. ``python2``: it looks like one for Python 2."""

    path: str
    line: int
    reason: str
    python2: bool


@dataclass(frozen=True)
class Project:
    """All of an app's own modules."""

    tree: Tree
    modules: dict[str, Module]
    broken: tuple[Broken, ...]

    def find(self, dotted: str, near: str) -> Module | None:
        """The module that ``import DOTTED`` means in a file of the folder NEAR, looking up to the root."""
        tail = dotted.replace(".", "/")
        for root in upwards(near):
            base = f"{root}/{tail}" if root else tail
            for path in (f"{base}.py", f"{base}/__init__.py"):
                if path in self.modules:
                    return self.modules[path]
        return self.modules.get(f"src/{tail}/__init__.py") or self.modules.get(f"src/{tail}.py")

    def is_local(self, name: str, near: str) -> bool:
        """Whether ``import NAME`` means a file or folder of the app."""
        roots = (*upwards(near), "src")
        paths = [f"{root}/{name}" if root else name for root in roots]
        return any(path in self.tree.folders or self.tree.has(f"{path}.py") for path in paths)


def upwards(folder: str) -> tuple[str, ...]:
    """FOLDER and those around it, up to "" (the root)."""
    chain = [folder]
    while folder:
        folder = folder.rpartition("/")[0]
        chain.append(folder)
    return tuple(chain)


def read_project(tree: Tree) -> Project:
    """Parse the app's Python files, shallow ones first; tests, documentation and migrations are left aside."""
    modules: dict[str, Module] = {}
    broken: list[Broken] = []
    for path in [path for path in tree.files if _is_code(path)][:MOST_MODULES]:
        parsed = _parse(tree, path)
        if isinstance(parsed, Broken):
            broken.append(parsed)
        elif parsed is not None:
            modules[path] = parsed
    return Project(tree, modules, tuple(broken))


def _is_code(path: str) -> bool:
    *folders, name = path.split("/")
    if not name.endswith(".py") or name.startswith("test_") or name.endswith("_test.py") or name == "conftest.py":
        return False
    return not ASIDE.intersection(folders)


def _parse(tree: Tree, path: str) -> Module | Broken | None:
    try:
        data = (tree.root / path).read_bytes()
    except OSError as error:
        return Broken(path, 0, error.strerror or str(error), False)
    if len(data) > LARGEST_MODULE:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            syntax = ast.parse(data)
    except SyntaxError as error:
        return Broken(path, error.lineno or 0, error.msg, _looks_like_python2(data))
    except (ValueError, RecursionError, MemoryError) as error:
        return Broken(path, 0, str(error), False)
    module = Module(path, syntax)
    for statement in top_level(syntax.body):
        _note(module, statement)
    return module


def _looks_like_python2(data: bytes) -> bool:
    return bool(
        re.search(rb"^\s*(print\s+[\"'\w%]|except\s+[\w.()]+\s*,\s*\w+\s*:|raise\s+\w+\s*,)", data, re.MULTILINE)
    )


def is_main_guard(statement: ast.stmt) -> bool:
    """``if __name__ == "__main__":`` — not run when the module is imported."""
    return isinstance(statement, ast.If) and any(
        isinstance(node, ast.Name) and node.id == "__name__" for node in ast.walk(statement.test)
    )


def top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run at import, those inside of ``if``, ``try``, ``with`` and loops too."""
    for statement in body:
        if is_main_guard(statement):
            continue
        yield statement
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        for name in ("body", "orelse", "finalbody"):
            yield from top_level(getattr(statement, name, []))
        for handler in getattr(statement, "handlers", []):
            yield from top_level(handler.body)


def _note(module: Module, statement: ast.stmt) -> None:
    """Remember what STATEMENT binds at the module's top level."""
    if isinstance(statement, ast.Import | ast.ImportFrom):
        module.imports.update(imported_names(statement, module))
    elif isinstance(statement, ast.Assign):
        for target in statement.targets:
            if isinstance(target, ast.Name):
                if target.id in module.assigned:
                    module.before.setdefault(target.id, []).append(module.assigned[target.id])
                module.assigned[target.id] = statement.value
    elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value:
        module.assigned[statement.target.id] = statement.value
    elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        module.functions[statement.name] = statement
    elif isinstance(statement, ast.ClassDef):
        module.classes[statement.name] = statement


def imported_names(statement: ast.Import | ast.ImportFrom, module: Module) -> dict[str, Imported]:
    """The names that an import statement binds. Relative imports become dotted paths from the app's root."""
    if isinstance(statement, ast.Import):
        return {
            alias.asname or alias.name.partition(".")[0]: Imported(
                alias.name if alias.asname else alias.name.partition(".")[0], "", statement.lineno
            )
            for alias in statement.names
        }
    source = statement.module or ""
    if statement.level:
        parts = module.folder.split("/") if module.folder else []
        parts = parts[: len(parts) - (statement.level - 1)]
        source = ".".join([*parts, *([source] if source else [])])
    return {alias.asname or alias.name: Imported(source, alias.name, statement.lineno) for alias in statement.names}
