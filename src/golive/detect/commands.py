"""What people already wrote down about starting their app: Procfile, .flaskenv, Dockerfile, shell scripts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from golive.detect.walk import Tree

_ENTRY = re.compile(r"""([A-Za-z_]\w*(?:\.\w+)*):([A-Za-z_]\w*)(\([^()]*\))?""")
_SERVERS = re.compile(r"\b(gunicorn|waitress-serve|uwsgi|mod_wsgi-express|granian)\b")


@dataclass(frozen=True)
class Mention:
    """An entry point named in a file. ``weight``: how much that file's word counts."""

    module: str
    attribute: str
    call: str
    file: str
    line: int
    weight: int


@dataclass(frozen=True)
class ProcfileLine:
    """``name: command``."""

    name: str
    command: str
    line: int


def procfile(tree: Tree) -> tuple[ProcfileLine, ...]:
    """The Procfile's lines; empty when there is none."""
    lines = tree.text("Procfile").split("\n") if "Procfile" in tree.names else []
    found = [(number, re.match(r"([A-Za-z0-9_-]+):\s*(.+)$", line)) for number, line in enumerate(lines, 1)]
    return tuple(ProcfileLine(match[1], match[2].strip(), number) for number, match in found if match)


def mentions(tree: Tree) -> tuple[Mention, ...]:
    """Every entry point that a file at the app's root names, the most telling first."""
    found = [
        mention
        for line in procfile(tree)
        if line.name == "web"
        for mention in _served(line.command, "Procfile", line.line, 60)
    ]
    for file in (".flaskenv", ".env"):
        found += _flask_app(tree, file)
    for file in tree.files:
        if "/" not in file and (file.startswith("Dockerfile") or file.endswith(".sh") or file == "docker-compose.yml"):
            for number, line in enumerate(tree.text(file).split("\n"), 1):
                found += _served(line, file, number, 30)
    return tuple(found)


def _served(command: str, file: str, line: int, weight: int) -> list[Mention]:
    """What an app server in COMMAND is told to import; ``web: flask db upgrade; gunicorn app:app`` has other parts."""
    server = _SERVERS.search(command)
    if server is None:
        return []
    words = re.split(r"[\s\"',\[\]]+", command[server.end() :])
    matches = [_ENTRY.fullmatch(word) for word in words]
    return [Mention(match[1], match[2], match[3] or "", file, line, weight) for match in matches if match][-1:]


def _flask_app(tree: Tree, file: str) -> list[Mention]:
    """FLASK_APP: ``module``, ``file.py``, ``package:factory`` or ``module:factory('x')``."""
    if file not in tree.names:
        return []
    for number, line in enumerate(tree.text(file).split("\n"), 1):
        match = re.match(r"\s*(?:export\s+)?FLASK_APP\s*=\s*(.+)", line)
        if match:
            told = match[1].strip()
            quote = told[0] if told[0] in "\"'" else ""
            told = told[1:].partition(quote)[0] if quote else told.partition(" #")[0].strip()
            target, _, attribute = told.partition(":")
            module = target.removesuffix(".py").strip("./").replace("/", ".")
            name, bracket, arguments = attribute.partition("(")
            return [Mention(module, name, bracket + arguments, file, number, 40)]
    return []
