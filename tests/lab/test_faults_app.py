"""Apps that do not start, do not answer or do not live: the old release goes on, and the user reads why."""

from __future__ import annotations

import shutil
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from breaking import holdings, nothing_is_left, refused, works
from person import TINY_APP, User, Visitors, ask, write_app

SHORT_PATIENCE = "[health]\ntimeout = 4\n"

DIES = """
import os, signal, threading

def end():
    os.kill(os.getppid(), signal.SIGKILL)
"""
AFTER_AN_ANSWER = "threading.Timer({seconds}, end).start(); return 'answer {version}'"
"""The app's life ends this long after its first visitor, however slow the host is."""

KILLS = "os.kill(os.getppid(), signal.SIGKILL)"
ENDS = "os._exit(5)"

UNTIL_TAKEN_BACK = """
until [ "$(readlink /srv/golive/tiny/current)" = releases/1 ]; do sleep 0.1; done
"""

ENDS_LATER = """
import os, time
time.sleep(1)
os._exit(9)
"""

LISTENS_ONLY = """
import os, socket, time

# What the app server listens on; here somebody answers it who is very slow.
for number in range(3, 64):
    try:
        listener = socket.socket(fileno=os.dup(number))
    except OSError:
        continue
    if listener.family == socket.AF_UNIX and listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        listener.setblocking(True)
        while True:
            visitor, _ = listener.accept()
            for letter in b"HTTP/1.1 200 OK\\r\\nX-Slow: " + b"z" * 1000:
                visitor.send(bytes([letter]))
                time.sleep(1)
"""


@dataclass(frozen=True)
class Fault:
    """``files``: what the app holds besides; ``code``: before the app's own; ``words``: said in the failure."""

    name: str
    expected: str
    words: tuple[str, ...] = ()
    code: str = ""
    index: str = ""
    files: dict[str, str] = field(default_factory=dict)
    settings: str = ""
    status: int = 1


FAULTS = [
    Fault(
        "a package that is missing",
        "app-import-error",
        ("ModuleNotFoundError: No module named 'nothere'", 'pages.py", line 2', "requirements"),
        "import pages\n",
        files={"pages.py": "# pages\nimport nothere\n"},
    ),
    Fault(
        "a name that is missing",
        "app-import-error",
        ("NameError: name 'undefined_name' is not defined", 'pages.py", line 1'),
        "import pages\n",
        files={"pages.py": "undefined_name\n"},
    ),
    Fault(
        "a file that only Python's compiler refuses",
        "app-import-error",
        ("SyntaxError: 'return' outside function", 'pages.py", line 3'),
        "import pages\n",
        files={"pages.py": "\n\nreturn 1\n"},
    ),
    Fault(
        "a variable that is missing",
        "app-import-error",
        ("KeyError: 'colour'", 'pages.py", line 1'),
        "import pages\n",
        files={"pages.py": "{}['colour']\n"},
    ),
    Fault("an end during the import", "app-exited", ("exit status: 7",), "import os\nos._exit(7)\n"),
    Fault("an end after a second", "app-exited", ("exit status: 9",), ENDS_LATER),
    Fault("hanging at start", "app-silent", ("4 seconds",), "import time\ntime.sleep(600)\n", settings=SHORT_PATIENCE),
    Fault("a slow trickle", "app-silent", ("4 seconds",), LISTENS_ONLY, settings=SHORT_PATIENCE),
    Fault("a host check", "app-answers-error", ("400",), index="from flask import abort; abort(400)"),
    Fault(
        "an error in a page",
        "app-answers-error",
        ("500", "ZeroDivisionError", 'app.py", line'),
        index="return str(1/0)",
    ),
    Fault(
        "a death just after the first answer",
        "app-unstable",
        ("died",),
        DIES,
        AFTER_AN_ANSWER.replace("{seconds}", "0.25"),
    ),
    Fault(
        "an entry without its object",
        "app-import-error",
        ("'nobody' in 'app'", "golive.toml"),
        settings='[app]\nentry = "app:nobody"\n',
    ),
    Fault(
        "an entry without its module",
        "entry-not-found",
        ("golive.toml", "line 2", "nowhere:app"),
        settings='[app]\nentry = "nowhere:app"\n',
        status=64,
    ),
]


def broken(folder: Path, fault: Fault) -> Path:
    """The tiny app's second version with the fault in it."""
    shutil.rmtree(folder, ignore_errors=True)
    code = fault.code + TINY_APP
    if fault.index:
        code = code.replace('return "answer {version}"', fault.index)
    write_app(folder, 2, code)
    for name, content in fault.files.items():
        (folder / name).write_text(content, encoding="utf-8")
    if fault.settings:
        (folder / "golive.toml").write_text(fault.settings, encoding="utf-8")
    return folder


def test_a_release_that_does_not_answer_never_gets_a_visitor(live: User, app: Path) -> None:
    before = holdings(live.server)
    with Visitors(live.server.address) as visitors:
        for fault in FAULTS:
            refused(live, broken(app, fault), fault.expected, *fault.words, status=fault.status)
            assert holdings(live.server) == before, fault.name
    assert visitors.failures == []
    assert {text for _, _, text in visitors.answers} == {"answer 1"}
    works(live, broken(app, Fault("none", "")))
    assert ask(live.server.address) == (200, "answer 2")


def test_a_first_deploy_that_fails_leaves_no_release_behind(user: User, app: Path) -> None:
    for fault in (
        FAULTS[0],
        Fault("a death", "app-unstable", ("died",), DIES, AFTER_AN_ANSWER.replace("{seconds}", "0.25")),
    ):
        refused(user, broken(app, fault), fault.expected, *fault.words)
        nothing_is_left(user.server)
        assert ask(user.server.address)[1].find("answer") == -1
    works(user, broken(app, Fault("none", "")))
    assert ask(user.server.address) == (200, "answer 2")


def test_a_release_that_dies_after_the_switch_is_taken_back(live: User, app: Path) -> None:
    """Asked three times it answers; some seconds later it is gone. The old release was still there."""
    dies = broken(app, Fault("a later death", "", code=DIES, index=AFTER_AN_ANSWER.replace("{seconds}", "5")))
    works(live, dies)
    with Visitors(live.server.address) as visitors:
        live.server.run(["sh", "-c", UNTIL_TAKEN_BACK], timeout=60)
    assert "answer 2" in {text for _, _, text in visitors.answers}
    assert ask(live.server.address) == (200, "answer 1")
    told = live.golive("status", cwd=app)
    assert told.status == 0, told.text
    status = next(event for event in told.events if event["event"] == "status")
    assert (status["release"], status["taken_back"]) == (1, 2)

    works(live, broken(app, Fault("none", "")))
    assert ask(live.server.address) == (200, "answer 2")
    status = next(event for event in live.golive("status", cwd=app).events if event["event"] == "status")
    assert status["taken_back"] == 0


def test_workers_that_keep_dying_after_the_switch_are_taken_back(live: User, app: Path) -> None:
    """The app server replaces them at once, so that systemd sees nothing wrong; visitors would."""
    dies = Fault("workers die", "", (), DIES.replace(KILLS, ENDS), AFTER_AN_ANSWER.replace("{seconds}", "2"))
    works(live, broken(app, dies))
    with Visitors(live.server.address):
        live.server.run(["sh", "-c", UNTIL_TAKEN_BACK], timeout=60)
    assert ask(live.server.address) == (200, "answer 1")


def test_requests_of_three_seconds_that_are_in_flight_at_the_switch_are_answered(live: User, app: Path) -> None:
    write_app(app, 2)
    with ExitStack() as stack:
        # Three people, each with a new question at once after every answer: some are always being answered.
        people = [stack.enter_context(Visitors(live.server.address, "/slow", 0.01 + 0.7 * n)) for n in range(3)]
        assert live.golive("up", str(app)).status == 0
        ended = time.monotonic()
    answers = [answer for person in people for answer in person.answers]
    assert {text for _, _, text in answers} <= {"slow 1", "slow 2"}
    assert [began for began, _, text in answers if text == "slow 1" and ended - 3 < began < ended]
    assert [person.failures for person in people] == [[], [], []]
