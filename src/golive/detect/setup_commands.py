"""The app's own Flask commands that a new site has to be set up with: its first admin, its tables, its first data."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from golive.detect.dependencies import pinned_below
from golive.detect.entry import Candidate, module_name
from golive.detect.symbols import dotted_name
from golive.detect.syntax import Function, Module, Project
from golive.model.app import SetupCommand

_KINDS = {
    "tables": (
        r"init",
        r"(init|create|make|setup|build)-?(the-)?(db|database|tables?|schema|all|models)",
        r"(db|database)-?(init|create|setup)",
    ),
    "admin": (
        r"(create|add|make|new|init|register)-?(super|first-|initial-)?(user|admin|administrator|account|owner|staff)",
        r"(users?|admins?|accounts?)-?(create|add|new)",
    ),
    "seed": (
        r"(seed|populate|bootstrap|install|setup)(-?(db|database|data|all|roles))?",
        r"load-?(data|fixtures?|initial-data)",
        r"(insert|import|create|add|init)-?(initial-data|default-data|sample-data|defaults|roles)",
        r"(db|database|data)-?(seed|populate)",
    ),
}
"""What a command is for, by its name; in the order in which they are run. Full matches only: nobody wants reset-db."""
_FOUND_BY_FLASK = frozenset({"app", "application", "create_app()", "make_app()"})
MOST = 2


@dataclass(frozen=True)
class _Command:
    """A function behind a command. ``words``: what follows ``flask``."""

    words: tuple[str, ...]
    function: Function
    module: Module


def find_setup(
    project: Project, candidate: Candidate, requirements: str, *, migrates: bool
) -> tuple[SetupCommand, ...]:
    """At most two commands, in the order in which they are to be run. MIGRATES: golive makes the tables itself."""
    front = _front(project, candidate, requirements)
    short = not pinned_below(requirements, "click", (8, 2))
    made = migrates or _makes_tables_itself(candidate)
    found: dict[str, SetupCommand] = {}
    for command in _commands(project, short):
        kind = _kind("-".join(command.words))
        if kind and not (kind == "tables" and made):
            words = (*front, *command.words, *_demanded(command))
            line = command.function.lineno
            found.setdefault(kind, SetupCommand(words, kind, command.module.path, line))
    return tuple(found[kind] for kind in _KINDS if kind in found)[:MOST]


def _kind(name: str) -> str:
    plain = name.replace("_", "-").lower()
    return next((kind for kind, names in _KINDS.items() if any(re.fullmatch(one, plain) for one in names)), "")


def _front(project: Project, candidate: Candidate, requirements: str) -> tuple[str, ...]:
    """``flask``, told where the app is unless it looks there by itself: in wsgi.py, then in app.py."""
    module, _, target = candidate.entry.partition(":")
    usual = target in _FOUND_BY_FLASK
    first = project.find("wsgi", candidate.chdir)
    hidden = module == "app" and first is not None and module_name(first, candidate.chdir) == "wsgi"
    if usual and module in ("wsgi", "app") and not hidden:
        return ("flask",)
    app = module if usual else candidate.entry
    if pinned_below(requirements, "flask", (2, 2)):
        return ("env", f"FLASK_APP={app}", "flask")
    return ("flask", "--app", app)


def _commands(project: Project, short: bool) -> Iterator[_Command]:
    """Every command that the app's own code adds to ``flask``."""
    added = _added(project)
    for module in project.modules.values():
        for node in module.nodes:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            for decorator in node.decorator_list:
                owner, _, verb = dotted_name(_callee(decorator)).rpartition(".")
                if verb != "command":
                    continue
                key = (module.path, node.name)
                group = _group(project, module, owner, added) if key not in added else ()
                if group is not None:
                    yield _Command((*group, added.get(key) or _name(decorator, node, short)), node, module)


def _callee(decorator: ast.expr) -> ast.expr:
    return decorator.func if isinstance(decorator, ast.Call) else decorator


def _name(decorator: ast.expr, function: Function, short: bool) -> str:
    """As click names it: what it is told, or after the function."""
    if isinstance(decorator, ast.Call):
        told = [*decorator.args[:1], *(item.value for item in decorator.keywords if item.arg == "name")]
        if told and isinstance(told[0], ast.Constant) and isinstance(told[0].value, str):
            return told[0].value
    name = function.name.lower().replace("_", "-")
    return re.sub(r"-(command|cmd|group|grp)$", "", name) if short else name


def _added(project: Project) -> dict[tuple[str, str], str]:
    """What ``app.cli.add_command(X)`` adds: file and name of X, and its name there ("": as it calls itself)."""
    found: dict[tuple[str, str], str] = {}
    for module in project.modules.values():
        for node in module.nodes:
            if isinstance(node, ast.Call) and dotted_name(node.func).endswith("cli.add_command") and node.args:
                home, name = _home(project, module, dotted_name(node.args[0]))
                told = [*node.args[1:2], *(item.value for item in node.keywords if item.arg == "name")]
                called = told[0].value if told and isinstance(told[0], ast.Constant) else ""
                found[home.path, name] = called if isinstance(called, str) else ""
    return found


def _home(project: Project, module: Module, name: str) -> tuple[Module, str]:
    """The module where NAME, as MODULE says it, is defined, and its name there."""
    head, _, tail = name.partition(".")
    imported = module.imports.get(head)
    if imported is None:
        return module, name
    dotted = ".".join(part for part in (imported.module, imported.attribute, tail) if part)
    source, _, attribute = dotted.rpartition(".")
    found = project.find(source, module.folder) if source else project.modules.get("__init__.py")
    return (found, attribute) if found else (module, name)


def _group(project: Project, module: Module, owner: str, added: dict[tuple[str, str], str]) -> tuple[str, ...] | None:
    """The words before the name of a command of OWNER (``app.cli``, ``bp.cli``, an AppGroup); None: not Flask's."""
    if owner.endswith(".cli"):
        home, name = _home(project, module, owner.removesuffix(".cli"))
        made = home.assigned.get(name)
        if isinstance(made, ast.Call) and dotted_name(made.func).rpartition(".")[2] == "Blueprint":
            return _blueprint_group(made)
        return ()
    home, name = _home(project, module, owner)
    made = home.assigned.get(name)
    if (home.path, name) in added and isinstance(made, ast.Call) and made.args:
        told = made.args[0]
        called = added[home.path, name] or (told.value if isinstance(told, ast.Constant) else "")
        return (called,) if isinstance(called, str) and called else None
    if (home.path, name) in added and name in home.functions:
        return (added[home.path, name] or name.lower().replace("_", "-"),)
    return None


def _blueprint_group(made: ast.Call) -> tuple[str, ...] | None:
    """A blueprint's commands are a group of its name, unless ``cli_group`` says otherwise; None: for all."""
    told = next((item.value for item in made.keywords if item.arg == "cli_group"), made.args[0] if made.args else None)
    value = told.value if isinstance(told, ast.Constant) else ""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) and value else None


def _demanded(command: _Command) -> Iterator[str]:
    """What has to be typed behind it: ``NAME``, ``--email EMAIL``; prompts ask by themselves."""
    for decorator in command.function.decorator_list:
        if not isinstance(decorator, ast.Call):
            continue
        verb = dotted_name(decorator.func).rpartition(".")[2]
        told = {item.arg: item.value for item in decorator.keywords}
        values = [item.value for item in decorator.args if isinstance(item, ast.Constant)]
        names = [value for value in values if isinstance(value, str)]
        if verb == "argument" and names and "default" not in told and not _is(told.get("required"), False):
            yield names[0].upper().replace("-", "_")
        elif verb == "option" and names and _is(told.get("required"), True) and "prompt" not in told:
            longest = max(names, key=lambda name: name.startswith("--"))
            yield from (longest, longest.lstrip("-").upper().replace("-", "_"))


def _is(node: ast.expr | None, value: bool) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _makes_tables_itself(candidate: Candidate) -> bool:
    """Whether ``db.create_all()`` is called where the app is made."""
    module, call = candidate.meaning.module, candidate.meaning.call
    if module is None:
        return False
    inside = [
        function
        for function in module.functions.values()
        if call is not None and function.lineno <= call.lineno <= (function.end_lineno or 0)
    ]
    functions = [node for node in module.nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    for node in module.nodes:
        if isinstance(node, ast.Call) and dotted_name(node.func).endswith("create_all"):
            around = [item for item in functions if item.lineno <= node.lineno <= (item.end_lineno or 0)]
            if all(item in inside for item in around):
                return True
    return False
