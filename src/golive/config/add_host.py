"""One more host for golive.toml: a block at its end, and not a byte of the rest is touched."""

from __future__ import annotations

import re
from dataclasses import replace

from golive.config.hosts import is_reserved, typed_host
from golive.config.load import parse
from golive.config.schema import LABEL
from golive.config.settings import FILE_NAME, HostSettings
from golive.errors import ConfigError, UsageError

_NOT_LITERAL = re.compile(r"['\x00-\x1f\x7f]")
_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f]')


def host_settings(name: str, place: str, identity: str = "") -> HostSettings:
    """The host called NAME at PLACE (``[user@]address[:port]``). Raises UsageError for what neither can be."""
    if not re.search(LABEL, name) or is_reserved(name):
        raise UsageError("host-name-wrong", host=name)
    typed = typed_host(place)
    return HostSettings(name, typed.address, typed.user, typed.port, identity)


def with_host(text: str, host: HostSettings) -> str:
    """TEXT of a golive.toml and HOST in it.

    Raises ConfigError for a text that is wrong already, UsageError ``host-taken``, and ``host-not-appendable`` for one
    that lists its hosts in a form to which nothing can be appended; ``lines`` is what a person may write instead.
    """
    before = parse(text)
    taken = next((known for known in before.hosts if known.name == host.name), None)
    if taken:
        raise UsageError("host-taken", host=host.name, address=taken.address, file=FILE_NAME)
    block = render_host(host)
    line_end = "\r\n" if "\r\n" in text else "\n"
    gap = "" if not text else line_end if text.endswith("\n") else line_end * 2
    after = text + gap + block.replace("\n", line_end)
    try:
        wanted = replace(before, hosts=(*before.hosts, host))
        if parse(after) == wanted:
            return after
    except ConfigError:
        pass
    raise UsageError("host-not-appendable", file=FILE_NAME, lines=tuple(block.splitlines()))


def render_host(host: HostSettings) -> str:
    """The table of HOST, as a person would write it."""
    lines = [f"[hosts.{host.name}]", f"address = {_quoted(host.address)}"]
    if host.user:
        lines.append(f"user = {_quoted(host.user)}")
    if host.port:
        lines.append(f"port = {host.port}")
    if host.identity:
        lines.append(f"identity = {_quoted(host.identity)}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """TEXT as a TOML string; backslashes (Windows paths) are best read as they are."""
    if "\\" in text and not _NOT_LITERAL.search(text):
        return f"'{text}'"
    return '"' + _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + '"'
