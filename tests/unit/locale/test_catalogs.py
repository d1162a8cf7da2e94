"""Every message is there in every language, and the catalogs are what the code asks for."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from golive import locale

TOOLS = Path(__file__).parents[3] / "tools"


@pytest.fixture(scope="module")
def catalogs():
    sys.path.insert(0, str(TOOLS))
    try:
        import catalogs
    finally:
        sys.path.remove(str(TOOLS))
    return catalogs


def test_the_catalogs_are_complete_and_up_to_date(catalogs) -> None:
    """No message is missing, fuzzy or left over; placeholders agree; .mo is compiled from .po. Else: make catalogs."""
    assert list(catalogs.problems()) == []


def test_click_speaks_through_our_catalog(catalogs) -> None:
    ids = {message.id for message in catalogs.wanted() if message.id}
    assert "Usage:" in ids
    assert "Missing command." in ids


def test_what_is_not_translated_is_noticed(catalogs, tmp_path, monkeypatch) -> None:
    broken = catalogs.translated()
    messages = [message for message in broken if message.id and "%(host)s" in str(message.id)]
    messages[0].string = ""
    messages[1].string = "没有占位符"
    messages[2].flags.add("fuzzy")
    path = tmp_path / "golive.po"
    path.write_bytes(catalogs.po_bytes(broken))
    monkeypatch.setattr(catalogs, "PO", path)
    problems = "\n".join(catalogs.problems())
    assert "not translated" in problems
    assert "placeholders differ" in problems
    assert "fuzzy" in problems


@pytest.mark.parametrize(
    ("explicit", "environ", "language"),
    [
        ("zh", {"LANG": "en_US.UTF-8"}, "zh"),
        ("en", {"GOLIVE_LANG": "zh"}, "en"),
        (None, {"GOLIVE_LANG": "zh", "LANG": "en_US.UTF-8"}, "zh"),
        (None, {"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
        (None, {"LC_ALL": "", "LC_MESSAGES": "zh_TW.UTF-8"}, "zh"),
        (None, {"LANG": "C.UTF-8"}, "en"),
        (None, {"LANG": "de_DE.UTF-8"}, "en"),
        (None, {"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
    ],
)
def test_which_language(explicit: str | None, environ: dict[str, str], language: str) -> None:
    assert locale.choose(explicit, environ) == language


def test_macos_says_it_in_a_file(tmp_path: Path) -> None:
    import plistlib

    file = tmp_path / "preferences.plist"
    file.write_bytes(plistlib.dumps({"AppleLanguages": ["zh-Hans-CN", "en-CN"]}, fmt=plistlib.FMT_BINARY))
    assert locale._nearest(locale._apple_language(file)) == "zh"
    assert locale._apple_language(tmp_path / "missing") == "en"


def test_activate_and_back() -> None:
    assert locale.activate("zh") == "zh"
    assert locale._("Prepare") == "准备"
    assert locale._("") == ""
    assert locale.activate("en") == "en"
    assert locale._("Prepare") == "Prepare"
