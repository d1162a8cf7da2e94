"""apt's sources: reading a host's, and writing the same ones down for a mirror.

Sources: sources.list(5), both its formats; cloud images name their archive through a ``mirror+file:`` list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

ARCHIVES = ("debian", "ubuntu", "ubuntu-ports")
"""The last piece of an archive's address. One that is called otherwise is somebody's own, and left to them."""

_SECURITY = ("-security", "/updates")
_WANTED = ("", "-updates", *_SECURITY)


@dataclass(frozen=True)
class Source:
    """One archive and one suite of it. ``keyring``: the file that its signature is checked with, "" = apt's own."""

    url: str
    suite: str
    components: tuple[str, ...]
    keyring: str = ""

    @property
    def is_security(self) -> bool:
        return self.suite.endswith(_SECURITY)

    @property
    def archive(self) -> str:
        """``debian``, ``debian-security``, ``ubuntu`` ...: the address's only folder, "" if it has more or fewer."""
        found = re.fullmatch(r"https?://[^/]+/+([^/]+)/*", self.url)
        return found[1] if found else ""


def host_of(url: str) -> str:
    """The name of the host in an address."""
    found = re.match(r"\w+://([^/:]+)", url)
    return found[1] if found else url


def sources_of(files: Mapping[str, str]) -> tuple[Source, ...]:
    """Every binary source in FILES (path -> text without comments)."""
    found: list[Source] = []
    for path, text in files.items():
        if path.endswith(".sources"):
            found += _stanzas(text, files)
        elif "/mirrors/" not in path:
            found += _lines(text, files)
    return tuple(dict.fromkeys(found))


def distribution_sources(files: Mapping[str, str], codename: str) -> tuple[Source, ...]:
    """Those of the distribution itself that a server installs from: its suite, updates and security.

    Empty when they do not come from an archive as every mirror has it.
    """
    suites = {f"{name}{end}" for name in (codename, "stable", "oldstable") for end in _WANTED}
    named = (source for source in sources_of(files) if source.suite in suites and "main" in source.components)
    found = tuple(source for source in named if source.is_security or source.archive in ARCHIVES)
    return found if main_source(found) else ()


def main_source(sources: tuple[Source, ...]) -> Source | None:
    """The one that is neither updates nor security."""
    return next((source for source in sources if not source.suite.endswith(_WANTED[1:])), None)


def release_file(url: str, suite: str) -> str:
    """The signed list of contents that every archive has."""
    return f"{url.rstrip('/')}/dists/{suite}/InRelease"


def render_sources(sources: Iterable[Source]) -> str:
    """SOURCES as a one-line list."""
    lines = []
    for source in sources:
        signed = f"[signed-by={source.keyring}] " if source.keyring else ""
        lines.append(f"deb {signed}{source.url.rstrip('/')} {source.suite} {' '.join(source.components)}\n")
    return "".join(dict.fromkeys(lines))


def usual_sources(system: str, codename: str, address: str) -> tuple[Source, ...]:
    """What a fresh Debian or Ubuntu has, at ADDRESS; for a host whose own list is an unusual one."""
    if not codename or system not in ("debian", "ubuntu"):
        return ()
    components = ("main", "universe") if system == "ubuntu" else ("main",)
    return tuple(Source(address, f"{codename}{end}", components) for end in ("", "-updates"))


def _lines(text: str, files: Mapping[str, str]) -> Iterator[Source]:
    for line in text.splitlines():
        found = re.match(r"deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+([^#]+)", line.strip())
        if found:
            options = dict(word.partition("=")[::2] for word in (found[1] or "").split())
            url = _resolved(found[2], files)
            yield Source(url, found[3], tuple(found[4].split()), _keyring(options.get("signed-by", "")))


def _stanzas(text: str, files: Mapping[str, str]) -> Iterator[Source]:
    for stanza in re.split(r"\n\s*\n", text):
        fields: dict[str, str] = {}
        name = ""
        for line in stanza.splitlines():
            if not line[:1].isspace():
                name, _, line = line.partition(":")
            fields[name.strip().lower()] = f"{fields.get(name.strip().lower(), '')} {line}".strip()
        if "deb" not in fields.get("types", "").split() or fields.get("enabled", "").lower() in ("no", "false"):
            continue
        keyring = _keyring(fields.get("signed-by", ""))
        for uri in fields.get("uris", "").split():
            for suite in fields.get("suites", "").split():
                yield Source(_resolved(uri, files), suite, tuple(fields.get("components", "").split()), keyring)


def _keyring(value: str) -> str:
    """A path; a key that stands in the file itself, or a fingerprint, cannot be passed on."""
    return value if value.startswith("/") and " " not in value else ""


def _resolved(uri: str, files: Mapping[str, str]) -> str:
    """The address itself, where a list of mirrors is named."""
    if not uri.startswith("mirror+file:"):
        return uri
    listed = files.get("/" + uri.removeprefix("mirror+file:").lstrip("/"), "").split()
    return listed[0] if listed else uri
