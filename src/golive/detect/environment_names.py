"""The environment variables that an app reads."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from golive.detect.symbols import dotted_name
from golive.detect.syntax import Module, Project
from golive.model.app import EnvName

# The app's own secrets, which any long random value serves; not keys that somebody else hands out.
_GENERATE = re.compile(
    r"^((APP|FLASK|JWT|SESSION|CSRF|WTF_CSRF|COOKIE|TOKEN|DJANGO)_)?SECRET(_KEY)?$"
    r"|^(JWT|CSRF|SESSION)_(KEY|SECRET_KEY)$|^SECURITY_PASSWORD_SALT$|^PASSWORD_SALT$"
)
# Given by the host, the shell or golive itself.
_GIVEN = re.compile(
    r"^(PORT|HOST|HOME|PATH|USER|USERNAME|LOGNAME|LANG|LC_\w+|PWD|TZ|TMP|TEMP|TMPDIR|SHELL|TERM|"
    r"PYTHON\w*|WERKZEUG_\w*|FLASK_(ENV|DEBUG|APP|RUN_\w+)|GUNICORN_CMD_ARGS|VIRTUAL_ENV|CI|HTTPS?_PROXY|"
    r"GOLIVE_(APP|RELEASE))$"
)
_READERS = frozenset({"dotenv", "environs", "decouple", "environ", "starlette.config"})


def is_given(name: str) -> bool:
    """Whether the host, the shell or golive itself says what NAME is."""
    return bool(_GIVEN.match(name))


def is_made_up(name: str) -> bool:
    """Whether NAME is a secret of the app's own, which any long random value serves."""
    return bool(_GENERATE.match(name))


@dataclass(frozen=True)
class _Read:
    name: str
    required: bool
    line: int


def find_names(project: Project) -> tuple[EnvName, ...]:
    """Each variable once, sorted; required when some place reads it without any default."""
    found: dict[str, EnvName] = {}
    for module in project.modules.values():
        for read in _reads(module):
            if is_given(read.name):
                continue
            known = found.get(read.name)
            if known is None or (read.required and not known.required):
                made_up = is_made_up(read.name)
                found[read.name] = EnvName(read.name, read.required, made_up, module.path, read.line)
    return tuple(found[name] for name in sorted(found))


def _reads(module: Module) -> Iterator[_Read]:
    guarded = {
        node.left.value
        for node in module.nodes
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Constant) and _mentions_environ(node, module)
    }
    for node in module.nodes:
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and _is_environ(node.value, module):
            name = _text(node.slice)
            if name:
                yield _Read(name, name not in guarded, node.lineno)
        elif isinstance(node, ast.Call) and node.args and (name := _text(node.args[0])):
            required = _is_demanded(node, module)
            if required is not None:
                yield _Read(name, required, node.lineno)


def _mentions_environ(node: ast.Compare, module: Module) -> bool:
    return any(_is_environ(item, module) for item in node.comparators)


def _is_environ(node: ast.expr, module: Module) -> bool:
    head, _, tail = dotted_name(node).partition(".")
    imported = module.imports.get(head)
    if imported is None or imported.module != "os":
        return False
    return (imported.attribute, tail) in (("", "environ"), ("environ", ""))


def _is_demanded(node: ast.Call, module: Module) -> bool | None:
    """For a call that reads the environment, whether it fails without the variable; None for any other call."""
    name = dotted_name(node.func)
    head, _, tail = name.partition(".")
    imported = module.imports.get(head)
    if imported is not None and imported.module == "os":
        full = ".".join(part for part in (imported.attribute, tail) if part)
        return False if full in ("environ.get", "getenv") else None
    has_default = len(node.args) > 1 or any(item.arg == "default" for item in node.keywords)
    if imported is not None and imported.module == "decouple" and imported.attribute == "config":
        return not has_default
    if head in module.assigned and _is_reader(module.assigned[head], module):
        return not has_default if tail != "read_env" else None
    return None


def _is_reader(node: ast.expr, module: Module) -> bool:
    """``env = Env()`` of environs, ``environ.Env()`` of django-environ."""
    if not isinstance(node, ast.Call):
        return False
    imported = module.imports.get(dotted_name(node.func).partition(".")[0])
    return imported is not None and imported.module.partition(".")[0] in _READERS


def _text(node: ast.expr) -> str:
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str) and re.fullmatch(r"[A-Za-z_]\w*", value) else ""
