"""systemd: the unit of a process of one release, and the small unit that starts the live release at boot."""

from __future__ import annotations

from golive.drivers.places import AppPlaces
from golive.drivers.supervise.quoting import plain_path, quote_assignment, quote_command

RELEASE = "@RELEASE@"
"""Stands for the release's number in a template, so that a later rollback renders the same unit for its own number."""

INSTANCE = "@INSTANCE@"
"""Stands for the instance's number in a command; systemd fills it in."""

LOADS_NEW_FILES = 247
"""From this version systemd finds a unit file that it never saw without ``daemon-reload``."""

STOP_SECONDS = 40
"""Longer than any app server's own grace, so that it is systemd who gives up last."""

SANDBOX = """\
# The sandbox: an intruder in the app gets the app's own data, and nothing else of this server.
# The whole system is read-only, except for the app's data and the folder of its socket ("-": made in a moment).
ProtectSystem=strict
ReadWritePaths={shared} -{run}
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
# No way to become another user, to load into the kernel or to change the machine.
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
RestrictSUIDSGID=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictNamespaces=yes
# Other users' processes are invisible; cores and memory are not, libraries ask for them.
ProtectProc=invisible
RemoveIPC=yes
# Unix sockets (the proxy), IPv4 and IPv6 (databases, other sites); netlink is how programs list addresses.
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
# Ordinary system calls only. A forbidden one gives an error, it does not kill: numba and NumPy try a few and cope.
# MemoryDenyWriteExecute is missing on purpose: just-in-time compilers (numba, PyPy, regular expressions) write code.
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
# App servers chown their socket, to the user that they already are.
SystemCallFilter=@chown
SystemCallErrorNumber=EPERM
UMask=0027
"""


def unit_template(
    places: AppPlaces, process: str, argv: tuple[str, ...], environment: str, chdir: str, reason: str
) -> str:
    """The template unit of ``process`` for any release: RELEASE stands for its number.

    ``environment``: path of the virtual environment. ``chdir``: the working folder, relative to the code.
    ``reason``: one line about the chosen sizes. Raises ValueError for a ``chdir`` that a unit cannot name.
    """
    release = places.release(RELEASE)
    folder = f"{release.code}/{chdir}" if chdir else release.code
    scratch = release.scratch(process, "%i")
    search = f"{environment}/bin:/usr/local/bin:/usr/bin:/bin"
    return f"""\
# Written by Golive. It belongs to release {RELEASE} of {places.slug} and is never edited: the next release has its own.

[Unit]
Description={places.slug}: {process} of release {RELEASE}, instance %i
After=network.target
# Never give up: a database that is back after an hour finds the app trying.
StartLimitIntervalSec=0

[Service]
Type=exec
User={places.user}
Group={places.user}
WorkingDirectory={plain_path(folder)}
Environment={quote_assignment("PATH", search)} {quote_assignment("VIRTUAL_ENV", environment)}
# Python shows each printed line at once; it may not write compiled files beside the code, and need not try.
Environment=PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# A private folder in memory, gone when the instance stops.
RuntimeDirectory={scratch.rpartition("/")[2]}
RuntimeDirectoryMode=0700
Environment=XDG_RUNTIME_DIR={scratch}
EnvironmentFile={plain_path(release.env)}
# The folder of the socket, for the app and the group that the proxy belongs to.
ExecStartPre=+/usr/bin/install -d -m 0750 -o {places.user} -g {places.user} {release.run}
# {reason}
ExecStart={quote_command(argv).replace(INSTANCE, "%i")}
Restart=always
RestartSec=2
# Ask the main process to finish what it holds; only after that, end the rest.
KillMode=mixed
TimeoutStopSec={STOP_SECONDS}
# One worker killed for lack of memory is replaced by the app server; the others go on.
OOMPolicy=continue
SyslogIdentifier=golive-{places.slug}-{process}
LimitNOFILE=65536
MemoryAccounting=yes
CPUAccounting=yes
TasksMax=1024

{SANDBOX.format(shared=places.shared, run=release.run)}"""


def render_unit(template: str, number: int) -> str:
    """The unit file of release ``number``."""
    return template.replace(RELEASE, str(number))


def render_boot_unit(places: AppPlaces) -> str:
    """The unit that starts, at boot, whatever release is live then. The same text for every release."""
    return f"""\
# Written by Golive. At boot it starts the units of the live release, which {places.current}/units names.

[Unit]
Description={places.slug}: start the live release
After=local-fs.target
ConditionPathExists={places.current}/units

[Service]
Type=oneshot
RemainAfterExit=yes
# Not waiting for them: during boot that would be waiting for ourselves.
ExecStart=/usr/bin/xargs -r -a {places.current}/units /usr/bin/systemctl start --no-block

[Install]
WantedBy=multi-user.target
"""
