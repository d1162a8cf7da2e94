"""Which line a key stands on, whatever shape the file has."""

from __future__ import annotations

import pytest

from golive.config import parse
from golive.config.lines import find_lines

TEXT = '''\
# name = "no"
name = "shop" # [not.a.table]

[app]
domains = [
  "a.example", # ]
  "b.example",
]
migrate = ["""
entry = "no"
""", 'x = "']
"entry" = "a:b"
static = { "/s/" = "s" }
health.timeout = 3

[ hosts . web1 ]
address = '1.2.3.4'
'''


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("name", 2),
        ("app", 4),
        ("app.domains", 5),
        ("app.migrate", 9),
        ("app.entry", 12),
        ("app.static", 13),
        ("app.health.timeout", 14),
        ("hosts", 16),
        ("hosts.web1.address", 17),
    ],
)
def test_each_key_is_found(key: str, line: int) -> None:
    assert find_lines(TEXT)[tuple(key.split("."))] == line


def test_what_is_inside_of_a_value_is_not_a_key() -> None:
    assert ("not", "a", "table") not in find_lines(TEXT)


def test_a_key_that_is_not_there_leads_to_its_table() -> None:
    settings = parse("\n[app]\nworkers = 1\n")
    assert (settings.line("app.workers"), settings.line("app.entry"), settings.line("health.path")) == (3, 2, 0)
