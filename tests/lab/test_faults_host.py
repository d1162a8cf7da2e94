"""The host itself is not as it should be: no Python, no room, read-only, too old, or busy with its own packages."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from golive.lab import PracticeServer
from person import Said, User, Visitors, ask, wait_for, write_app

CHINESE = re.compile(r"[\u4e00-\u9fff]")
Factory = Callable[..., PracticeServer]


def sh(server: PracticeServer, script: str) -> str:
    return server.run(["sh", "-e", "-c", script], timeout=300).stdout


def refused(user: User, folder: Path, code: str, *words: str, verb: str = "up", status: int = 1) -> Said:
    """VERB fails with CODE, in both languages; WORDS are in what it says in English."""
    chinese = user.golive(verb, str(folder), "--lang", "zh")
    said = user.golive(verb, str(folder))
    for answer in (chinese, said):
        assert (answer.status, answer.finished.get("code")) == (status, code), answer.text
    assert all(CHINESE.search(chinese.finished[part]) for part in ("message", "hint"))
    told = said.finished["message"] + " " + said.finished["hint"]
    for word in words:
        assert word in told, f"{word!r} is not in {told}"
    assert "%(" not in told + chinese.finished["message"] + chinese.finished["hint"]
    return said


def works(user: User, folder: Path, answer: str) -> Said:
    said = user.golive("up", str(folder))
    assert said.status == 0, said.text
    assert ask(user.server.address) == (200, answer)
    return said


def lines(said: Said) -> str:
    """What the host's programs said."""
    return "\n".join(event["line"] for event in said.events if event["event"] == "step_output")


def test_a_host_without_python_gets_it(server_factory: Factory, app: Path, tmp_path: Path) -> None:
    user = User(tmp_path / "home", server_factory(python=False))
    refused(user, app, "python-missing", "has no Python", "golive up", verb="plan", status=3)
    sh(user.server, "mv /etc/apt/sources.list /root")
    refused(user, app, "python-not-installed", "could not be installed", "apt-get", status=3)
    sh(user.server, "mv /root/sources.list /etc/apt")
    said = works(user, app, "answer 1")
    assert [event["code"] for event in said.events if event["event"] == "notice"][:1] == ["installing-python"]
    assert "Setting up python3 " in lines(said)


def test_no_room_before_and_no_room_in_the_middle(lab, server_factory: Factory, app: Path, tmp_path: Path) -> None:
    server = server_factory(layer="provisioned", disk=600)
    user = User(tmp_path / "home", server)
    works(user, app, "answer 1")
    write_app(app, 2)
    with Visitors(server.address) as visitors:
        fill = "fallocate -l $(($(stat -f -c '%a * %S' /srv) - $0)) /srv/filler"
        server.run(["sh", "-c", fill, "20000000"])
        refused(user, app, "disk-low", "/srv", "MB free", "journalctl")
        sh(server, "rm /srv/filler")
        (app / "requirements.txt").write_text("flask\npandas\n", encoding="utf-8")
        process = user.start("up", str(app))
        wait_for(process, "build-environment")
        server.run(["sh", "-c", fill, "3000000"])
        output, errors = process.communicate(timeout=240)
        assert '"code": "disk-full"' in output.splitlines()[-1], output[-3000:] + errors
        assert process.returncode == 1
        assert ask(server.address) == (200, "answer 1")
        sh(server, "rm /srv/filler")
        write_app(app, 2)
        works(user, app, "answer 2")
    assert visitors.failures == []


def test_a_disk_that_became_read_only_and_a_clock_that_is_wrong(live: User, app: Path) -> None:
    server = live.server
    write_app(app, 2)
    with Visitors(server.address) as visitors:
        # The whole root cannot be remounted while logs are open in it: these mounts of their own can.
        sh(server, "for i in srv etc var; do mount --bind /$i /$i; mount -o remount,bind,ro /$i; done")
        refused(live, app, "read-only-filesystem", "/srv is read-only", "dmesg")
        sh(server, "umount /srv /etc /var")
        # Containers share the machine's clock: this one's Python is told another time.
        shift = "import time; _now = time.time; time.time = lambda: _now() - 7200\n"
        server.run(["tee", "/etc/python3.11/sitecustomize.py"], input=shift)
        said = works(live, app, "answer 2")
        chinese = live.golive("host", "check", "--lang", "zh")
    assert visitors.failures == []
    notice = next(event for event in said.events if event.get("code") == "clock-wrong")
    assert "120 minutes behind" in notice["message"]
    findings = next(event for event in chinese.events if event["event"] == "host")["findings"]
    assert [finding["code"] for finding in findings] == ["clock-wrong"]


@pytest.mark.parametrize(
    ("code", "release", "words"),
    [
        ("os-unsupported", 'ID=fedora\nVERSION_ID=40\nPRETTY_NAME="Fedora Linux 40"\n', ("Fedora Linux 40", "Debian")),
        ("os-too-old", 'ID=debian\nVERSION_ID="9"\nPRETTY_NAME="Debian 9"\n', ("Debian 9", "Oldest: Debian 11")),
        ("os-too-old", 'ID=ubuntu\nVERSION_ID="18.04"\nPRETTY_NAME="Ubuntu 18.04"\n', ("Oldest: Ubuntu 20.04",)),
    ],
)
def test_a_system_that_golive_does_not_know(
    server: PracticeServer, app: Path, tmp_path: Path, code: str, release: str, words: tuple[str, ...]
) -> None:
    server.run(["tee", "/etc/os-release"], input=release)
    refused(User(tmp_path / "home", server), app, code, *words)
    assert server.run(["sh", "-c", "ls /srv; dpkg-query -W nginx"], check=False).stdout == ""


# Holds dpkg's lock as unattended-upgrades does after a first boot, until a file is there.
_HOLDER = """\
import fcntl, os, time
lock = open("/var/lib/dpkg/lock-frontend", "w")
fcntl.lockf(lock, fcntl.LOCK_EX)
open("/run/locked", "w").close()
while not os.path.exists("/run/release"):
    time.sleep(0.1)
"""

# A package whose installation stops in the middle until it is killed.
_SLOW_PACKAGE = """\
mkdir -p /root/slow/DEBIAN
printf 'Package: slow\\nVersion: 1\\nArchitecture: all\\nMaintainer: nobody\\nDescription: slow\\n' \\
    > /root/slow/DEBIAN/control
printf '#!/bin/sh\\n[ -e /run/fast ] && exit 0\\ntouch /run/halfway\\nexec sleep 300\\n' > /root/slow/DEBIAN/postinst
chmod 755 /root/slow/DEBIAN/postinst
dpkg-deb -b /root/slow /root/slow.deb
systemd-run -q --unit=installing dpkg -i /root/slow.deb
for i in $(seq 300); do [ -e /run/halfway ] && break; sleep 0.1; done
systemctl kill -s KILL installing
touch /run/fast
"""


def test_packages_in_any_state(user: User, app: Path) -> None:
    server = user.server
    sh(server, "DEBIAN_FRONTEND=noninteractive apt-get -q -y remove python3-venv python3.11-venv")
    sh(server, "rm -rf /var/lib/apt/lists/*")

    gateway = sh(server, "ip route show default").strip()
    sh(server, "ip route del default")
    failed = refused(user, app, "apt-no-network", "python3-venv", "mirror")
    assert failed.finished["output"]
    assert server.run(["ls", "/srv/golive/tiny/releases"], check=False).stdout == ""
    sh(server, f"ip route add {gateway}")

    sh(server, _SLOW_PACKAGE)
    server.run(["tee", "/usr/bin/unattended-upgrade"], input=_HOLDER)
    sh(server, "systemd-run -q --unit=first-boot python3 /usr/bin/unattended-upgrade")
    sh(server, "for i in $(seq 100); do [ -e /run/locked ] && exit; sleep 0.1; done; exit 1")
    process = user.start("up", str(app))
    said = wait_for(process, "install-packages", "step_waiting")
    assert (said["code"], said["params"]["holder"]) == ("apt-in-use", "unattended-upgrade")
    seconds = said["params"]["seconds"]
    assert wait_for(process, "install-packages", "step_waiting")["params"]["seconds"] > seconds
    sh(server, "touch /run/release")
    output, errors = process.communicate(timeout=240)
    assert process.returncode == 0, output[-3000:] + errors
    assert "dpkg was interrupted earlier" in output
    assert sh(server, "dpkg-query -f '${db:Status-Status}' -W slow") == "installed"
    assert ask(server.address) == (200, "answer 1")
