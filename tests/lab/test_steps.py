"""Steps meet what real servers are like: apps that fail in every way, apt in use, old requirements."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from faraway import Source
from golive.lab import PracticeServer
from golive.protocol.facts import ProbeRequest
from golive.protocol.steps import (
    BuildEnvironment,
    DrainUnits,
    Endpoint,
    EnsureDirectory,
    EnsureLink,
    EnsureUser,
    InstallPackages,
    ReloadProxy,
    ReloadUnits,
    StartUnits,
    VerifySite,
    WaitHealthy,
    WriteFile,
)
from performing import perform, probe, ship
from person import ask

SOCKET = "/run/twin-{}.sock"

SERVER = """\
import http.server, os, socket, socketserver, sys, time
class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    pass
class Handler(http.server.BaseHTTPRequestHandler):
    asked = 0
    def address_string(self): return "-"
    def do_GET(self):
        Handler.asked += 1
        {each}
        self.send_response({status})
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")
{start}
path = sys.argv[1]
if os.path.exists(path): os.unlink(path)
Server(path, Handler).serve_forever()
"""

UNIT = """\
[Service]
ExecStart=/usr/bin/python3 /root/{name}.py {socket}
Restart=on-failure
RestartSec=100ms
"""


def unit(name: str) -> str:
    return f"golive-twin-{name}.service"


def install(server: PracticeServer, name: str, start: str = "", each: str = "pass", status: int = 200) -> None:
    """A unit with a small web server that behaves as told."""
    program = SERVER.format(start=start, each=each, status=status)
    results = perform(
        server,
        WriteFile(f"/root/{name}.py", program),
        WriteFile(f"/etc/systemd/system/{unit(name)}", UNIT.format(name=name, socket=SOCKET.format(name))),
        ReloadUnits(),
        StartUnits((unit(name),)),
    )
    assert all("code" not in result for result in results), results


def healthy(name: str, timeout: int = 3) -> WaitHealthy:
    return WaitHealthy((Endpoint(SOCKET.format(name)),), (unit(name),), "twin.example", "http", "/", timeout)


@pytest.fixture
def host(provisioned):
    ship(provisioned)
    return provisioned


def test_each_way_in_which_an_app_fails_has_its_own_code(host):
    install(host, "good")
    (result,) = perform(host, healthy("good"))
    assert result["outputs"]["status"] == 200
    assert result["seconds"] < 1.5

    install(host, "imports", start="import nothing_of_that_name")
    (result,) = perform(host, healthy("imports", 20))
    assert (result["code"], result["params"]["error"]) == (
        "app-import-error",
        "ModuleNotFoundError: No module named 'nothing_of_that_name'",
    )
    assert result["seconds"] < 5

    install(host, "exits", start="print('bye', flush=True); time.sleep(1); sys.exit(7)")
    (result,) = perform(host, healthy("exits", 20))
    assert (result["code"], result["params"]["status"]) == ("app-exited", "7")
    assert "bye" in result["output"]

    install(host, "hangs", start="print('thinking', flush=True); time.sleep(1000)")
    (result,) = perform(host, healthy("hangs", 3))
    assert (result["code"], result["params"]["seconds"]) == ("app-silent", 3)
    assert "thinking" in result["output"]
    assert result["seconds"] < 4

    install(host, "mute", each="time.sleep(1000)")
    (result,) = perform(host, healthy("mute", 3))
    assert result["code"] == "app-silent"
    assert result["seconds"] < 4

    for status in (400, 500):
        install(host, f"says{status}", status=status)
        (result,) = perform(host, healthy(f"says{status}", 20))
        assert (result["code"], result["params"]["status"]) == ("app-answers-error", status)
        assert result["seconds"] < 4

    install(host, "dies", each="if Handler.asked == 2: os._exit(3)")
    (result,) = perform(host, healthy("dies", 20))
    assert result["code"] == "app-unstable"


def drained(server: PracticeServer) -> None:
    waiting = "while systemctl is-active --quiet golive-drain-twin; do sleep 0.1; done"
    server.run(["timeout", "40", "bash", "-c", waiting])


def two_releases(host: PracticeServer) -> DrainUnits:
    install(host, "old", each="time.sleep(3) if 'slow' in self.path else None")
    app = "/srv/golive/twin"
    folders = [EnsureDirectory(f"{app}/releases/{number}") for number in (1, 2)]
    perform(host, *folders, EnsureLink(f"{app}/current", "releases/2"))
    endpoints = (Endpoint(SOCKET.format("old")),)
    return DrainUnits(
        "golive-drain-twin", (unit("old"),), endpoints, (unit("new"),), f"{app}/current", "releases/1", 1, 20
    )


def states(host: PracticeServer) -> dict[str, str]:
    facts, _ = probe(host, ProbeRequest("twin", units=(unit("old"), unit("new"))))
    found = {name: facts["units"][unit(name)]["active"] for name in ("old", "new")}
    return {**found, "current": facts["app"]["current"], "taken_back": facts["app"]["taken_back"]}


def test_a_request_in_flight_is_finished_before_the_old_release_stops(host):
    drain = two_releases(host)
    install(host, "new")
    answers: list[str] = []
    asking = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--unix-socket", SOCKET.format("old")]
    visitor = threading.Thread(target=lambda: answers.append(host.run([*asking, "http://x/slow"], check=False).stdout))
    visitor.start()
    counting = ["bash", "-c", f"until [ $(grep -c {SOCKET.format('old')} /proc/net/unix) -gt 1 ]; do sleep 0.05; done"]
    host.run(["timeout", "10", *counting])
    began = time.monotonic()
    (result,) = perform(host, drain)
    assert result["changed"] is True
    assert result["seconds"] < 1
    assert states(host)["old"] == "active"
    drained(host)
    visitor.join(10)
    assert answers == ["200"]
    assert time.monotonic() - began < 10
    assert states(host) == {"old": "inactive", "new": "active", "current": 2, "taken_back": None}


def test_a_new_release_that_dies_on_probation_is_taken_back(host):
    drain = two_releases(host)._replace(guard=15)
    install(host, "new", each="os._exit(1)")
    perform(host, drain)
    host.run(["curl", "-s", "--unix-socket", SOCKET.format("new"), "http://x/"], check=False)
    drained(host)
    seen = states(host)
    assert (seen["old"], seen["new"], seen["current"]) == ("active", "inactive", 1)
    assert seen["taken_back"]["release"] == 2
    assert unit("new") in seen["taken_back"]["reason"]


def test_a_drain_stops_nothing_that_somebody_made_live_again(host):
    drain = two_releases(host)
    install(host, "new")
    perform(host, drain, EnsureLink("/srv/golive/twin/current", "releases/1"))
    drained(host)
    assert states(host)["old"] == "active"


def test_apt_waits_for_others_heals_dpkg_and_knows_what_does_not_exist(host):
    hold = (
        "import fcntl,sys,time; f=open('/var/lib/dpkg/lock-frontend','w'); fcntl.lockf(f, fcntl.LOCK_EX); time.sleep(4)"
    )
    (Path(host.root) / "root" / "unattended-upgrade").write_text(hold)
    host.run(["systemd-run", "--quiet", "--unit=first-boot", "python3", "/root/unattended-upgrade"])
    host.run(["bash", "-c", "rm -rf /usr/share/doc/tree; dpkg --purge tree >/dev/null 2>&1; true"])
    facts, _ = probe(host, ProbeRequest())
    assert facts["apt"]["busy"] == "unattended-upgrade"
    (result,) = perform(host, InstallPackages(("tree",)))
    assert "tree " in result["outputs"]["versions"]
    assert result["seconds"] > 2

    broken = "cd /tmp && apt-get download -q sl >/dev/null && dpkg --unpack sl_*.deb >/dev/null"
    host.run(["bash", "-c", broken])
    facts, _ = probe(host, ProbeRequest(packages=("sl",)))
    assert (facts["apt"]["interrupted"], facts["packages"]["sl"]) == (True, "")
    (result,) = perform(host, InstallPackages(("sl",)))
    assert "code" not in result, result
    facts, _ = probe(host, ProbeRequest(packages=("sl",)))
    assert (facts["apt"]["interrupted"], bool(facts["packages"]["sl"])) == (False, True)

    (result,) = perform(host, InstallPackages(("no-such-package",)))
    assert (result["code"], result["params"]["packages"]) == ("package-unknown", "no-such-package")


def test_without_a_network_the_reason_is_the_network(host):
    host.run(["bash", "-c", "rm -rf /var/lib/apt/lists/*"])
    host.network(False)
    (result,) = perform(host, InstallPackages(("sl",)))
    assert result["code"] == "apt-no-network"


def environment(requirements: str = "requirements.txt", **fields: Any) -> BuildEnvironment:
    values = {
        "path": "/srv/golive/twin/envs/k",
        "python": "/usr/bin/python3",
        "project": "/srv/golive/twin/code",
        "manifests": (requirements,),
        "extras": (),
        "builder": "golive-build",
        "group": "golive-twin",
    }
    return BuildEnvironment(**{**values, **fields})


def test_environments_of_every_sort(host):
    perform(
        host,
        EnsureUser("golive-build", "/var/lib/golive/build"),
        EnsureUser("golive-twin", "/srv/golive/twin/shared", ("golive-build",)),
        EnsureDirectory("/srv/golive/twin", 0o750, "root", "golive-twin"),
        EnsureDirectory("/srv/golive/twin/envs", 0o750, "root", "golive-twin"),
        EnsureDirectory("/srv/golive/twin/code", 0o750, "root", "golive-twin"),
    )
    code = Path(host.root) / "srv/golive/twin/code"
    (code / "requirements.txt").write_bytes("# 依赖\r\n-r more.txt\r\nitsdangerous\r\n".encode("utf-16"))
    (code / "more.txt").write_bytes("# 更多依赖\nblinker\n".encode("gbk"))
    (code / "pyproject.toml").write_text('[project]\nname = "x"\ndependencies = ["markupsafe>=2"]\n')
    (code / "bad.txt").write_text("itsdangerous\nno-such-distribution-zzz==1.0\n")

    leftover = Path(host.root) / "srv/golive/twin/envs/k"
    leftover.mkdir()
    (leftover / "half-built").touch()
    names = ("requirements.txt", "pyproject.toml")
    (result,) = perform(host, environment(manifests=names))
    assert result.get("changed") is True, result
    python = "/srv/golive/twin/envs/k/bin/python"
    host.run(["runuser", "-u", "golive-twin", "--", python, "-c", "import itsdangerous, blinker, markupsafe"])
    assert not (leftover / "half-built").exists()
    writable = [
        "find",
        "/srv/golive/twin/envs/k",
        "!",
        "-type",
        "l",
        "(",
        "!",
        "-user",
        "root",
        "-o",
        "-perm",
        "/022",
        ")",
    ]
    assert host.run(writable).stdout == ""

    by_uv = environment(manifests=names, path="/srv/golive/twin/envs/u", tool="uv")
    (result,) = perform(host, by_uv)
    assert result.get("changed") is True, result
    host.run(["/srv/golive/twin/envs/u/bin/python", "-c", "import itsdangerous, blinker, markupsafe"])

    # Root's own index, which pip as another user would not know and uv of nobody: used, its password not told.
    private = Source("private", password="hunter2")
    settings = Path(host.root) / "root/.config/pip/pip.conf"
    settings.parent.mkdir(parents=True)
    settings.write_text(f"[global]\nindex-url = {private.root.replace('//', '//me:hunter2@')}/simple\n")
    (code / "private.txt").write_text("greeting\n")
    (result,) = perform(host, environment("private.txt", path="/srv/golive/twin/envs/p", tool="uv"))
    assert result.get("changed") is True, result
    assert any(path.endswith(".whl") for path in private.asked)
    assert "hunter2" not in (Path(host.root) / "var/tmp/perform-run/journal.jsonl").read_text()
    settings.unlink()
    private.close()

    (result,) = perform(host, environment("bad.txt", path="/srv/golive/twin/envs/b"))
    assert (result["code"], result["params"]["requirement"]) == ("package-not-found", "no-such-distribution-zzz==1.0")
    (result,) = perform(host, environment("bad.txt", path="/srv/golive/twin/envs/b", tool="uv"))
    assert result["code"] == "package-not-found"
    assert "no-such-distribution-zzz" in result["params"]["requirement"]
    (result,) = perform(host, environment(path="/srv/golive/twin/envs/t", timeout=1))
    assert result["code"] == "environment-timeout"
    host.network(False)
    (code / "bad.txt").write_text("no-such-distribution-yyy\n")
    (result,) = perform(host, environment("bad.txt", path="/srv/golive/twin/envs/n", timeout=120))
    assert result["code"] == "no-network-python"


def test_the_proxys_failures_name_whose_fault_it_is(host):
    ours = "/etc/nginx/conf.d/golive-twin.conf"
    site = "server { listen 8088; server_name twin.example;"
    site += " location = /id { return 200 'me'; } location / { return 204; } }\n"
    reload = ReloadProxy("nginx", "nginx.service", ours)
    verify = VerifySite(8088, "twin.example", "http", "/", "/id", "me")
    results = perform(host, WriteFile(ours, site), reload, verify)
    assert results[-1]["outputs"] == {"status": 204}

    # When the step is over, no worker that knows only the files of before takes a visitor any more.
    for number in range(5):
        page = f" location = /{number} {{ return 200 'new'; }}"
        perform(host, WriteFile(ours, site.replace(" location = /id", page + " location = /id")), reload)
        answers = [ask(host.address, f"/{number}", 8088, "twin.example") for _ in range(30)]
        assert set(answers) == {(200, "new")}

    (result,) = perform(host, verify._replace(identity="somebody else"))
    assert (result["code"], result["params"]["port"]) == ("proxy-not-ours", 8088)
    (result,) = perform(host, verify._replace(path="/id", expect=(201,)))
    assert (result["code"], result["params"]["status"]) == ("site-answers-error", 200)

    results = perform(host, WriteFile("/etc/nginx/conf.d/other.conf", "server { listen 81; nonsense on; }\n"), reload)
    failed = results[-1]
    assert (failed["code"], failed["params"]["file"]) == ("proxy-test-failed", "/etc/nginx/conf.d/other.conf")
    assert failed["params"]["ours"] is False
    assert "nonsense" in failed["params"]["error"]

    host.run(["bash", "-c", "rm /etc/nginx/conf.d/other.conf; systemctl stop nginx"])
    host.run(["systemd-run", "--quiet", "--unit=taken", "python3", "-m", "http.server", "8088"])
    host.run(["timeout", "10", "bash", "-c", "until curl -s -o /dev/null localhost:8088; do sleep 0.1; done"])
    facts, _ = probe(host, ProbeRequest(ports=(8088,)))
    assert (facts["ports"]["8088"]["program"], facts["ports"]["8088"]["unit"]) == ("http.server", "taken.service")
    (result,) = perform(host, reload)
    assert result["code"] == "proxy-not-running", result
    assert "8088" in result["params"]["error"]


def test_the_probe_is_fast_and_changes_nothing(host):
    request = ProbeRequest(
        "twin", ("nginx", "git"), ("/etc/passwd",), ("nginx.service", "a@1.service"), ("www-data",), (22, 80)
    )
    probe(host, request)
    facts, seconds = probe(host, request)
    assert facts["ports"]["22"]["unit"] == "ssh.service"
    assert facts["units"]["nginx.service"]["load"] == "loaded"
    assert facts["addresses"] == [host.address]
    assert facts["systemd"] == 252
    assert seconds < 0.5
