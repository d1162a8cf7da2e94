"""The environment, variables and programs of an app: what a person would type."""

from __future__ import annotations

import posixpath
import re

from golive.explain.shell import own
from golive.explain.shell.quoting import here, mode, python, words
from golive.protocol.steps import (
    BuildEnvironment,
    GenerateSecrets,
    RemoveSecrets,
    RunCommand,
    SnapshotDatabase,
    WriteEnvironmentFile,
)

_BUILDER_HOME = "/var/lib/golive/build"

_DEPENDENCIES = """\
import sys
try:
    import tomllib
except ImportError:
    from pip._vendor import tomli as tomllib
with open(sys.argv[1], encoding="utf-8") as file:
    lines = tomllib.loads(file.read()).get("project", {}).get("dependencies", [])
with open(sys.argv[2], "w", encoding="utf-8") as file:
    file.write("".join(line + "\\n" for line in lines))
"""

_FILL_STORE = """\
import json, os, secrets, sys
store, *names = sys.argv[1:]
values = json.load(open(store, encoding="utf-8")) if os.path.exists(store) else {}
for name in names:
    values.setdefault(name, secrets.token_hex(32))
with open(os.open(store, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
    file.write(json.dumps(values, sort_keys=True, ensure_ascii=False, indent=1) + "\\n")
"""

_EMPTY_STORE = """\
import json, os, sys
store, *names = sys.argv[1:]
values = json.load(open(store, encoding="utf-8")) if os.path.exists(store) else {}
values = {name: value for name, value in values.items() if name not in names}
with open(os.open(store, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
    file.write(json.dumps(values, sort_keys=True, ensure_ascii=False, indent=1) + "\\n")
"""

_READ_STORE = """\
import json, os, re, sys
store, *told = sys.argv[1:]
values = json.load(open(store, encoding="utf-8")) if os.path.exists(store) else {}
for name, value in sorted(values.items()):
    if name in told:
        continue
    print('%s="%s"' % (name, re.sub(r'(["\\\\`$])', r"\\\\\\1", value)))
"""

_BACKUP = """\
import sqlite3, sys
sqlite3.connect(sys.argv[1]).backup(sqlite3.connect(sys.argv[2]))
"""


def render_shell_build_environment(action: BuildEnvironment) -> tuple[str, ...]:
    """Built by a user without rights, because installing runs other people's code; then handed to root."""
    if not action.builder:
        return _build_own(action)
    builder: tuple[str, ...] = (
        "runuser",
        "-u",
        action.builder,
        "-G",
        action.group,
        "--",
        "env",
        f"HOME={_BUILDER_HOME}",
    )
    if action.index_url:
        builder += (f"PIP_INDEX_URL={action.index_url}",)
    return (
        words("install", "-d", "-o", action.builder, "-g", action.builder, "-m", "0755", action.path),
        words("install", "-d", "-o", action.builder, "-g", action.builder, "-m", "0750", _BUILDER_HOME),
        words(*builder, action.python, "-m", "venv", action.path),
        *_install(action, builder),
        words("chown", "-R", "-h", f"root:{action.group}", action.path),
        words("chmod", "-R", "u=rwX,go=rX", action.path),
        "sync",
        words("install", "-m", "0644", "/dev/null", f"{action.path}/.golive-complete"),
    )


def _build_own(action: BuildEnvironment) -> tuple[str, ...]:
    """On the user's own computer everything is the user's."""
    index = ("env", f"PIP_INDEX_URL={action.index_url}") if action.index_url else ()
    return (
        words(action.python, "-m", "venv", action.path),
        *_install(action, index, f"{action.path}/golive"),
        words("touch", f"{action.path}/.golive-complete"),
        words("chmod", "-R", "a-w", action.path),
    )


def _install(action: BuildEnvironment, builder: tuple[str, ...], scratch: str = _BUILDER_HOME) -> tuple[str, ...]:
    lines: list[str] = []
    wanted: list[str] = []
    by_uv = action.tool == "uv"
    if by_uv:
        lines.append(words(*builder, f"{action.path}/bin/python", "-m", "pip", "install", "uv"))
    for number, name in enumerate(action.manifests):
        path = posixpath.join(action.project, name)
        listed = f"{scratch}/{number}.txt" if action.builder else f"{scratch}-{number}.txt"
        if posixpath.basename(name) == "uv.lock":
            export = ("export", "--frozen", "--no-emit-project", "--no-dev", "--no-hashes", "--quiet", "-o", listed)
            folder = posixpath.dirname(path)
            lines.append(words(*builder, f"{action.path}/bin/uv", *export, "--project", folder))
            path = listed
        elif posixpath.basename(name) == "pyproject.toml":
            # By the builder, too: the environment's Python and the folder are the builder's so far.
            lines.append(here(words(*builder, f"{action.path}/bin/python", "-", path, listed), _DEPENDENCIES))
            path = listed
        wanted += ["-r", path]
    if wanted or action.extras:
        lines.append(words(*builder, f"{action.path}/bin/python", "-m", "pip", "install", *wanted, *action.extras))
    return tuple(lines)


def render_shell_generate_secrets(action: GenerateSecrets) -> tuple[str, ...]:
    """A value for each name that has none; nobody needs to see them."""
    return (python(_FILL_STORE, action.store, *action.names),)


def render_shell_remove_secrets(action: RemoveSecrets) -> tuple[str, ...]:
    """The store without them."""
    return (python(_EMPTY_STORE, action.store, *action.names),)


def render_shell_write_environment_file(action: WriteEnvironmentFile) -> tuple[str, ...]:
    """First what is no secret, then the store's values for all other names, quoted for systemd."""
    lines = []
    if action.plain:
        lines.append(here("cat", "".join(f"{name}={_quoted(value)}\n" for name, value in action.plain)))
    lines.append(python(_READ_STORE, action.store, *(name for name, _ in action.plain)))
    body = "\n".join(lines)
    return ("{\n" + body + "\n} | " + words("install", "-m", mode(0o600), "/dev/stdin", action.path),)


def _quoted(value: str) -> str:
    """As systemd's EnvironmentFile= reads it."""
    return '"' + re.sub(r'(["\\`$])', r"\\\1", value) + '"'


def render_shell_snapshot_database(action: SnapshotDatabase) -> tuple[str, ...]:
    """SQLite's own backup: consistent even while the app writes."""
    copy = python(_BACKUP, action.path, action.into)
    return (f"if [ -s {words(action.path)} ]; then\n{copy}\n{words('chmod', '0600', action.into)}\nfi",)


def render_shell_run_command(action: RunCommand) -> tuple[str, ...]:
    """systemd runs it once, as the app's user and with the app's variables, and waits."""
    if not action.user:
        return own.run_command(action)
    properties = [f"User={action.user}", f"WorkingDirectory={action.cwd}"]
    if action.environment_file:
        properties.append(f"EnvironmentFile={action.environment_file}")
    path = f"{posixpath.dirname(action.argv[0])}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    options = [word for setting in properties for word in ("-p", setting)]
    # systemd replaces $NAME in the words of a command: a dollar sign is written twice.
    argv = [word.replace("$", "$$") for word in action.argv]
    run = ("systemd-run", "--quiet", "--pipe", "--wait", "--collect", f"--setenv=PATH={path}")
    return (words(*run, *options, "--", *argv),)
