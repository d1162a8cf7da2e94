"""Practice servers behave like servers: they boot, keep files, lose power, lose the network, and leave no trace."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import asyncssh
import pytest

from golive.errors import Refused, UsageError
from golive.lab import Lab, PracticeServer, base, cgroup, machine, network

Factory = Callable[..., PracticeServer]


def ssh(server: PracticeServer, command: str, user: str = "root") -> subprocess.CompletedProcess[str]:
    options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "BatchMode=yes", "LogLevel=ERROR"]
    flags = [word for option in options for word in ("-o", option)]
    argv = ["ssh", *flags, "-i", str(server.key_path), f"{user}@{server.address}", command]
    return subprocess.run(argv, capture_output=True, text=True, timeout=120, check=False, stdin=subprocess.DEVNULL)


def said(server: PracticeServer, *argv: str) -> str:
    return server.run(argv).stdout.strip()


def test_a_fresh_server_has_booted_and_lets_its_key_in(server: PracticeServer) -> None:
    assert said(server, "systemctl", "is-system-running") == "running"
    assert said(server, "cat", "/proc/1/comm") == "systemd"
    assert said(server, "hostname") == server.name
    done = ssh(server, "id -un; hostname -I")
    assert done.stdout.split() == ["root", server.address], done.stderr


def test_run_passes_input_output_status_and_nothing_of_this_environment(
    server: PracticeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEAKED", "yes")
    assert server.run(["tr", "a-z", "A-Z"], input="上线 golive\n").stdout == "上线 GOLIVE\n"
    assert "LEAKED" not in said(server, "env")
    failed = server.run(["sh", "-c", "echo out; echo err >&2; exit 3"], check=False)
    assert (failed.returncode, failed.stdout, failed.stderr) == (3, "out\n", "err\n")
    with pytest.raises(subprocess.CalledProcessError):
        server.run(["false"])
    with pytest.raises(subprocess.TimeoutExpired):
        server.run(["sh", "-c", "sleep 987 & wait"], timeout=0.5)
    assert server.run(["pgrep", "-f", "sleep 987"], check=False).returncode == 1


def test_servers_have_nothing_in_common(server_factory: Factory) -> None:
    one, two = server_factory(), server_factory()
    for place in ("/etc/machine-id", "/etc/ssh/ssh_host_ed25519_key.pub", "/etc/ssh/ssh_host_ecdsa_key.pub"):
        assert said(one, "cat", place) != said(two, "cat", place)
    assert said(one, "cat", "/etc/ssh/ssh_host_ed25519_key.pub").startswith(one.host_key)
    for server in (one, two):
        server.run(["systemd-run", "--unit=same", "sleep", "infinity"])
    one.run(["systemctl", "stop", "same"], timeout=20)
    assert said(two, "systemctl", "is-active", "same") == "active"
    assert two.run(["ping", "-c1", "-W2", one.address]).returncode == 0


def test_the_way_out_stays_the_same_whoever_comes_and_goes(server: PracticeServer) -> None:
    """A bridge takes over the address of one of its ports, unless it was given one: NET_ADDR_SET in the kernel's
    documentation of addr_assign_type."""
    assert server.running
    assert Path("/sys/class/net/golive0/addr_assign_type").read_text().strip() == "3"


def test_reset_forgets_every_change_but_not_who_the_server_is(server: PracticeServer) -> None:
    before = said(server, "cat", "/etc/machine-id"), server.host_key
    server.run(["sh", "-c", "echo new > /srv/file; rm /usr/bin/curl; echo changed > /etc/issue"])
    server.reset()
    assert server.run(["test", "-e", "/srv/file"], check=False).returncode == 1
    assert server.run(["test", "-x", "/usr/bin/curl"]).returncode == 0
    assert said(server, "cat", "/etc/issue") != "changed"
    assert (said(server, "cat", "/etc/machine-id"), server.host_key) == before
    assert ssh(server, "true").returncode == 0


def test_files_and_units_survive_reboots_of_every_kind(server: PracticeServer) -> None:
    server.run(["sh", "-c", "echo kept > /srv/file; systemctl mask nothing.service"])

    def boot() -> str:
        return said(server, "cat", "/proc/sys/kernel/random/boot_id")

    boots = [boot()]
    server.reboot()
    boots.append(boot())
    server.kill()
    assert not server.running
    server.start()
    boots.append(boot())
    server.run(["systemctl", "reboot"])  # as a person inside would
    wait_until(lambda: server.running and boot() not in boots)
    assert len(set(boots)) == 3
    assert said(server, "cat", "/srv/file") == "kept"


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            if condition():
                return
        except (Refused, subprocess.SubprocessError):
            pass
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)


def test_a_power_cut_loses_what_was_not_synced(server_factory: Factory) -> None:
    server = server_factory(disk=256)
    write = """
        import os
        os.makedirs("/srv/data"); os.sync(); os.chdir("/srv/data")
        open("renamed.new", "w").write("never synced" * 100)
        os.rename("renamed.new", "renamed")
        with open("synced", "w") as file:
            file.write("safe"); file.flush(); os.fsync(file.fileno())
    """
    server.run(["python3", "-c", textwrap.dedent(write)])
    assert said(server, "stat", "-c", "%s", "/srv/data/renamed") == "1200"
    server.power_cut()
    assert said(server, "cat", "/srv/data/synced") == "safe"
    # The rename went to disk with the journal that the fsync beside it forced out; the file's data did not.
    assert said(server, "stat", "-c", "%s", "/srv/data/renamed") == "0"
    assert said(server, "systemctl", "is-system-running") == "running"


def test_a_power_cut_needs_a_disk_of_its_own(server: PracticeServer) -> None:
    with pytest.raises(UsageError, match="lab-needs-disk"):
        server.power_cut()


def test_the_disk_is_as_small_as_asked(server_factory: Factory) -> None:
    server = server_factory(disk=128)
    size = int(said(server, "df", "--output=size", "-m", "/").split()[-1])
    assert 100 < size <= 128
    full = server.run(["dd", "if=/dev/zero", "of=/var/full", "bs=1M", "count=200"], check=False)
    assert "No space left on device" in full.stderr


def test_memory_is_limited_and_told(server_factory: Factory) -> None:
    server = server_factory(memory=256)
    greedy = ["systemd-run", "--wait", "--pipe", "--quiet", "python3", "-c", "bytearray(400 * 2**20)"]
    assert server.run(greedy, check=False).returncode != 0
    modest = ["systemd-run", "--wait", "--pipe", "--quiet", "python3", "-c", "bytearray(50 * 2**20)"]
    assert server.run(modest, check=False).returncode == 0
    assert said(server, "free", "--mebi").splitlines()[1].split()[1] == "256"


def test_a_cut_cable_is_silence_not_an_error(server: PracticeServer) -> None:
    with socket.create_connection((server.address, 22), timeout=10) as connection:
        assert connection.recv(64).startswith(b"SSH-")
        server.network(False)
        connection.sendall(b"SSH-2.0-test\r\n")
        connection.settimeout(1)
        with pytest.raises(TimeoutError):
            connection.recv(64)
        with pytest.raises(TimeoutError):
            socket.create_connection((server.address, 22), timeout=4)
        server.network(True)
        connection.settimeout(30)
        assert connection.recv(64)
    assert ssh(server, "true").returncode == 0


@pytest.mark.parametrize(("suite", "version"), [("bullseye", "3.9"), ("bookworm", "3.11"), ("trixie", "3.13")])
def test_suites_bring_pythons_of_other_ages(server_factory: Factory, suite: str, version: str) -> None:
    server = server_factory(suite=suite)
    assert said(server, "python3", "-c", "import sys; print('%d.%d' % sys.version_info[:2])") == version
    assert ssh(server, "systemctl is-system-running").stdout.strip() == "running"
    limited = ["systemd-run", "--wait", "--pipe", "--quiet", "-p", "MemoryMax=30M", "python3", "-c", "bytearray(2**27)"]
    assert server.run(limited, check=False).returncode != 0, "a unit's own limits work inside"


def test_a_server_without_python_has_none(server_factory: Factory) -> None:
    server = server_factory(python=False)
    found = said(server, "sh", "-c", "command -v python3 python; ls /usr/bin /usr/lib | grep -i '^python' || true")
    assert found == ""


@pytest.mark.parametrize("way", ["ssh", "unit", "run"])
def test_packages_can_be_installed_however_a_process_starts(provisioned: PracticeServer, way: str) -> None:
    script = "python3 -m venv /srv/env && /srv/env/bin/pip install --quiet --no-cache-dir flask"
    if way == "ssh":
        done = ssh(provisioned, script)
    else:
        unit = ["systemd-run", "--wait", "--pipe", "--quiet"] if way == "unit" else []
        done = provisioned.run([*unit, "sh", "-c", script], check=False)
    assert done.returncode == 0, done.stderr
    assert "Flask" in said(provisioned, "/srv/env/bin/flask", "--version")


def test_the_provisioned_server_serves(provisioned: PracticeServer) -> None:
    with socket.create_connection((provisioned.address, 80), timeout=10) as connection:
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert b"200 OK" in connection.recv(64)
    provisioned.run(["git", "--version"])


def test_a_layer_is_prepared_once_and_shared(lab: Lab, server_factory: Factory, tmp_path: Path) -> None:
    lab = Lab(lab.home, tmp_path)
    (tmp_path / "base").symlink_to(Lab().cache / "base")
    calls: list[str] = []

    def prepare(server: PracticeServer) -> None:
        calls.append(server.name)
        server.run(["sh", "-c", "echo layered > /srv/file; rm /usr/bin/curl"])

    lab.ensure_layer("sample", prepare=prepare)
    lab.ensure_layer("sample", prepare=prepare)
    assert len(calls) == 1
    assert calls[0] not in [server.name for server in lab.list()]
    names = [f"{server_factory().name}-{letter}" for letter in "ab"]
    servers = [lab.up(name, layer="sample") for name in names]
    try:
        assert [said(server, "cat", "/srv/file") for server in servers] == ["layered", "layered"]
        assert servers[0].run(["test", "-e", "/usr/bin/curl"], check=False).returncode == 1
        assert len({said(server, "cat", "/etc/machine-id") for server in servers}) == 2
        assert servers[0].host_key != servers[1].host_key
        servers[0].run(["sh", "-c", "echo more > /srv/more"])
        lab.save_layer(servers[0], "taller")
        servers[1].down()
        servers[1] = lab.up(names[1], layer="taller")
        assert said(servers[1], "cat", "/srv/file", "/srv/more") == "layered\nmore"
    finally:
        for name in names:
            lab.down(name)


def test_docker_runs_inside(server: PracticeServer) -> None:
    install = "apt-get update -q && apt-get install -q -y --no-install-recommends docker.io"
    server.run(["sh", "-c", install], timeout=400, env={"DEBIAN_FRONTEND": "noninteractive"})
    assert said(server, "docker", "info", "--format", "{{.Driver}}") == "overlay2"
    server.run(["sh", "-c", "tar -C / -c bin lib lib64 etc usr | docker import - base:1"], timeout=200)
    run = ["docker", "run", "--rm", "--hostname=inner", "--memory=64m", "base:1"]
    assert said(server, *run, "hostname") == "inner"
    server.reset()
    assert said(server, "ls", "/var/lib/docker") == ""


def test_users_passwords_and_sudo(server: PracticeServer) -> None:
    server.add_user("free", sudo="free")
    server.add_user("typed", sudo="password")
    server.add_user("plain")
    server.set_password("typed", "correct horse")
    assert ssh(server, "sudo -n id -u", user="free").stdout.strip() == "0"
    assert ssh(server, "sudo -n id -u", user="typed").returncode != 0
    assert ssh(server, "echo correct horse | sudo -S id -u", user="typed").stdout.strip() == "0"
    assert ssh(server, "sudo -n id -u", user="plain").returncode != 0
    assert ssh(server, "id -un", user="plain").stdout.strip() == "plain"


async def log_in(server: PracticeServer, user: str, password: str) -> str:
    options = {"username": user, "password": password, "known_hosts": None, "client_keys": None, "config": None}
    async with asyncssh.connect(server.address, **options) as connection:
        return str((await connection.run("id -un")).stdout).strip()


def test_root_comes_in_with_a_password_only_when_given_one(server: PracticeServer) -> None:
    with pytest.raises(asyncssh.PermissionDenied):
        asyncio.run(log_in(server, "root", "secret"))
    server.set_password("root", "secret")
    assert asyncio.run(log_in(server, "root", "secret")) == "root"


def test_several_people_start_servers_at_once(lab: Lab, server_factory: Factory) -> None:
    prefix = server_factory().name
    program = "import sys; from golive.lab import Lab; print(Lab().up(sys.argv[1]).address)"
    starts = [
        subprocess.Popen([sys.executable, "-c", program, f"{prefix}-{n}"], stdout=subprocess.PIPE, text=True)
        for n in range(3)
    ]
    try:
        addresses = [process.communicate(timeout=120)[0].strip() for process in starts]
        assert len(set(addresses)) == 3
        states = {server.address: server.state for server in lab.list()}
        assert [states[address] for address in addresses] == ["running"] * 3
    finally:
        for n in range(3):
            lab.down(f"{prefix}-{n}")


def test_down_leaves_nothing(lab: Lab, server_factory: Factory) -> None:
    server = server_factory(disk=64)
    number = server.record.number
    assert cgroup.processes(number)
    server.down()
    assert cgroup.processes(number) == []
    assert [root for root, _ in cgroup.hierarchies() if (root / cgroup.group_name(number)).exists()] == []
    assert not Path("/run/netns", network.link_name(number)).exists()
    assert not Path("/sys/class/net", network.link_name(number)).exists()
    assert not lab.folder(server.name).exists()
    assert server.name not in Path("/proc/self/mounts").read_text("utf-8")
    backing = [path.read_text("utf-8") for path in Path("/sys/block").glob("loop*/loop/backing_file")]
    assert [file for file in backing if server.name in file] == []
    with pytest.raises(UsageError, match="lab-unknown-server"):
        lab.get(server.name)


def test_the_bridge_and_its_rules_come_and_go(lab: Lab) -> None:
    """In a network namespace of its own, because other people's servers may be on the real bridge."""
    place = f"golive-test-{os.getpid()}"
    program = textwrap.dedent("""
        import subprocess
        from pathlib import Path
        from golive.lab import network
        def state():
            said = [subprocess.check_output(["iptables", "-t", table, "-S"], text=True) for table in ("nat", "filter")]
            rules = [line for text in said for line in text.splitlines() if line.startswith("-A")]
            return Path("/sys/class/net/golive0").exists(), len(rules)
        network._ensure_bridge(); network._ensure_bridge(); print(*state())
        network._remove_bridge(); network._remove_bridge(); print(*state())
        """)
    subprocess.run(["ip", "netns", "add", place], check=True)
    try:
        argv = ["ip", "netns", "exec", place, sys.executable, "-c", program]
        done = subprocess.run(argv, capture_output=True, text=True, check=True)
    finally:
        subprocess.run(["ip", "netns", "del", place], check=True)
    assert done.stdout.splitlines() == ["True 3", "False 0"]


def test_down_copes_with_whatever_is_left(lab: Lab, server_factory: Factory) -> None:
    half = server_factory()
    subprocess.run(["ip", "netns", "del", network.link_name(half.record.number)], check=True)
    half.down()
    unreadable = server_factory()
    (lab.folder(unreadable.name) / "record.json").write_text("{", "utf-8")
    assert [s.state for s in lab.list() if s.name == unreadable.name] == ["broken"]
    number = unreadable.record.number
    lab.down(unreadable.name)
    assert cgroup.processes(number) == []
    assert machine.leader(number) is None


def test_a_stopped_server_is_listed_as_stopped_and_says_so(lab: Lab, server: PracticeServer) -> None:
    server.kill()
    assert [(s.address, s.state) for s in lab.list() if s.name == server.name] == [(server.address, "stopped")]
    with pytest.raises(Refused, match="lab-not-running"):
        server.run(["true"])


def test_names_are_taken_once(lab: Lab, server: PracticeServer) -> None:
    with pytest.raises(Refused, match="lab-name-taken"):
        lab.up(server.name)
    assert ssh(server, "true").returncode == 0, "the one that has the name is left alone"


def test_when_the_archive_is_out_of_reach_the_cache_stays_clean(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOLIVE_LAB_MIRROR", "http://127.0.0.1:9/debian")
    with pytest.raises(Refused) as caught:
        Lab(tmp_path / "home", tmp_path / "cache").up("never")
    assert caught.value.code == "lab-base-failed"
    assert caught.value.params["suite"] == "bookworm"
    assert caught.value.params["output"], "debootstrap's last lines"
    assert [path for path in (tmp_path / "cache" / "base").iterdir() if path.is_dir()] == []


def test_a_server_outlives_who_started_it_and_can_be_taken_down_half_made(lab: Lab, server_factory: Factory) -> None:
    name = f"{server_factory().name}-orphan"
    program = "import sys; from golive.lab import Lab; Lab().up(sys.argv[1])"
    starting = subprocess.Popen([sys.executable, "-c", program, name])
    wait_until(lambda: any(s.name == name and s.state == "running" for s in lab.list()))
    starting.kill()  # between the first process and the first answer of sshd, usually
    starting.wait()
    assert [s.state for s in lab.list() if s.name == name] == ["running"]
    lab.down(name)
    assert [s for s in lab.list() if s.name == name] == []


def test_two_who_want_a_layer_prepare_it_once(lab: Lab, server_factory: Factory, tmp_path: Path) -> None:
    server_factory()  # the base image exists from here on
    (tmp_path / "base").symlink_to(lab.cache / "base")
    program = textwrap.dedent("""
        import sys
        from pathlib import Path
        from golive.lab import Lab
        lab = Lab(cache=Path(sys.argv[1]))
        def prepare(server):
            server.run(["touch", "/srv/prepared"])
            print("prepared")
        lab.ensure_layer("shared", prepare=prepare)
        """)
    argv = [sys.executable, "-c", program, str(tmp_path)]
    both = [subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert sorted(process.communicate(timeout=120)[0] for process in both) == ["", "prepared\n"]
    assert [process.returncode for process in both] == [0, 0]


def test_a_server_that_cannot_boot_tells_why_and_leaves_nothing(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("over", "under"):
        (tmp_path / name).mkdir()
    empty = (str(tmp_path / "over"), str(tmp_path / "under"))
    monkeypatch.setattr(base, "ensure_base", lambda *_arguments, **_options: empty)
    broken = Lab(tmp_path / "home", lab.cache)
    with pytest.raises(Refused) as caught:
        broken.up("unbootable")
    assert caught.value.code == "lab-boot-failed"
    assert caught.value.params["reason"] == "exited"
    assert caught.value.params["output"], "the console's last lines"
    assert broken.list() == []
