"""Text in nginx's configuration syntax, and the names that may stand in it.

nginx has no way to write a literal ``$`` (it always starts a variable), so what contains one cannot be said at all.
Everything that a user can influence passes through one of these functions; each raises ValueError for what it refuses.
"""

from __future__ import annotations

import ipaddress
import re

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_URL = re.compile(r"/([A-Za-z0-9._~-]+/)*")
_PLAIN = re.compile(r"[A-Za-z0-9_./:@+-]+")
_SIZE = re.compile(r"[1-9][0-9]{0,8}[kKmMgG]?")


def quote(word: str) -> str:
    """``word`` as one quoted parameter of a directive."""
    if "$" in word or any(ord(character) < 32 or ord(character) == 127 for character in word):
        raise ValueError("nginx cannot be told this text")
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def word(text: str) -> str:
    """TEXT as one parameter, quoted only where that is needed."""
    return text if _PLAIN.fullmatch(text) else quote(text)


def site_name(name: str) -> str:
    """A domain (ASCII form) or an address as nginx compares it with the Host header; ``*.`` may lead a domain."""
    address = _address(name)
    if address:
        return address
    wildcard = "*." if name.startswith("*.") else ""
    labels = [_ascii(label) for label in name[len(wildcard) :].rstrip(".").split(".")]
    domain = ".".join(labels)
    if len(domain) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError("not a domain name")
    return wildcard + domain


def url_prefix(url: str) -> str:
    """A URL prefix that ends with a slash, like ``/static/``."""
    if not _URL.fullmatch(url) or "/../" in url or "/./" in url:
        raise ValueError("not a URL prefix")
    return url


def size(limit: str) -> str:
    """A size like ``20m``; 0 (no limit at all) is refused, for a stranger could fill the disk."""
    if not _SIZE.fullmatch(limit):
        raise ValueError("not a size")
    return limit.lower()


def _address(name: str) -> str:
    try:
        address = ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return ""
    return f"[{address}]" if address.version == 6 else str(address)


def _ascii(label: str) -> str:
    """One label in lower case, and in Punycode where it is not ASCII. UnicodeError is a ValueError."""
    if label.isascii():
        return label.lower()
    return label.encode("idna").decode("ascii").lower()
