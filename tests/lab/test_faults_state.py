"""Somebody has been at the host's files, or was cut off in the middle of them: the next ``golive up`` mends it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

from golive.lab import PracticeServer
from golive.transport.bundle import bundle
from person import User, Visitors, ask, write_app

CHINESE = re.compile(r"[\u4e00-\u9fff]")
TINY = "/srv/golive/tiny"


def sh(server: PracticeServer, script: str) -> str:
    return server.run(["sh", "-e", "-c", script]).stdout


def eventually(what: Callable[[], bool], patience: float = 120) -> None:
    """WHAT becomes true by itself."""
    deadline = time.monotonic() + patience
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def mended(user: User, app: Path, damage: str) -> int:
    """After DAMAGE, ``plan`` tells of changes and ``up`` carries them out. Returns the live release."""
    sh(user.server, damage)
    plan = user.golive("plan", str(app))
    assert plan.status == 2, plan.text
    up = user.golive("up", str(app))
    assert up.status == 0, up.text
    return int(up.finished["release"])


def at_rest(user: User, app: Path) -> None:
    again = user.golive("plan", str(app))
    assert again.status == 0, again.text


def test_what_somebody_changed_by_hand_is_put_right_and_visitors_see_nothing_of_it(live: User, app: Path) -> None:
    server = live.server
    assert mended(live, app, "rm /etc/systemd/system/golive-tiny-web-1@.service; systemctl daemon-reload") == 1
    assert mended(live, app, "systemctl stop golive-tiny-web-1@1") == 1
    with Visitors(server.address) as visitors:
        assert (
            mended(
                live,
                app,
                "sed -i 's/listen 80/listen 80 /; s/server_name/server_name x.org/' /etc/nginx/conf.d/golive-tiny.conf",
            )
            == 1
        )
        assert mended(live, app, f"rm {TINY}/envs/*/bin/python*") == 2
        write_app(app, 3)
        assert live.golive("up", str(app)).finished["release"] == 3
        sh(server, f"rm -r {TINY}/releases/1")
        at_rest(live, app)
        assert mended(live, app, "echo '{broken' > /srv/golive/tiny/env.json") == 4
        at_rest(live, app)
    assert visitors.failures == []
    # While the new release is on probation, what becomes of it is the drain's to judge.
    eventually(lambda: not sh(server, "systemctl list-units --all --no-legend 'golive-drain-*'"))
    # No visitor can be served without these two; up brings the site back.
    assert mended(live, app, f"rm {TINY}/current") == 5
    assert ask(server.address) == (200, "answer 3")
    assert mended(live, app, f"rm -r {TINY}/releases/5") == 6
    assert ask(server.address) == (200, "answer 3")
    at_rest(live, app)
    # The old ones are drained behind us.
    running = "systemctl list-units --plain --no-legend 'golive-tiny-web-*' | awk '{print $1}'"
    eventually(lambda: sh(server, running).split() == ["golive-tiny-web-6@1.service"])


JOURNALS = {
    "garbage": "head -c 3000 /dev/urandom > $run/journal.jsonl",
    "half a line": "head -c 150 $run/journal.jsonl > $run/j; mv $run/j $run/journal.jsonl",
    "half a plan": "sed -i '$d' $run/journal.jsonl; head -c 200 $run/plan.json > $run/p; mv $run/p $run/plan.json",
    "nothing": "rm $run/*",
    "no plan": "sed -i '$d' $run/journal.jsonl; rm $run/plan.json",
}


def test_a_corrupt_journal_stops_nobody(live: User, app: Path) -> None:
    server = live.server
    with Visitors(server.address) as visitors:
        for number, damage in enumerate(JOURNALS.values(), 2):
            last = f"$(ls -d {TINY}/journal/0* | tail -n 1)"
            sh(server, f"last={last}; run={TINY}/journal/{number * 100:06d}-0000dead; cp -r $last $run; {damage}")
            write_app(app, number)
            up = live.golive("up", str(app))
            assert up.status == 0, (damage, up.text)
            assert ask(server.address) == (200, f"answer {number}")
    assert visitors.failures == []
    at_rest(live, app)


def test_other_golives_on_the_same_host(live: User, app: Path) -> None:
    server = live.server
    own = f"/var/lib/golive/runner-{bundle().name}.zip"
    sh(
        server,
        f"for d in a b c; do cp {own} /var/lib/golive/runner-${{d}}111222233334444.zip; done; "
        "touch -d '3 days ago' /var/lib/golive/runner-a*; touch -d '1 day ago' /var/lib/golive/runner-b*; "
        f"touch -d '2 days ago' /var/lib/golive/runner-c*; head -c 1000 /dev/urandom > {own}; "
        "head -c 500 /dev/urandom > /var/lib/golive/compiled-b111222233334444-aaaa.zip",
    )
    write_app(app, 2)
    up = live.golive("up", str(app))
    assert up.status == 0, up.text
    kept = {name.split("-")[1][:16] for name in sh(server, "ls /var/lib/golive").split() if name.endswith(".zip")}
    assert kept == {bundle().name, "b111222233334444"}

    sh(server, "echo 99 > /var/lib/golive/format")
    write_app(app, 3)
    for language in ("en", "zh"):
        newer = live.golive("up", str(app), "--lang", language)
        assert (newer.status, newer.finished["code"]) == (1, "host-newer"), newer.text
        assert "pip install -U golive" in newer.finished["hint"]
        assert bool(CHINESE.search(newer.finished["message"])) == (language == "zh")
    assert ask(server.address) == (200, "answer 2")
    sh(server, "echo 1 > /var/lib/golive/format")
    assert live.golive("up", str(app)).status == 0

    server.reboot()
    eventually(lambda: ask(server.address) == (200, "answer 3"))
    at_rest(live, app)


def test_down_leaves_the_neighbours_alone(live: User, app: Path, tmp_path: Path) -> None:
    server = live.server
    sh(
        server,
        "mkdir -p /var/www/shop; echo shop > /var/www/shop/index.html; "
        "printf 'server { listen 82; root /var/www/shop; }' > /etc/nginx/conf.d/shop.conf; systemctl reload nginx",
    )
    other = write_app(tmp_path / "other", 7)
    taken = live.golive("up", str(other))
    assert (taken.status, taken.finished["code"]) == (1, "address-taken"), taken.text
    assert "“tiny”" in taken.finished["message"]
    assert ask(server.address) == (200, "answer 1")
    (other / "golive.toml").write_text("[app]\nport = 8080\n")
    second = live.golive("up", str(other))
    assert (second.status, second.finished["url"]) == (0, f"http://{server.address}:8080"), second.text
    named = write_app(tmp_path / "named", 9)
    (named / "golive.toml").write_text('[app]\ndomains = ["shop.example.org"]\n')
    third = live.golive("up", str(named))
    assert third.status == 0, third.text
    assert ask(server.address, host="shop.example.org") == (200, "answer 9")
    assert ask(server.address) == (200, "answer 1")
    assert ask(server.address, port=8080) == (200, "answer 7")

    default = sh(server, "sha256sum /etc/nginx/sites-enabled/default /etc/nginx/nginx.conf")
    packages = sh(server, "dpkg-query -f '${Package}\\n' -W")
    with Visitors(server.address, port=8080) as visitors, Visitors(server.address, port=82) as shoppers:
        down = live.golive("down", cwd=app)
    assert down.status == 0, down.text
    assert visitors.failures == shoppers.failures == []
    assert len(visitors.answers) > 10
    notices = {event["code"]: event["message"] for event in down.events if event["event"] == "notice"}
    assert all(name in notices["packages-stay"] for name in ("git", "nginx", "python3-venv"))
    assert "/srv/golive/tiny/shared" in notices["data-stays"]
    assert sh(server, "dpkg-query -f '${Package}\\n' -W") == packages
    assert "Welcome to nginx" in ask(server.address)[1], "the system's default site is back in its place"
    assert sh(server, "sha256sum /etc/nginx/sites-enabled/default /etc/nginx/nginx.conf") == default
    assert live.golive("down", cwd=app).finished["changed"] == 0

    for folder in (other, named):
        assert live.golive("down", "--delete-data", cwd=folder).status == 0
    assert ask(server.address, port=82) == (200, "shop\n")
    assert ask(server.address, port=8080) == (0, "")
    assert_nothing_of_golive_lives(server)
    up = live.golive("up", str(app))
    assert (up.status, ask(server.address)) == (0, (200, "answer 1")), up.text


def assert_nothing_of_golive_lives(server: PracticeServer) -> None:
    """No process, port, unit or file of the proxy, once the last run's own unit is gone."""
    sh(
        server,
        "for i in $(seq 100); do [ -z \"$(systemctl list-units --all --no-legend 'golive-*')\" ] && exit; "
        "sleep 0.1; done; exit 1",
    )
    assert server.run(["pgrep", "-f", "golive"], check=False).stdout == ""
    users = [line.split(":")[0] for line in sh(server, "getent passwd").splitlines() if line.startswith("golive-")]
    assert "golive-other" not in users
    assert all(server.run(["pgrep", "-u", user], check=False).stdout == "" for user in users)
    listening = sh(server, "cat /proc/net/tcp /proc/net/tcp6 | awk '$4 == \"0A\" {print $2}' | sed 's/.*://' | sort -u")
    assert {int(port, 16) for port in listening.split()} <= {22, 80, 82}
    assert sh(server, "ls /etc/systemd/system /etc/nginx/conf.d | grep golive || true") == ""
