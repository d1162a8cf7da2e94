"""A .env file on its way to a host: asked once, nothing for developing, no value shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from golive.engine.dotenv import DotenvOffer
from golive.engine.reporter import Reporter
from golive.model.app import App, DotenvName, EnvName
from golive.model.host import Host

TEXT = "MAIL_PASSWORD=hunter2\nAWS_KEY=abc\nDATABASE_URL=mysql://localhost/shop\n"
ALL = ("MAIL_PASSWORD", "AWS_KEY")


class Person(Reporter):
    """Answers YES or no to everything; ``attended``: is there at all."""

    def __init__(self, *, yes: bool = True, attended: bool = True) -> None:
        self.attended = attended
        self._yes = yes
        self.heard: list[tuple[str, tuple[str, ...]]] = []
        self.questions: list[str] = []

    def say(self, code: str, **params: object) -> None:
        self.heard.append((code, tuple(params["names"])))

    def ask(self, code: str, default: bool, **params: object) -> bool:
        assert "hunter2" not in str(params)
        self.heard.append((code, tuple(params["names"])))
        self.questions.append(code)
        return self._yes


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOLIVE_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / ".env").write_text(TEXT, encoding="utf-8")


def offer(folder: Path, *, travels: bool = False, loaded: bool = True) -> DotenvOffer:
    lines = (
        DotenvName("MAIL_PASSWORD", 1, False),
        DotenvName("AWS_KEY", 2, False),
        DotenvName("DATABASE_URL", 3, True),
    )
    asked = (EnvName("MAIL_PASSWORD", True, False, "app.py", 3), EnvName("DATABASE_URL", False, False, "app.py", 4))
    app = App("shop", "flask", "app:app", env=asked, dotenv_file=".env", dotenv=lines, dotenv_loaded=loaded)
    return DotenvOffer(app, folder, Host("web1", "192.0.2.1"), "identity", travels)


def test_a_yes_sends_what_is_not_for_this_computer(tmp_path: Path) -> None:
    person, story = Person(), offer(tmp_path)
    assert story.settle((), person) == {"MAIL_PASSWORD": "hunter2", "AWS_KEY": "abc"}
    assert person.heard == [("dotenv-import", ALL)]
    assert story.settle((), person) == {}, "a plan made anew does not ask again"
    story.remember(ALL)
    again = Person()
    assert offer(tmp_path).settle(ALL, again) == {}
    assert again.heard == []


def test_a_no_is_remembered_until_the_value_changes(tmp_path: Path) -> None:
    assert offer(tmp_path).settle((), Person(yes=False)) == {}
    later = Person()
    assert offer(tmp_path).settle((), later) == {}
    assert later.heard == []
    (tmp_path / ".env").write_text(TEXT.replace("abc", "def"), encoding="utf-8")
    assert offer(tmp_path).settle((), Person()) == {"AWS_KEY": "def"}


def test_with_nobody_there_only_what_the_app_cannot_start_without_goes(tmp_path: Path) -> None:
    nobody, story = Person(attended=False), offer(tmp_path)
    assert story.settle((), nobody) == {"MAIL_PASSWORD": "hunter2"}
    assert nobody.heard == [("dotenv-taken", ("MAIL_PASSWORD",)), ("dotenv-stays", ("AWS_KEY",))]
    assert nobody.questions == []
    story.remember(("MAIL_PASSWORD",))
    assert offer(tmp_path).settle(("MAIL_PASSWORD",), Person()) == {"AWS_KEY": "abc"}, "not declined: still offered"


def test_a_changed_value_is_noticed_and_the_hosts_own_stays_without_a_yes(tmp_path: Path) -> None:
    story = offer(tmp_path)
    story.settle(ALL, Person())
    story.remember(())
    (tmp_path / ".env").write_text(TEXT.replace("abc", "def"), encoding="utf-8")
    nobody, told = Person(attended=False), offer(tmp_path)
    assert told.settle(ALL, nobody) == {}
    assert nobody.heard == [("dotenv-differs", ("AWS_KEY",))]
    told.remember(())
    person, asked = Person(yes=False), offer(tmp_path)
    assert asked.settle(ALL, person) == {}
    assert person.heard == [("dotenv-changed", ("AWS_KEY",))]
    asked.remember(())
    assert offer(tmp_path).settle(ALL, quiet := Person()) == {}
    assert quiet.heard == []


def test_names_that_the_host_has_are_not_touched_when_nobody_knows_more(tmp_path: Path) -> None:
    person = Person()
    assert offer(tmp_path).settle(ALL, person) == {}
    assert person.questions == []


def test_a_file_that_travels_and_is_loaded_there_is_not_offered(tmp_path: Path) -> None:
    assert offer(tmp_path, travels=True).settle((), Person()) == {}
    assert offer(tmp_path, travels=True, loaded=False).settle((), Person()) != {}


def test_what_is_kept_here_tells_no_value(tmp_path: Path) -> None:
    story = offer(tmp_path)
    story.settle((), Person())
    story.remember(ALL)
    kept = list((tmp_path / "data").rglob("*.json"))
    assert kept
    assert all("hunter2" not in file.read_text("utf-8") and file.stat().st_mode & 0o077 == 0 for file in kept)


def test_a_plan_says_what_would_be_asked(tmp_path: Path) -> None:
    person = Person()
    offer(tmp_path).notice((), person)
    assert person.heard == [("dotenv-offer", ALL)]
