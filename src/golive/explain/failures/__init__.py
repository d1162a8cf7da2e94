"""Every code that a user can meet, with its words: what happened, why, and what to do next."""

from __future__ import annotations

import re
from collections.abc import Mapping

from golive.errors import Param
from golive.explain.failures.again import AGAIN
from golive.explain.failures.app import APP
from golive.explain.failures.config import CONFIG
from golive.explain.failures.entry import Failure, Sentences
from golive.explain.failures.here import HERE, HERE_NOTICES
from golive.explain.failures.host import HOST
from golive.explain.failures.lab import LAB
from golive.explain.failures.notices import NOTICES as PASSING
from golive.explain.failures.offers import OFFERS
from golive.explain.failures.plan import PLAN
from golive.explain.failures.proof import PROOF
from golive.explain.failures.run import RUN
from golive.explain.failures.site import SITE
from golive.explain.failures.terminal import TERMINAL
from golive.explain.failures.words import WORDS
from golive.explain.printable import printable
from golive.locale import N_, _, active

__all__ = ["FAILURES", "NOTICES", "WORDS", "Explanation", "explain", "notice"]

FAILURES: dict[str, Failure] = {
    **CONFIG,
    **HOST,
    **APP,
    **PLAN,
    **AGAIN,
    **RUN,
    **SITE,
    **PROOF,
    **LAB,
    **TERMINAL,
    **HERE,
}
"""Code -> words."""

NOTICES: dict[str, Sentences] = {**PASSING, **HERE_NOTICES, **OFFERS}
"""Code -> words of what is said in passing, and asked."""

_UNKNOWN = Failure(
    N_("Something went wrong that golive has no words for: %(code)s."),
    N_("The parts of golive may be of different versions. Details: %(details)s."),
    N_("Update golive and try again; if it stays, report it with this code."),
)
_NO_MODULE = re.compile(r"No module named '(\w+)")
_PARAM = re.compile(r"%\((\w+)\)[sd]")


class Explanation(Failure):
    """A ``Failure`` in the user's language, its params filled in; each part is one text."""

    what: str
    why: str
    next: str


def explain(code: str, params: Mapping[str, Param]) -> Explanation:
    """The three parts for CODE in the user's language. Never raises: an unknown code is shown as it is."""
    entry = FAILURES.get(code)
    if entry is None:
        if code in NOTICES:
            return Explanation(notice(code, params), "", "")
        details = ", ".join(f"{name}={value}" for name, value in params.items())
        entry, params = _UNKNOWN, {"code": code, "details": details or "-"}
    params = {**_missing_module(params), **params}
    return Explanation(*(_fill(part, code, params) for part in entry))


def notice(code: str, params: Mapping[str, Param]) -> str:
    """The words of a notice, a question or a finding; those of a failure's first two parts for a failure's code."""
    if code in NOTICES:
        return _fill(NOTICES[code], code, params)
    words = explain(code, params)
    return _join([part for part in (words.what, words.why) if part])


def _missing_module(params: Mapping[str, Param]) -> dict[str, Param]:
    """``module``: what Python did not find, when that is the error."""
    found = _NO_MODULE.search(str(params.get("error") or ""))
    return {"module": found[1]} if found else {}


def _fill(sentences: Sentences, code: str, params: Mapping[str, Param]) -> str:
    """The sentences whose params all have a value, translated and filled in."""
    parts = (sentences,) if isinstance(sentences, str) else sentences
    values = {name: _shown(code, name, value) for name, value in params.items()}
    filled = []
    for part in parts:
        names = _PARAM.findall(part)
        if len(parts) == 1 or all(values.get(name) for name in names):
            text = _(part) % {name: values.get(name, "?") for name in names} if names else _(part)
            filled.append(text[:1].upper() + text[1:] if part.startswith("%(reason)") else text)
    return _join(filled or [_fill(parts[0], code, params)])


def _join(sentences: list[str]) -> str:
    return ("" if active() == "zh" else " ").join(sentences)


def _shown(code: str, name: str, value: Param) -> str:
    """A param as people read it: a known word in their language, a list with commas."""
    if isinstance(value, (tuple, list)):
        return _(", ").join(printable(str(item)) for item in value)
    words = WORDS.get(f"{code}.{name}") or WORDS.get(name) or {}
    text = "" if value is None else str(value)
    return _(words[text]) if text in words else "\n".join(printable(line) for line in text.split("\n"))
