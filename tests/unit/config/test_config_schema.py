"""The published JSON Schema says the same as the validation."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import jsonschema
import pytest

import golive.config
from golive.config import json_schema, json_schema_text
from golive.config.schema import GOLIVE_TOML

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PUBLISHED = Path(golive.config.__file__).parent / "golive.schema.json"

GOOD = [
    "",
    "name = 'shop'",
    "[app]\nentry = 'a.b:make(\"x\")'\nmigrate = false\nstatic = false\npython = '3.12'",
    "[app]\nmigrate = ['flask', 'db', 'upgrade']\npersist = []\nstatic = { '/s/' = 'a/s' }",
    "[hosts.web1]\naddress = '::1'\nroles = ['web']\n[services]\nredis = false\n[services.mysql]\n",
    "[env]\nA = 'b'\n[processes.mail]\ncommand = 'x'",
]
BAD = [
    "nmae = 'shop'",
    "name = '9'",
    "runtime = 'docker'",
    "[app]\nentry = 'wsgi.py'",
    "[app]\nmigrate = true",
    "[app]\nchdir = '../x'",
    "[app]\nworkers = 1000",
    "[app]\npython = 'x'",
    "[hosts.a]\nuser = 'root'",
    "[hosts.'a b']\naddress = 'x'",
    "[env]\nA = 1",
    "[processes.mail]\n",
    "[services.oracle]\n",
]


def test_the_published_file_is_the_declaration() -> None:
    # Write it anew: python -c "from golive.config import *; print(json_schema_text(), end='')"
    assert PUBLISHED.read_text(encoding="utf-8") == json_schema_text()


def test_it_is_a_valid_schema_with_a_line_about_each_key() -> None:
    schema = json.loads(json_schema_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    assert all(schema["properties"]["app"]["properties"][key]["description"] for key in ("entry", "persist"))


@pytest.mark.parametrize(("text", "good"), [(text, True) for text in GOOD] + [(text, False) for text in BAD])
def test_both_judge_alike(text: str, good: bool) -> None:
    values = tomllib.loads(text)
    assert jsonschema.Draft202012Validator(json_schema()).is_valid(values) is good
    assert (not list(GOLIVE_TOML.problems(values, ()))) is good
