"""Every code that golive uses has words, every entry is used, and words name only params that are passed."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

import golive
from golive import locale
from golive.errors import ConfigError
from golive.explain.failures import FAILURES, NOTICES, WORDS, explain, notice
from golive.explain.failures.entry import Sentences

SOURCE = Path(golive.__file__).parent
RAISED = (
    *("AppError", "Refused", "HostError", "ConfigError", "UsageError", "StepFailed", "RunFailed", "Problem", "fail"),
    "Failure",  # the runner's: how a run ends
)
SAID = ("Notice", "say", "ask", "ask_secret", "Finding")
PARAM = re.compile(r"%\((\w+)\)s")
# Params of the same code come from different places; sentences with a missing one are left out.
PROBLEM = {"file", "line", "key", "nearest", "expected", "choices", "value"}  # what a Problem becomes in ConfigError
FOUND = {"app-import-error": {"module"}}  # what explain itself reads off another param
ANY = "*"  # the code is chosen elsewhere
Uses = dict[str, list[set[str] | None]]


@cache
def uses(names: tuple[str, ...]) -> Uses:
    """Code -> the params of each place that uses it as a literal; None where they cannot be read off the code."""
    found: Uses = defaultdict(list)
    for path in SOURCE.rglob("*.py"):
        if "explain" in path.parts or path.name == "bootstrap.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in names and node.args:
                code = node.args[1 if _name(node.func) == "Finding" else 0]
                for literal in _literals(code) or [ANY]:
                    found[literal].append(PROBLEM if _name(node.func) == "Problem" else _params(node))
    return found


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _literals(node: ast.expr) -> list[str]:
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def _params(node: ast.Call) -> set[str] | None:
    if any(keyword.arg is None for keyword in node.keywords):
        return None
    named = {keyword.arg for keyword in node.keywords if keyword.arg}
    for argument in node.args[1:]:
        if isinstance(argument, ast.Tuple):  # a Notice's (("name", value), ...)
            named |= {pair.elts[0].value for pair in argument.elts if isinstance(pair, ast.Tuple)}
        elif isinstance(argument, ast.Dict):
            named |= {key.value for key in argument.keys if isinstance(key, ast.Constant)}
        elif not isinstance(argument, ast.Constant):
            return named or None
    return named


@cache
def strings() -> set[str]:
    """Every string constant outside the catalogue."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        if "explain" not in path.parts:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                found.update(_literals(node) if isinstance(node, ast.expr) else [])
    return found


def test_every_code_has_words() -> None:
    assert sorted(set(uses(RAISED)) - set(FAILURES) - {ANY}) == []
    assert sorted(set(uses(SAID)) - set(NOTICES) - {ANY}) == []


def test_every_entry_is_used() -> None:
    assert sorted((set(FAILURES) | set(NOTICES)) - strings()) == []


def test_no_code_has_two_meanings() -> None:
    assert set(FAILURES) & set(NOTICES) == set()


@pytest.mark.parametrize("code", sorted(FAILURES))
def test_words_name_only_params_that_are_passed(code: str) -> None:
    places = [params | FOUND.get(code, set()) for params in uses(RAISED).get(code, []) if params is not None]
    for part in FAILURES[code]:
        _check(part, places)


@pytest.mark.parametrize("code", sorted(NOTICES))
def test_notices_name_only_params_that_are_passed(code: str) -> None:
    _check(NOTICES[code], [params for params in uses(SAID).get(code, []) if params is not None])


def _check(part: Sentences, places: list[set[str]]) -> None:
    if isinstance(part, str):
        for params in places:
            assert set(PARAM.findall(part)) <= params
    elif places:
        for sentence in part:
            known = [*places, *(params for params in uses(RAISED)[ANY] if params is not None)]
            assert any(set(PARAM.findall(sentence)) <= params for params in known), sentence


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("code", sorted(FAILURES))
def test_a_failure_says_what_why_and_next(code: str, language: str) -> None:
    locale.activate(language)
    try:
        words = explain(code, {name: f"<{name}>" for name in _all_params(code)})
    finally:
        locale.activate("en")
    for part in (words.what, words.why, words.next):
        assert part
        assert "%(" not in part
        assert part[-1] in ".?。？”" or part.endswith(">"), part


def _all_params(code: str) -> set[str]:
    parts = [part if isinstance(part, tuple) else (part,) for part in FAILURES[code]]
    return {name for sentences in parts for sentence in sentences for name in PARAM.findall(sentence)}


def test_a_sentence_without_its_value_is_left_out() -> None:
    full = explain("config-unknown-key", {"file": "f", "line": 1, "key": "k", "nearest": "key", "choices": ("a", "b")})
    assert full.next == "Did you mean “key”? Possible here: a, b."
    bare = explain("config-unknown-key", {"file": "f", "line": 1, "key": "k", "nearest": "", "choices": ("a", "b")})
    assert bare.next == "Possible here: a, b."


def test_keywords_become_words_in_the_language() -> None:
    locale.activate("zh")
    try:
        words = explain("host-unreachable", {"host": "web1", "port": 22, "reason": "refused"})
    finally:
        locale.activate("en")
    assert "refused" not in words.why
    assert "监听" in words.why


def test_every_keyword_table_belongs_to_a_param_that_is_used() -> None:
    named = {(code, name) for code in FAILURES for name in _all_params(code)}
    notices = {code: (n,) if isinstance(n, str) else n for code, n in NOTICES.items()}
    named |= {(code, name) for code, parts in notices.items() for part in parts for name in PARAM.findall(part)}
    for key in WORDS:
        code, _, name = key.rpartition(".")
        assert any(used == name and code in ("", owner) for owner, used in named), key


def test_an_unknown_code_is_shown_and_does_not_raise() -> None:
    words = explain("brand-new-code", {"a": 1, "b": None})
    assert "brand-new-code" in words.what
    assert "a=1" in words.why


def test_missing_params_do_not_raise() -> None:
    assert "?" in explain("host-unreachable", {}).what


def test_a_config_error_shows_the_line_and_the_nearest_name(tmp_path: Path) -> None:
    from golive.config import load

    (tmp_path / "golive.toml").write_text('nam = "shop"\n', encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path)
    words = explain(caught.value.code, caught.value.params)
    assert "golive.toml, line 1" in words.what
    assert "“name”" in words.next


def test_a_failure_can_be_told_as_a_notice() -> None:
    assert notice("no-systemd", {}).startswith("This host is not run by systemd.")


def test_a_missing_package_is_named_and_another_import_error_blames_none() -> None:
    missing = explain("app-import-error", {"error": "ModuleNotFoundError: No module named 'flsk.sub'", "unit": "u"})
    assert "“flsk”" in missing.next
    other = explain("app-import-error", {"error": "NameError: name 'x' is not defined", "unit": "u"})
    assert "“?”" not in other.next
    assert "comes from a package" not in other.next


def test_a_reason_that_begins_a_sentence_begins_with_a_capital() -> None:
    assert explain("host-unreachable", {"host": "h", "port": 22, "reason": "refused"}).why.startswith("It answers")
