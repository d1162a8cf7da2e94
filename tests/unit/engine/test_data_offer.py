"""A site starts empty, or with a copy of what is here: asked once, before anything of it is live."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from golive.engine import data_offer
from golive.engine.data_offer import DataOffer, gathered
from golive.engine.reporter import Reporter
from golive.errors import Refused
from golive.model.app import App
from golive.protocol.facts import Facts
from golive.protocol.steps import SharedPath
from golive.transport.code import snapshot

APP = App("shop", "flask", "app:app", persist=(SharedPath("shop.db", "file"), SharedPath("var", "directory")))
NEW: dict[str, Any] = {"app": None}
LIVE: dict[str, Any] = {"app": {"current": 3, "shared": ["shop.db"]}}
LEFT: dict[str, Any] = {"app": {"current": 0, "shared": ["shop.db"]}}


class Person(Reporter):
    def __init__(self, *, yes: bool = True, attended: bool = True) -> None:
        self.attended = attended
        self._yes = yes
        self.heard: list[str] = []

    def say(self, code: str, **params: object) -> None:
        self.heard.append(code)

    def ask(self, code: str, default: bool, **params: object) -> bool:
        assert default is False
        self.heard.append(f"{code} {params}")
        return self._yes


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for kind in ("DATA", "CACHE"):
        monkeypatch.setenv(f"GOLIVE_{kind}_HOME", str(tmp_path / kind))
    app = tmp_path / "shop"
    app.mkdir()
    (app / "app.py").write_text("x")
    (app / "shop.db").write_bytes(b"1" * 250_000)
    return app


def settled(folder: Path, facts: dict[str, Any], person: Person, *, wanted: bool = False) -> bool:
    """Whether the data goes along."""
    plain = snapshot(folder, data=("shop.db",))
    with closing(DataOffer(APP, folder, wanted)) as offer:
        taken = offer.settle(plain, Facts(facts), person)
        assert offer.settle(taken, Facts(facts), person) is taken, "a plan made anew asks nothing"
        return taken.paths != plain.paths


def test_a_person_is_asked_once(folder: Path) -> None:
    person = Person()
    assert settled(folder, NEW, person)
    assert person.heard == ["data-copy {'places': ('shop.db',), 'count': 1, 'size': '0.2 MB'}"]


@pytest.mark.parametrize(
    ("person", "wanted", "goes", "heard"),
    [
        (Person(yes=False), False, False, "data-copy"),
        (Person(attended=False), False, False, "data-stays-here"),
        (Person(attended=False), True, True, ""),
        (Person(), True, True, ""),
    ],
)
def test_unasked_it_starts_empty_unless_told(
    folder: Path, person: Person, wanted: bool, goes: bool, heard: str
) -> None:
    assert settled(folder, NEW, person, wanted=wanted) is goes
    assert [words.split()[0] for words in person.heard] == ([heard] if heard else [])


def test_what_the_host_has_is_never_asked_about(folder: Path) -> None:
    for facts in (LIVE, LEFT):
        person = Person()
        assert settled(folder, facts, person) is False
        assert person.heard == []
    told = Person()
    assert settled(folder, LIVE, told, wanted=True) is False
    assert told.heard == ["data-late"]


def test_too_much_is_told_and_refused_when_it_was_wanted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_offer, "MOST_BYTES", 100)
    person = Person()
    assert settled(folder, NEW, person) is False
    assert person.heard == ["data-too-much"]
    with pytest.raises(Refused) as caught:
        settled(folder, NEW, person, wanted=True)
    assert caught.value.code == "data-too-large"


def test_a_plan_only_tells(folder: Path) -> None:
    person = Person()
    DataOffer(APP, folder, False).notice(snapshot(folder, data=("shop.db",)), Facts(NEW), person)
    assert person.heard == ["data-offer"]


def test_databases_and_folders_of_uploads_are_gathered_and_others_may_be_code() -> None:
    paths = ("instance", "static/user_uploads", "data", "media", "downloads")
    app = App("shop", "flask", "app:app", databases=("instance/shop.db",), persist=_folders(paths))
    assert gathered(app) == ("instance/shop.db", "static/user_uploads", "media")


def _folders(paths: tuple[str, ...]) -> tuple[SharedPath, ...]:
    return tuple(SharedPath(path, "directory") for path in paths)
