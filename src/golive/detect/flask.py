"""What Flask itself decides for an app object: its static folder, its instance folder."""

from __future__ import annotations

import ast
import posixpath
from dataclasses import dataclass

from golive.detect.entry import Candidate
from golive.detect.paths import APP, Evaluator
from golive.detect.syntax import Module, Project
from golive.model.app import StaticMount


@dataclass(frozen=True)
class Seen:
    """Something found in the code, and where."""

    value: str
    file: str
    line: int


# An app that does this answers for its static files itself: logins, other headers, other folders.
_SURPRISES = frozenset({"send_static_file", "get_send_file_max_age"})


def instance_folder(candidate: Candidate) -> str:
    """Flask's instance folder relative to the root: beside the top-level module or package."""
    return posixpath.join(candidate.chdir, "instance")


def static_mount(project: Project, candidate: Candidate, evaluator: Evaluator) -> tuple[StaticMount, Seen] | None:
    """The static folder that the proxy can serve, or None when there is none or the code does something unusual."""
    module, call = candidate.meaning.module, candidate.meaning.call
    if module is None or call is None or _is_surprising(module):
        return None
    keywords = {item.arg: item.value for item in call.keywords}
    if None in keywords:
        return None
    folder = _static_folder(keywords.get("static_folder"), module, evaluator)
    if not folder or folder not in project.tree.folders:
        return None
    url = "/" + posixpath.basename(folder)
    if "static_url_path" in keywords:
        given = keywords["static_url_path"]
        if not isinstance(given, ast.Constant) or not isinstance(given.value, str) or not given.value.strip("/"):
            return None
        url = "/" + given.value.strip("/")
    return StaticMount(f"{url}/", folder), Seen(folder, module.path, call.lineno)


def _static_folder(given: ast.expr | None, module: Module, evaluator: Evaluator) -> str | None:
    """Relative to the app's root; Flask takes a relative one from the module's folder."""
    value = "static" if given is None else evaluator.value(given, module, {})
    if value is None:
        return None
    if value.startswith(APP):
        return value[1:]
    joined = posixpath.normpath(posixpath.join(module.folder, value))
    return None if joined.startswith(("..", "/")) or joined == "." else joined


def _is_surprising(module: Module) -> bool:
    return any(
        (isinstance(node, ast.FunctionDef) and node.name in _SURPRISES)
        or (isinstance(node, ast.Attribute) and node.attr == "static_folder" and isinstance(node.ctx, ast.Store))
        for node in module.nodes
    )
