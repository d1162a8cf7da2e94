"""What other platforms print for a shell is read as the shell would read it."""

from __future__ import annotations

import pytest

from golive.config.shell_output import read_shell_output
from golive.errors import ConfigError

# The forms that ``heroku config --shell`` prints: bare, in single quotes, and in double quotes when there is a single
# quote or a line end in it.
HEROKU = r"""
DEBUG=0
DATABASE_URL='postgres://u:p\\a@h:5432/d?x=1&y=2'
MOTTO="it's \$5, \`really\`\! \"yes\""
KEY="-----BEGIN-----\nab\\ncd\n-----END-----\n"
"""


def test_every_form_that_heroku_prints() -> None:
    found = {item.name: item.value for item in read_shell_output(HEROKU.encode())}
    assert found == {
        "DEBUG": "0",
        "DATABASE_URL": "postgres://u:p\\a@h:5432/d?x=1&y=2",
        "MOTTO": 'it\'s $5, `really`! "yes"',
        "KEY": "-----BEGIN-----\nab\\ncd\n-----END-----\n",
    }


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gbk"])
def test_whatever_a_windows_shell_makes_of_it(encoding: str) -> None:
    found = read_shell_output('export A="你好"\r\nB=x\r\n'.encode(encoding))
    assert [(item.name, item.value, item.line) for item in found] == [("A", "你好", 1), ("B", "x", 2)]


@pytest.mark.parametrize(
    ("data", "code"), [(b"A=1\nnonsense\n", "dotenv-line"), (bytes(range(256)), "dotenv-encoding")]
)
def test_what_is_none_is_told_without_its_text(data: bytes, code: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_shell_output(data)
    assert caught.value.code == code
    assert caught.value.params["file"] == "-"
    assert "nonsense" not in str(caught.value)
