"""Backing services that an app cannot do without: by the drivers that it imports and the addresses that it names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from golive.detect.symbols import dotted_name
from golive.detect.syntax import Module, Project
from golive.model.app import Service

_DRIVERS = {
    "flask_redis": "redis",
    "pymongo": "mongodb",
    "flask_pymongo": "mongodb",
    "mongoengine": "mongodb",
    "flask_mongoengine": "mongodb",
    "MySQLdb": "mysql",
    "pymysql": "mysql",
    "mysql": "mysql",
    "flask_mysqldb": "mysql",
    "flaskext": "mysql",
    "psycopg2": "postgres",
    "psycopg": "postgres",
    "asyncpg": "postgres",
}
_ADDRESS = re.compile(r"^(rediss?|mongodb(?:\+srv)?|mysql(?:\+\w+)?|postgres(?:ql)?(?:\+\w+)?)://\S")
_KIND = {"rediss": "redis", "postgresql": "postgres"}
_RELATIONAL = frozenset({"mysql", "postgres"})


def find_services(project: Project, has_sqlite: bool) -> tuple[Service, ...]:
    """Each kind once, where it was seen first; not the MySQL or PostgreSQL of an app that can use SQLite as well."""
    found: dict[str, Service] = {}
    for module in project.modules.values():
        for kind, line in _seen(module):
            if not (has_sqlite and kind in _RELATIONAL):
                found.setdefault(kind, Service(kind, module.path, line))
    return tuple(found[kind] for kind in sorted(found))


def _seen(module: Module) -> Iterator[tuple[str, int]]:
    for imported in module.imports.values():
        if kind := _DRIVERS.get(imported.module.partition(".")[0]):
            yield kind, imported.line
    for node in module.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and (match := _ADDRESS.match(node.value)):
            scheme = match[1].partition("+")[0]
            yield _KIND.get(scheme, scheme), node.lineno
        elif isinstance(node, ast.Call) and _is_redis_at_hand(node):
            yield "redis", node.lineno


def _is_redis_at_hand(node: ast.Call) -> bool:
    """Redis() and Redis("localhost") say where it is; Redis(app) and from_url(...) leave it to the settings."""
    name = dotted_name(node.func).rpartition(".")[2]
    return name in ("Redis", "StrictRedis") and all(isinstance(item, ast.Constant) for item in node.args)
