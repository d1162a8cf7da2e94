"""The README's pictures: terminals as they looked at the end of real runs, and the page that they made.

    python tools/pictures.py            # needs chromium and a font with Chinese characters for the page

Each scene is run in a terminal of its own and drawn cell by cell, so that nothing in a picture was typed by hand.
"""

from __future__ import annotations

import fcntl
import http.client
import json
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import time
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pyte

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
COLUMNS, LINES = 80, 24
PATIENCE = 300.0

CELL, LINE, MARGIN, BAR = 8.4, 20, 16, 34
PAPER, INK = "#1e1f29", "#e6e6e6"
COLOURS = {
    "black": "#21222c",
    "red": "#ff6e6e",
    "green": "#69d58c",
    "brown": "#f1c76c",
    "blue": "#82aaff",
    "magenta": "#d6a4ff",
    "cyan": "#7fdbea",
    "white": INK,
    "brightblack": "#8b8fa3",
}
"""What a modern terminal shows for the names of the sixteen colours; bright ones look like their plain ones."""


@dataclass(frozen=True)
class Run:
    """Cells of one look, side by side in one line."""

    line: int
    column: int
    cells: int
    text: str
    colour: str
    bold: bool
    wide: bool


def runs_of(screen: pyte.Screen) -> list[Run]:
    """What SCREEN shows, without the blanks at the end of lines."""
    found: list[Run] = []
    for line in range(screen.lines):
        column = 0
        while column < screen.columns:
            cell = screen.buffer[line][column]
            wide = column + 1 < screen.columns and screen.buffer[line][column + 1].data == ""
            look = (colour_of(cell.fg), bool(cell.bold), wide)
            before = found[-1] if found else None
            joins = before and before.line == line and before.column + before.cells == column
            if joins and before and (before.colour, before.bold, before.wide) == look:
                found[-1] = Run(line, before.column, before.cells + 1 + wide, before.text + cell.data, *look)
            else:
                found.append(Run(line, column, 1 + wide, cell.data, *look))
            column += 1 + wide
    trimmed = []
    for run in found:
        text = run.text.rstrip()
        if text:
            cells = run.cells - (len(run.text) - len(text))
            trimmed.append(Run(run.line, run.column, cells, text, run.colour, run.bold, run.wide))
    return trimmed


def colour_of(name: str) -> str:
    """A colour of pyte's as SVG knows it."""
    if re.fullmatch(r"[0-9a-f]{6}", name):
        return f"#{name}"
    return COLOURS.get(name) or COLOURS.get(name.removeprefix("bright"), INK)


def drawn(screen: pyte.Screen, title: str) -> str:
    """SCREEN as an SVG picture of a terminal's window. No font is loaded: the reader's own monospaced one is used."""
    runs = runs_of(screen)
    lines = 1 + max((run.line for run in runs), default=0)
    width, height = round(2 * MARGIN + screen.columns * CELL), BAR + 2 * MARGIN + lines * LINE - 4
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,\'DejaVu Sans Mono\',monospace" font-size="14" '
        f'role="img" aria-label="{escape(title)}">',
        f'<rect width="{width}" height="{height}" rx="8" fill="{PAPER}"/>',
        *(
            f'<circle cx="{20 + 20 * n}" cy="18" r="6" fill="{colour}"/>'
            for n, colour in enumerate(("#ff5f57", "#febc2e", "#28c840"))
        ),
    ]
    for run in runs:
        x, y = MARGIN + run.column * CELL, BAR + MARGIN + run.line * LINE
        bold = ' font-weight="bold"' if run.bold else ""
        parts.append(
            f'<text x="{x:.1f}" y="{y}" fill="{run.colour}"{bold} textLength="{run.cells * CELL:.1f}" '
            f'lengthAdjust="spacingAndGlyphs" xml:space="preserve">{escape(run.text)}</text>'
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


class Stage:
    """A terminal in which commands are typed one after another."""

    def __init__(self, home: Path, language: str) -> None:
        self.screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self.screen)
        programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        self._environment = {
            "HOME": str(home),
            "PATH": programs,
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "GOLIVE_LANG": language,
        }

    def type(self, command: str, *, shown: bool = True) -> int:
        """Run COMMAND as if typed at a prompt; its exit status."""
        if shown:
            self._stream.feed(f"\x1b[90m$\x1b[0m {command}\r\n".encode())
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        process = subprocess.Popen(
            ["sh", "-c", command],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=self._environment,
            cwd=ROOT,
            start_new_session=True,
        )
        os.close(slave)
        deadline = time.monotonic() + PATIENCE
        while True:
            ready, _, _ = select.select([master], [], [], 0.1)
            try:
                content = os.read(master, 65536) if ready else b""
            except OSError:
                content = b""
            if shown and content:
                self._stream.feed(content)
            if not content and process.poll() is not None:
                break
            if time.monotonic() > deadline:
                process.kill()
                raise TimeoutError(command)
        os.close(master)
        return process.returncode

    def draw(self, name: str, title: str) -> None:
        """Write the picture NAME.svg."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        (PICTURES / f"{name}.svg").write_text(drawn(self.screen, title), encoding="utf-8")


def photographed(url: str, name: str) -> None:
    """The page at URL as NAME.png, as a browser shows it."""
    browser = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
    PICTURES.mkdir(parents=True, exist_ok=True)
    target = PICTURES / f"{name}.png"
    target.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                browser,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--window-size=680,430",
                f"--user-data-dir={profile}",
                f"--screenshot={target}",
                url,
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
    if not target.exists():
        raise FileNotFoundError(target)


def sign(url: str) -> None:
    """Two visitors sign the guestbook."""
    address = url.removeprefix("http://")
    for name, text in (("Ada", "My first site on my own server!"), ("小李", "一条命令就上线了。")):
        message = json.dumps({"name": name, "text": text}).encode()
        connection = http.client.HTTPConnection(address, timeout=30)
        connection.request("POST", "/api/messages", message, {"Content-Type": "application/json"})
        connection.getresponse().read()
        connection.close()


def main() -> int:
    """Make every picture anew."""
    for language, suffix in (("en", ""), ("zh", ".zh-CN")):
        with tempfile.TemporaryDirectory() as folder:
            stage = Stage(Path(folder), language)
            try:
                status = stage.type("golive up examples/guestbook")
                shown = "\n".join(stage.screen.display)
                found = re.search(r"http://[\d.:]+", shown)
                if status != 0 or not found:
                    print(shown, file=sys.stderr)
                    return 1
                if not suffix:
                    sign(found[0])
                    photographed(found[0], "guestbook")
                stage.draw(f"up{suffix}", "golive up examples/guestbook")
            finally:
                stage.type("golive down examples/guestbook --delete-data --yes", shown=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
