"""Why a folder cannot be deployed, as exactly as it can be said."""

from __future__ import annotations

from pathlib import Path

from golive.detect.entry import BY_FILE, Candidate
from golive.detect.syntax import Project
from golive.detect.walk import Tree
from golive.errors import AppError

# Needs more than a plain WSGI server.
_BESIDE_FLASK = (("flask_socketio.SocketIO", "flask-socketio"),)
# Frameworks whose app is not made by a call that golive knows: importing them is the sign.
_BY_IMPORT = (
    ("django", "django"),
    ("streamlit", "streamlit"),
    ("gradio", "gradio"),
    ("nicegui", "nicegui"),
    ("fastapi", "fastapi"),
    ("starlette", "starlette"),
    ("quart", "quart"),
    ("falcon", "falcon"),
    ("dash", "dash"),
    ("pyramid", "pyramid"),
    ("tornado", "tornado"),
    ("aiohttp", "aiohttp"),
    ("sanic", "sanic"),
    ("bottle", "bottle"),
    ("cherrypy", "cherrypy"),
    ("web", "web.py"),
)


def refuse_folder(folder: Path) -> None:
    """Raise AppError ``folder-missing`` or ``not-a-folder``."""
    if not folder.exists():
        raise AppError("folder-missing", folder=str(folder))
    if not folder.is_dir():
        raise AppError("not-a-folder", folder=str(folder))


def refuse_tree(tree: Tree) -> None:
    """Raise AppError ``folder-empty`` or ``notebook-only``."""
    if not any(not path.startswith(".") for path in tree.files):
        raise AppError("folder-empty", folder=str(tree.root))
    notebooks = [path for path in tree.files if path.endswith(".ipynb")]
    if notebooks and not any(path.endswith(".py") for path in tree.files):
        raise AppError("notebook-only", file=notebooks[0])


def refuse_framework(project: Project, best: Candidate | None) -> None:
    """Raise AppError ``framework-not-yet`` when the app is made with something else than plain Flask."""
    if best is not None and best.framework != "flask":
        raise AppError("framework-not-yet", framework=best.framework, file=best.file, line=best.line)
    for path in project.modules:
        if path.rpartition("/")[2] == "manage.py" and "DJANGO_SETTINGS_MODULE" in project.tree.text(path):
            raise AppError("framework-not-yet", framework="django", file=path, line=1)
    seen = {
        dotted: (module.path, imported.line)
        for module in project.modules.values()
        for imported in module.imports.values()
        for dotted in (imported.module.partition(".")[0], f"{imported.module}.{imported.attribute}")
    }
    for name, framework in (*_BESIDE_FLASK, *(_BY_IMPORT if best is None else ())):
        if name in seen:
            file, line = seen[name]
            raise AppError("framework-not-yet", framework=framework, file=file, line=line)


def refuse_without_entry(project: Project) -> None:
    """Raise AppError ``python2-app``, ``syntax-error`` or ``not-an-app``: no candidate was found."""
    likely = sorted(project.broken, key=lambda item: (-BY_FILE.get(_stem(item.path), 0), item.path.count("/")))
    for item in likely:
        if item.python2:
            raise AppError("python2-app", file=item.path, line=item.line)
    if likely:
        raise AppError("syntax-error", file=likely[0].path, line=likely[0].line, reason=likely[0].reason)
    raise AppError("not-an-app", folder=str(project.tree.root), python_files=len(project.modules))


def refuse_tie(found: tuple[Candidate, ...]) -> None:
    """Raise AppError ``entry-ambiguous`` when the two best are different apps and nothing speaks for either."""
    if len(found) < 2 or found[0].score != found[1].score:
        return
    best = [item for item in found if item.score == found[0].score]
    if len({item.meaning.origin for item in best}) > 1:
        names = tuple(f"{item.entry} ({item.file}:{item.line})" for item in best)
        folders = tuple(dict.fromkeys(item.chdir for item in best))
        if len(folders) == len(best):
            raise AppError("entry-ambiguous", candidates=names, folders=folders)
        lines = tuple(dict.fromkeys(f'app.entry = "{item.entry}"' for item in best))
        raise AppError("entry-ambiguous", candidates=names, lines=lines)


def _stem(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".py")
