"""Reads golive.toml, and refuses what it does not understand with the line where it stands."""

from __future__ import annotations

import re
import sys
from pathlib import Path as FilePath
from typing import Any

from golive.config.kinds import Path, Problem
from golive.config.lines import find_lines
from golive.config.schema import GOLIVE_TOML
from golive.config.settings import (
    FILE_NAME,
    AppSettings,
    HostSettings,
    ProcessSettings,
    ServiceSettings,
    Settings,
)
from golive.errors import ConfigError
from golive.model.app import Health
from golive.model.mirrors import MirrorSettings

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_SECRET_NAME = re.compile(
    r"SECRET|PASSW|PASSPHRASE|TOKEN|CREDENTIAL|PRIVATE|(^|_)(API_?KEY|ACCESS_?KEY|KEY|PWD|PW|DSN|SALT)$", re.IGNORECASE
)
_PASSWORD_IN_URL = re.compile(r"^[a-z][a-z0-9+.-]*://[^/@\s]*:[^/@\s]+@", re.IGNORECASE)


def looks_secret(name: str, value: str = "") -> bool:
    """Whether an environment variable seems to hold a secret: by its name, or a URL with a password in it."""
    return bool(_SECRET_NAME.search(name) or _PASSWORD_IN_URL.search(value))


def load(folder: FilePath) -> Settings:
    """The settings of the app in FOLDER; the defaults when it has no golive.toml. Raises ConfigError."""
    file = folder / FILE_NAME
    try:
        data = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return Settings()
    except OSError as error:
        raise ConfigError("config-unreadable", file=FILE_NAME, reason=error.strerror or str(error)) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError("config-encoding", file=FILE_NAME, line=line) from error
    return parse(text)


def parse(text: str) -> Settings:
    """The settings that TEXT, a golive.toml, says. Raises ConfigError."""
    text = text.replace("\r\n", "\n")
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(str(error), text) from error
    lines = find_lines(text)
    problems = [*GOLIVE_TOML.problems(values, ()), *_secrets(values)]
    if problems:
        raise _refusal(min(problems, key=lambda problem: _line(lines, problem.path)), lines)
    return _settings(values, lines)


def _syntax_error(reason: str, text: str) -> ConfigError:
    """The parser's sentence split into what and where."""
    found = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", reason)
    line = int(found[1]) if found and found[1] else text.rstrip().count("\n") + 1
    column = int(found[2]) if found and found[2] else 0
    what = reason[: found.start()] if found else reason
    return ConfigError("config-syntax", file=FILE_NAME, line=line, column=column, reason=what)


def _secrets(values: dict[str, Any]) -> list[Problem]:
    """Entries of [env] that do not belong in a file that gets committed."""
    env = values.get("env")
    pairs = env.items() if isinstance(env, dict) else ()
    return [Problem("config-secret", ("env", name)) for name, value in pairs if looks_secret(name, str(value))]


def _line(lines: dict[Path, int], path: Path) -> int:
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _refusal(problem: Problem, lines: dict[Path, int]) -> ConfigError:
    return ConfigError(
        problem.code,
        file=FILE_NAME,
        line=_line(lines, problem.path),
        key=".".join(problem.path),
        nearest=problem.nearest,
        expected=problem.expected,
        choices=problem.choices,
        value=problem.value,
    )


def _settings(values: dict[str, Any], lines: dict[Path, int]) -> Settings:
    """Checked values as Settings."""
    app = {key: _frozen(key, value) for key, value in values.get("app", {}).items()}
    health = {key: _frozen(key, value) for key, value in values.get("health", {}).items()}
    return Settings(
        name=values.get("name"),
        runtime=values.get("runtime", "native"),
        app=AppSettings(**app),
        health=Health(**health),
        env=tuple(values.get("env", {}).items()),
        hosts=tuple(
            HostSettings(name, **{key: _frozen(key, value) for key, value in host.items()})
            for name, host in values.get("hosts", {}).items()
        ),
        services=tuple(
            ServiceSettings(kind, used=False) if table is False else ServiceSettings(kind, **table)
            for kind, table in values.get("services", {}).items()
        ),
        processes=tuple(
            ProcessSettings(name, "") if table is False else ProcessSettings(name, **table)
            for name, table in values.get("processes", {}).items()
        ),
        mirrors=MirrorSettings(**values.get("mirrors", {})),
        lines=lines,
    )


def _frozen(key: str, value: Any) -> Any:
    """Lists as tuples; ``false`` where it switches a guess off as the empty tuple."""
    if key in ("static", "migrate") and value is False:
        return ()
    if isinstance(value, dict):
        return tuple(value.items())
    return tuple(value) if isinstance(value, list) else value
