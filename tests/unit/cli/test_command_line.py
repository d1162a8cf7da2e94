"""The command line as a whole: help, languages, exit statuses, and that nothing ends in a traceback."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click
import pytest

from golive import __version__, cli, locale
from golive.cli.early import look, speaking
from golive.errors import AppError, HostError, UsageError

CHINESE = "部署"


def commands() -> list[tuple[str, ...]]:
    """Every command, as words."""
    found: list[tuple[str, ...]] = [()]
    context = click.Context(cli._golive())
    for name in cli.COMMANDS:
        command = cli.LazyCommands("golive").get_command(context, name)
        found.append((name,))
        if isinstance(command, click.Group):
            found += [(name, below) for below in command.commands]
    return found


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GOLIVE_LANG", "LC_ALL", "LC_MESSAGES", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_help_page_has_an_example_in_both_languages(words: tuple[str, ...], capsys) -> None:
    assert cli.main([*words, "--help"]) == 0
    english = capsys.readouterr().out
    assert "Examples:\n  golive " in english
    assert cli.main(["--lang", "zh", *words, "--help"]) == 0
    chinese = capsys.readouterr().out
    assert "示例：\n  golive " in chinese
    assert "显示本帮助并退出。" in chinese
    for page in (english, chinese):
        assert max(_width(line) for line in page.splitlines()) <= 80


def _width(line: str) -> int:
    from rich.cells import cell_len

    return cell_len(line)


def test_alone_it_shows_what_there_is(capsys) -> None:
    assert cli.main([]) == 0
    shown = capsys.readouterr().out
    for name in cli.COMMANDS:
        assert f"\n  {name}" in shown


def test_the_version(capsys) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"golive {__version__}\n"


@pytest.mark.parametrize(
    "words",
    [
        ["frobnicate"],
        ["up", "--bogus"],
        ["up", "no/such/folder"],
        ["rollback", "zero"],
        ["--lang", "fr"],
        ["lab", "up"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_status_64_and_said_in_both_languages(words: list[str], capsys) -> None:
    assert cli.main(words) == 64
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Error: " in shown.err
    os.environ["GOLIVE_LANG"] = "zh"
    try:
        assert cli.main(words) == 64
    finally:
        del os.environ["GOLIVE_LANG"]
    chinese = capsys.readouterr().err
    assert "错误：" in chinese
    assert not any(word in chinese for word in ("Invalid", "Missing", "No such", "does not", "integer"))


def test_wrong_usage_with_json_is_one_json_line(capsys) -> None:
    assert cli.main(["up", "--json", "--bogus"]) == 64
    shown = capsys.readouterr()
    (line,) = shown.out.splitlines()
    finished = json.loads(line)
    assert finished["event"] == "finished"
    assert finished["ok"] is False
    assert finished["code"] == "usage"
    assert "--bogus" in finished["message"]
    assert shown.err == ""


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (AppError("folder-missing", folder="x"), 1),
        (HostError("host-unreachable", host="h", port=22, reason="timeout"), 3),
        (UsageError("host-missing", names=()), 64),
        (ZeroDivisionError("not on purpose"), 1),
    ],
)
def test_an_error_becomes_words_and_its_exit_status(
    error: Exception, status: int, monkeypatch, tmp_path, capsys
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr("golive.engine.check.check", _raising(error))
    assert cli.main(["check"]) == status
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Traceback" not in shown.err
    assert "Next: " in shown.err


def _raising(error: BaseException):
    def story(*arguments: object) -> None:
        raise error

    return story


def test_an_unexpected_error_leaves_a_report_that_holds_no_values(monkeypatch, tmp_path, capsys) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def story(folder: Path) -> None:
        password = "hunter2"
        raise KeyError(len(password))

    monkeypatch.setattr("golive.engine.check.check", story)
    assert cli.main(["check", "--json"]) == 1
    finished = json.loads(capsys.readouterr().out)
    assert finished["code"] == "internal"
    report = Path(finished["params"]["report"])
    assert report.parent == tmp_path
    content = report.read_text(encoding="utf-8")
    assert "KeyError" in content
    assert f"golive {__version__}" in content
    if os.name == "posix":
        assert report.stat().st_mode & 0o077 == 0


def test_ctrl_c_says_that_nothing_was_begun(monkeypatch, capsys) -> None:
    monkeypatch.setattr("golive.engine.check.check", _raising(KeyboardInterrupt()))
    assert cli.main(["check", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["code"] == "interrupted"


def test_ctrl_c_while_the_host_works_says_what_goes_on(monkeypatch, capsys) -> None:
    def deploy(folder: Path, request, reporter):
        reporter.event({"event": "accepted", "run": "20261122-153000-a1b2"})
        raise KeyboardInterrupt

    monkeypatch.setattr("golive.engine.deploy.deploy", deploy)
    assert cli.main(["up", "--json"]) == 1
    finished = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert finished["code"] == "interrupted-running"
    assert "20261122-153000-a1b2" in finished["message"]


def test_ctrl_c_with_the_plan_handed_over_never_says_that_nothing_was_begun(monkeypatch, capsys) -> None:
    from golive.engine.session import StillWorking

    monkeypatch.setattr("golive.engine.deploy.deploy", _raising(StillWorking("web1", "shop", "")))
    assert cli.main(["up", "--json"]) == 1
    finished = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert finished["code"] == "interrupted-running"
    assert "goes on by itself" in finished["message"]
    assert "%" not in finished["message"]


def test_the_options_reach_the_story(monkeypatch, tmp_path, capsys) -> None:
    from golive.engine.outcome import Outcome

    seen = []
    key = tmp_path / "key"
    key.write_text("")

    def deploy(folder: Path, request, reporter):
        seen.append((folder, request.to, request.identity, request.yes))
        return Outcome(ok=True, url="http://x", release=3, changed=5, seconds=1.25)

    monkeypatch.setattr("golive.engine.deploy.deploy", deploy)
    words = ["up", str(tmp_path), "--to", "root@203.0.113.7", "--identity", str(key), "--yes", "--json"]
    assert cli.main(words) == 0
    assert seen == [(tmp_path, "root@203.0.113.7", key, True)]
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    wanted = {"event": "finished", "ok": True, "url": "http://x", "release": 3, "changed": 5, "seconds": 1.25}
    assert last == wanted


@pytest.mark.parametrize(
    ("words", "language", "as_json"),
    [
        (["up", "--lang", "zh"], "zh", False),
        (["--lang=en", "up", "--json"], "en", True),
        (["up", "--lang", "fr"], None, False),
        (["lab", "ssh", "web1", "--", "--json"], None, False),
        (["up", "--lang"], None, False),
        ([], None, False),
    ],
)
def test_language_and_form_are_known_before_parsing(words, language, as_json) -> None:
    early = look(words)
    assert (early.language, early.json) == (language, as_json)


def test_speaking_leaves_no_trace(monkeypatch) -> None:
    monkeypatch.setenv("LANGUAGE", "de")
    locale.activate("en")
    with speaking("zh"):
        assert locale.active() == "zh"
        assert os.environ["LANGUAGE"] == "zh"
    assert os.environ["LANGUAGE"] == "de"
    assert locale.active() == "en"
