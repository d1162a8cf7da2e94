"""golive.toml as frozen values. ``None`` means: not said, golive may guess."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from golive.config.kinds import Path
from golive.model.app import Health
from golive.model.mirrors import MirrorSettings

FILE_NAME = "golive.toml"


@dataclass(frozen=True)
class AppSettings:
    """The table [app]. ``migrate`` and ``static`` are empty when switched off by ``false``.
    ``instances`` 0: not said."""

    entry: str | None = None
    chdir: str | None = None
    framework: str | None = None
    python: str | None = None
    dependencies: tuple[str, ...] | None = None
    tool: str | None = None
    server: str | None = None
    workers: int = 0
    threads: int = 0
    instances: int = 0
    static: tuple[tuple[str, str], ...] | None = None
    persist: tuple[str, ...] | None = None
    migrate: tuple[str, ...] | None = None
    port: int = 80
    domains: tuple[str, ...] = ()
    proxy: str = "nginx"
    upload_limit: str = "20m"


@dataclass(frozen=True)
class HostSettings:
    """A table [hosts.NAME]."""

    name: str
    address: str
    user: str = ""
    port: int = 0
    identity: str = ""
    visited_as: str = ""
    roles: tuple[str, ...] = ("web", "worker", "cron")
    default: bool = False


@dataclass(frozen=True)
class ProcessSettings:
    """A table [processes.NAME]. ``command`` is empty when switched off by ``false``; ``instances`` 0: not said."""

    name: str
    command: str
    kind: str = "worker"
    instances: int = 0


@dataclass(frozen=True)
class ServiceSettings:
    """A table [services.KIND]. ``used`` is False when switched off by ``false``."""

    kind: str
    env: str = ""
    used: bool = True


@dataclass(frozen=True)
class Settings:
    """All that golive.toml says; the defaults are those of a missing file."""

    name: str | None = None
    runtime: str = "native"
    app: AppSettings = field(default_factory=AppSettings)
    health: Health = field(default_factory=Health)
    env: tuple[tuple[str, str], ...] = ()
    hosts: tuple[HostSettings, ...] = ()
    services: tuple[ServiceSettings, ...] = ()
    processes: tuple[ProcessSettings, ...] = ()
    mirrors: MirrorSettings = field(default_factory=MirrorSettings)
    lines: Mapping[Path, int] = field(default_factory=dict, compare=False)

    def line(self, key: str) -> int:
        """The line of a dotted key (``app.entry``), or of the nearest table around it; 0 if it is not there."""
        path = tuple(key.split("."))
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 0)
