"""A firewall on the host itself that keeps visitors out, as far as it says so in files.

Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import os
import re
from typing import Any, Dict, Iterable, Iterator, Tuple

from golive.runner.layout import host_layout
from golive.runner.probe_system import read

_ANYWHERE = "0.0.0.0/0"
_SERVICES = {"http": 80, "https": 443}
_RUNNING = ("/sys/fs/cgroup/system.slice/firewalld.service", "/sys/fs/cgroup/systemd/system.slice/firewalld.service")

Ports = Tuple[int, int]


def firewall(ports: Iterable[int]) -> Dict[str, Any]:
    """``{program, shut}``: ``ufw`` or ``firewalld`` ("" for neither), and which of PORTS (TCP) it does not let in."""
    root = host_layout().root
    if re.search(r"^ENABLED=yes\b", read(root + "/etc/ufw/ufw.conf"), re.M | re.I):
        return {"program": "ufw", "shut": _shut(ports, _open_in_ufw(root))}
    if any(os.path.isdir(root + place) for place in _RUNNING):
        return {"program": "firewalld", "shut": _shut(ports, _open_in_firewalld(root))}
    return {"program": "", "shut": []}


def _shut(ports: Iterable[int], let_in: Iterable[Ports]) -> Any:
    spans = list(let_in)
    return sorted(port for port in ports if not any(first <= port <= last for first, last in spans))


def _open_in_ufw(root: str) -> Iterator[Ports]:
    """Its rules stand in user.rules as ``### tuple ### ACTION PROTOCOL PORTS TO SOURCEPORT FROM DIRECTION``."""
    if re.search(r'^DEFAULT_INPUT_POLICY="?ACCEPT', read(root + "/etc/default/ufw"), re.M):
        yield 1, 65535
    rule = re.compile(r"^### tuple ### (?:allow|limit)\S* (?:tcp|any) (\S+) \S+ any (\S+) (?:\S+ \S+ )?in", re.M)
    for ports, source in rule.findall(read(root + "/etc/ufw/user.rules")):
        if source == _ANYWHERE:
            yield from _spans(ports, ":")


def _open_in_firewalld(root: str) -> Iterator[Ports]:
    """What its default zone lets in."""
    found = re.search(r"^DefaultZone=(\w+)", read(root + "/etc/firewalld/firewalld.conf"), re.M)
    zone = found.group(1) if found else "public"
    places = [root + folder + zone + ".xml" for folder in ("/etc/firewalld/zones/", "/usr/lib/firewalld/zones/")]
    text = next(filter(None, map(read, places)), "")
    if re.search(r'<zone[^>]*target="ACCEPT"', text):
        yield 1, 65535
    for name in re.findall(r'<service name="([^"]+)"', text):
        if name in _SERVICES:
            yield _SERVICES[name], _SERVICES[name]
    for element in re.findall(r"<port [^>]*>", text):
        span = re.search(r'port="([\d-]+)"', element)
        if span and 'protocol="tcp"' in element:
            yield from _spans(span.group(1), "-")


def _spans(text: str, dash: str) -> Iterator[Ports]:
    """``80,443`` or ``8000:8100`` or ``any``."""
    for part in text.split(","):
        if part == "any":
            yield 1, 65535
            continue
        first, _, last = part.partition(dash)
        if first.isdigit():
            yield int(first), int(last or first)
