"""Which object the app server should import: every candidate is scored, with the reason kept."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from golive.detect.commands import Mention, mentions
from golive.detect.symbols import Meaning, Symbols, dotted_name
from golive.detect.syntax import Module, Project, top_level, upwards

BY_FILE = {
    "wsgi": 60,
    "app": 50,
    "application": 48,
    "main": 45,
    "run": 40,
    "server": 40,
    "index": 40,
    "__init__": 38,
    "manage": 15,
    "__main__": 15,
}
_OTHER_FILE = 30
# Names that are imported are an entry only where people put entries; elsewhere it is just use.
_REEXPORTS = frozenset(BY_FILE) - {"__init__", "__main__"} | {"autoapp", "passenger_wsgi"}
_USUAL_NAMES = frozenset({"app", "application", "create_app", "make_app"})


@dataclass(frozen=True)
class Candidate:
    """``entry`` as Gunicorn takes it when started in ``chdir``. ``file`` and ``line``: the evidence."""

    entry: str
    chdir: str
    module: Module
    meaning: Meaning
    score: int
    file: str
    line: int

    @property
    def framework(self) -> str:
        """The framework that the object is made with."""
        return self.meaning.framework


def candidates(project: Project, symbols: Symbols) -> tuple[Candidate, ...]:
    """All of them, the best first; one that a file names (Procfile, FLASK_APP) is raised by that."""
    found = [candidate for module in project.modules.values() for candidate in _in_module(project, symbols, module)]
    for mention in mentions(project.tree):
        found = _raised(project, found, mention)
    return tuple(
        sorted(found, key=lambda item: (-item.score, item.module.path.count("/"), item.module.path, item.entry))
    )


def _in_module(project: Project, symbols: Symbols, module: Module) -> list[Candidate]:
    names = [*module.assigned, *module.functions]
    if module.stem in _REEXPORTS or _is_started_here(module):
        names += module.imports
    found = []
    for name in dict.fromkeys(names):
        meaning = symbols.name(module, name)
        if meaning is None or meaning.kind == "class" or meaning.framework == "flask-socketio" or meaning.arguments:
            continue
        score = _score(module, name, meaning)
        line = _line(module, name)
        found.append(_candidate(project, module, name, meaning, score, line))
    return found


def _candidate(project: Project, module: Module, name: str, meaning: Meaning, score: int, line: int) -> Candidate:
    chdir = import_root(project, module)
    call = "()" if meaning.kind == "factory" else ""
    return Candidate(f"{module_name(module, chdir)}:{name}{call}", chdir, module, meaning, score, module.path, line)


def _score(module: Module, name: str, meaning: Meaning) -> int:
    score = BY_FILE.get(module.stem, _OTHER_FILE)
    score -= 6 * len([part for part in module.folder.split("/") if part and part != "src"])
    score += 5 if name in _USUAL_NAMES else 0
    score -= 12 if meaning.kind == "factory" else 0
    score -= 50 if _serves_at_import(module) else 0
    return score


def _line(module: Module, name: str) -> int:
    if name in module.assigned:
        return module.assigned[name].lineno
    if name in module.functions:
        return module.functions[name].lineno
    return module.imports[name].line


def _is_started_here(module: Module) -> bool:
    """``app.run()`` below ``if __name__ == "__main__"``."""
    return any(_is_run(node) for node in module.nodes)


def _serves_at_import(module: Module) -> bool:
    """``app.run()`` at the top level: whoever imports the module never gets further."""
    return any(
        isinstance(statement, ast.Expr) and _is_run(statement.value) for statement in top_level(module.tree.body)
    )


def _is_run(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and dotted_name(node.func) in ("app.run", "application.run", "socketio.run")


def import_root(project: Project, module: Module) -> str:
    """The folder that has to be on the path for the module and its absolute imports to be found."""
    root = module.folder
    while root and f"{root}/__init__.py" in project.tree.names:
        root = root.rpartition("/")[0]
    wanted = {imported.module.partition(".")[0] for imported in module.imports.values() if imported.module}
    best = max(upwards(root), key=lambda folder: (_resolved(project, folder, wanted), len(folder)))
    return best if _resolved(project, best, wanted) > _resolved(project, root, wanted) else root


def _resolved(project: Project, folder: str, names: set[str]) -> int:
    prefix = f"{folder}/" if folder else ""
    tree = project.tree
    return sum(1 for name in names if f"{prefix}{name}.py" in tree.names or _has_code(project, f"{prefix}{name}"))


def _has_code(project: Project, folder: str) -> bool:
    return folder in project.tree.folders and any(path.startswith(f"{folder}/") for path in project.modules)


def module_name(module: Module, chdir: str) -> str:
    """The dotted name of a module seen from CHDIR."""
    path = module.path.removeprefix(f"{chdir}/") if chdir else module.path
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _raised(project: Project, found: list[Candidate], mention: Mention) -> list[Candidate]:
    """FOUND with what MENTION means scored higher; an object that only the mention knows is added."""
    module = project.find(mention.module, "")
    if module is None:
        return found
    same = [item for item in found if item.module is module and _is_named(item, mention)]
    if same:
        best = max(same, key=lambda item: item.score)
        chdir = "" if module_name(module, "") == mention.module else best.chdir
        entry = f"{module_name(module, chdir)}:{best.entry.partition(':')[2]}"
        if mention.call not in ("", "()"):
            entry = f"{entry.partition('(')[0]}{mention.call}"
        raised = replace(best, entry=entry, chdir=chdir, score=best.score + mention.weight)
        if best.file == module.path:
            # The first file to name it is the most telling one.
            raised = replace(raised, file=mention.file, line=mention.line)
        return [raised if item is best else item for item in found]
    if mention.attribute and _uses_flask(project):
        entry = f"{mention.module}:{mention.attribute}{mention.call}"
        unseen = Meaning("factory" if mention.call else "app", "flask", module)
        return [*found, Candidate(entry, "", module, unseen, mention.weight + 20, mention.file, mention.line)]
    return found


def _is_named(candidate: Candidate, mention: Mention) -> bool:
    return mention.attribute in ("", candidate.entry.partition(":")[2].partition("(")[0])


def _uses_flask(project: Project) -> bool:
    return any(
        imported.module.partition(".")[0] == "flask"
        for module in project.modules.values()
        for imported in module.imports.values()
    )
