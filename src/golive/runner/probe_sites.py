"""Who answers visitors that come by a name no site claims: read from nginx's files, other people's among them.

Its own ``-T`` would tell as much, but says nothing while any of the files is wrong, or before nginx is there.
Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import glob
import hashlib
import os
import re
from typing import Any, Dict, Iterator, List, Optional, Tuple

from golive.runner import probe_packages
from golive.runner.layout import host_layout
from golive.runner.probe_system import read

FOLDER = "/etc/nginx"
LARGEST = 256 * 1024
"""Bytes of a file that may hold a site; beyond it are lists of addresses to block and the like."""

DEEPEST = 8
_OURS = re.compile(r"/golive-[^/]+\.conf$")
_TOKEN = re.compile(r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|#[^\n]*|[{};]|(?:\$\{\w*\}|[^\s{};])+""")
_EVERYWHERE = re.compile(r"(?:(?:\*|0\.0\.0\.0|\[::\]):)?(\d+)$")

Site = Dict[str, Any]
Statement = Tuple[List[str], str, str]


def default_sites() -> Dict[str, Dict[str, Any]]:
    """``{port: {file, stock, patterns}}`` of each port on which nginx has sites other than golive's.

    ``file`` has the site that gets what no other claims; ``stock``: it is as its package brought it. ``patterns``: a
    file whose site there claims names by a regular expression, "" if none.
    """
    found: Dict[str, Dict[str, Any]] = {}
    declared = set()
    for site in sites():
        for port, default in site["listen"].items():
            known = found.setdefault(port, {"file": site["file"], "patterns": ""})
            if default and port not in declared:
                declared.add(port)
                known["file"] = site["file"]
            if site["patterns"]:
                known["patterns"] = known["patterns"] or site["file"]
    for known in found.values():
        known["stock"] = is_stock(known["file"])
    return found


def sites() -> List[Site]:
    """``{file, listen: {port: said to be the default}, patterns: bool}`` of each server block that is not golive's, in
    nginx's order. Only what listens at every address of the host counts."""
    found: List[Site] = []
    blocks: List[Tuple[str, Optional[Site]]] = []
    for words, sign, file in _statements(FOLDER + "/nginx.conf"):
        if sign == "{":
            site: Optional[Site] = None
            if words == ["server"] and [name for name, _ in blocks] == ["http"]:
                site = {"file": file, "listen": None, "patterns": False}
                found.append(site)
            blocks.append((words[0] if words else "", site))
        elif sign == "}" and blocks:
            blocks.pop()
        elif sign == ";" and blocks and blocks[-1][1]:
            _directive(words, blocks[-1][1])
    for site in found:
        if site["listen"] is None:
            # What does not say where it listens does so on port 80.
            site["listen"] = {"80": False}
    return [site for site in found if not _OURS.search(site["file"])]


def _directive(words: List[str], site: Site) -> None:
    if words[:1] == ["server_name"]:
        site["patterns"] = site["patterns"] or any(word.lstrip("\"'").startswith("~") for word in words[1:])
    elif words[:1] == ["listen"] and len(words) > 1:
        site["listen"] = site["listen"] or {}
        place = _EVERYWHERE.match("80" if words[1] == "*" else words[1])
        if place:
            default = "default_server" in words or "default" in words
            site["listen"][place.group(1)] = default or site["listen"].get(place.group(1), False)


def _statements(pattern: str, depth: int = 0) -> Iterator[Statement]:
    """Words, the sign that ends them and the file of each statement; what is included stands in its place."""
    root = host_layout().root
    for path in sorted(glob.glob(root + pattern)):
        if depth > DEEPEST or not os.path.isfile(path) or os.path.getsize(path) > LARGEST:
            continue
        words: List[str] = []
        for token in _TOKEN.findall(read(path)):
            if token in ("{", "}", ";"):
                if token == ";" and words[:1] == ["include"] and len(words) == 2:
                    inner = os.path.join(FOLDER, words[1].strip("\"'"))
                    for statement in _statements(inner, depth + 1):
                        yield statement
                else:
                    yield words, token, path[len(root) :]
                words = []
            elif not token.startswith("#"):
                words.append(token)


def is_stock(path: str) -> bool:
    """Whether the file, wherever a link leads, is byte for byte what its package brought."""
    real = os.path.realpath(host_layout().root + path)
    said = probe_packages.conffile(real[len(host_layout().root) :])
    try:
        with open(real, "rb") as stream:
            # Only compared with what dpkg wrote down. A host may forbid MD5 altogether: then nothing counts as stock.
            return bool(said) and hashlib.md5(stream.read()).hexdigest() == said
    except (OSError, ValueError):
        return False
