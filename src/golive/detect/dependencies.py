"""Where an app lists what has to be installed; and what it should list when it does not."""

from __future__ import annotations

import posixpath
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from golive.config.encoding import decode
from golive.detect.syntax import Project, upwards
from golive.detect.walk import Tree
from golive.errors import AppError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_INCLUDE = re.compile(r"^\s*(?:-r|--requirement)[=\s]+(\S+)", re.MULTILINE)
# Beside requirements.txt, in the order in which projects mean them for a server.
USUAL = (
    "requirements.txt",
    "requirements/production.txt",
    "requirements/prod.txt",
    "requirements/requirements.txt",
    "requirements/base.txt",
    "requirements/common.txt",
    "requirements/main.txt",
    "requirements-prod.txt",
    "requirements_prod.txt",
    "requirement.txt",
)
# Imported under another name than the one it is installed by.
INSTALLED_AS = {
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "crypto": "pycryptodome",
    "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "flask_restful": "Flask-RESTful",
    "flask_sqlalchemy": "Flask-SQLAlchemy",
    "flask_socketio": "Flask-SocketIO",
    "flask_wtf": "Flask-WTF",
    "jose": "python-jose",
    "jwt": "PyJWT",
    "magic": "python-magic",
    "mysqldb": "mysqlclient",
    "openssl": "pyOpenSSL",
    "pil": "Pillow",
    "psycopg2": "psycopg2-binary",
    "pymysql": "PyMySQL",
    "serial": "pyserial",
    "sklearn": "scikit-learn",
    "slugify": "python-slugify",
    "sqlalchemy": "SQLAlchemy",
    "wtforms": "WTForms",
    "yaml": "PyYAML",
}


@dataclass(frozen=True)
class Dependencies:
    """``manifests`` relative to the root, as BuildEnvironment takes them; ``text``: what the first of them says.

    ``others``: files that would do too.
    """

    manifests: tuple[str, ...]
    tool: str
    text: str
    others: tuple[str, ...] = ()


def find_dependencies(project: Project, chdir: str) -> Dependencies:
    """The manifests nearest to the folder that the app runs in.

    Raises AppError ``requirements-unreadable``, ``conda-only``, ``dependencies-missing``.
    """
    tree = project.tree
    found = [choice for folder in upwards(chdir) for choice in _in_folder(tree, folder)]
    if found:
        manifest, tool = found[0]
        others = tuple(name for name, _ in found[1:])
        return Dependencies((manifest,), tool, _with_includes(tree, manifest), others)
    if conda := [path for path in tree.files if path.rpartition("/")[2] in ("environment.yml", "environment.yaml")]:
        raise AppError("conda-only", file=conda[0], lines=proposed(project))
    other = [name for name in ("Pipfile", "poetry.lock", "pdm.lock", "setup.py", "setup.cfg") if name in tree.names]
    raise AppError("dependencies-missing", lines=proposed(project), found=other[0] if other else "")


def read_manifest(tree: Tree, path: str) -> str:
    """A manifest's text. Raises AppError ``requirements-unreadable``."""
    try:
        text = decode((tree.root / path).read_bytes())
    except OSError as error:
        raise AppError("requirements-unreadable", file=path, reason=error.strerror or "") from error
    if text is None:
        raise AppError("requirements-unreadable", file=path, reason="not text")
    return text


def _with_includes(tree: Tree, path: str, depth: int = 0) -> str:
    """A manifest's text and that of the files that it includes (``-r``)."""
    text = read_manifest(tree, path)
    folder = path.rpartition("/")[0]
    included = [posixpath.normpath(posixpath.join(folder, name)) for name in _INCLUDE.findall(text)]
    inner = [_with_includes(tree, name, depth + 1) for name in included if name in tree.names and depth < 5]
    return "\n".join([text, *inner])


def _in_folder(tree: Tree, folder: str) -> list[tuple[str, str]]:
    """Manifests of one folder with the tool for each, the best first."""
    prefix = f"{folder}/" if folder else ""
    project = read_pyproject(tree.root / folder) if f"{prefix}pyproject.toml" in tree.names else {}
    declares = "dependencies" in project.get("project", {})
    found = []
    if f"{prefix}uv.lock" in tree.names and declares:
        found.append((f"{prefix}uv.lock", "uv"))
    found += [(f"{prefix}{name}", "pip") for name in USUAL if f"{prefix}{name}" in tree.names]
    if declares:
        found.append((f"{prefix}pyproject.toml", "uv" if "uv" in project.get("tool", {}) else "pip"))
    return found


def read_pyproject(folder: Path) -> dict[str, Any]:
    """pyproject.toml as a dictionary, empty when it is missing or wrong."""
    try:
        return tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}


def proposed(project: Project) -> tuple[str, ...]:
    """Lines for a requirements.txt, from what the code imports and neither Python nor the app itself has."""
    names: set[str] = set()
    for module in project.modules.values():
        for imported in module.imports.values():
            name = imported.module.partition(".")[0]
            if name and name not in sys.stdlib_module_names and not project.is_local(name, module.folder):
                names.add(_installed_as(name))
    return tuple(sorted(names, key=str.lower))


def _installed_as(name: str) -> str:
    known = INSTALLED_AS.get(name.lower())
    if known:
        return known
    if name.startswith("flask_"):
        return "Flask-" + name.removeprefix("flask_").replace("_", "-").title()
    return {"flask": "Flask"}.get(name, name)


def pinned_below(text: str, name: str, version: tuple[int, ...]) -> bool:
    """Whether requirements pin NAME (``==``) to less than VERSION."""
    name = "[-_.]".join(re.escape(part) for part in name.split("-"))
    pattern = rf"^\s*{name}\s*(?:\[[^\]]*\])?\s*==\s*([0-9.]+)"
    match = re.search(pattern, text, re.IGNORECASE | re.MULTILINE)
    return match is not None and tuple(int(part) for part in match[1].split(".") if part) < version
