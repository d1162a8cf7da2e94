"""Which host is meant: a name from golive.toml, or an address typed on the command line."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from types import MappingProxyType

from golive.config.kinds import nearest
from golive.config.schema import ADDRESS, USER
from golive.config.settings import HostSettings, Settings
from golive.errors import UsageError
from golive.model.host import Host

LOCAL = Host(name="local", address="127.0.0.1", kind="local")
"""This computer; where things are on it is not for the configuration to know."""

_NONE: Mapping[str, Host] = MappingProxyType({})


def resolve_host(text: str | None, settings: Settings, known: Mapping[str, Host] = _NONE) -> Host:
    """The host that TEXT means: a name in [hosts], one of KNOWN (practice servers), or ``[user@]address[:port]``.

    None: the only host of golive.toml, or the one with ``default = true``; this computer when it names none. So does
    ``local``, unless it is the name of a host.
    Raises UsageError ``host-missing``, ``host-unknown``, ``host-address-wrong``.
    """
    if text is None:
        return _default(settings)
    for host in settings.hosts:
        if host.name == text:
            return _host(host)
    if text in known:
        return known[text]
    if text == LOCAL.name:
        return LOCAL
    names = (*(host.name for host in settings.hosts), *known)
    if not re.search(r"[@.:]", text) and text != "localhost":
        raise UsageError("host-unknown", host=text, nearest=nearest(text, names), names=names)
    return typed_host(text)


def is_reserved(name: str) -> bool:
    """Whether NAME already means this very computer."""
    return name.lower() in ("local", "localhost")


def _default(settings: Settings) -> Host:
    if not settings.hosts:
        return LOCAL
    names = tuple(host.name for host in settings.hosts)
    chosen = [host for host in settings.hosts if host.default] or list(settings.hosts)
    if len(chosen) != 1:
        raise UsageError("host-missing", names=names)
    return _host(chosen[0])


def _host(host: HostSettings) -> Host:
    return Host(
        name=host.name,
        address=host.address,
        user=host.user,
        port=host.port,
        identity_file=host.identity,
        visited_as=host.visited_as,
        roles=host.roles,
    )


def typed_host(text: str) -> Host:
    """``[user@]address[:port]``; an IPv6 address with a port needs brackets: ``[2001:db8::1]:22``.

    Raises UsageError ``host-address-wrong``.
    """
    user, at, place = text.rpartition("@")
    address, port = _split_port(place)
    wrong_user = bool(at) and not re.search(USER, user)
    if wrong_user or not re.search(ADDRESS, address) or not (port == "" or _is_port(port)):
        raise UsageError("host-address-wrong", host=text)
    name = place if user in ("", "root") else text
    return Host(name=name, address=address, user=user, port=int(port or 0))


def _split_port(place: str) -> tuple[str, str]:
    bracketed = re.fullmatch(r"\[([^\]]+)\](?::(.*))?", place)
    if bracketed:
        return (bracketed[1] if _is_ipv6(bracketed[1]) else ""), bracketed[2] or ""
    if _is_ipv6(place):
        return place, ""
    address, colon, port = place.partition(":")
    return address, port if not colon or port else "?"


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 65535
