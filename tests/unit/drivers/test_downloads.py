"""Which source a plan's packages come from: the host's own unless a mirror is clearly faster."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from golive.drivers import downloads, mirrors
from golive.drivers.downloads import candidates, choose, sources_text
from golive.drivers.mirrors import Mirror
from golive.model.mirrors import MirrorSettings
from golive.protocol.facts import Facts

FAST = Mirror(
    "fast.example",
    "Fast",
    (("debian", "http://fast.example/debian"), ("debian-security", "http://fast.example/debian-security")),
    "https://fast.example/simple/",
)
SLOW = Mirror("slow.example", "Slow", (("debian", "http://slow.example/debian"),), "https://slow.example/simple/")

HOST: dict[str, Any] = {
    "os": {"id": "debian", "codename": "bookworm"},
    "apt": {
        "sources": {
            "/etc/apt/sources.list": "deb http://own.example/debian bookworm main\n"
            "deb http://own.example/debian bookworm-updates main\n"
            "deb http://safe.example/debian-security bookworm-security main\n"
        }
    },
    "pip": {"index": ""},
}
MEASURED = MirrorSettings()


@pytest.fixture(autouse=True)
def _world(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirrors, "MIRRORS", (SLOW, FAST))
    monkeypatch.setattr(mirrors, "OFFICIAL_INDEX", "https://index.example/simple/")


def host(**changes: Any) -> Facts:
    return Facts(copy.deepcopy(HOST) | changes)


def figures(kind: str, own: int, fast: int, slow: int = 0, *, good: bool = True) -> Facts:
    url = (
        "https://index.example/simple/pip/" if kind == "pypi" else "http://own.example/debian/dists/bookworm/InRelease"
    )
    told = [[kind, "own", url, own, own > 0]]
    told += [[kind, "slow.example", "u", slow, slow > 0], [kind, "fast.example", "u", fast, good]]
    return Facts({"mirrors": told})


def test_what_is_tried() -> None:
    assert candidates("pypi", host(), MEASURED) == (
        ("pypi", "own", "https://index.example/simple/pip/"),
        ("pypi", "slow.example", "https://slow.example/simple/pip/"),
        ("pypi", "fast.example", "https://fast.example/simple/pip/"),
    )
    assert candidates("apt", host(), MEASURED) == (
        ("apt", "own", "http://own.example/debian/dists/bookworm/InRelease"),
        ("apt", "slow.example", "http://slow.example/debian/dists/bookworm/InRelease"),
        ("apt", "fast.example", "http://fast.example/debian/dists/bookworm/InRelease"),
    )


@pytest.mark.parametrize("index", ["https://pypi.company.example/simple", "https://fast.example/simple", "no-index"])
def test_an_index_that_somebody_has_chosen_is_never_replaced(index: str) -> None:
    chosen = host(pip={"index": index})
    assert candidates("pypi", chosen, MEASURED) == ()
    assert candidates("pypi", chosen, MirrorSettings(preset="cn")) == ()
    assert not choose("pypi", chosen, MEASURED, Facts({})).address


def test_an_archive_that_is_not_like_the_others_is_never_replaced() -> None:
    own = {"sources": {"/etc/apt/sources.list": "deb https://apt.company.example/mirror/x bookworm main\n"}}
    assert candidates("apt", host(apt=own), MEASURED) == ()


@pytest.mark.parametrize(
    ("own", "fast", "good", "used"),
    [
        (38_000, 4_100_000, True, True),
        (38_000, 76_000, True, True),
        (38_000, 75_000, True, False),
        (38_000, 4_100_000, False, False),
        (0, 10_000, True, True),
        (0, 0, False, False),
    ],
    ids=["clearly faster", "twice", "not quite twice", "an error page", "own is dead", "all dead"],
)
@pytest.mark.parametrize("kind", ["apt", "pypi"])
def test_only_what_is_clearly_faster_is_used(kind: str, own: int, fast: int, good: bool, used: bool) -> None:
    choice = choose(kind, host(), MEASURED, figures(kind, own, fast, good=good))
    wanted = "http://fast.example/debian" if kind == "apt" else "https://fast.example/simple/"
    assert choice.address == (wanted if used else "")
    assert choice.own is not None
    assert choice.own.speed == own


def test_the_fastest_of_them() -> None:
    assert choose("pypi", host(), MEASURED, figures("pypi", 10, 5_000, 9_000)).name == "slow.example"


def test_golive_toml_decides() -> None:
    fixed = MirrorSettings(apt="http://mine.example/debian", pypi="own")
    assert candidates("apt", host(), fixed) == candidates("pypi", host(), fixed) == ()
    chosen = choose("apt", host(), fixed, Facts({}))
    assert (chosen.address, chosen.name) == ("http://mine.example/debian", "mine.example")
    assert choose("pypi", host(), fixed, Facts({})).address == ""


def test_the_preset_does_not_ask_the_hosts_own() -> None:
    preset = MirrorSettings(preset="cn")
    assert [name for _, name, _ in candidates("pypi", host(), preset)] == ["slow.example", "fast.example"]
    measured = Facts({"mirrors": [["pypi", "fast.example", "u", 300, True]]})
    assert choose("pypi", host(), preset, measured).name == "fast.example"


def test_a_mirror_that_has_the_security_updates_gives_those_too() -> None:
    assert sources_text(host(), "http://fast.example/debian") == (
        "deb http://fast.example/debian bookworm main\n"
        "deb http://fast.example/debian bookworm-updates main\n"
        "deb http://fast.example/debian-security bookworm-security main\n"
    )


@pytest.mark.parametrize("address", ["http://slow.example/debian", "http://unknown.example/debian"])
def test_else_security_updates_keep_coming_from_where_they_came(address: str) -> None:
    lines = sources_text(host(), address).splitlines()
    assert lines[0] == f"deb {address} bookworm main"
    assert lines[2] == "deb http://safe.example/debian-security bookworm-security main"


def test_the_facts_about_real_mirrors_are_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert len({mirror.name for mirror in mirrors.MIRRORS}) == len(mirrors.MIRRORS) >= 5
    for mirror in mirrors.MIRRORS:
        assert mirror.pypi.startswith("https://")
        assert mirror.pypi.endswith("/simple/")
        for name in ("debian", "debian-security", "ubuntu", "ubuntu-ports"):
            assert mirror.archive(name).endswith("/" + name)
    assert downloads.CLEARLY == 2
