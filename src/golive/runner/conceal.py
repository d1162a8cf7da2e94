"""Keeping secrets out of everything that is told.

Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import json
from typing import Any, Iterable, List
from urllib.parse import quote, quote_plus

MASK = "[secret]"
_SHORTEST = 4
"""A shorter value would blank out half of every message, and guards nothing."""


class Concealer:
    """Replaces each known secret, also in the forms that programs print it in."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._forms: List[str] = []
        self.learn(secrets)

    def learn(self, secrets: Iterable[str]) -> None:
        """More values that nobody shall read."""
        forms = set(self._forms)
        for secret in secrets:
            for value in [secret] + secret.splitlines():
                if len(value.strip()) >= _SHORTEST:
                    forms.update((value, quote(value, safe=""), quote_plus(value), repr(value)[1:-1]))
                    forms.update((json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]))
        self._forms = sorted(forms, key=len, reverse=True)

    def text(self, text: str) -> str:
        """TEXT without secrets."""
        for form in self._forms:
            text = text.replace(form, MASK)
        return text

    def value(self, value: Any) -> Any:
        """A JSON value without secrets."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: self.value(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.value(item) for item in value]
        return value
