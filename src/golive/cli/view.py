"""What every view can do, whichever way it shows it."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from golive.engine.outcome import Outcome
from golive.engine.reporter import Reporter
from golive.errors import GoliveError, Param
from golive.locale import _
from golive.protocol import events

if TYPE_CHECKING:
    from rich.console import Console


class View(Reporter):
    """A reporter that also shows results, and ends with an exit status.

    ``verbose``: leave nothing short. ``assume_yes``: never ask. ``running``: the run that the host goes on with
    when we go away, "" if none.
    """

    def __init__(self, *, verbose: bool = False) -> None:
        self.verbose = verbose
        self.assume_yes = False
        self.running = ""
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since the view was opened."""
        return time.monotonic() - self._began

    def event(self, event: events.Event) -> None:
        """Remembers whether a host is at work for us."""
        if event["event"] in ("accepted", events.RUN_STARTED):
            self.running = str(event.get("run", ""))
        elif event["event"] == events.FINISHED:
            self.running = ""

    @abstractmethod
    def show(self, name: str, data: Mapping[str, Any], render: Callable[[Console], None]) -> None:
        """A result: DATA for programs, RENDER for people."""

    @abstractmethod
    def line(self, name: str, text: str) -> None:
        """One line of a stream of lines (a log)."""

    @abstractmethod
    def conclude(self, outcome: Outcome, told: str = "") -> int:
        """The end of a story; TOLD is said of a good one instead of where the site is. Returns the exit status."""

    @abstractmethod
    def fail(self, code: str, params: Mapping[str, Param]) -> None:
        """The end of a story by an error."""

    def waiting(self, what: str) -> None:
        """WHAT is going on, and there is nothing else to show yet."""

    def close(self) -> None:
        """Nothing moves on the screen any more."""

    @abstractmethod
    def done(self, *, url: str = "", release: int = 0) -> int:
        """The good end of a story that has shown its result already. Returns the exit status."""


def open_view(*, json: bool, verbose: bool = False) -> View:
    """The view that the options ask for; each is imported only when it is needed."""
    if json:
        from golive.cli.view_json import JsonView

        return JsonView()
    from golive.cli.view_human import HumanView

    return HumanView(verbose=verbose)


def open_view_beside(*, json: bool, verbose: bool = False) -> View:
    """A view that leaves standard output to a program. Raises click's UsageError for JSON, which belongs there too."""
    if json:
        import click

        raise click.UsageError(_("There is no --json here: standard output is the command's."))
    from golive.cli.view_human import HumanView

    return HumanView(verbose=verbose, beside=True)


def tell(view: View, story: Callable[[], int]) -> int:
    """The exit status of STORY, however it ends."""
    from golive.cli.report import write_report

    try:
        return story()
    except GoliveError as error:
        view.fail(error.code, error.params)
        return error.exit_status
    except KeyboardInterrupt:
        return _interrupted(view, view.running, at_work=bool(view.running))
    except BrokenPipeError:
        raise
    except Exception as error:  # the last line of defence: a report instead of a traceback
        from golive.engine.session import StillWorking

        if isinstance(error, StillWorking):
            return _interrupted(view, error.run, at_work=True)
        view.fail("internal", {"error": type(error).__name__, "report": str(write_report(error))})
        return 1
    finally:
        view.close()


def _interrupted(view: View, run: str, *, at_work: bool) -> int:
    """Ctrl-C: says what the host is still doing."""
    view.fail("interrupted-running" if at_work else "interrupted", {"run": run} if run else {})
    return 1
