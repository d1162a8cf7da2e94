"""The value of path expressions as far as it can be known without running the app.

A path inside of the app's folder is told from a relative one by its mark: ``APP + "instance/x.db"``.
"""

from __future__ import annotations

import ast
import posixpath
from dataclasses import dataclass, field

from golive.detect.symbols import dotted_name
from golive.detect.syntax import Module, Project

APP = "\0"
_DEEPEST = 30
_SAME = frozenset({"abspath", "realpath", "normpath", "expanduser", "str", "Path", "PurePath", "fspath", "as_posix"})
_KEEP = frozenset({"resolve", "absolute", "replace", "strip", "as_posix", "__str__", "rstrip", "expanduser"})
_READ = frozenset({"getenv", "environ.get", "get", "env", "config", "env.str", "env.path"})


@dataclass
class Evaluator:
    """``chdir``: where the app runs; ``instance``: its instance folder (both relative to the root)."""

    project: Project
    chdir: str
    instance: str
    _busy: set[tuple[str, str]] = field(default_factory=set)

    def value(self, node: ast.expr | None, module: Module, local: dict[str, ast.expr], depth: int = 0) -> str | None:
        """The string that NODE evaluates to, or None."""
        if node is None or depth > _DEEPEST:
            return None
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        if isinstance(node, ast.Name):
            return self._name(node.id, module, local, depth)
        if isinstance(node, ast.Attribute):
            return self._attribute(node, module, local, depth)
        if isinstance(node, ast.Call):
            return self._call(node, module, local, depth)
        if isinstance(node, ast.BoolOp | ast.IfExp):
            choices = node.values if isinstance(node, ast.BoolOp) else [node.body, node.orelse]
            return next((v for item in reversed(choices) if (v := self.value(item, module, local, depth + 1))), None)
        if isinstance(node, ast.JoinedStr):
            return self._joined(node, module, local, depth)
        return self._operator(node, module, local, depth) if isinstance(node, ast.BinOp) else None

    def _name(self, name: str, module: Module, local: dict[str, ast.expr], depth: int) -> str | None:
        if name == "__file__":
            return APP + module.path
        if name in local and local[name] is not None:
            return self.value(local[name], module, {key: item for key, item in local.items() if key != name}, depth + 1)
        key = (module.path, name)
        if key in self._busy:
            return None
        self._busy.add(key)
        try:
            if name in module.assigned:
                return self.value(module.assigned[name], module, {}, depth + 1)
            if name in module.imports:
                imported = module.imports[name]
                source = self.project.find(imported.module, module.folder) if imported.module else None
                return self._name(imported.attribute, source, {}, depth + 1) if source else None
        finally:
            self._busy.discard(key)
        return None

    def _attribute(self, node: ast.Attribute, module: Module, local: dict[str, ast.expr], depth: int) -> str | None:
        if node.attr == "instance_path":
            return APP + self.instance
        if node.attr == "root_path":
            return APP + module.folder
        if node.attr == "parent":
            return self._parent(self.value(node.value, module, local, depth + 1))
        if node.attr == "pardir":
            return ".."
        if isinstance(node.value, ast.Name) and node.value.id in module.classes:
            inside = class_values(module.classes[node.value.id])
            return self.value(inside.get(node.attr), module, inside, depth + 1)
        return None

    @staticmethod
    def _parent(path: str | None) -> str | None:
        if path is None or path == APP:
            return None
        mark, path = (APP, path[1:]) if path.startswith(APP) else ("", path)
        return mark + posixpath.dirname(path)

    def _call(self, node: ast.Call, module: Module, local: dict[str, ast.expr], depth: int) -> str | None:
        name = dotted_name(node.func)
        last = name.rpartition(".")[2]
        arguments = node.args
        if last == "getcwd" or name.endswith("Path.cwd"):
            return APP + self.chdir
        if name.endswith("path.dirname") or last == "dirname":
            return self._parent(self.value(arguments[0], module, local, depth + 1)) if arguments else None
        if name.endswith("path.join") or last in ("join", "safe_join"):
            return self._join([self.value(item, module, local, depth + 1) for item in arguments])
        if last in _SAME and arguments:
            return self._join([self.value(item, module, local, depth + 1) for item in arguments])
        if isinstance(node.func, ast.Attribute):
            inner = node.func.value
            if node.func.attr == "joinpath":
                return self._join([self.value(item, module, local, depth + 1) for item in (inner, *arguments)])
            if node.func.attr in _KEEP:
                return self.value(inner, module, local, depth + 1)
            if node.func.attr == "format":
                return self._formatted([self.value(item, module, local, depth + 1) for item in (inner, *arguments)])
        if any(name == reader or name.endswith(f".{reader}") for reader in _READ):
            default = next((item.value for item in node.keywords if item.arg == "default"), None)
            return self.value(default or (arguments[1] if len(arguments) > 1 else None), module, local, depth + 1)
        return None

    @staticmethod
    def _formatted(parts: list[str | None]) -> str | None:
        """``"sqlite:///{0}".format(path)``."""
        known = [part for part in parts if part is not None]
        if len(known) != len(parts):
            return None
        try:
            return known[0].format(*known[1:])
        except (IndexError, KeyError, ValueError, AttributeError):
            return None

    @staticmethod
    def _join(parts: list[str | None]) -> str | None:
        if not parts or any(part is None for part in parts):
            return None
        joined = ""
        for part in parts:
            text = part or ""
            if text.startswith((APP, "/")):
                joined = text
            elif joined and joined != APP:
                joined = posixpath.join(joined, text)
            else:
                joined += text
        mark, path = (APP, joined[1:]) if joined.startswith(APP) else ("", joined)
        normal = posixpath.normpath(path) if path else ""
        return mark + ("" if normal == "." and mark else normal)

    def _joined(self, node: ast.JoinedStr, module: Module, local: dict[str, ast.expr], depth: int) -> str | None:
        pieces = [
            self.value(item.value if isinstance(item, ast.FormattedValue) else item, module, local, depth + 1)
            for item in node.values
        ]
        return None if any(piece is None for piece in pieces) else "".join(piece or "" for piece in pieces)

    def _operator(self, node: ast.BinOp, module: Module, local: dict[str, ast.expr], depth: int) -> str | None:
        left = self.value(node.left, module, local, depth + 1)
        right = self.value(node.right, module, local, depth + 1)
        if left is None or right is None:
            return None
        if isinstance(node.op, ast.Div):
            return self._join([left, right])
        if not isinstance(node.op, ast.Add):
            return None
        # APP alone is the root folder: what is added to it starts with the separator.
        return left + (right.lstrip("/") if left.endswith(APP) else right)


def class_values(node: ast.ClassDef) -> dict[str, ast.expr]:
    """What a class body assigns: settings are often attributes of a class."""
    return {
        target.id: statement.value
        for statement in node.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
