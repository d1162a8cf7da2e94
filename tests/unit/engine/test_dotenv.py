"""A .env file on its way to a host: asked once, nothing for developing, no value shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from golive.engine.dotenv import DotenvOffer
from golive.engine.reporter import Reporter
from golive.model.app import App, DotenvName, EnvName
from golive.model.host import Host
from golive.protocol.facts import Facts, value_digest

TEXT = "MAIL_PASSWORD=hunter2\nAWS_KEY=abc\nDATABASE_URL=mysql://localhost/shop\n"
ALL = ("MAIL_PASSWORD", "AWS_KEY")
VALUES = {"MAIL_PASSWORD": "hunter2", "AWS_KEY": "abc"}
NOTHING = Facts({"app": None})


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


def offer(folder: Path, *, travels: bool = False, loaded: bool = True, needs: str = "MAIL_PASSWORD") -> DotenvOffer:
    lines = (
        DotenvName("MAIL_PASSWORD", 1, False),
        DotenvName("AWS_KEY", 2, False),
        DotenvName("DATABASE_URL", 3, True),
    )
    asked = tuple(EnvName(name, name == needs, False, "app.py", 3) for name in ("DATABASE_URL", "MAIL_PASSWORD"))
    app = App("shop", "flask", "app:app", env=asked, dotenv_file=".env", dotenv=lines, dotenv_loaded=loaded)
    return DotenvOffer(app, folder, Host("web1", "192.0.2.1"), "identity", travels)


def has(story: DotenvOffer, **values: str) -> Facts:
    """A host that has these values."""
    digests = {name: value_digest(story.salt, name, value) for name, value in values.items()}
    return Facts({"app": {"env": {"names": sorted(values), "digests": digests}}})


def test_a_yes_sends_what_is_not_for_this_computer(tmp_path: Path) -> None:
    person, story = Person(), offer(tmp_path)
    assert story.settle(NOTHING, person) == VALUES
    assert person.heard == [("dotenv-import", ALL)]
    assert story.settle(NOTHING, person) == {}, "a plan made anew does not ask again"
    story.remember(ALL)
    again, quiet = offer(tmp_path), Person()
    assert again.settle(has(again, **VALUES), quiet) == {}
    assert quiet.heard == []


def test_a_no_is_remembered_until_the_value_changes(tmp_path: Path) -> None:
    assert offer(tmp_path).settle(NOTHING, Person(yes=False)) == {}
    later = Person()
    assert offer(tmp_path).settle(NOTHING, later) == {}
    assert later.heard == []
    (tmp_path / ".env").write_text(TEXT.replace("abc", "def"), encoding="utf-8")
    assert offer(tmp_path).settle(NOTHING, Person()) == {"AWS_KEY": "def"}


def test_with_nobody_there_only_what_the_app_cannot_start_without_goes(tmp_path: Path) -> None:
    nobody, story = Person(attended=False), offer(tmp_path)
    assert story.settle(NOTHING, nobody) == {"MAIL_PASSWORD": "hunter2"}
    assert nobody.heard == [("dotenv-taken", ("MAIL_PASSWORD",)), ("dotenv-stays", ("AWS_KEY",))]
    assert nobody.questions == []
    story.remember(("MAIL_PASSWORD",))
    later = offer(tmp_path)
    assert later.settle(has(later, MAIL_PASSWORD="hunter2"), Person()) == {"AWS_KEY": "abc"}, "nobody has declined it"


def test_another_value_on_the_host_stays_without_a_yes_and_is_told_of_once(tmp_path: Path) -> None:
    there = {**VALUES, "AWS_KEY": "of the host"}
    nobody, told = Person(attended=False), offer(tmp_path)
    assert told.settle(has(told, **there), nobody) == {}
    assert nobody.heard == [("dotenv-differs", ("AWS_KEY",))]
    told.remember(())
    person, asked = Person(yes=False), offer(tmp_path)
    assert asked.settle(has(asked, **there), person) == {}
    assert person.heard == [("dotenv-local", ("DATABASE_URL",)), ("dotenv-changed", ("AWS_KEY",))]
    asked.remember(())
    quiet, settled = Person(), offer(tmp_path)
    assert settled.settle(has(settled, **there), quiet) == {}
    assert quiet.heard == []
    (tmp_path / ".env").write_text(TEXT.replace("abc", "def"), encoding="utf-8")
    changed = offer(tmp_path)
    assert changed.settle(has(changed, **there), Person()) == {"AWS_KEY": "def"}


def test_what_the_host_has_already_is_not_spoken_of(tmp_path: Path) -> None:
    nobody, story = Person(attended=False), offer(tmp_path)
    assert story.settle(has(story, **VALUES), nobody) == {}
    assert nobody.heard == []


def test_a_name_whose_value_is_for_here_is_named_where_the_app_would_miss_it(tmp_path: Path) -> None:
    for person in (Person(attended=False), Person()):
        story = offer(tmp_path, needs="DATABASE_URL")
        assert story.settle(has(story, **VALUES), person) == {}
        assert person.heard == [("dotenv-local", ("DATABASE_URL",))]
    once, story = Person(), offer(tmp_path, needs="DATABASE_URL")
    assert story.settle(has(story, **VALUES), once) == {}
    assert once.heard == []


def test_a_file_that_travels_and_is_loaded_there_is_not_offered(tmp_path: Path) -> None:
    assert offer(tmp_path, travels=True).settle(NOTHING, Person()) == {}
    assert offer(tmp_path, travels=True).salt == ""
    assert offer(tmp_path, travels=True, loaded=False).settle(NOTHING, Person()) != {}


def test_what_is_kept_here_tells_no_value(tmp_path: Path) -> None:
    story = offer(tmp_path)
    story.settle(NOTHING, Person())
    story.remember(ALL)
    kept = list((tmp_path / "data").rglob("*.json"))
    assert kept
    assert all("hunter2" not in file.read_text("utf-8") and file.stat().st_mode & 0o077 == 0 for file in kept)


def test_a_plan_says_what_would_be_asked(tmp_path: Path) -> None:
    person = Person()
    offer(tmp_path).notice(NOTHING, person)
    assert person.heard == [("dotenv-offer", ALL)]
