"""Supervisor, for the user's own computer: its configuration, and a program for each instance of a process.

Syntax: supervisord.org/configuration.html. A ``%`` starts an expansion and is doubled; commands are split as a shell
would.
"""

from __future__ import annotations

import shlex

from golive.drivers.places import AppPlaces
from golive.model.platform import Platform

RELEASE = "@RELEASE@"
"""Stands for the release's number in a template, as in systemd's."""

INSTANCE = "@INSTANCE@"
"""Stands for the instance's number: the section is repeated for each."""

PROXY = "golive-proxy"
"""The program that visitors reach, for all apps together."""

STOP_SECONDS = 40
LOG = "stdout_logfile_maxbytes=5MB\nstdout_logfile_backups=2\n"


def starter(platform: Platform) -> str:
    """The script by which everything is started: golive's own interpreter may move, and only this names it."""
    return f"""\
#!/bin/sh
# Written by Golive: starts a program as the unit files beside this file say, with its variables and its folders.
exec {shlex.quote(platform.python)} -I -m golive.local.start "$@"
"""


def supervisor_config(platform: Platform) -> str:
    """``supervisord.conf``."""
    run = _value(platform.run)
    user = "user=root\n" if platform.user == "root" else ""
    return f"""\
; Written by Golive. Look: supervisorctl -c {_value(platform.file("supervisord.conf"))} status
; It runs in the background and starts again what crashes. Nothing starts with this computer: `golive up` does that.

[unix_http_server]
file={run}/.supervisor.sock
chmod=0700

[supervisord]
{user}directory={_value(platform.root)}
pidfile={run}/.supervisord.pid
logfile={_value(platform.root)}/logs/supervisord.log
logfile_maxbytes=1MB
logfile_backups=1
childlogdir={_value(platform.root)}/logs
identifier=golive
umask=022

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl=unix://{run}/.supervisor.sock

[include]
files=units/*.ini
"""


def unit_template(
    places: AppPlaces, process: str, argv: tuple[str, ...], environment: str, chdir: str, reason: str
) -> str:
    """One program of one release and instance; RELEASE and INSTANCE stand for their numbers. Raises ValueError."""
    release, platform = places.release(RELEASE), places.platform
    name = program_name(release.unit(process, INSTANCE))
    folder = f"{release.code}/{chdir}" if chdir else release.code
    scratch = release.scratch(process, INSTANCE)
    search = f"{environment}/bin:/usr/local/bin:/usr/bin:/bin"
    start = (
        platform.file("start"),
        "--starts",
        f"{platform.run}/.programs/{name}",
        "--env-file",
        release.env,
        "--folder",
        release.run,
        "--scratch",
        scratch,
        "--",
    )
    return f"""\
[program:{name}]
; {reason}
command={_command((*start, *argv))}
directory={_value(folder)}
; Python shows each printed line at once; it may not write compiled files beside the code, and need not try.
environment=PATH={_quoted(search)},VIRTUAL_ENV={_quoted(environment)},PYTHONUNBUFFERED="1",PYTHONDONTWRITEBYTECODE="1",\
XDG_RUNTIME_DIR={_quoted(scratch)}
autostart=false
; Started again whenever it ends, however often: a database that is back after an hour finds the app trying.
autorestart=true
startsecs=1
startretries=1000000
; Ask the main process to finish what it holds; only after that, end the rest.
stopsignal=TERM
stopwaitsecs={STOP_SECONDS}
killasgroup=true
redirect_stderr=true
stdout_logfile={_value(platform.root)}/logs/{name}.log
{LOG}"""


def render_unit(slug: str, template: str, number: int, instances: int) -> str:
    """The unit file of release ``number``: a section for each instance."""
    head = f"; Written by Golive. It belongs to release {number} of {slug} and is never edited: the next has its own.\n"
    sections = (template.replace(INSTANCE, str(instance)) for instance in range(1, instances + 1))
    return head + "".join("\n" + section for section in sections).replace(RELEASE, str(number))


def proxy_unit(platform: Platform, nginx: str) -> str:
    """The program that visitors reach: NGINX (its path), or golive's forwarder where there is none."""
    starts = ("--starts", f"{platform.run}/.programs/{PROXY}", "--")
    if nginx:
        told = "nginx, as this computer's user, with golive's own files."
        argv = (nginx, "-p", platform.file("proxy/"), "-c", platform.file("nginx.conf"))
    else:
        told = "No nginx is installed here: golive's own small forwarder reads the files that nginx would read."
        argv = (platform.python, "-I", "-m", "golive.local.forward", platform.sites)
    return f"""\
; Written by Golive. What visitors reach, for all apps together.
; {told}

[program:{PROXY}]
command={_command((platform.file("start"), *starts, *argv))}
autostart=false
autorestart=true
startsecs=1
startretries=1000000
stopsignal={"QUIT" if nginx else "TERM"}
stopwaitsecs=10
stopasgroup=false
killasgroup=true
redirect_stderr=true
stdout_logfile={_value(platform.root)}/logs/{PROXY}.log
{LOG}"""


def program_name(unit: str) -> str:
    """What the supervisor calls a unit."""
    return unit.removesuffix(".service")


def _command(argv: tuple[str, ...]) -> str:
    return _value(shlex.join(argv))


def _value(text: str) -> str:
    """TEXT as a value. Raises ValueError for what an ini file cannot hold."""
    if any(ord(character) < 32 or ord(character) == 127 for character in text) or " ;" in text:
        raise ValueError("supervisord cannot be told this text")
    return text.replace("%", "%%")


def _quoted(text: str) -> str:
    if '"' in text or "\\" in text:
        raise ValueError("supervisord cannot be told this text")
    return f'"{_value(text)}"'
