"""Taking an app live on this very computer: the same releases, health, switch and rollback, without root or systemd."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
from urllib.error import HTTPError, URLError

import pytest
from people import Person, Visitors, wait_until


def test_it_goes_live(someone: Person) -> None:
    last = someone.up()
    assert (last["ok"], last["release"]) == (True, 1)
    assert last["url"] == f"http://127.0.0.1:{someone.port}"
    assert someone.port >= 8000
    assert someone.visit() == "one"
    assert someone.visit("/notes") == "seeded\n"
    again = someone.up()
    assert (again["changed"], again["release"]) == (0, 1)


def test_it_is_for_this_computer_alone(someone: Person) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.connect(("192.0.2.1", 9))
        own = asker.getsockname()[0]
    if own.startswith("127."):
        pytest.skip("this computer has no other address")
    with socket.socket() as visitor:
        assert visitor.connect_ex((own, someone.port)) != 0


def test_nobody_else_can_look(someone: Person) -> None:
    assert stat.S_IMODE(someone.local.stat().st_mode) == 0o700
    env = someone.local / "apps/shop/releases/1/env"
    assert stat.S_IMODE(env.stat().st_mode) == 0o600


def test_the_app_cannot_write_its_code(someone: Person) -> None:
    told = json.loads(someone.visit("/attempts"))
    assert {told["new"], told["own"], told["environment"]} == {"Permission denied"}
    assert told["variables"]["PATH"].startswith(told["variables"]["VIRTUAL_ENV"] + "/bin:")
    assert told["supervisor"] == []


def test_the_proxy_tells_the_app_who_visits(someone: Person) -> None:
    told = json.loads(someone.visit("/headers", **{"X-Forwarded-For": "198.51.100.9", "X-Forwarded-Prefix": "/evil"}))
    assert told["Host"] == f"127.0.0.1:{someone.port}"
    assert (told["X-Forwarded-For"], told["X-Forwarded-Proto"]) == ("127.0.0.1", "http")
    assert "X-Forwarded-Prefix" not in told


def test_bodies_go_both_ways(someone: Person) -> None:
    body = os.urandom(3_000_000)
    with socket.create_connection(("127.0.0.1", someone.port), timeout=30) as visitor:
        head = f"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        visitor.sendall(head.encode() + body)
        answer = b""
        while piece := visitor.recv(65536):
            answer += piece
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.partition(b"\r\n\r\n")[2] == body
    assert someone.visit("/stream") == "0\n1\n2\n"


def test_too_large_an_upload_is_turned_away(someone: Person) -> None:
    with socket.create_connection(("127.0.0.1", someone.port), timeout=30) as visitor:
        visitor.sendall(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99000000\r\n\r\n")
        assert visitor.recv(100).startswith(b"HTTP/1.1 413")


def test_visitors_never_notice_a_deploy(someone: Person) -> None:
    someone.visit("/note/first")
    someone.rewrite('VERSION = "one"', 'VERSION = "two"')
    with Visitors(someone) as visitors, Visitors(someone, "/slow") as slow:
        wait_until(lambda: len(visitors.answers) > 20)
        last = someone.up()
        seen = len(visitors.answers)
        wait_until(lambda: len(visitors.answers) > seen + 20)
    assert last["ok"]
    assert visitors.failures + slow.failures == []
    assert set(visitors.answers) == {"one", "two"}
    assert visitors.answers[-1] == "two"
    assert someone.visit("/notes") == "seeded\nfirst\n"


def test_a_broken_app_gets_no_visitor(someone: Person) -> None:
    someone.rewrite('VERSION = "two"', 'VERSION = "three"\nimport nothing_of_that_name')
    with Visitors(someone) as visitors:
        last = someone.up(ok=False)
    assert last["code"] == "app-import-error"
    assert "nothing_of_that_name" in last["message"] + json.dumps(last)
    assert visitors.failures == []
    assert set(visitors.answers) == {"two"}
    assert someone.golive("status").stdout.startswith("shop on local: release 2 is live")


def test_rollback_brings_the_code_back(someone: Person) -> None:
    with Visitors(someone) as visitors:
        someone.golive("rollback", "--yes")
    assert visitors.failures == []
    assert someone.visit() == "one"
    assert someone.visit("/notes") == "seeded\nfirst\n"
    someone.rewrite("\nimport nothing_of_that_name", "")
    someone.up()
    assert someone.visit() == "three"


def test_a_new_value_reaches_the_app(someone: Person) -> None:
    with Visitors(someone) as visitors:
        someone.golive("env", "set", "GREETING", input="hello there")
    assert visitors.failures == []
    assert json.loads(someone.visit("/attempts"))["variables"]["GREETING"] == "hello there"
    assert "hello there" not in "".join(someone.processes().values())


def test_several_of_a_process(someone: Person) -> None:
    someone.golive("scale", "web=2")
    assert someone.golive("status").stdout.count("running") == 2
    assert {someone.visit() for _ in range(4)} == {"three"}


def test_logs_are_those_of_all_releases(someone: Person) -> None:
    someone.visit("/?mark=here")
    assert "GET /?mark=here" in someone.golive("logs").stdout
    assert "Listening at" in someone.golive("logs", "--lines", "10000").stdout


def test_logs_follow(someone: Person) -> None:
    following = someone.begin("logs", "-f", "--lines", "0")
    assert following.stdout is not None
    # Something that was not there before: it has begun to follow.
    with Visitors(someone, "/?number=1"):
        heard = following.stdout.readline()
    following.kill()
    assert "GET /?number=" in heard


def test_a_program_in_the_live_environment(someone: Person) -> None:
    done = someone.golive("run", "--", "python", "-c", "import flask, os; print(os.environ['GREETING'])")
    assert done.stdout == "hello there\n"


def test_maintenance(someone: Person) -> None:
    someone.golive("maintenance", "on")
    with pytest.raises(HTTPError) as caught:
        someone.visit()
    assert caught.value.code == 503
    caught.value.close()
    someone.golive("maintenance", "off")
    assert someone.visit() == "three"


def test_the_supervisor_is_not_passed_over_in_silence(someone: Person) -> None:
    """On servers nothing of golive's runs; here one process does, and is told."""
    told = json.loads(someone.golive("status", "--all", "--json").stdout.splitlines()[0])
    assert told["golive"]["processes"] == 1, told


def test_the_site_goes_on_when_the_terminal_closes(someone: Person) -> None:
    someone.rewrite('VERSION = "three"', 'VERSION = "four"')
    runs = set(someone.local.glob("apps/shop/journal/0*"))
    running = someone.begin("up", "--yes", start_new_session=True)
    # From here on the run is the host's own, whoever watches it.
    wait_until(lambda: set(someone.local.glob("apps/shop/journal/0*")) - runs)
    os.killpg(running.pid, signal.SIGHUP)
    running.wait()
    wait_until(lambda: someone.visit() == "four")
    assert someone.up()["changed"] == 0


def test_a_supervisor_that_was_killed_is_back_with_the_next_up(someone: Person) -> None:
    os.kill(someone.supervisor(), signal.SIGKILL)
    assert "stopped" in someone.golive("status").stdout
    last = someone.up()
    assert last["changed"] > 0
    assert someone.visit() == "four"
    gunicorns = {line for line in someone.processes().values() if "gunicorn" in line}
    assert len(gunicorns) == 2, "those of before have ended, and two instances run"


def test_a_process_that_dies_is_started_again(someone: Person) -> None:
    before = {number for number, line in someone.processes().items() if "gunicorn" in line}
    for number in before:
        os.kill(number, signal.SIGKILL)

    def answers() -> bool:
        try:
            return someone.visit() == "four"
        except OSError:
            return False

    wait_until(answers)


def test_a_proxy_that_dies_is_started_again(someone: Person) -> None:
    proxy = next(number for number, line in someone.processes().items() if "nginx: master" in line or "forward" in line)
    os.kill(proxy, signal.SIGKILL)

    def answers() -> bool:
        try:
            return someone.visit() == "four" and proxy not in someone.processes()
        except OSError:
            return False

    wait_until(answers)


def test_two_at_once_end_well(someone: Person) -> None:
    someone.rewrite('VERSION = "four"', 'VERSION = "five"')
    both = [someone.begin("up", "--yes") for _ in range(2)]
    told = [process.communicate(timeout=200)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    assert someone.visit() == "five"


def test_old_releases_go(someone: Person) -> None:
    for number in range(3):
        someone.golive("restart")
        assert someone.visit() == "five", number
    kept = sorted(path.name for path in (someone.local / "apps/shop/releases").iterdir())
    assert len(kept) <= 8
    assert len(list((someone.local / "units").glob("golive-shop-*"))) == len(kept)


def test_the_other_proxy_can_take_over(someone: Person) -> None:
    if not os.access("/usr/sbin/nginx", os.X_OK):
        pytest.skip("no nginx is installed here")
    before = someone.variables["GOLIVE_NGINX"]
    for choice in ("no" if before == "" else "", before):
        someone.variables["GOLIVE_NGINX"] = choice
        assert someone.up()["changed"] > 0
        assert someone.visit() == "five"


def test_down_keeps_the_data_unless_told(someone: Person) -> None:
    someone.golive("down", "--yes")
    with pytest.raises(URLError, match="refused"):
        someone.visit()
    wait_until(lambda: not someone.processes())
    assert (someone.local / "apps/shop/shared/instance/notes.txt").read_text() == "seeded\nfirst\n"
    assert sorted(path.name for path in someone.local.iterdir()) == ["apps", "state"]
    someone.up()
    assert someone.visit("/notes") == "seeded\nfirst\n"


def test_down_leaves_nothing(someone: Person) -> None:
    someone.golive("down", "--delete-data", "--yes")
    wait_until(lambda: not someone.processes())
    assert not someone.local.exists()
