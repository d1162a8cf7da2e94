"""The entry point that is used: golive.toml's word, or the best candidate."""

from __future__ import annotations

import posixpath

from golive.config import FILE_NAME, Settings
from golive.detect import refusal
from golive.detect.entry import Candidate, candidates, import_root
from golive.detect.symbols import Meaning, Symbols
from golive.detect.syntax import Module, Project
from golive.errors import AppError, ConfigError

_ASSURED = 1000


def choose_entry(project: Project, settings: Settings) -> tuple[Candidate, str]:
    """The candidate and the entry of the runner-up ("" if there is none). Raises AppError."""
    symbols = Symbols(project)
    found = candidates(project, symbols)
    if settings.app.entry is not None:
        chosen = _told(project, symbols, settings, settings.app.entry)
        others = [item for item in found if item.entry != chosen.entry]
    else:
        refusal.refuse_tie(found)
        if settings.app.framework is None:
            refusal.refuse_framework(project, found[0] if found else None)
        if not found:
            refusal.refuse_without_entry(project)
        chosen = found[0]
        others = [item for item in found[1:] if item.module is not chosen.module] or list(found[1:])
    _refuse_broken(project, chosen)
    return chosen, others[0].entry if others else ""


def _told(project: Project, symbols: Symbols, settings: Settings, entry: str) -> Candidate:
    """The entry that golive.toml names. Raises ConfigError ``entry-not-found``."""
    dotted, _, target = entry.partition(":")
    line = settings.line("app.entry")
    module = _module(project, dotted, settings.app.chdir)
    if module is None:
        broken = [item for item in project.broken if item.path.removesuffix(".py").replace("/", ".").endswith(dotted)]
        if broken:
            raise AppError("syntax-error", file=broken[0].path, line=broken[0].line, reason=broken[0].reason)
        raise ConfigError("entry-not-found", entry=entry, file=FILE_NAME, line=line)
    seen = symbols.name(module, target.partition("(")[0])
    meaning = seen or Meaning("factory" if "(" in target else "app", "flask", module)
    chdir = settings.app.chdir
    if chdir is None:
        tail = dotted.replace(".", "/")
        chdir = posixpath.normpath(module.path.removesuffix(".py").removesuffix("/__init__").removesuffix(tail) or ".")
    chdir = "" if posixpath.normpath(chdir) == "." else posixpath.normpath(chdir)
    return Candidate(entry, chdir, module, meaning, _ASSURED, FILE_NAME, line)


def _module(project: Project, dotted: str, chdir: str | None) -> Module | None:
    if chdir is not None:
        return project.find(dotted, "" if posixpath.normpath(chdir) == "." else posixpath.normpath(chdir))
    found = project.find(dotted, "")
    if found is not None:
        return found
    homes = {import_root(project, module) for module in project.modules.values()}
    return next((module for home in sorted(homes) if (module := project.find(dotted, home))), None)


def _refuse_broken(project: Project, chosen: Candidate) -> None:
    """Raise AppError ``syntax-error`` when a module that the entry imports directly cannot be read by Python."""
    for imported in chosen.module.imports.values():
        tail = imported.module.replace(".", "/")
        for item in project.broken:
            if tail and item.path in (_join(chosen.chdir, f"{tail}.py"), _join(chosen.chdir, f"{tail}/__init__.py")):
                if item.python2:
                    raise AppError("python2-app", file=item.path, line=item.line)
                raise AppError("syntax-error", file=item.path, line=item.line, reason=item.reason)


def _join(folder: str, path: str) -> str:
    return f"{folder}/{path}" if folder else path
