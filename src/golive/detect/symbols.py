"""What a name means: a web framework's class, an app made from it, or a function that returns one."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from golive.detect.syntax import Function, Imported, Module, Project, imported_names

FRAMEWORKS = {
    "flask.Flask": "flask",
    "flask.app.Flask": "flask",
    "apiflask.APIFlask": "flask",
    "flask_openapi3.OpenAPI": "flask",
    "fastapi.FastAPI": "fastapi",
    "fastapi.applications.FastAPI": "fastapi",
    "starlette.applications.Starlette": "starlette",
    "litestar.Litestar": "litestar",
    "quart.Quart": "quart",
    "sanic.Sanic": "sanic",
    "sanic.app.Sanic": "sanic",
    "bottle.Bottle": "bottle",
    "bottle.default_app": "bottle",
    "falcon.App": "falcon",
    "falcon.API": "falcon",
    "falcon.asgi.App": "falcon",
    "tornado.web.Application": "tornado",
    "aiohttp.web.Application": "aiohttp",
    "pyramid.config.Configurator": "pyramid",
    "dash.Dash": "dash",
    "connexion.FlaskApp": "connexion",
    "connexion.App": "connexion",
    "flask_socketio.SocketIO": "flask-socketio",
    "django.core.wsgi.get_wsgi_application": "django",
    "django.core.asgi.get_asgi_application": "django",
}
# Wrap a WSGI app and are one themselves; an extension (SQLAlchemy(app)) is not.
MIDDLEWARE = frozenset(
    ["ProxyFix", "WhiteNoise", "DispatcherMiddleware", "SharedDataMiddleware", "ProfilerMiddleware", "Sentry"]
)
_DEEPEST = 12


@dataclass(frozen=True)
class Meaning:
    """``kind``: ``class`` | ``app`` | ``factory``. ``origin``: the call that makes the app, where and in which module.

    ``arguments``: how many a factory demands.
    """

    kind: str
    framework: str
    module: Module | None = None
    call: ast.Call | None = None
    arguments: int = 0

    @property
    def origin(self) -> tuple[str, int]:
        """File and line where the app object is made: two names of one app have the same origin."""
        return (self.module.path if self.module else "", self.call.lineno if self.call else 0)


class Symbols:
    """Answers what names mean across the modules of a project; remembers the answers."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._known: dict[tuple[str, str], Meaning | None] = {}

    def name(self, module: Module, name: str) -> Meaning | None:
        """What NAME means at the top level of MODULE."""
        key = (module.path, name)
        if key not in self._known:
            self._known[key] = None  # a circle of imports ends here
            self._known[key] = self._top_level(module, name)
        return self._known[key]

    def _top_level(self, module: Module, name: str) -> Meaning | None:
        # The last value first; app = ProxyFix(app) leads to the one before.
        for value in ([module.assigned[name]] if name in module.assigned else []) + module.before.get(name, [])[::-1]:
            found = self.expression(module, value, {})
            if found is not None:
                return found
        if name in module.functions:
            return self._factory(module, module.functions[name])
        if name in module.classes:
            return self._subclass(module, module.classes[name])
        if name in module.imports:
            return self._imported(module, module.imports[name])
        return None

    def _imported(self, module: Module, imported: Imported) -> Meaning | None:
        dotted = f"{imported.module}.{imported.attribute}" if imported.attribute else imported.module
        if dotted in FRAMEWORKS:
            return Meaning("class", FRAMEWORKS[dotted])
        source = self.project.find(imported.module, module.folder) if imported.module else None
        if source is None and not imported.module:
            source = self.project.modules.get("__init__.py")
        return self.name(source, imported.attribute) if source and imported.attribute else None

    def _subclass(self, module: Module, node: ast.ClassDef) -> Meaning | None:
        found = [self.expression(module, base, {}) for base in node.bases]
        return next((meaning for meaning in found if meaning and meaning.kind == "class"), None)

    def _factory(self, module: Module, function: Function) -> Meaning | None:
        """A function that returns an app."""
        local: dict[str, Meaning] = {}
        returned: Meaning | None = None
        for node in _own_nodes(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                for name, imported in imported_names(node, module).items():
                    self._learn(local, name, self._imported(module, imported))
            elif isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        self._learn(local, target.id, self.expression(module, node.value, local))
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
                self._learn(local, node.target.id, self.expression(module, node.value, local))
            elif isinstance(node, ast.Return) and node.value is not None:
                returned = self.expression(module, node.value, local) or returned
        if returned is None or returned.kind != "app":
            return None
        required = len(function.args.posonlyargs + function.args.args) - len(function.args.defaults)
        required += sum(1 for default in function.args.kw_defaults if default is None)
        return replace(returned, kind="factory", arguments=required)

    @staticmethod
    def _learn(local: dict[str, Meaning], name: str, meaning: Meaning | None) -> None:
        if meaning is not None:
            local[name] = meaning

    def expression(self, module: Module, node: ast.expr, local: dict[str, Meaning], depth: int = 0) -> Meaning | None:
        """What an expression's value is; LOCAL are the names of the function it stands in."""
        if depth > _DEEPEST:
            return None
        if isinstance(node, ast.Name):
            return local.get(node.id) or self.name(module, node.id)
        if isinstance(node, ast.Attribute):
            return self._attribute(module, node)
        if isinstance(node, ast.Call):
            return self._call(module, node, local, depth)
        return None

    def _attribute(self, module: Module, node: ast.Attribute) -> Meaning | None:
        dotted = dotted_name(node)
        head, _, tail = dotted.partition(".")
        imported = module.imports.get(head)
        if not tail or imported is None:
            return None
        base = f"{imported.module}.{imported.attribute}" if imported.attribute else imported.module
        full = f"{base}.{tail}"
        if full in FRAMEWORKS:
            return Meaning("class", FRAMEWORKS[full])
        source_name, _, attribute = full.rpartition(".")
        source = self.project.find(source_name, module.folder)
        return self.name(source, attribute) if source else None

    def _call(self, module: Module, node: ast.Call, local: dict[str, Meaning], depth: int) -> Meaning | None:
        made_by = self.expression(module, node.func, local, depth + 1)
        if made_by is not None and made_by.kind == "class":
            return Meaning("app", made_by.framework, module, node)
        if made_by is not None and made_by.kind == "factory":
            return replace(made_by, kind="app", arguments=0)
        if dotted_name(node.func).rpartition(".")[2] in MIDDLEWARE and node.args:
            return self.expression(module, node.args[0], local, depth + 1)
        return None


def dotted_name(node: ast.expr) -> str:
    """``a.b.c`` of names and attributes, "" for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def _own_nodes(function: Function) -> list[ast.AST]:
    """The nodes of a function in reading order, without those of functions and classes inside of it."""
    found: list[ast.AST] = []
    waiting: list[ast.AST] = list(reversed(function.body))
    while waiting:
        node = waiting.pop()
        found.append(node)
        if isinstance(node, ast.stmt) and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            waiting.extend(
                child for child in reversed(list(ast.iter_child_nodes(node))) if not isinstance(child, ast.expr)
            )
        elif isinstance(node, ast.ExceptHandler | ast.match_case):
            waiting.extend(reversed(node.body))
    return found
