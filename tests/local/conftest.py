"""People with a computer of their own: a home folder, golive, and an app to take live on that very computer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from people import ROOT, Person, person

KINDS = (
    pytest.param(("root", "nginx"), id="root-nginx", marks=pytest.mark.skipif(not ROOT, reason="needs root")),
    pytest.param(("plain", "forwarder"), id="plain-forwarder"),
)


@pytest.fixture(scope="module", params=KINDS)
def someone(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """A person who has taken the app live once; each kind of user with another proxy."""
    user, proxy = request.param
    with person(user, proxy, tmp_path_factory) as found:
        yield found


@pytest.fixture(scope="module")
def pip_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one person has downloaded another need not."""
    return tmp_path_factory.getbasetemp() / "pip-cache"
