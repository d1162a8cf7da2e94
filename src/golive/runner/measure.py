"""How fast packages come to this host from here and from there: a small real download each, all at once.

Whoever answers with something else than what was asked for (an error page, a log-in page) is no source. Shipped to
hosts: Python 3.6 syntax, standard library only.
"""

import re
import ssl
import threading
import time
import urllib.request
from typing import Any, Dict, Iterable, List, Optional, Sequence, Tuple
from urllib.parse import urldefrag, urljoin, urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]

from golive.runner.probe_system import output_of
from golive.runner.variables import host_environment

LIMIT = 2.5
"""Seconds that measuring takes at most."""

HEAD_START = 0.8
"""Seconds that the host's own source has to itself: one that is fast leaves the others alone."""

ENOUGH = 1000000
"""Bytes a second of which nobody would want more."""

OWN = "own"
PIECE = 256 * 1024

_WHEEL = re.compile(rb"""href=["']([^"'>]+\.whl)[#"']""")
_BEGINNING = {"apt": b"-----BEGIN PGP SIGNED MESSAGE", "wheel": b"PK\x03\x04"}


def measure(wanted: Sequence[Tuple[str, str, str]]) -> List[List[Any]]:
    """``[kind, name, url, bytes a second, good]`` for each that was tried."""
    ways = _Ways({kind for kind, _, _ in wanted})
    trials = [_Trial(ways, *what) for what in wanted]
    until = time.monotonic() + LIMIT
    own = [trial for trial in trials if trial.name == OWN]
    _go(own, time.monotonic() + HEAD_START)
    content = {trial.kind for trial in own if trial.good and trial.ended and trial.speed() >= ENOUGH}
    others = [trial for trial in trials if trial.name != OWN and trial.kind not in content]
    _go(others, until)
    for trial in own if others else ():
        trial.done.wait(max(until - time.monotonic(), 0))
    return [trial.result() for trial in own + others]


def _go(trials: Sequence["_Trial"], until: float) -> None:
    for trial in trials:
        # A look-up of a name cannot be interrupted: what has not ended in time ends with the program.
        threading.Thread(target=trial.run, daemon=True).start()
    for trial in trials:
        trial.done.wait(max(until - time.monotonic(), 0))


class _Trial:
    """One download. ``good``: what came so far is what was asked for."""

    def __init__(self, ways: "_Ways", kind: str, name: str, url: str) -> None:
        self._opener = ways.opener(kind, url)
        self.kind = kind
        self.name = name
        self.url = url
        self.good = False
        self.done = threading.Event()
        self.ended = 0.0
        self._bytes = 0
        self._began = 0.0

    def run(self) -> None:
        """Never raises: what does not answer is not good."""
        self._began = time.monotonic()
        try:
            if self.kind == "pypi":
                self._from_index()
            else:
                self._fetch(self.url, self.kind)
        except Exception:
            self.good = False
        self.ended = time.monotonic()
        self.done.set()

    def result(self) -> List[Any]:
        """What ended with something else than what was asked for has no speed."""
        wrong = bool(self.ended) and not self.good
        return [self.kind, self.name, self.url, 0 if wrong else self.speed(), self.good]

    def speed(self) -> int:
        """Bytes a second so far."""
        passed = (self.ended or time.monotonic()) - self._began
        return int(self._bytes / max(passed, 0.001)) if self._began else 0

    def _from_index(self) -> None:
        """A page, and a piece of the last file that it names: mirrors may have the one without the other."""
        page, address = self._fetch(self.url, "")
        links = _WHEEL.findall(page)
        if links:
            link = links[-1].decode("ascii", "replace").replace("&amp;", "&")
            self._fetch(urldefrag(urljoin(address, link))[0], "wheel")

    def _fetch(self, url: str, beginning: str) -> Tuple[bytes, str]:
        """At most PIECE bytes, and the address that they came from in the end."""
        headers = {"User-Agent": "golive", "Range": "bytes=0-{}".format(PIECE - 1)}
        content = b""
        with self._opener.open(urllib.request.Request(url, headers=headers), timeout=LIMIT) as answer:
            while len(content) < PIECE:
                piece = answer.read1(16384)
                if not piece:
                    break
                content += piece
                self._bytes += len(piece)
                if beginning:
                    expected = _BEGINNING[beginning]
                    self.good = content.startswith(expected)
                    if not expected.startswith(content[: len(expected)]):
                        break
            return content, answer.geturl()


class _Ways:
    """How programs of this host reach others: its proxies, its certificate authorities. Looked up once for all."""

    def __init__(self, kinds: Iterable[str]) -> None:
        environment = host_environment()
        self._unproxied = _named(environment, ("no",))
        self._trusted = _context(environment.get("SSL_CERT_FILE"))
        proxies = _named(environment, ("http", "https"))
        self._proxies = {kind: dict(proxies) for kind in kinds}
        if "apt" in self._proxies:
            told = output_of("apt-config", "dump") or ""
            self._proxies["apt"].update(re.findall(r'^Acquire::(https?)::Proxy "([^"]*)";$', told, re.M))

    def opener(self, kind: str, url: str) -> Any:
        """What opens URL."""
        proxies = {scheme: proxy for scheme, proxy in self._proxies[kind].items() if proxy and proxy != "DIRECT"}
        if proxy_bypass_environment(urlsplit(url).netloc, self._unproxied):
            proxies = {}
        trusted = urllib.request.HTTPSHandler(context=self._trusted)
        return urllib.request.build_opener(urllib.request.ProxyHandler(proxies), trusted)


def _named(environment: Dict[str, str], schemes: Sequence[str]) -> Dict[str, str]:
    """``{"http": the value of http_proxy}`` and so on, for those that are there."""
    found = {
        scheme: environment.get(scheme + "_proxy") or environment.get(scheme.upper() + "_PROXY") for scheme in schemes
    }
    return {scheme: value for scheme, value in found.items() if value}


def _context(authorities: Optional[str]) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if authorities:
        context.load_verify_locations(cafile=authorities)
    return context
