"""What the stories of the engine return: plain values for a view to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from golive.errors import Param
from golive.model.plan import Notice


@dataclass(frozen=True)
class Concern:
    """Something between the host and its visitors, found after a good run. Words and ``code`` as in ``Outcome``."""

    code: str
    params: Mapping[str, Param] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """How a run ended. ``changed``: steps that changed something. ``seconds``: of the whole story, monotonic.

    When not ``ok``: ``code`` and ``params`` have their words in ``golive.explain.failures``, ``output`` is the last
    lines of the failed step. ``kept``: packages that were installed and stay. ``after``: what to know or do next.

    ``proof``: who has seen the new release answer, the user's ``computer`` or only the ``host``; "" where nobody asked.
    ``concerns``: what the computer saw instead.
    """

    ok: bool
    url: str = ""
    release: int = 0
    changed: int = 0
    seconds: float = 0.0
    code: str = ""
    params: Mapping[str, Param] = field(default_factory=dict)
    output: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    after: tuple[Notice, ...] = ()
    proof: str = ""
    concerns: tuple[Concern, ...] = ()

    def proven(self, proof: str, *concerns: Concern) -> Outcome:
        """The same, proven by ``computer`` or ``host``."""
        return replace(self, proof=proof, concerns=concerns)


@dataclass(frozen=True)
class ReleaseInfo:
    """One line of ``golive releases``. ``created``: epoch seconds. ``complete``: it can be rolled back to."""

    number: int
    current: bool
    created: float
    origin: str
    of: int
    commit: str
    subject: str
    dirty: bool
    complete: bool = True


@dataclass(frozen=True)
class UnitStatus:
    """One instance of a process. ``state``: systemd's word. ``restarts``: since its start."""

    process: str
    unit: str
    state: str
    restarts: int = 0


@dataclass(frozen=True)
class Status:
    """An app on a host. ``release`` 0: it is not there.

    ``running``: the purpose of the run that is going on, ``running_by``: who started it, ``unfinished``: the purpose of
    one that was cut off; "" if none. ``taken_back``: the number of a release that died just after its switch, else 0.
    ``maintenance``: visitors get the maintenance page. ``local``: the host is this computer.
    """

    app: str
    host: str
    url: str
    release: int
    current: ReleaseInfo | None = None
    units: tuple[UnitStatus, ...] = ()
    running: str = ""
    running_by: str = ""
    unfinished: str = ""
    taken_back: int = 0
    maintenance: bool = False
    local: bool = False


@dataclass(frozen=True)
class AppOnHost:
    """A line of ``golive status --all``. ``state``: ``running`` | ``maintenance`` | ``partly`` | ``stopped`` |
    ``data-only`` (``release`` 0). ``memory``, ``disk``: bytes."""

    name: str
    url: str
    release: int
    state: str
    memory: int
    disk: int


@dataclass(frozen=True)
class Share:
    """Somebody's part of the memory, in bytes. ``name``: a unit, or a program that belongs to none."""

    name: str
    memory: int


@dataclass(frozen=True)
class HostStatus:
    """A whole host; sizes in bytes. ``golive``: what it takes up itself, as numbers of ``processes`` and ``ports``, and
    bytes of its ``files`` and of the ``cache`` of packages. ``users``: who uses most memory, the largest first."""

    host: str
    address: str
    apps: tuple[AppOnHost, ...]
    memory: int
    memory_free: int
    disk: int
    disk_free: int
    golive: Mapping[str, int]
    proxies: tuple[str, ...] = ()
    panels: tuple[str, ...] = ()
    databases: tuple[Share, ...] = ()
    users: tuple[Share, ...] = ()


@dataclass(frozen=True)
class Finding:
    """One line of a verdict. ``level``: ``good`` | ``note`` | ``stop``. ``code``: as in ``Outcome``."""

    level: str
    code: str
    params: Mapping[str, Param] = field(default_factory=dict)


@dataclass(frozen=True)
class KnownHost:
    """A line of ``golive host list``. ``port`` 0: SSH's own. ``default``: meant when no host is named."""

    name: str
    address: str
    user: str = ""
    port: int = 0
    default: bool = False
    practice: bool = False


@dataclass(frozen=True)
class HostReport:
    """What ``golive host check`` found. ``facts``: subject (``os``, ``python``, ``memory`` ...) and value, in order."""

    name: str
    address: str
    facts: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...]

    @property
    def fit(self) -> bool:
        """Whether nothing stands in the way of ``golive up``."""
        return all(finding.level != "stop" for finding in self.findings)
