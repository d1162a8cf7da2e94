"""The app's .env file: which of its names the code wants, and which of its values belong to this computer alone."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from golive.config.dotenv_file import FILE, Assignment, read_dotenv
from golive.detect.environment_names import is_given, is_made_up
from golive.detect.syntax import Module, Project, upwards
from golive.errors import ConfigError
from golive.model.app import DotenvName, EnvName

_LOADERS = frozenset({"dotenv", "environs", "environ", "pydantic_settings", "flask_dotenv"})
_STAGE = re.compile(r"(^|_)(ENV|ENVIRONMENT|CONFIG|SETTINGS|MODE|STAGE)$")
_STAGE_HERE = re.compile(
    r"(?<![a-z])(dev|devel|development|debug|local|test|testing)(config|settings)?\b", re.IGNORECASE
)
_DEBUG = re.compile(r"(^|_)(DEBUG|TESTING)$")
_HERE = re.compile(
    r"(^|//|@)(localhost|127(\.\d+){3}|0\.0\.0\.0|\[::1\]|host\.docker\.internal)(:\d+)?($|[/?,])"
    r"|(^|///)[A-Za-z]:[\\/]|^(\w+:///)?/(home|Users|tmp)/",
    re.IGNORECASE,
)
_TRIAL = re.compile(r"^(sk|pk|rk)_test_")
_PLACEHOLDER = re.compile(r"change|example|secret|your|placeholder|xxx|\.\.\.|<.*>|^dev", re.IGNORECASE)
_SHORTEST_SECRET = 16


@dataclass(frozen=True)
class Dotenv:
    """``file``: relative to the app's root. ``loaded``: the code reads the file itself, seen at ``place``."""

    file: str
    loaded: bool
    place: tuple[str, int]
    names: tuple[DotenvName, ...]


def find_dotenv(project: Project, chdir: str, asked: tuple[EnvName, ...], plain: frozenset[str]) -> Dotenv | None:
    """The .env file that the app reads, with those of its names that a host needs; None when there is none.

    Names in PLAIN have their value in golive.toml. A line that cannot be read is left out, as python-dotenv does it.
    """
    loader = _loader(project)
    folders = dict.fromkeys([chdir, *(upwards(loader[0].folder) if loader else ()), ""])
    file = next((path for folder in folders if (path := _join(folder, FILE)) in project.tree.names), "")
    if not file:
        return None
    try:
        found = read_dotenv(project.tree.root / file, strict=False)
    except ConfigError:
        return None
    wanted = {item.name for item in asked}
    names = tuple(
        DotenvName(item.name, item.line, belongs_here(item))
        for item in found
        if item.value and item.name not in plain and _travels(item, wanted, everything=loader is not None)
    )
    place = (loader[0].path, loader[1]) if loader else (file, 0)
    return Dotenv(file, loader is not None, place, names) if names else None


def _travels(item: Assignment, wanted: set[str], *, everything: bool) -> bool:
    """Whether the app may miss it on a host. What the host itself gives is worth a word only if it is for here."""
    if is_given(item.name):
        return bool(_STAGE.search(item.name) or _DEBUG.search(item.name)) and belongs_here(item)
    return everything or item.name in wanted


def belongs_here(item: Assignment) -> bool:
    """Whether a value is for developing, or means this very computer: a host must not get it unasked."""
    value = item.value.strip()
    if _DEBUG.search(item.name):
        return value.lower() not in ("", "0", "false", "no", "off")
    if _STAGE.search(item.name) and _STAGE_HERE.search(value):
        return True
    if is_made_up(item.name):
        # The host makes a better one.
        return len(value) < _SHORTEST_SECRET or bool(_PLACEHOLDER.search(value))
    return bool(_HERE.search(value) or _TRIAL.search(value) or "${" in value)


def _loader(project: Project) -> tuple[Module, int] | None:
    """The shallowest module that reads a .env file, and the line where it imports what does it."""
    for module in project.modules.values():
        for node in module.nodes:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            if any(name.partition(".")[0] in _LOADERS for name in names):
                return module, getattr(node, "lineno", 0)
    return None


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
