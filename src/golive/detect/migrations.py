"""Flask-Migrate: where the migrations are and the command that runs them."""

from __future__ import annotations

from dataclasses import dataclass

from golive.detect.dependencies import pinned_below
from golive.detect.entry import Candidate
from golive.detect.syntax import Project


@dataclass(frozen=True)
class Migrations:
    """``command``: argv; ``env``: variables that it needs; ``folder`` relative to the root; and the evidence."""

    command: tuple[str, ...]
    env: tuple[tuple[str, str], ...]
    folder: str
    file: str
    line: int


def find_migrations(project: Project, candidate: Candidate, requirements: str) -> Migrations | None:
    """None when the app does not use Flask-Migrate, or has no migrations yet."""
    used = [
        (module.path, imported.line)
        for module in project.modules.values()
        for imported in module.imports.values()
        if imported.module.partition(".")[0] == "flask_migrate"
    ]
    folder = _folder(project, candidate.chdir) if used else ""
    if not folder:
        return None
    app = candidate.entry
    inside = folder.removeprefix(f"{candidate.chdir}/") if candidate.chdir else folder
    command: tuple[str, ...] = ("flask", "--app", app, "db", "upgrade")
    env: tuple[tuple[str, str], ...] = ()
    if pinned_below(requirements, "flask", (2, 2)):
        # That Flask has no --app.
        command, env = ("flask", "db", "upgrade"), (("FLASK_APP", app),)
    if inside != "migrations":
        command += ("--directory", inside)
    return Migrations(command, env, folder, *used[0])


def _folder(project: Project, chdir: str) -> str:
    """The shallowest folder with Alembic's env.py and its ini; the one where the app runs first."""
    prefix = f"{chdir}/" if chdir else ""
    names = project.tree.names
    homes = [path.removesuffix("/env.py") for path in project.tree.files if path.endswith("/env.py")]
    homes = [home for home in homes if f"{home}/alembic.ini" in names and home.startswith(prefix)]
    return min(homes, key=lambda home: (home != f"{prefix}migrations", home.count("/"), home), default="")
