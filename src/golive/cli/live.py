"""The five lines as they move on a terminal."""

from __future__ import annotations

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from golive.cli.help_text import columns, wrap
from golive.cli.phases import TITLES, Phase, Phases
from golive.cli.symbols import Symbols
from golive.locale import _

_STYLES = {"done": "green", "failed": "bold red", "running": "cyan", "waiting": "dim", "nothing": "dim"}

_NARROW = 40
"""Columns below which a sentence gets the whole width."""


def _title_width() -> int:
    """Columns of the longest title."""
    return max(columns(_(title)) for title in TITLES.values())


class LivePhases:
    """Draws PHASES ten times a second until it is paused."""

    def __init__(self, console: Console, phases: Phases, symbols: Symbols) -> None:
        self._console = console
        self._phases = phases
        self._symbols = symbols
        self._spinner = Spinner(symbols.spinner, style="cyan")
        self._waiting = ""
        self._live = Live(console=console, refresh_per_second=10, get_renderable=self._draw)

    def wait_for(self, what: str) -> None:
        """Shows WHAT beside the spinner until the plan is there."""
        self._waiting = what
        self.resume()

    def show_phases(self) -> None:
        """From now on the five lines."""
        self._waiting = ""
        self.resume()

    def resume(self) -> None:
        """Moves (again)."""
        if not self._live.is_started:
            self._live.start()

    def pause(self) -> None:
        """Leaves the last picture on the screen and moves no more; a mere waiting line is wiped."""
        if self._live.is_started:
            self._live.transient = bool(self._waiting)
            self._live.stop()

    def _draw(self) -> RenderableType:
        if self._waiting:
            return self._row(self._spinner, Text(self._waiting, style="dim"))
        shown: list[RenderableType] = []
        table = self._table()
        for line in self._phases.lines:
            table.add_row(self._mark(line), Text(_(TITLES[line.name]), style=_STYLES[line.state]), *self._rest(line))
            lesson = self._phases.lesson(line)
            if lesson:
                shown += [table, *self._read(lesson)]
                table = self._table()
        shown.append(table)
        if self._phases.undoing:
            shown.append(self._row(self._spinner, Text(_("Taking the changes back"), style="yellow")))
        return Group(*shown)

    def _table(self) -> Table:
        """Lines whose columns stand where those of another such table do."""
        table = Table.grid(padding=(0, 1), expand=True)
        table.width = self._width
        table.add_column(width=2)
        table.add_column(no_wrap=True, min_width=_title_width())
        table.add_column(justify="right", no_wrap=True, min_width=7)
        table.add_column(ratio=1, no_wrap=True, overflow="ellipsis" if self._symbols.ellipsis else "crop")
        return table

    @property
    def _width(self) -> int:
        """A few columns stay free: a terminal that echoes "^C" there must not begin a new line."""
        return max(self._console.width - 3, 20)

    def _read(self, lesson: str) -> list[RenderableType]:
        """A sentence under the line that it belongs to, where that line says what it does."""
        indent = 12 + _title_width()
        if self._width - indent < _NARROW:
            indent = 3
        return [Text(" " * indent + line, style="dim italic") for line in wrap(lesson, self._width - indent)]

    def _mark(self, line: Phase) -> RenderableType:
        marks: dict[str, RenderableType] = {
            "done": Text(self._symbols.good, style="green"),
            "failed": Text(self._symbols.bad, style="bold red"),
            "running": self._spinner,
            "nothing": Text(self._symbols.dot, style="dim"),
        }
        return marks.get(line.state, Text(" "))

    def _rest(self, line: Phase) -> tuple[RenderableType, RenderableType]:
        if line.state in ("waiting", "nothing"):
            return Text(""), Text(_("nothing to do") if line.state == "nothing" else "", style="dim")
        return Text(f"{self._phases.elapsed(line):.1f} s", style="dim"), Text(line.detail, style="dim")

    @staticmethod
    def _row(mark: RenderableType, text: Text) -> Table:
        row = Table.grid(padding=(0, 1))
        row.add_row(mark, text)
        return row
