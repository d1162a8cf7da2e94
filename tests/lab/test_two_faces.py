"""What is shown is what is run: each kind of step, performed on one practice server, typed on its twin, ends alike."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from golive.drivers.mirrors import OFFICIAL_INDEX
from golive.explain.shell import render_shell
from golive.lab import PracticeServer
from golive.lab.base import mirror
from golive.lab.carry import pip_index
from golive.protocol.facts import ProbeRequest
from golive.protocol.steps import (
    KINDS,
    BuildEnvironment,
    DrainUnits,
    EnableUnit,
    Endpoint,
    EnsureDirectory,
    EnsureLink,
    EnsureUser,
    GenerateSecrets,
    InstallPackages,
    ReceiveCode,
    RecordRelease,
    ReloadProxy,
    ReloadUnits,
    RemovePaths,
    RemoveSecrets,
    RemoveUser,
    RunCommand,
    ShareData,
    SharedPath,
    SnapshotDatabase,
    StartUnits,
    StopUnits,
    SwitchRelease,
    VerifySite,
    WaitHealthy,
    WriteEnvironmentFile,
    WriteFile,
    kind_of,
)
from performing import perform, probe, ship

APP = "/srv/golive/twin"
USER = "golive-twin"
WEB = "golive-twin-web-{}@1.service"

SOURCES = {
    "app.py": "import os\n\n\ndef app(environ, start):\n"
    "    start('200 OK', [('Content-Length', '2')])\n    return [b'ok']\n",
    "migrate.py": "import os, sqlite3, sys\n"
    "with sqlite3.connect('data/app.db') as db:\n    db.execute('create table if not exists t (x)')\n"
    "open('data/said', 'w').write(repr([os.environ['PLAIN'], sys.argv[1:], os.getcwd(), len(os.environ['SECRET'])]))\n",
    "requirements.txt": "itsdangerous\n",
    "data/seed 种子": "seed\n",
    'it\'s a "name"\nof two lines': "x",
    "bin/tool": "#!/bin/sh\n",
    ".gitattributes": "*.txt text eol=crlf\n",
}

UNIT = """\
[Service]
User=golive-twin
EnvironmentFile={app}/releases/{n}/env
WorkingDirectory={app}/releases/1/code
RuntimeDirectory=golive/twin/{n}
RuntimeDirectoryMode=0750
Group=golive-twin
UMask=0007
ExecStart={app}/envs/k1/bin/gunicorn --bind unix:/run/golive/twin/{n}/web-%i.sock app:app
Restart=on-failure

[Install]
WantedBy=multi-user.target
"""

SITE = """\
server {
    listen 80;
    server_name twin.example;
    location = /.well-known/golive { default_type text/plain; alias /srv/golive/twin/current/identity; }
    location / { proxy_pass http://unix:/srv/golive/twin/current/run/web-1.sock; proxy_set_header Host $host; }
}
"""


def commit(folder: Path) -> tuple[str, bytes]:
    """A commit of SOURCES and the pack that holds it."""
    for name, content in SOURCES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    (folder / "bin" / "tool").chmod(0o755)
    (folder / "inner link").symlink_to("data/../app.py")
    who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "core.autocrlf=false"]
    git = ["git", "-C", str(folder)]
    for argv in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "m"]):
        subprocess.run([*git, *who, *argv], check=True, capture_output=True)
    digest = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    pack = subprocess.run([*git, "pack-objects", "--all", "--stdout", "-q"], check=True, capture_output=True, input=b"")
    return digest, pack.stdout


def release(number: int) -> list[Any]:
    """The folder of a release, as far as both faces make it."""
    folder = f"{APP}/releases/{number}"
    return [
        EnsureDirectory(folder, 0o750, "root", USER),
        EnsureLink(f"{folder}/run", f"/run/golive/twin/{number}"),
        WriteFile(f"{folder}/identity", f"identity-{number}\n", 0o640, "root", USER),
        WriteEnvironmentFile(f"{folder}/env", f"{APP}/env.json", (("PLAIN", 'it\'s $5 "and" 50% \\'), ("EMPTY", ""))),
        WriteFile(f"/etc/systemd/system/golive-twin-web-{number}@.service", UNIT.format(app=APP, n=number)),
        RecordRelease(f"{folder}/release.json", json.dumps({"number": number, "subject": "it's", "env_digest": "x"})),
    ]


def ground() -> list[Any]:
    return [
        InstallPackages(("nginx", "git", "python3-venv")),
        InstallPackages(("tree",), "a mirror", f"deb {mirror()} bookworm main\n"),
        EnsureUser("golive-build", "/var/lib/golive/build"),
        EnsureUser(USER, f"{APP}/shared", ("www-data", "golive-build")),
        EnsureDirectory("/srv/golive"),
        EnsureDirectory("/var/lib/golive"),
        EnsureDirectory(APP, 0o750, "root", USER),
        EnsureDirectory(f"{APP}/shared", 0o750, USER, USER),
        EnsureDirectory(f"{APP}/releases", 0o750, "root", USER),
        EnsureDirectory(f"{APP}/envs", 0o750, "root", USER),
        EnsureDirectory(f"{APP}/releases/1", 0o750, "root", USER),
        EnsureDirectory(f"{APP}/snapshots", 0o700),
        GenerateSecrets(f"{APP}/env.json", ("SECRET", "PLAIN")),
    ]


def code(digest: str) -> ReceiveCode:
    return ReceiveCode(f"{APP}/repo.git", digest, f"{APP}/releases/1/code", USER)


def build() -> list[Any]:
    python = f"{APP}/envs/k1/bin/python"
    code_folder = f"{APP}/releases/1/code"
    requirements = ("requirements.txt",)
    entries = (SharedPath("data", "directory"), SharedPath("var/up loads", "directory"), SharedPath("x.db", "file"))
    return [
        ShareData(code_folder, f"{APP}/shared", USER, entries),
        BuildEnvironment(
            f"{APP}/envs/k1",
            "/usr/bin/python3",
            code_folder,
            requirements,
            ("gunicorn",),
            "golive-build",
            USER,
            index_url=pip_index() or OFFICIAL_INDEX,
        ),
        *release(1),
        *release(2),
        RunCommand((python, "migrate.py", "$HOME", "a b"), code_folder, USER, f"{APP}/releases/1/env", "migrate"),
        SnapshotDatabase(f"{APP}/shared/data/app.db", f"{APP}/snapshots/1.db"),
    ]


def go_live(number: int) -> list[Any]:
    unit = WEB.format(number)
    socket = f"/run/golive/twin/{number}/web-1.sock"
    identity = f"identity-{number}"
    return [
        ReloadUnits(),
        EnableUnit(unit),
        StartUnits((unit,)),
        WaitHealthy((Endpoint(socket),), (unit,), "twin.example", "http", "/", 30),
        SwitchRelease(f"{APP}/current", f"releases/{number}"),
        WriteFile("/etc/nginx/conf.d/golive-twin.conf", SITE),
        ReloadProxy("nginx", "nginx.service", "/etc/nginx/conf.d/golive-twin.conf"),
        VerifySite(80, "twin.example", "http", "/", "/.well-known/golive", identity),
    ]


def drain() -> DrainUnits:
    endpoints = (Endpoint("/run/golive/twin/1/web-1.sock"),)
    old, new = WEB.format(1), WEB.format(2)
    return DrainUnits("golive-drain-twin-1", (old,), endpoints, (new,), f"{APP}/current", "releases/1", 1, 10)


def down() -> list[Any]:
    units = (WEB.format(1), WEB.format(2), "golive-never-was.service")
    files = tuple(f"/etc/systemd/system/golive-twin-web-{number}@.service" for number in (1, 2))
    return [
        StopUnits(units),
        RemoveSecrets(f"{APP}/env.json", ("SECRET",)),
        RemovePaths((*files, "/etc/nginx/conf.d/golive-twin.conf", "/run/golive/twin", APP)),
        RemoveUser(USER),
    ]


VOLATILE = ("env.json", "/env", "release.json", ".pyc", "1.db", "app.db")


def look(server: PracticeServer) -> dict[str, Any]:
    """Everything that the steps are about, without what is random or a time."""
    listing = server.run(
        [
            "find", "/srv/golive", "/etc/systemd/system", "/etc/nginx/conf.d", "/run/golive",
            "(", "-path", "*/repo.git/*", "-prune", ")", "-o", "-print0",
        ],
        check=False,
    ).stdout.split("\0")[:-1]  # fmt: skip
    units = (WEB.format(1), WEB.format(2), "nginx.service")
    users = (USER, "golive-build")
    packages = ("nginx", "git", "python3-venv", "tree")
    request = ProbeRequest("twin", packages, tuple(listing), units, users, (80,))
    facts, _ = probe(server, request)
    for path, found in facts["files"].items():
        if path.endswith(VOLATILE):
            found["sha256"] = ""
    for user in facts["users"].values():
        if user:
            del user["uid"]
    for unit in facts["units"].values():
        unit.pop("memory", None)
    kept = {name: facts[name] for name in ("files", "units", "users", "packages", "proxy", "apps")}
    kept["port"] = facts["ports"]["80"] and facts["ports"]["80"]["unit"]
    if facts["app"]:
        kept["app"] = {name: facts["app"][name] for name in ("current", "environments", "shared", "taken_back")}
    return kept


def differences(one: Any, other: Any, path: str = "") -> list[str]:
    """Where two looks differ, a line each."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return [] if one == other else [f"{path}: performed {one!r}, typed {other!r}"]
    keys = sorted(set(one) | set(other))
    return [line for key in keys for line in differences(one.get(key), other.get(key), f"{path} {key}")]


def do(server: PracticeServer, actions: list[Any]) -> None:
    """By the runner; every kind that says what shall be true has nothing to do the second time."""
    for action, result in zip(actions, perform(server, *actions), strict=True):
        assert "code" not in result, (action, result)


def type_in(server: PracticeServer, actions: list[Any]) -> None:
    """By a person, in one bash for each step."""
    for action in actions:
        script = "set -e\n" + "\n".join(render_shell(action)) + "\n"
        done = server.run(["bash"], input=script, check=False, timeout=600)
        assert done.returncode == 0, (script, done.stdout, done.stderr)


def settle(server: PracticeServer) -> None:
    """The drain is a unit of its own: wait until it is gone, as a person's commands would."""
    waiting = "while systemctl is-active --quiet golive-drain-twin-1; do sleep 0.1; done"
    server.run(["timeout", "30", "bash", "-c", waiting])


ALWAYS = {"reload_units", "reload_proxy", "run_command", "snapshot_database"}


@pytest.fixture
def twins(provisioned, server_factory):
    return provisioned, server_factory(layer="provisioned")


def test_performed_and_typed_end_alike(twins, tmp_path):
    performed, typed = twins
    for server in twins:
        ship(server)
    digest, pack = commit(tmp_path)

    do(performed, ground())
    type_in(typed, ground())
    receive(performed, typed, digest, pack)
    for actions in (build(), go_live(1), go_live(2)):
        do(performed, actions)
        type_in(typed, actions)
    do(performed, [drain()])
    settle(performed)
    type_in(typed, [drain()])
    seen = look(performed)
    assert differences(seen, look(typed)) == []
    assert seen["units"][WEB.format(1)]["active"] == "inactive"
    assert seen["units"][WEB.format(2)]["active"] == "active"
    assert seen["files"][f"{APP}/releases/1/code/requirements.txt"]["mode"] == 0o640
    assert (
        performed.run(["cat", f"{APP}/shared/data/said"]).stdout == typed.run(["cat", f"{APP}/shared/data/said"]).stdout
    )

    nothing = [a for a in (*ground(), code(digest), *build(), *go_live(2)) if kind_of(a) not in ALWAYS]
    again = perform(performed, *nothing)
    changed = [kind_of(a) for a, result in zip(nothing, again, strict=True) if result.get("changed", True)]
    assert changed == []
    assert differences(look(performed), seen) == []

    do(performed, down())
    type_in(typed, down())
    assert differences(look(performed), look(typed)) == []
    done = {kind_of(a) for a in (*ground(), code(digest), *build(), *go_live(1), drain(), *down())}
    assert done == set(KINDS)


def receive(performed: PracticeServer, typed: PracticeServer, digest: str, pack: bytes) -> None:
    """The code arrives: with the runner's plan, or by a person's push."""
    (Path(performed.root) / "var/tmp/pack").write_bytes(pack)
    do(performed, [code(digest)])
    (Path(typed.root) / "var/tmp/pack").write_bytes(pack)
    lines = render_shell(code(digest))
    push = next(index for index, line in enumerate(lines) if line.startswith("#"))
    git = f"git --git-dir {APP}/repo.git"
    pushed = (f"{git} unpack-objects -q </var/tmp/pack", f"{git} update-ref refs/heads/golive {digest}")
    script = "set -e\n" + "\n".join((*lines[:push], *pushed, *lines[push:])) + "\n"
    typed.run(["bash"], input=script)
