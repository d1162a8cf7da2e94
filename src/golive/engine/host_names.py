"""``golive host add`` and ``golive host list``: the hosts that a person has given names."""

from __future__ import annotations

import codecs
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from golive import planner
from golive.config import FILE_NAME, HostSettings, Settings, parse, resolve_host
from golive.config.add_host import host_settings, with_host
from golive.engine.hosts import report_of
from golive.engine.login import connected, practice_servers
from golive.engine.outcome import HostReport, KnownHost
from golive.engine.reporter import Reporter
from golive.engine.request import Request
from golive.errors import AppError, ConfigError


@dataclass(frozen=True)
class NewHost:
    """What the person typed. ``place``: ``[user@]address[:port]``. ``identity``: the key file to log in with."""

    name: str
    place: str
    identity: str = ""

    @property
    def settings(self) -> HostSettings:
        """As golive.toml will say it. Raises UsageError."""
        return host_settings(self.name, self.place, self.identity)


def try_out(folder: Path, new: NewHost, request: Request, reporter: Reporter) -> HostReport:
    """Log in to the host once, before it is written down. Nothing is changed anywhere. Raises GoliveError."""
    settings = parse(with_host(_read(folder / FILE_NAME), new.settings))
    host = resolve_host(new.name, settings)
    with connected(host, request, reporter) as session:
        return report_of(host, session.facts(planner.wants_host()))


def add(folder: Path, new: NewHost, reporter: Reporter) -> None:
    """Write the host into the folder's golive.toml, which is made if there is none. Raises GoliveError."""
    file = folder / FILE_NAME
    text = with_host(_read(file), new.settings)
    _write(file, text)
    reporter.say("host-added", name=new.name, file=FILE_NAME)
    if new.name in practice_servers():
        reporter.say("host-like-practice", name=new.name)
    hosts = parse(text).hosts
    if len(hosts) > 1 and not any(host.default for host in hosts):
        reporter.say("host-no-default", names=tuple(host.name for host in hosts))


def _read(file: Path) -> str:
    """The file's text, its line ends as they are; "" when there is none. Raises ConfigError."""
    try:
        return file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise ConfigError(
            "config-encoding", file=FILE_NAME, line=error.object.count(b"\n", 0, error.start) + 1
        ) from error
    except OSError as error:
        raise ConfigError("config-unreadable", file=FILE_NAME, reason=error.strerror or str(error)) from error


def _write(file: Path, text: str) -> None:
    """By one rename, so that there is never half a file; a link stays a link, and the mode stays. Raises AppError."""
    target = Path(os.path.realpath(file))
    try:
        mark = codecs.BOM_UTF8 if target.exists() and target.read_bytes().startswith(codecs.BOM_UTF8) else b""
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        with os.fdopen(handle, "wb") as stream:
            stream.write(mark + text.encode("utf-8"))
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
        Path(temporary).chmod(mode)
        Path(temporary).replace(target)
    except OSError as error:
        raise AppError("config-not-written", path=str(file), reason=error.strerror or str(error)) from error


def _umask() -> int:
    """The process's own; there is no way to ask but to set it."""
    umask = os.umask(0o022)
    os.umask(umask)
    return umask


def known_hosts(settings: Settings) -> tuple[KnownHost, ...]:
    """The hosts of golive.toml in its order, then the practice servers. No connection is made."""
    alone = len(settings.hosts) == 1
    named = tuple(
        KnownHost(host.name, host.address, host.user, host.port, default=host.default or alone)
        for host in settings.hosts
    )
    taken = {host.name for host in named}
    practice = (
        KnownHost(host.name, host.address, host.user, host.port, practice=True)
        for name, host in sorted(practice_servers().items())
        if name not in taken
    )
    return (*named, *practice)
