"""What an app is: read from its folder and its golive.toml, before any host is known."""

from __future__ import annotations

from dataclasses import dataclass, field

from golive.protocol.steps import SharedPath


@dataclass(frozen=True)
class Evidence:
    """Why golive believes something.

    ``subject``: what was decided (``framework``, ``entry``, ``python`` ...); ``value``: what was chosen; ``file`` and
    ``line`` (1-based, 0 = the whole file): where it was seen; ``override``: the golive.toml line that says otherwise.
    ``runner_up``: the next best candidate, or "".
    """

    subject: str
    value: str
    file: str
    line: int
    override: str
    runner_up: str = ""


@dataclass(frozen=True)
class EnvName:
    """An environment variable that the app reads. ``required``: there is no default in the code.
    ``generate``: golive makes a random value (SECRET_KEY and its like)."""

    name: str
    required: bool
    generate: bool
    file: str
    line: int


@dataclass(frozen=True)
class SetupCommand:
    """A command of the app's own that a new site needs once. ``words``: what is typed, with ``NAME`` for what only a
    person knows. ``kind``: ``tables`` | ``admin`` | ``seed``. Where it was seen."""

    words: tuple[str, ...]
    kind: str
    file: str
    line: int


@dataclass(frozen=True)
class DotenvName:
    """A name in the app's .env file, never its value. ``local``: the value is for developing on this computer."""

    name: str
    line: int
    local: bool


@dataclass(frozen=True)
class StaticMount:
    """A URL prefix (``/static/``) served by the proxy from a folder relative to the app."""

    url: str
    folder: str


@dataclass(frozen=True)
class Process:
    """Something the app runs. ``kind``: ``web`` | ``worker`` | ``cron``.

    ``command`` is empty for a web process: the app server driver makes it from the entry point. ``instances``: 0 = as
    many as run now, one at first.
    """

    name: str
    kind: str
    command: str = ""
    instances: int = 0


@dataclass(frozen=True)
class Service:
    """A backing service. ``kind``: ``mysql`` | ``mongodb`` | ``redis`` | ``postgres``. Where it was seen."""

    kind: str
    file: str
    line: int


@dataclass(frozen=True)
class Health:
    """How a visitor's first question looks. ``expect`` empty: the usual rule (see WaitHealthy)."""

    path: str = "/"
    expect: tuple[int, ...] = ()
    timeout: int = 60


@dataclass(frozen=True)
class App:
    """An app as golive understands it.

    ``slug``: ASCII, [a-z0-9-], at most 20 characters, starts with a letter. ``framework``: ``flask`` ...
    ``entry``: ``module:attribute`` or ``module:factory()`` as Gunicorn takes it. ``chdir``: the folder, relative to the
    app's root ("" = root), from which the entry is importable. ``interface``: ``wsgi`` | ``asgi``. ``python``: a PEP
    440 specifier or "", what the app demands; ``python_wish``: ``3.12``, what its authors used, no demand.
    ``manifests``: dependency files relative to the root, as BuildEnvironment takes them.
    ``app_server``: ``gunicorn``. ``workers``, ``threads``: 0 = from the host's cores and memory.
    ``migrate``: argv whose first word is a program of the environment, or empty. ``migrations``: the folder that holds
    them, "" if none. ``databases``: SQLite files relative to the root. ``plain_env``: settings that are no secret.
    ``dotenv_file``: the .env file that the app reads, "" if none; ``dotenv``: what it has that a host may need;
    ``dotenv_loaded``: the code opens the file itself.
    """

    slug: str
    framework: str
    entry: str
    interface: str = "wsgi"
    chdir: str = ""
    python: str = ""
    tool: str = "pip"
    manifests: tuple[str, ...] = ()
    app_server: str = "gunicorn"
    workers: int = 0
    threads: int = 0
    static: tuple[StaticMount, ...] = ()
    persist: tuple[SharedPath, ...] = ()
    databases: tuple[str, ...] = ()
    env: tuple[EnvName, ...] = ()
    plain_env: tuple[tuple[str, str], ...] = ()
    migrate: tuple[str, ...] = ()
    migrations: str = ""
    processes: tuple[Process, ...] = (Process("web", "web"),)
    services: tuple[Service, ...] = ()
    domains: tuple[str, ...] = ()
    port: int = 80
    proxy: str = "nginx"
    runtime: str = "native"
    health: Health = Health()
    upload_limit: str = "20m"
    python_wish: str = ""
    dotenv_file: str = ""
    dotenv: tuple[DotenvName, ...] = ()
    dotenv_loaded: bool = False
    setup: tuple[SetupCommand, ...] = ()
    evidence: tuple[Evidence, ...] = field(default=(), compare=False)
