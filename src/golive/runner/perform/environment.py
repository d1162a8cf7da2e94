"""The app's environment: build_environment.

Other people's setup.py runs here, so everything runs as the unprivileged builder; the result is handed to root and is
valid only with its marker.
"""

import os
import shutil
import stat
from typing import Any, Dict, List, Tuple

from golive.protocol.steps import BuildEnvironment
from golive.runner import atomic, pip_settings, trees
from golive.runner.failure import StepFailed
from golive.runner.layout import local_layout
from golive.runner.perform import environment_failures, manifests
from golive.runner.perform.users import user_entry
from golive.runner.probe_app import MARKER, is_whole_environment
from golive.runner.variables import PATH

UV_HOME = "/opt/golive/uv"


def perform_build_environment(action: BuildEnvironment, context: Any) -> bool:
    """The virtual environment is complete; one without its marker or its interpreter is built anew."""
    if is_whole_environment(action.path):
        return False
    _Build(action, context).run()
    return True


class _Build:
    """One build. ``deadline`` bounds all its programs together."""

    def __init__(self, action: BuildEnvironment, context: Any) -> None:
        self.action = action
        self.context = context
        self.deadline = context.monotonic() + action.timeout
        builder = user_entry(action.builder)
        if builder is None:
            raise StepFailed("user-conflict", user=action.builder or None, uid=0)
        self.builder = builder
        self.here = local_layout()
        # Not in the environment, which is the builder's while it builds: what root writes there could be led elsewhere.
        self.scratch = action.path + ".manifests"
        self.group = atomic.ids_of(str(os.geteuid()), action.group)[1]
        self.index = action.index_url

    def run(self) -> None:
        """The story: a fresh folder, the tools, what the app declares, and only then the marker."""
        self._clear()
        try:
            self._make_environment()
            self._install()
            self._hand_over()
            self._mark_complete()
        except BaseException as error:
            self._blame_the_disk(error)
            # A half of it is of no use to anybody, and on a full disk in everybody's way.
            trees.remove(self.action.path)
            raise
        finally:
            trees.remove(self.scratch)

    def _blame_the_disk(self, error: BaseException) -> None:
        """Installers that find no room do not always say so. Called while what they wrote is still there."""
        unclear = isinstance(error, StepFailed) and error.code in ("environment-failed", "python-missing-venv")
        if unclear and environment_failures.no_room(self.action.path):
            trees.remove(self.action.path)
            raise StepFailed("disk-full", path=self.action.path)

    def program(self, *argv: str) -> int:
        """Run as the builder, with its caches, within what is left of the time."""
        action = self.action
        left = self.deadline - self.context.monotonic()
        try:
            return int(
                self.context.run(
                    argv,
                    user=action.builder or None,
                    groups=(self.group,),
                    env=self._variables(),
                    cwd=action.project,
                    timeout=max(left, 0.1),
                )
            )
        except StepFailed as failure:
            if failure.code != "command-timeout":
                raise
            raise StepFailed("environment-timeout", seconds=action.timeout, command=os.path.basename(argv[0]))

    def _variables(self) -> Dict[str, str]:
        cache = os.path.join(self.builder.pw_dir, "cache")
        variables = pip_settings.install_variables(self.index)
        self.context.conceal(pip_settings.passwords(variables))
        variables.update(self._places(cache) if self.here is None else self._own_places())
        return variables

    def _own_places(self) -> Dict[str, str]:
        """The user's own caches."""
        return {
            "PATH": os.path.join(self.action.path, "bin") + ":" + os.environ.get("PATH", PATH),
            "VIRTUAL_ENV": self.action.path,
            "UV_PROJECT_ENVIRONMENT": self.action.path,
            "UV_PYTHON_DOWNLOADS": "never",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_NO_INPUT": "1",
        }

    def _places(self, cache: str) -> Dict[str, str]:
        return {
            "HOME": self.builder.pw_dir,
            "PIP_CACHE_DIR": os.path.join(cache, "pip"),
            "UV_CACHE_DIR": os.path.join(cache, "uv"),
            "UV_PROJECT_ENVIRONMENT": self.action.path,
            "UV_PYTHON_DOWNLOADS": "never",
            "UV_LINK_MODE": "copy",
            "VIRTUAL_ENV": self.action.path,
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_NO_INPUT": "1",
            "PYTHONDONTWRITEBYTECODE": "",
            "PATH": os.path.join(self.action.path, "bin") + ":/usr/local/bin:/usr/bin:/bin",
        }

    def _clear(self) -> None:
        """What an earlier, interrupted build left is removed; the builder owns the folder while it builds."""
        if self.here is None:
            self._make_home()
        trees.remove(self.scratch)
        trees.remove(self.action.path)
        os.mkdir(self.action.path, 0o755)
        os.chown(self.action.path, self.builder.pw_uid, self.builder.pw_gid)
        # The way to it is the app's own; the builder is let through by the app's group.

    def _make_home(self) -> None:
        home = self.builder.pw_dir
        os.makedirs(home, 0o755, exist_ok=True)
        if os.lstat(home).st_uid != self.builder.pw_uid:
            os.chown(home, self.builder.pw_uid, self.builder.pw_gid)
            os.chmod(home, 0o750)

    def _make_environment(self) -> None:
        if self.program(self.action.python, "-m", "venv", self.action.path) != 0:
            said = "\n".join(self.context.tail)
            if "ensurepip is not available" in said or "No module named venv" in said:
                raise StepFailed("python-missing-venv", python=self.action.python)
            raise environment_failures.failure(self.context, "venv")

    def _install(self) -> None:
        action = self.action
        prepared = manifests.prepare(action, self.scratch, self.builder)
        if manifests.name_an_index(action, prepared):
            self.index = ""
        try:
            self._install_by_tool(prepared)
        except StepFailed as failure:
            if not self.index or failure.code not in ("package-not-found", "no-network-python"):
                raise
            self.context.output("that mirror does not have it: trying the host's own index")
            self.index = ""
            self._install_by_tool(prepared)

    def _install_by_tool(self, prepared: manifests.Prepared) -> None:
        action = self.action
        if action.tool == "uv" or "uv.lock" in [os.path.basename(name) for name in action.manifests]:
            self._install_by_uv(prepared)
        else:
            self._install_by_pip(prepared)

    def _install_by_pip(self, prepared: manifests.Prepared) -> None:
        python = os.path.join(self.action.path, "bin", "python")
        install = [python, "-m", "pip", "install", "--compile"]
        arguments = self._requirements(prepared, (python, "-c", manifests.READ_PYPROJECT))
        if not arguments:
            return
        if self.program(*install, *arguments) != 0:
            raise environment_failures.failure(self.context, "pip install")

    def _requirements(self, prepared: manifests.Prepared, reader: Tuple[str, ...]) -> List[str]:
        """pip's arguments for everything that was declared."""
        arguments: List[str] = []
        for path in prepared.requirements:
            arguments += ["--requirement", path]
        for project in prepared.pyprojects:
            listed = prepared.fresh_name()
            if self.program(*reader, project, listed) != 0:
                raise environment_failures.failure(self.context, os.path.basename(project))
            arguments += ["--requirement", listed]
        version = self._version()
        return arguments + manifests.extras(self.action, prepared, version)

    def _version(self) -> Tuple[int, int]:
        folder = next(
            (name for name in sorted(os.listdir(os.path.join(self.action.path, "lib"))) if name.startswith("python3")),
            "python3.0",
        )
        return 3, int(folder.partition(".")[2] or 0)

    def _install_by_uv(self, prepared: manifests.Prepared) -> None:
        uv = ensure_uv(self.context, self.action.python, self.deadline, pip_settings.install_variables(self.index))
        python = os.path.join(self.action.path, "bin", "python")
        if prepared.locks:
            listed = prepared.fresh_name()
            export = ("export", "--frozen", "--no-emit-project", "--no-dev", "--no-hashes", "-o", listed)
            if self.program(uv, *export, "--project", os.path.dirname(prepared.locks[0]), "--quiet") != 0:
                raise environment_failures.failure(self.context, "uv export")
            prepared.requirements.append(listed)
            prepared.locks = []
        arguments = self._requirements(prepared, (python, "-c", manifests.READ_PYPROJECT))
        if not arguments:
            return
        install = (
            uv,
            "pip",
            "install",
            "--python",
            python,
            "--compile-bytecode",
            "--index-strategy",
            "unsafe-best-match",
        )
        if self.program(*install, *arguments) != 0:
            raise environment_failures.failure(self.context, "uv pip install")

    def _hand_over(self) -> None:
        mode_of = _mode_in_environment if self.here is None else _mode_for_its_owner
        trees.hand_over(self.action.path, os.geteuid(), self.group, mode_of)

    def _mark_complete(self) -> None:
        """All of it is on the disk before the marker is."""
        if self.context.run(("sync", "-f", self.action.path)) != 0:
            os.sync()
        with trees.writable(self.action.path):
            atomic.write_file(os.path.join(self.action.path, MARKER), b"", 0o644)


def _mode_in_environment(mode: int) -> int:
    """Readable for all who get through the app's folder, writable for root alone."""
    return 0o755 if stat.S_ISDIR(mode) or mode & stat.S_IXUSR else 0o644


def _mode_for_its_owner(mode: int) -> int:
    """Where the app is its owner: nothing can be written."""
    return 0o555 if stat.S_ISDIR(mode) or mode & stat.S_IXUSR else 0o444


def ensure_uv(context: Any, python: str, deadline: float, variables: Dict[str, str]) -> str:
    """The path of uv, installed for all apps of the host once. VARIABLES: how pip reaches its packages."""
    here = local_layout()
    place = UV_HOME if here is None else here.state + "/uv"
    uv = os.path.join(place, "bin", "uv")
    own = shutil.which("uv") if here is not None else None
    if own or os.access(uv, os.X_OK):
        return own or uv
    trees.remove(place)
    os.makedirs(os.path.dirname(place), 0o755, exist_ok=True)
    part = place + ".part"
    trees.remove(part)
    left = max(deadline - context.monotonic(), 1.0)
    for argv in (
        (python, "-m", "venv", part),
        (
            os.path.join(part, "bin", "python"),
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--only-binary",
            ":all:",
            "uv",
        ),
    ):
        if context.run(argv, env=variables, timeout=left) != 0:
            raise environment_failures.failure(context, "uv")
    os.rename(part, place)
    atomic.sync_folder(os.path.dirname(place))
    return uv
