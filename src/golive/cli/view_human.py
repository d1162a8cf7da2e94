"""For people: five calm lines, one a phase, and every failure as what, why and what to do next."""

from __future__ import annotations

import getpass
import os
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from golive.cli.help_text import wrap
from golive.cli.live import LivePhases
from golive.cli.phases import TITLES, Phase, Phases
from golive.cli.symbols import symbols
from golive.cli.view import View
from golive.engine.outcome import Concern, Outcome
from golive.errors import Param
from golive.explain.failures import explain, notice
from golive.explain.printable import printable
from golive.explain.what import describe
from golive.locale import _
from golive.model.plan import Plan
from golive.protocol import events

_SHOWN_OUTPUT = 20
_WAITING_TOLD_EVERY = 30
"""Seconds."""


def _moves() -> bool:
    """Whether lines may be redrawn: a real terminal whose user has not asked for plain text."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not plain


def _has_terminal() -> bool:
    """Whether somebody can type although standard input is a file or a pipe (``getpass`` looks there first)."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR))
    except OSError:
        return False
    return True


class HumanView(View):
    """Living on a terminal; plain lines in a file, a pipe or a dumb terminal, and with ``verbose``.

    ``beside``: standard output is somebody else's, so all is said on standard error, and nothing moves.
    """

    def __init__(self, *, verbose: bool = False, beside: bool = False) -> None:
        super().__init__(verbose=verbose)
        self._beside = beside
        colours = None if _moves() else True
        self._out = Console(no_color=colours, highlight=False, markup=False, emoji=False, stderr=beside)
        self._err = Console(no_color=colours, highlight=False, markup=False, emoji=False, stderr=True)
        self._symbols = symbols()
        self._phases = Phases()
        moves = _moves() and not verbose and not beside
        self._live = LivePhases(self._out, self._phases, self._symbols) if moves else None
        self._output: list[str] = []
        self._waited = 0

    def waiting(self, what: str) -> None:
        """WHAT goes on before there is a plan to show (nothing in plain mode)."""
        if self._live:
            self._live.wait_for(what)

    def plan(self, plan: Plan) -> None:
        """What will come; shown as five lines."""
        self.close()
        for told in plan.notices:
            self.say(told.code, **dict(told.params))
        self._phases.expect(plan.steps)
        if plan.changes and self._live:
            self._live.show_phases()

    def event(self, event: events.Event) -> None:
        """Moves the five lines; with ``verbose`` every step and its output."""
        super().event(event)
        self._keep_output(event)
        finished = self._phases.follow(event)
        if event["event"] == events.LEASE_WAITING:
            self.say("lease-waiting", lease=str(event.get("lease", "")), holder=str(event.get("holder", "")))
        if event["event"] == events.STEP_WAITING and not self._live:
            self._tell_waiting(str(event.get("code", "")), event.get("params") or {})
        if event["event"] == events.FINISHED:
            self._phases.undoing = ""
        if self.verbose:
            self._tell_step(event)
        elif not self._live and finished:
            self._tell_phase(finished)

    def _tell_waiting(self, code: str, params: Mapping[str, Param]) -> None:
        """Where lines cannot move: at first, and then twice a minute."""
        seconds = int(str(params.get("seconds", 0)))
        if seconds < 1 or seconds >= self._waited + _WAITING_TOLD_EVERY:
            self._waited = seconds
            self.say(code, **params)

    def say(self, code: str, **params: Param) -> None:
        """A notice, above the moving lines."""
        self._tell(self._out, f"{self._symbols.dot} ", "cyan", notice(code, params))

    @property
    def attended(self) -> bool:  # type: ignore[override]
        """Not with ``--yes``, nor where nobody can type."""
        return not self.assume_yes and sys.stdin.isatty()

    def ask(self, code: str, default: bool, **params: Param) -> bool:
        """Yes or no; DEFAULT with ``--yes`` or where nobody can type."""
        if not self.attended:
            return default
        self.close()
        question = f"{notice(code, params)} [{_('Y/n') if default else _('y/N')}]"
        self._err.print("\n".join(wrap(question, self._err.width - 1)), end=" ", soft_wrap=True)
        answer = self._typed(input).strip().lower()
        return answer in ("y", "yes", "是", "好") if answer else default

    def ask_secret(self, code: str, **params: Param) -> str:
        """A password, not echoed. Where standard input belongs to a program, the terminal itself is asked, if any."""
        if not self.attended and not (self._beside and not self.assume_yes and _has_terminal()):
            return ""
        self.close()
        return self._typed(lambda: getpass.getpass(notice(code, params) + " "))

    def _typed(self, read: Callable[[], str]) -> str:
        """What READ gets from the keyboard; "" for the end of input. Ctrl-C leaves the line of the question."""
        began = time.monotonic()
        try:
            return read()
        except EOFError:
            return ""
        except KeyboardInterrupt:
            self._err.print()
            raise
        finally:
            self.waited += time.monotonic() - began

    def show(self, name: str, data: Mapping[str, Any], render: Callable[[Console], None]) -> None:
        """A result, drawn by RENDER."""
        self.close()
        render(self._out)

    def line(self, name: str, text: str) -> None:
        """One line of a log."""
        self.close()
        self._print(Text(printable(text)))

    def done(self, *, url: str = "", release: int = 0) -> int:
        """Nothing more to say."""
        self.close()
        return 0

    def conclude(self, outcome: Outcome, told: str = "") -> int:
        """The last line: where the site is, or why it is not there."""
        self.close()
        if not outcome.ok:
            self._output = list(outcome.output) or self._output
            self.fail(outcome.code, outcome.params)
            if outcome.kept:
                self._err.print(_("These packages were installed and stay: %s") % ", ".join(outcome.kept))
            return 1
        self._tell(self._out, f"{self._symbols.good} ", "bold green", told or self._success(outcome))
        for concern in outcome.concerns:
            self._warn(concern)
        for told_after in outcome.after:
            self.say(told_after.code, **dict(told_after.params))
        return 0

    def fail(self, code: str, params: Mapping[str, Param]) -> None:
        """The failed step's last output, then what, why, next and the code."""
        self._phases.stop()
        self.close()
        for line in self._output[-_SHOWN_OUTPUT:]:
            self._err.print(Text("  " + printable(line), style="dim"), soft_wrap=True)
        words = explain(code, params)
        self._tell(self._err, f"{self._symbols.bad} ", "bold red", words.what, style="bold red")
        if words.why:
            self._tell(self._err, _("Why: "), "bold", words.why)
        if words.next:
            self._tell(self._err, _("Next: "), "bold", words.next)
        self._err.print(Text(f"({code})", style="dim"))

    def _warn(self, concern: Concern) -> None:
        """The deploy is done, and yet: what, why and next."""
        words = explain(concern.code, concern.params)
        self._tell(self._out, "! ", "bold yellow", words.what, style="yellow")
        self._tell(self._out, _("Why: "), "bold", words.why)
        self._tell(self._out, _("Next: "), "bold", words.next)
        self._print(Text(f"({concern.code})", style="dim"))

    def close(self) -> None:
        """Leaves the lines as they are."""
        if self._live:
            self._live.pause()

    def _success(self, outcome: Outcome) -> str:
        values = {"url": outcome.url, "release": outcome.release, "seconds": f"{outcome.seconds:.1f}"}
        if not outcome.changed:
            return _("Nothing to change: release %(release)s is live at %(url)s (%(seconds)s s)") % values
        if outcome.proof == "computer":
            return _("Release %(release)s is live at %(url)s, seen from this computer (%(seconds)s s)") % values
        if outcome.concerns:
            return _("Release %(release)s runs on the host, and answers there (%(seconds)s s)") % values
        return _("Release %(release)s is live at %(url)s (%(seconds)s s)") % values

    def _keep_output(self, event: events.Event) -> None:
        if event["event"] == events.STEP_STARTED:
            self._output = []
        elif event["event"] == events.STEP_OUTPUT:
            self._output = [*self._output[-_SHOWN_OUTPUT:], str(event.get("line", ""))]
        elif event["event"] == events.STEP_FAILED and event.get("output"):
            self._output = [str(line) for line in event["output"]]
        elif event["event"] == events.STEP_FINISHED:
            self._output = []

    def _tell_phase(self, line: Phase) -> None:
        mark = self._symbols.good if line.state == "done" else self._symbols.bad
        self._print(Text(f"{mark} {_(TITLES[line.name])} {line.seconds:.1f} s"))

    def _tell_step(self, event: events.Event) -> None:
        if event["event"] == events.STEP_STARTED:
            step = self._phases.step(str(event.get("step", "")))
            what = describe(step.action) if step else str(event.get("step", ""))
            self._print(Text.assemble((f"{event.get('n', '?')}/{event.get('total', '?')} ", "dim"), (what, "bold")))
        elif event["event"] == events.STEP_OUTPUT:
            self._output = []
            self._print(Text("  " + printable(str(event.get("line", ""))), style="dim"))
        elif event["event"] == events.STEP_FINISHED:
            outcome = _("done") if event.get("changed") else _("in order")
            self._print(Text(f"  {self._symbols.good} {outcome} {float(event.get('seconds', 0)):.1f} s", style="green"))

    @staticmethod
    def _tell(console: Console, lead: str, lead_style: str, words: str, style: str = "") -> None:
        """Sentences: on a terminal broken between words, in a file or a pipe one line."""
        lines = wrap(lead + words, console.width) if console.is_terminal else [lead + words]
        for number, line in enumerate(lines):
            text = Text(line, style=style)
            if number == 0:
                text.stylize(lead_style, 0, len(lead))
            console.print(text, soft_wrap=True)

    def _print(self, text: Text) -> None:
        self._out.print(text, soft_wrap=True)
