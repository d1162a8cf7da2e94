"""What every fault has to leave alone, and how golive has to tell of it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from golive.lab import PracticeServer
from person import Said, User

_HOLDINGS = """\
cd /srv/golive/$0 2>/dev/null || exit 0
ls releases; readlink current
find shared -printf '%p %u %m\\n' | sort
cd /etc; ls systemd/system | grep "^golive-$0" ; sha256sum systemd/system/golive-$0* nginx/conf.d/golive-$0.conf
systemctl list-units --all --plain --no-legend "golive-$0*" | awk '{print $1, $3}' | grep -v "^golive-run"
ss -lxH | grep -o "/run/golive/$0/[^ ]*" | sort
"""


def holdings(server: PracticeServer, slug: str = "tiny") -> str:
    """Everything of an app that a failed deploy has to leave as it was: releases, data, units, the proxy's file."""
    return server.run(["sh", "-c", _HOLDINGS, slug], check=False).stdout


def nothing_is_left(server: PracticeServer, slug: str = "tiny") -> None:
    """After a failed first deploy: no release, no unit, no file of the proxy, nothing that runs."""
    script = """\
ls -d /srv/golive/$0/releases/* /srv/golive/$0/current /etc/systemd/system/golive-$0* /etc/nginx/conf.d/golive-$0.conf
systemctl list-units --all --plain --no-legend "golive-$0*" | grep -v "^golive-run"
pgrep -u golive-$0
"""
    found = server.run(["sh", "-c", script, slug], check=False).stdout
    assert found == "", found


def refused(user: User, folder: Path, code: str, *words: str, status: int = 1) -> Said:
    """``golive up`` fails with CODE; every one of WORDS is in what it says."""
    said = user.golive("up", str(folder))
    assert (said.status, said.finished.get("code")) == (status, code), said.finished
    assert said.finished["ok"] is False
    told = " ".join([said.finished["message"], said.finished["hint"], *said.finished.get("output", ())])
    for word in words:
        assert word in told, f"{word!r} is not in {told}"
    assert "%(" not in told
    assert said.stderr == ""
    return said


def works(user: User, folder: Path) -> Said:
    """``golive up`` just works."""
    said = user.golive("up", str(folder))
    assert said.status == 0, said.text
    return said


def git(folder: Path, *words: str) -> str:
    """Git on this computer, as somebody."""
    who = ("-c", "user.name=Li", "-c", "user.email=li@example.org", "-c", "protocol.file.allow=always")
    done = subprocess.run(["git", *who, *words], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
