"""Archives and indexes on this machine, as far away, as fast and as honest as a test wants them."""

from __future__ import annotations

import base64
import http.server
import io
import threading
import zipfile

from golive.drivers import mirrors
from golive.drivers.mirrors import Mirror
from golive.lab.base import mirror as archive
from golive.lab.carry import pip_index
from golive.lab.network import GATEWAY

INDEX = (pip_index() or mirrors.OFFICIAL_INDEX).rstrip("/")


def wheel(text: str) -> bytes:
    """The package ``greeting``, which only the fake indexes have."""
    content = io.BytesIO()
    info = "greeting-1.0.dist-info"
    with zipfile.ZipFile(content, "w") as file:
        file.writestr("greeting.py", f"TEXT = {text!r}\n" + "#" * 300_000)
        file.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: greeting\nVersion: 1.0\n")
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(f"{info}/RECORD", "greeting.py,,\n")
    return content.getvalue()


class Source(http.server.ThreadingHTTPServer):
    """An archive and an index in one. What it has not itself it sends on for; ``speed``: bytes a second, 0 = all.

    ``asked``: every path. ``password``: the index demands it. ``lies``: answers everything with a log-in page.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, text: str = "", speed: int = 0, password: str = "", lies: bool = False) -> None:
        super().__init__((GATEWAY, 0), Handler)
        self.files = {"/files/greeting-1.0-py3-none-any.whl": wheel(text)}
        self.speed, self.password, self.lies = speed, password, lies
        self.asked: list[str] = []
        self.stop = threading.Event()
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        """Nobody is there any more."""
        self.stop.set()
        self.shutdown()
        self.server_close()

    @property
    def root(self) -> str:
        return f"http://{GATEWAY}:{self.server_port}"

    def as_mirror(self, name: str) -> Mirror:
        return Mirror(name, name, (("debian", f"{self.root}/debian"),), f"{self.root}/simple/")


class Handler(http.server.BaseHTTPRequestHandler):
    server: Source

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if self.server.lies:
            return self._give(b"<h1>Please log in</h1>")
        wanted = base64.b64encode(f"me:{self.server.password}".encode()).decode()
        if self.server.password and self.headers.get("Authorization") != f"Basic {wanted}":
            return self._say(401, "WWW-Authenticate", 'Basic realm="private"')
        if self.path in ("/simple/pip/", "/simple/greeting/"):
            return self._give(b'<a href="/files/greeting-1.0-py3-none-any.whl">greeting-1.0-py3-none-any.whl</a>')
        if self.path in self.server.files:
            return self._give(self.server.files[self.path], "application/octet-stream")
        if self.path.endswith("/InRelease") and self.server.speed:
            return self._give(b"-----BEGIN PGP SIGNED MESSAGE-----\n" + b"x" * 100_000)
        if self.path.startswith("/debian/"):
            return self._say(302, "Location", archive() + self.path[len("/debian") :])
        return self._say(302, "Location", INDEX + self.path[len("/simple") :])

    do_HEAD = do_GET

    def _say(self, status: int, name: str, value: str) -> None:
        self.send_response(status)
        self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _give(self, content: bytes, kind: str = "text/html") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "HEAD":
            return
        piece = self.server.speed // 20 or len(content)
        try:
            for start in range(0, len(content), piece):
                self.wfile.write(content[start : start + piece])
                if self.server.speed and self.server.stop.wait(0.05):
                    return
        except OSError:
            return

    def log_message(self, *words: object) -> None:
        pass
