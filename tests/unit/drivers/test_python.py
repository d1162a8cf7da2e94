"""Whether the host's Python suits the app, and when two releases may share an environment."""

from __future__ import annotations

from typing import Any

import pytest

from golive.drivers.python.environment import environment_for
from golive.drivers.python.version import fits
from golive.protocol.facts import Facts


@pytest.mark.parametrize(
    ("specifier", "version", "fitting"),
    [
        ("", "3.9.2", True),
        (">=3.8", "3.11.2", True),
        (">=3.12", "3.11.2", False),
        (">=3.9,<3.12", "3.11.2", True),
        ("~=3.10.0", "3.11.2", False),
        ("==3.11.*", "3.11.2", True),
        (">=3.13", "3.13.0rc1", False),
        ("not a specifier", "3.11.2", True),
    ],
)
def test_specifiers(specifier: str, version: str, fitting: bool) -> None:
    assert fits(specifier, version) is fitting


def key(manifests: tuple[str, ...] = ("requirements.txt",), digest: str = "d", tool: str = "pip", **facts: Any) -> str:
    there = {"python": {"version": "3.11.2", "path": "/usr/bin/python3"}, "os": {"id": "debian", "version": "12"}}
    return environment_for(Facts(there | facts), manifests, digest, ("gunicorn",), tool).key


def test_an_environment_is_shared_until_something_that_matters_differs() -> None:
    other_python = {"version": "3.13.0", "path": "/usr/bin/python3"}
    keys = [
        key(),
        key(digest="other"),
        key(manifests=("pyproject.toml",)),
        key(tool="uv"),
        key(python=other_python),
        key(os={"id": "debian", "version": "13"}),
        key(os={"id": "debian", "version": "12", "arch": "aarch64"}),
    ]
    assert len(set(keys)) == len(keys)


def test_a_security_update_of_python_needs_no_new_environment() -> None:
    assert key() == key(python={"version": "3.11.9", "path": "/usr/bin/python3"})
