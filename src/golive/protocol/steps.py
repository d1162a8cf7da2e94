"""The closed set of things that a plan can do.

A plan is an ordered list of :class:`Step`. Each carries one *action*: an inert
named tuple that says what shall be true, never how. Every kind of action has two
faces: ``perform_KIND`` in ``golive.runner.perform`` does it on a host, and
``render_shell_KIND`` in ``golive.explain.shell`` is what a person would type.

Shipped to hosts: Python 3.6 syntax, standard library only.
"""

from typing import Any, Dict, NamedTuple, Tuple, Union


class Ref(NamedTuple):
    """The named output of an earlier step, known only once that step has run."""

    step: str
    output: str


class Secret(NamedTuple):
    """The name of a secret. Its value travels in a frame of its own, never in a plan."""

    name: str


Text = Union[str, Tuple[Union[str, Ref, Secret], ...]]
"""A string, or pieces of one of which some are references."""


class InstallPackages(NamedTuple):
    """The operating system's packages NAMES are installed (apt). Outputs: ``versions``.

    ``sources``: text of a sources list that is used instead of the host's own, for this once; the host's is not
    touched, and used when that does not do. ``mirror``: the name of what it leads to, for people.
    """

    names: Tuple[str, ...]
    mirror: str = ""
    sources: str = ""


class EnsureUser(NamedTuple):
    """A system user with a group of its own name, no password and no shell, exists.

    ``members`` are existing users that join the user's group (the proxy's user, say).
    """

    name: str
    home: str
    members: Tuple[str, ...] = ()


class EnsureDirectory(NamedTuple):
    """A real directory (not a link) with this owner and mode exists. Parents: root, 0755."""

    path: str
    mode: int = 0o755
    owner: str = "root"
    group: str = "root"


class WriteFile(NamedTuple):
    """A file holds exactly this content (UTF-8), owner and mode. Written atomically, synced."""

    path: str
    content: Text
    mode: int = 0o644
    owner: str = "root"
    group: str = "root"


class EnsureLink(NamedTuple):
    """PATH is a symbolic link to TARGET, put there by one rename."""

    path: str
    target: str


class RemovePaths(NamedTuple):
    """None of these files, links or trees exists any more. Absolute; never a parent of an app's folder."""

    paths: Tuple[str, ...]


class ReceiveCode(NamedTuple):
    """The commit (with the objects of the pack frame, if one came) is in the bare git repository
    and its tree is checked out into the folder ``into``, owned by root, group ``group``, nothing writable.

    ``repository`` "": no git is needed. The tree is that of the pack, or of a kept release of the same commit."""

    repository: str
    commit: str
    into: str
    group: str


class SharedPath(NamedTuple):
    """One path that the app writes, relative to its folder. ``kind``: ``directory`` or ``file``."""

    path: str
    kind: str


class ShareData(NamedTuple):
    """Each entry lives in ``shared``; the same path in ``release`` is a link to it.

    Seeded once from what the commit holds there, never overwritten; owned by ``owner``.
    For a ``file`` entry its folder must stay writable for SQLite's journal, so the planner asks for
    a ``directory`` wherever it can.
    """

    release: str
    shared: str
    owner: str
    entries: Tuple[SharedPath, ...]


class BuildEnvironment(NamedTuple):
    """The virtual environment ``path`` holds what the app declares. Valid only with its synced
    completion marker ``path/.golive-complete``; without it the folder is built anew.

    ``python``: absolute path of the interpreter. ``tool``: ``pip`` | ``uv``.
    ``manifests``: files relative to ``project``; each one is a ``requirements`` file, or
    ``pyproject.toml`` (its dependencies only), or ``uv.lock``. ``extras``: requirement
    specifiers of ours (the app server). Runs as the unprivileged ``builder``, with ``group`` as an
    extra group so that it can read the project; the result belongs to root. ``index_url``: a package index that is used
    instead of the host's own, for this once; the host's is used when that does not do.
    """

    path: str
    python: str
    project: str
    manifests: Tuple[str, ...]
    extras: Tuple[str, ...]
    builder: str
    group: str
    tool: str = "pip"
    timeout: int = 1800
    index_url: str = ""


class GenerateSecrets(NamedTuple):
    """Each NAME has a value in the app's env store (JSON object, root, 0600); the missing ones get
    64 random hexadecimal digits, or the value of the secret of that name if one was sent."""

    store: str
    names: Tuple[str, ...]


class RemoveSecrets(NamedTuple):
    """None of NAMES is in the app's env store any more."""

    store: str
    names: Tuple[str, ...]


class WriteEnvironmentFile(NamedTuple):
    """The release's environment file for systemd (root, 0600): the ``plain`` pairs, and the store's other ones."""

    path: str
    store: str
    plain: Tuple[Tuple[str, str], ...]


class SnapshotDatabase(NamedTuple):
    """A consistent copy of the SQLite database ``path`` (absent: nothing to do) is at ``into``.

    An undo restores it page by page under SQLite's own locks, if it differs.
    """

    path: str
    into: str


class RunCommand(NamedTuple):
    """Run a program of the app as its user ("": who we are), with the release's environment, no shell.

    ``argv[0]`` is absolute. ``purpose``: ``migrate`` | ``collect_static`` | ``release`` | ... (for messages).
    """

    argv: Tuple[str, ...]
    cwd: str
    user: str
    environment_file: str
    purpose: str
    timeout: int = 900


class RecordRelease(NamedTuple):
    """``release.json`` in the release's folder: ``record`` as a JSON text, plus ``created`` (epoch seconds)."""

    path: str
    record: str


class ReloadUnits(NamedTuple):
    """systemd has read its unit files again (``daemon-reload``).

    ``supervisor``, here and below: on the user's own computer the interpreter and the configuration of what is there in
    systemd's place; it is started if it does not run.
    """

    supervisor: Tuple[str, ...] = ()


class EnableUnit(NamedTuple):
    """The unit starts at boot."""

    unit: str


class StartUnits(NamedTuple):
    """These units are active (or activating). Does not wait for health."""

    units: Tuple[str, ...]
    supervisor: Tuple[str, ...] = ()


class StopUnits(NamedTuple):
    """These units are stopped and not started at boot; unknown ones are fine."""

    units: Tuple[str, ...]
    supervisor: Tuple[str, ...] = ()


class Endpoint(NamedTuple):
    """Where a process listens: a unix socket path, or an address and port."""

    socket: str = ""
    address: str = ""
    port: int = 0


class WaitHealthy(NamedTuple):
    """Every endpoint answers ``path`` over HTTP as a visitor would ask, three times within ``settle`` milliseconds,
    and its unit did not restart meanwhile. Accepted: ``expect``, or if empty 2xx, 3xx, 401, 403, 404, 405, 422.
    ``timeout`` in seconds, monotonic. Outputs: ``status``, ``seconds``.
    """

    endpoints: Tuple[Endpoint, ...]
    units: Tuple[str, ...]
    host: str
    scheme: str
    path: str
    timeout: int
    expect: Tuple[int, ...] = ()
    settle: int = 400
    supervisor: Tuple[str, ...] = ()


class ReloadProxy(NamedTuple):
    """The proxy's own test passes and it runs with its files as they are now (started or reloaded).

    ``proxy``: ``nginx`` | ``apache`` | ``forwarder`` (golive's own). ``site_file``: ours, so that a failed
    test can tell whose fault it is.
    """

    proxy: str
    unit: str
    site_file: str
    supervisor: Tuple[str, ...] = ()


class SwitchRelease(NamedTuple):
    """Everything of the release is synced to disk, then ``link`` points to ``target`` by one rename,
    and the folder is synced. The commit point of a plan."""

    link: str
    target: str


class VerifySite(NamedTuple):
    """Asked through the proxy at 127.0.0.1:``port`` with the visitor's Host, ``identity_path`` returns
    exactly ``identity`` and ``path`` is answered by the app (same rule as WaitHealthy). Outputs: ``status``."""

    port: int
    host: str
    scheme: str
    path: str
    identity_path: str
    identity: str
    expect: Tuple[int, ...] = ()


class DrainUnits(NamedTuple):
    """A bounded transient unit NAME on the host: waits until no connection is left on ``endpoints`` (at most
    ``timeout`` seconds), meanwhile watches ``successors``: if one of them dies in the first ``guard`` seconds, points
    ``link`` back to ``fallback`` and keeps ``units``; else stops ``units``."""

    name: str
    units: Tuple[str, ...]
    endpoints: Tuple[Endpoint, ...]
    successors: Tuple[str, ...]
    link: str
    fallback: str
    guard: int
    timeout: int
    supervisor: Tuple[str, ...] = ()


class RemoveUser(NamedTuple):
    """The system user and its group are gone."""

    name: str


Action = Union[
    InstallPackages,
    EnsureUser,
    EnsureDirectory,
    WriteFile,
    EnsureLink,
    RemovePaths,
    ReceiveCode,
    ShareData,
    BuildEnvironment,
    GenerateSecrets,
    RemoveSecrets,
    WriteEnvironmentFile,
    SnapshotDatabase,
    RunCommand,
    RecordRelease,
    ReloadUnits,
    EnableUnit,
    StartUnits,
    StopUnits,
    WaitHealthy,
    ReloadProxy,
    SwitchRelease,
    VerifySite,
    DrainUnits,
    RemoveUser,
]

KINDS = {
    "install_packages": InstallPackages,
    "ensure_user": EnsureUser,
    "ensure_directory": EnsureDirectory,
    "write_file": WriteFile,
    "ensure_link": EnsureLink,
    "remove_paths": RemovePaths,
    "receive_code": ReceiveCode,
    "share_data": ShareData,
    "build_environment": BuildEnvironment,
    "generate_secrets": GenerateSecrets,
    "remove_secrets": RemoveSecrets,
    "write_environment_file": WriteEnvironmentFile,
    "snapshot_database": SnapshotDatabase,
    "run_command": RunCommand,
    "record_release": RecordRelease,
    "reload_units": ReloadUnits,
    "enable_unit": EnableUnit,
    "start_units": StartUnits,
    "stop_units": StopUnits,
    "wait_healthy": WaitHealthy,
    "reload_proxy": ReloadProxy,
    "switch_release": SwitchRelease,
    "verify_site": VerifySite,
    "drain_units": DrainUnits,
    "remove_user": RemoveUser,
}  # type: Dict[str, Any]
"""Every kind of step by its name on the wire. Nothing else is ever performed."""

_NAMES = {action_type: kind for kind, action_type in KINDS.items()}


def kind_of(action):
    # type: (Any) -> str
    """The wire name of an action. Raises KeyError for anything outside the closed set."""
    return _NAMES[type(action)]


PHASES = ("prepare", "build", "start", "switch", "tidy")
"""The five lines that a person sees; every step belongs to one."""

LEASES = ("host", "app")
REPEATS = ("safe", "once", "ask")


class Step(NamedTuple):
    """One action with its place in the plan.

    ``id``: unique in the plan, readable (``install-packages``). ``needs``: ids of earlier steps.
    ``lease``: ``host`` (packages, users, proxy) or ``app``. ``repeat``: what a resume may do with it
    when it was interrupted. ``why``: the key of a why-text in ``golive.explain.why``.
    ``keep``: what it did stays when the plan fails (packages, users, environments).
    """

    id: str
    action: Any
    phase: str
    why: str
    needs: Tuple[str, ...] = ()
    lease: str = "app"
    repeat: str = "safe"
    keep: bool = False


class HostPlan(NamedTuple):
    """The steps for one host, as handed to its runner.

    ``app``: slug. ``commit_step``: id of the step after which an interrupted run is finished rather than undone
    ("" when there is none and it is always finished). ``consulted``: fact path -> digest, for exactly the facts
    that the planner read. ``probe``: the request that gathers them. ``purpose``: a release's origin, or ``down``.
    """

    app: str
    purpose: str
    steps: Tuple[Step, ...]
    commit_step: str
    consulted: Tuple[Tuple[str, str], ...]
    probe: Any
    release: int = 0
