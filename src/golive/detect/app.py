"""From a folder to an App: what golive.toml says, and for the rest what the files say, each with its evidence."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable
from pathlib import Path

from golive.config import FILE_NAME, Settings, looks_secret
from golive.detect import refusal
from golive.detect.chosen import choose_entry
from golive.detect.commands import procfile
from golive.detect.dependencies import Dependencies, find_dependencies, pinned_below, read_manifest
from golive.detect.dotenv import Dotenv, find_dotenv
from golive.detect.entry import Candidate
from golive.detect.environment_names import find_names
from golive.detect.flask import instance_folder, static_mount
from golive.detect.migrations import Migrations, find_migrations
from golive.detect.paths import Evaluator
from golive.detect.python_version import PythonVersion, find_python
from golive.detect.services import find_services
from golive.detect.setup_commands import find_setup
from golive.detect.slug import slug_for
from golive.detect.syntax import Project, read_project
from golive.detect.walk import walk
from golive.detect.writable import Writable, find_writable
from golive.errors import ConfigError
from golive.model.app import App, EnvName, Evidence, Process, Service, SetupCommand, StaticMount
from golive.protocol.steps import SharedPath


def detect(folder: Path, settings: Settings) -> App:
    """The app in FOLDER. Its code is read, never imported or run. Raises AppError."""
    refusal.refuse_folder(folder)
    tree = walk(folder.resolve())
    refusal.refuse_tree(tree)
    project = read_project(tree)
    return _Reading(project, settings).app()


def quoted(value: str | Iterable[str]) -> str:
    """A value as golive.toml wants it."""
    return json.dumps(value if isinstance(value, str) else list(value), ensure_ascii=False)


class _Reading:
    """One reading of one folder; collects the evidence on its way."""

    def __init__(self, project: Project, settings: Settings) -> None:
        self.project = project
        self.settings = settings
        self.evidence: list[Evidence] = []
        self.candidate, self.runner_up = choose_entry(project, settings)
        self.evaluator = Evaluator(project, self.candidate.chdir, instance_folder(self.candidate))

    def app(self) -> App:
        """The App: in the order in which a person would ask."""
        settings, chosen = self.settings, self.candidate
        slug = self._slug()
        self._entry(chosen)
        python = self._python(chosen)
        dependencies = self._dependencies(chosen)
        static = self._static(chosen)
        writable = self._writable(chosen, dependencies)
        migrations = self._migrations(chosen, dependencies)
        services = self._services(bool(writable.databases))
        env = self._env()
        dotenv = self._dotenv(chosen, env)
        processes = self._processes()
        setup = self._setup(chosen, dependencies, migrates=migrations is not None)
        self._broken()
        return App(
            slug=slug,
            framework="flask",
            entry=chosen.entry,
            chdir=chosen.chdir,
            python=python.needs,
            python_wish=python.wish,
            tool=settings.app.tool or dependencies.tool,
            manifests=dependencies.manifests,
            app_server=settings.app.server or "gunicorn",
            workers=settings.app.workers,
            threads=settings.app.threads,
            static=static,
            persist=writable.persist,
            databases=writable.databases,
            env=env,
            plain_env=(*((migrations.env) if migrations else ()), *settings.env),
            migrate=migrations.command if migrations else (),
            migrations=migrations.folder if migrations else "",
            processes=processes,
            services=services,
            domains=settings.app.domains,
            port=settings.app.port,
            proxy=settings.app.proxy,
            runtime=settings.runtime,
            health=settings.health,
            upload_limit=settings.app.upload_limit,
            dotenv_file=dotenv.file if dotenv else "",
            dotenv=dotenv.names if dotenv else (),
            dotenv_loaded=dotenv is not None and dotenv.loaded,
            setup=setup,
            evidence=tuple(self.evidence),
        )

    def _say(self, subject: str, value: str, file: str, line: int, override: str, runner_up: str = "") -> None:
        self.evidence.append(Evidence(subject, value, file, line, override, runner_up))

    def _told(self, subject: str, value: str, key: str, override: str, runner_up: str = "") -> None:
        """Evidence for what golive.toml decides."""
        self._say(subject, value, FILE_NAME, self.settings.line(key), override, runner_up)

    def _slug(self) -> str:
        slug = slug_for(self.project.tree.root, self.settings)
        override = f"name = {quoted(slug)}"
        if self.settings.name is not None:
            self._told("name", slug, "name", override)
        else:
            self._say("name", slug, ".", 0, override)
        return slug

    def _entry(self, chosen: Candidate) -> None:
        override = f"app.entry = {quoted(chosen.entry)}"
        self._say("framework", "flask", *chosen.meaning.origin, 'app.framework = "flask"')
        self._say("entry", chosen.entry, chosen.file, chosen.line, override, self.runner_up)
        if chosen.chdir:
            line = f"app.chdir = {quoted(chosen.chdir)}"
            if self.settings.app.chdir is not None:
                self._told("chdir", chosen.chdir, "app.chdir", line)
            else:
                self._say("chdir", chosen.chdir, chosen.module.path, 0, line)

    def _python(self, chosen: Candidate) -> PythonVersion:
        told = self.settings.app.python
        if told is not None:
            plain = told.strip().replace(".", "").isdigit()
            needs = f"=={told.strip()}.*" if plain else told
            self._told("python", needs, "app.python", f"app.python = {quoted(told)}")
            return PythonVersion(needs, "", FILE_NAME, self.settings.line("app.python"))
        found = find_python(self.project.tree, chosen.chdir)
        if found.file:
            override = f"app.python = {quoted(found.needs or found.wish)}"
            runner_up = found.wish if found.needs else ""
            self._say("python", found.needs or found.wish, found.file, found.line, override, runner_up)
        return found

    def _dependencies(self, chosen: Candidate) -> Dependencies:
        told = self.settings.app.dependencies
        if told is None:
            found = find_dependencies(self.project, chosen.chdir)
            override = f"app.dependencies = {quoted(found.manifests)}"
            runner_up = found.others[0] if found.others else ""
            self._say("dependencies", ", ".join(found.manifests), found.manifests[0], 0, override, runner_up)
            return found
        for path in told:
            if path not in self.project.tree.names:
                line = self.settings.line("app.dependencies")
                raise ConfigError("requirements-missing", file=FILE_NAME, line=line, path=path)
        text = "\n".join(read_manifest(self.project.tree, path) for path in told)
        self._told("dependencies", ", ".join(told), "app.dependencies", f"app.dependencies = {quoted(told)}")
        return Dependencies(told, "uv" if any(path.endswith("uv.lock") for path in told) else "pip", text)

    def _static(self, chosen: Candidate) -> tuple[StaticMount, ...]:
        told = self.settings.app.static
        if told is not None:
            for url, folder in told:
                self._told(
                    "static", f"{url} -> {folder}", "app.static", f"app.static = {{ {quoted(url)} = {quoted(folder)} }}"
                )
            return tuple(StaticMount(url, folder.rstrip("/")) for url, folder in told)
        found = static_mount(self.project, chosen, self.evaluator)
        if found is None:
            return ()
        mount, seen = found
        self._say("static", f"{mount.url} -> {mount.folder}", seen.file, seen.line, "app.static = false")
        return (mount,)

    def _writable(self, chosen: Candidate, dependencies: Dependencies) -> Writable:
        found = find_writable(self.project, self.evaluator, chosen.chdir, self._sqlite_base(chosen, dependencies))
        told = self.settings.app.persist
        if told is None:
            line = f"app.persist = {quoted(item.path + '/' * (item.kind == 'directory') for item in found.persist)}"
            for item, seen in zip(found.persist, found.seen, strict=True):
                self._say("persist", item.path + "/" * (item.kind == "directory"), seen.file, seen.line, line)
            return found
        for path in told:
            self._told("persist", path, "app.persist", f"app.persist = {quoted(told)}")
        return Writable(tuple(self._named(path) for path in told), found.databases, ())

    def _named(self, path: str) -> SharedPath:
        """A path of ``app.persist``: a folder when it ends with / or is one; a file when it has an ending."""
        clean = posixpath.normpath(path)
        tree = self.project.tree
        is_file = clean in tree.names or (clean not in tree.folders and "." in posixpath.basename(clean).lstrip("."))
        return SharedPath(clean, "file" if is_file and not path.endswith("/") else "directory")

    def _sqlite_base(self, chosen: Candidate, dependencies: Dependencies) -> str:
        """Where ``sqlite:///name.db`` lies: Flask-SQLAlchemy 3 says the instance folder, 2 the package, others cwd."""
        imports = (item.module for module in self.project.modules.values() for item in module.imports.values())
        if not any(name.partition(".")[0] == "flask_sqlalchemy" for name in imports):
            return chosen.chdir
        if pinned_below(dependencies.text, "flask-sqlalchemy", (3,)):
            return chosen.meaning.module.folder if chosen.meaning.module else chosen.chdir
        return self.evaluator.instance

    def _migrations(self, chosen: Candidate, dependencies: Dependencies) -> Migrations | None:
        found = find_migrations(self.project, chosen, dependencies.text)
        told = self.settings.app.migrate
        if told is not None:
            line = f"app.migrate = {quoted(told) if told else 'false'}"
            self._told("migrate", " ".join(told), "app.migrate", line, " ".join(found.command) if found else "")
            return Migrations(told, (), found.folder if found else "", FILE_NAME, 0) if told else None
        if found is not None:
            line = f"app.migrate = {quoted(found.command)}"
            self._say("migrate", " ".join(found.command), found.file, found.line, line)
        return found

    def _services(self, has_sqlite: bool) -> tuple[Service, ...]:
        told = {service.kind: service for service in self.settings.services}
        found = [service for service in find_services(self.project, has_sqlite) if service.kind not in told]
        for service in found:
            self._say("service", service.kind, service.file, service.line, f"services.{service.kind} = false")
        for kind, entry in told.items():
            self._told("service", kind if entry.used else "", f"services.{kind}", f"services.{kind} = false")
            if entry.used:
                found.append(Service(kind, FILE_NAME, self.settings.line(f"services.{kind}")))
        return tuple(sorted(found, key=lambda service: service.kind))

    def _env(self) -> tuple[EnvName, ...]:
        plain = {name for name, _ in self.settings.env}
        found = tuple(item for item in find_names(self.project) if item.name not in plain)
        for item in found:
            # A secret has no line in golive.toml: that file gets committed.
            override = "" if looks_secret(item.name) else f'env.{item.name} = ""'
            self._say("env", item.name, item.file, item.line, override)
        return found

    def _dotenv(self, chosen: Candidate, env: tuple[EnvName, ...]) -> Dotenv | None:
        plain = frozenset(name for name, _ in self.settings.env)
        found = find_dotenv(self.project, chosen.chdir, env, plain)
        if found is not None:
            self._say("dotenv", f"{found.file}: {', '.join(item.name for item in found.names)}", *found.place, "")
        return found

    def _setup(self, chosen: Candidate, dependencies: Dependencies, *, migrates: bool) -> tuple[SetupCommand, ...]:
        found = find_setup(self.project, chosen, dependencies.text, migrates=migrates)
        for command in found:
            self._say("setup", " ".join(command.words), command.file, command.line, "")
        return found

    def _processes(self) -> tuple[Process, ...]:
        told = {process.name: process for process in self.settings.processes}
        processes = [Process("web", "web", "", self.settings.app.instances)]
        for line in procfile(self.project.tree):
            name = line.name.lower().replace("_", "").replace("-", "")
            if line.name not in ("web", "release") and name not in told:
                processes.append(Process(name, "worker", line.command))
                self._say("process", f"{name}: {line.command}", "Procfile", line.line, f"processes.{name} = false")
        for name, process in told.items():
            if process.command:
                processes.append(Process(name, process.kind, process.command, process.instances))
            override = f"processes.{name}.command = {quoted(process.command)}" if process.command else ""
            self._told("process", f"{name}: {process.command}", f"processes.{name}", override)
        return tuple(processes)

    def _broken(self) -> None:
        """Files that Python cannot read and that the app may not need."""
        for item in self.project.broken:
            self._say("syntax-error", item.reason, item.path, item.line, "")
