"""The two faces of a run: lines for people, JSON lines for programs."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from golive import locale
from golive.cli.live import LivePhases
from golive.cli.phases import Phases
from golive.cli.symbols import symbols
from golive.cli.view_human import HumanView
from golive.cli.view_json import JsonView
from golive.engine.outcome import Concern, Outcome
from golive.model.plan import Notice, Plan, Stage
from golive.protocol.events import Event
from golive.protocol.facts import ProbeRequest
from golive.protocol.steps import HostPlan, InstallPackages, ReloadUnits, Step

STEPS = (
    Step("install-packages", InstallPackages(("nginx", "git")), "prepare", "packages"),
    Step("reload-units", ReloadUnits(), "start", "reload-units"),
)
PLAN = Plan(
    stages=(Stage((HostPlan("shop", "deploy", STEPS, "", (), ProbeRequest(app="shop"), 3),)),),
    url="http://203.0.113.7",
    release=3,
    notices=(Notice("uncommitted-changes"),),
)
RUN: tuple[Event, ...] = (
    {"event": "run_started", "run": "r1", "total": 2},
    {"event": "step_started", "step": "install-packages", "n": 1, "total": 2, "phase": "prepare"},
    {"event": "step_output", "step": "install-packages", "line": "Unpacking nginx\x1b[2J"},
    {"event": "step_finished", "step": "install-packages", "changed": True, "seconds": 4.25},
    {"event": "step_started", "step": "reload-units", "n": 2, "total": 2, "phase": "start"},
    {"event": "step_finished", "step": "reload-units", "changed": True, "seconds": 0.1},
    {"event": "finished", "ok": True, "changed": 2, "seconds": 5.0},
)
FAILED = Outcome(
    ok=False,
    code="app-import-error",
    params={"error": "ModuleNotFoundError: No module named 'flsk'", "unit": "u"},
    output=("Traceback (most recent call last):", "ModuleNotFoundError: No module named 'flsk'"),
    kept=("nginx", "git"),
)


@pytest.fixture(params=["en", "zh"])
def language(request: pytest.FixtureRequest):
    locale.activate(request.param)
    yield request.param
    locale.activate("en")


@pytest.fixture(autouse=True)
def _english():
    locale.activate("en")


def follow(view: Any, events: tuple[Event, ...] = RUN) -> None:
    view.plan(PLAN)
    for event in events:
        view.event(event)


def lines(capsys) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_json_is_one_object_a_line_and_ends_with_finished(capsys) -> None:
    view = JsonView()
    follow(view)
    assert view.conclude(Outcome(ok=True, url=PLAN.url, release=3, changed=2, seconds=5.1234)) == 0
    told = lines(capsys)
    assert [event["event"] for event in told].count("finished") == 1
    assert told[-1] == {
        "event": "finished",
        "ok": True,
        "url": PLAN.url,
        "release": 3,
        "changed": 2,
        "seconds": 5.123,
    }
    assert told[-2]["event"] == "run_finished"
    assert told[0]["event"] == "plan"
    assert [step["id"] for step in told[0]["steps"]] == ["install-packages", "reload-units"]


UNSEEN = Outcome(ok=True, url=PLAN.url, release=3, changed=2, seconds=5.1).proven(
    "host", Concern("not-reached", {"url": PLAN.url, "host": "web1", "port": 80, "reason": "timeout"})
)


def test_json_says_who_has_seen_the_site_and_what_was_in_the_way(language: str, capsys) -> None:
    view = JsonView()
    assert view.conclude(UNSEEN) == 0
    told = lines(capsys)
    assert [event["event"] for event in told] == ["notice", "finished"]
    assert (told[-1]["ok"], told[-1]["proof"]) == (True, "host")
    (warning,) = told[-1]["warnings"]
    assert warning["code"] == told[0]["code"] == "not-reached"
    assert PLAN.url in warning["message"]
    assert "安全组" in warning["hint"]
    view.conclude(UNSEEN.proven("computer"))
    (last,) = lines(capsys)
    assert (last["proof"], last["warnings"]) == ("computer", [])


def test_a_site_that_this_computer_does_not_see_is_a_good_end_with_a_warning(language: str, capsys) -> None:
    view = HumanView()
    assert view.conclude(UNSEEN) == 0
    end, what, why, following, code = capsys.readouterr().out.splitlines()
    assert end.startswith("✔ ")
    assert PLAN.url not in end
    assert PLAN.url in what
    assert why.startswith("原因：" if language == "zh" else "Why: ")
    assert "安全组" in following
    assert code == "(not-reached)"
    view.conclude(UNSEEN.proven("computer"))
    (end,) = capsys.readouterr().out.splitlines()
    assert PLAN.url in end
    assert ("这台电脑" if language == "zh" else "from this computer") in end


def test_json_failure_has_code_message_and_hint_in_the_language(language: str, capsys) -> None:
    view = JsonView()
    assert view.conclude(FAILED) == 1
    (last,) = lines(capsys)
    assert last["code"] == "app-import-error"
    assert "flsk" in last["message"]
    assert last["hint"]
    assert last["kept"] == ["nginx", "git"]
    assert (language == "zh") == ("应用" in last["message"])


def test_json_never_asks_and_shows_the_answer(capsys) -> None:
    view = JsonView()
    assert view.ask("delete-data", False, app="shop", host="h") is False
    assert view.ask_secret("env-value", name="X", file="f", line=1) == ""
    (question,) = lines(capsys)
    assert question["event"] == "question"
    assert question["answer"] is False


def test_json_is_ascii_so_that_no_code_page_can_break_it(capsys) -> None:
    locale.activate("zh")
    JsonView().say("host-fit")
    assert capsys.readouterr().out.isascii()


def test_without_a_terminal_there_is_a_plain_line_a_phase(language: str, capsys) -> None:
    view = HumanView()
    follow(view)
    assert view.conclude(Outcome(ok=True, url=PLAN.url, release=3, changed=2, seconds=5.1)) == 0
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "Unpacking" not in shown
    told = shown.splitlines()
    assert len(told) == 4  # the notice, two phases with steps, the end
    assert PLAN.url in told[-1]
    assert "5.1" in told[-1]
    assert told[1].startswith("✔ 准备" if language == "zh" else "✔ Prepare")


def test_verbose_shows_each_step_and_its_output_made_harmless(capsys) -> None:
    view = HumanView(verbose=True)
    follow(view)
    view.conclude(Outcome(ok=True, url=PLAN.url, release=3, changed=2))
    shown = capsys.readouterr().out
    assert "1/2 Install the packages nginx, git" in shown
    assert "  Unpacking nginx\n" in shown
    assert "\x1b" not in shown


def test_a_failure_shows_output_what_why_next_code_and_what_stays(language: str, capsys) -> None:
    view = HumanView()
    follow(view, RUN[:2])
    assert view.conclude(FAILED) == 1
    told = capsys.readouterr().err.splitlines()
    assert "  Traceback (most recent call last):" in told
    where = [index for index, line in enumerate(told) if line.startswith("✘ ")]
    assert len(where) == 1
    what, why, following, code, kept = told[where[0] :]
    assert "flsk" in what
    assert why.startswith("原因：" if language == "zh" else "Why: ")
    assert following.startswith("怎么办：" if language == "zh" else "Next: ")
    assert code == "(app-import-error)"
    assert "nginx" in kept


def test_questions_without_anybody_to_answer_get_the_default(monkeypatch, capsys) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    view = HumanView()
    assert view.ask("delete-data", False, app="shop", host="h") is False
    assert view.ask_secret("ssh-password", user="u", host="h") == ""


@pytest.mark.parametrize(
    ("typed", "default", "answer"),
    [
        ("y\n", False, True),
        ("是\n", False, True),
        ("n\n", True, False),
        ("\n", True, True),
        ("\n", False, False),
        ("", True, True),
    ],
)
def test_a_question_on_a_terminal(typed: str, default: bool, answer: bool, monkeypatch, capsys) -> None:
    stdin = io.StringIO(typed)
    stdin.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr("sys.stdin", stdin)
    assert HumanView().ask("delete-data", default, app="shop", host="h") is answer
    assert "shop" in capsys.readouterr().err


def test_the_time_that_a_person_takes_to_answer_is_known(monkeypatch) -> None:
    now = iter((100.0, 137.5))
    stdin = io.StringIO("y\n")
    stdin.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr("sys.stdin", stdin)
    monkeypatch.setattr("golive.cli.view_human.time", SimpleNamespace(monotonic=lambda: next(now)))
    view = HumanView()
    view.ask("delete-data", True, app="shop", host="h")
    assert view.waited == 37.5


def test_yes_never_asks(monkeypatch) -> None:
    stdin = io.StringIO("y\n")
    stdin.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr("sys.stdin", stdin)
    view = HumanView()
    view.assume_yes = True
    assert view.ask("delete-data", False, app="shop", host="h") is False
    assert stdin.read() == "y\n"


LIVE = """
import sys
from golive import locale
from golive.cli.view_human import HumanView
sys.path.insert(0, sys.argv[1])
import test_views
locale.activate(sys.argv[2])
view = HumanView()
view.waiting("...")
test_views.follow(view, test_views.RUN[:3])
view._live._live.refresh()
view.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")
@pytest.mark.parametrize("chosen", ["en", "zh"])
def test_on_a_terminal_five_lines_with_the_last_output(chosen: str) -> None:
    shown = _on_a_terminal([sys.executable, "-c", LIVE, __file__.rpartition("/")[0], chosen])
    titles = (
        ("准备", "构建", "启动", "切换", "收尾") if chosen == "zh" else ("Prepare", "Build", "Start", "Switch", "Tidy")
    )
    told = [line for line in shown.splitlines() if any(title in line for title in titles)]
    assert len(told) >= 5
    assert any("Unpacking nginx" in line for line in told)
    assert all(cell_len(_bare(line)) <= 60 for line in told)


def _bare(line: str) -> str:
    from golive.explain.printable import printable

    return printable(line)


def _on_a_terminal(argv: list[str]) -> str:
    """What ARGV prints on a pseudo terminal of 60 columns."""
    import os
    import pty

    leader, follower = pty.openpty()
    environ = os.environ | {"TERM": "xterm", "COLUMNS": "60", "LINES": "20"}
    environ.pop("NO_COLOR", None)
    with subprocess.Popen(argv, stdin=follower, stdout=follower, stderr=follower, env=environ) as process:
        os.close(follower)
        shown = b""
        while True:
            try:
                block = os.read(leader, 65536)
            except OSError:  # the other side has gone (Linux)
                break
            if not block:
                break
            shown += block
    os.close(leader)
    assert process.returncode == 0, shown.decode()
    return shown.decode()


ENCODINGS = """
import sys
from golive.cli import main
sys.exit(main(["--lang", "zh", "check", "no/such"]))
"""


@pytest.mark.parametrize("encoding", ["cp936", "ascii", "latin-1", "utf-8"])
def test_no_encoding_of_the_terminal_breaks_it(encoding: str) -> None:
    import os

    environ = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    done = subprocess.run([sys.executable, "-c", ENCODINGS], capture_output=True, env=environ, check=False)
    shown = done.stderr.decode(encoding)
    assert done.returncode == 64
    assert "Traceback" not in shown
    assert ("错误" in shown) == (encoding in ("cp936", "utf-8"))
    assert "?" not in shown.replace("??", "?") or encoding in ("cp936", "utf-8")


def test_a_terminal_gets_sentences_broken_between_words_and_a_file_one_line_each() -> None:
    words = "Run “golive up” in a terminal: it asks for each, hidden, and keeps the value on the host for root alone."
    terminal, file = io.StringIO(), io.StringIO()
    HumanView._tell(Console(file=terminal, width=30, force_terminal=True, no_color=True), "Next: ", "", words)
    HumanView._tell(Console(file=file, width=30), "Next: ", "", words)
    assert file.getvalue() == f"Next: {words}\n"
    told = terminal.getvalue().splitlines()
    assert " ".join(told) == f"Next: {words}"
    assert max(map(cell_len, told)) <= 30


def test_the_moving_lines_leave_room_for_the_echo_of_ctrl_c() -> None:
    console = Console(file=io.StringIO(), width=80, force_terminal=True)
    phases = Phases()
    phases.expect(STEPS)
    drawn = console.render_lines(LivePhases(console, phases, symbols())._draw(), pad=False)
    assert max(sum(segment.cell_length for segment in line) for line in drawn) <= 77


@pytest.mark.parametrize("width", [50, 80, 120])
def test_a_sentence_stands_under_the_slow_line_and_moves_no_column(language: str, width: int, monkeypatch) -> None:
    console = Console(file=io.StringIO(), width=width, force_terminal=True)
    phases = Phases()
    phases.expect(STEPS)
    for event in RUN[1:3]:
        phases.follow(event)
    live = LivePhases(console, phases, symbols())
    plain = _drawn(console, live)
    monkeypatch.setattr("golive.cli.phases.SLOW", 0.0)
    taught = _drawn(console, live)
    extra = len(taught) - len(plain)
    assert 1 <= extra <= 3
    assert taught[1 + extra :] == plain[1:]
    assert all(line.startswith("   ") and cell_len(line) <= width - 3 for line in taught[1 : 1 + extra])


def _drawn(console: Console, live: LivePhases) -> list[str]:
    rows = console.render_lines(live._draw(), pad=False)
    return ["".join(segment.text for segment in row).rstrip() for row in rows]


def test_without_a_terminal_a_wait_is_told_at_first_and_then_twice_a_minute(capsys) -> None:
    view = HumanView()
    view.plan(PLAN)
    follow(view, RUN[:2])
    for seconds in range(65):
        params = {"holder": "apt-get", "seconds": seconds}
        view.event({"event": "step_waiting", "step": "install-packages", "code": "apt-in-use", "params": params})
    told = [line for line in capsys.readouterr().out.splitlines() if "apt-get" in line]
    assert [line.partition("(")[2].partition(" ")[0] for line in told] == ["0", "30", "60"]
