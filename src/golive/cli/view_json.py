"""For programs: JSON lines on standard output and nothing else; the last one is ``finished``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from golive.cli.view import View
from golive.engine.outcome import Outcome
from golive.errors import Param
from golive.explain.failures import explain, notice
from golive.explain.what import describe
from golive.model.plan import Plan
from golive.protocol import events

if TYPE_CHECKING:
    from rich.console import Console

RUN_FINISHED = "run_finished"
"""The host's own ``finished``; ours comes when the whole story is told."""


class JsonView(View):
    """Never asks: every question is answered by its default, and shown."""

    def plan(self, plan: Plan) -> None:
        """What will come; ``golive plan --json`` tells all of each step."""
        steps = [{"id": step.id, "phase": step.phase, "what": describe(step.action)} for step in plan.steps]
        self._write("plan", url=plan.url, release=plan.release, changes=plan.changes, steps=steps)
        for told in plan.notices:
            self.say(told.code, **dict(told.params))

    def event(self, event: events.Event) -> None:
        """The host's events as they are."""
        super().event(event)
        name = RUN_FINISHED if event["event"] == events.FINISHED else str(event["event"])
        self._write(name, **{key: value for key, value in event.items() if key != "event"})

    def say(self, code: str, **params: Param) -> None:
        """A notice with its words."""
        self._write("notice", code=code, message=notice(code, params), params=params)

    def ask(self, code: str, default: bool, **params: Param) -> bool:
        """The question and the answer that it got."""
        self._write("question", code=code, message=notice(code, params), params=params, answer=default)
        return default

    def ask_secret(self, code: str, **params: Param) -> str:
        """Nobody is there to type one."""
        return ""

    def show(self, name: str, data: Mapping[str, Any], render: Callable[[Console], None]) -> None:
        """The data of a result."""
        self._write(name, **data)

    def line(self, name: str, text: str) -> None:
        """One line of a log."""
        self._write(name, line=text)

    def done(self, *, url: str = "", release: int = 0) -> int:
        """The last line."""
        self._finish(Outcome(ok=True, url=url, release=release, seconds=self.seconds))
        return 0

    def conclude(self, outcome: Outcome, told: str = "") -> int:
        """The last line of a story that came to its end, good or bad."""
        if outcome.ok:
            for told_after in outcome.after:
                self.say(told_after.code, **dict(told_after.params))
            self._finish(outcome, **self._proof(outcome))
            return 0
        words = explain(outcome.code, outcome.params)
        more = {"params": dict(outcome.params), "output": list(outcome.output), "kept": list(outcome.kept)}
        self._finish(outcome, code=outcome.code, message=f"{words.what} {words.why}".strip(), hint=words.next, **more)
        return 1

    def fail(self, code: str, params: Mapping[str, Param]) -> None:
        """The last line of a story that an error ended."""
        words = explain(code, params)
        self.finish_failed(code, f"{words.what} {words.why}".strip(), words.next, params=dict(params))

    def finish_failed(self, code: str, message: str, hint: str, **more: Any) -> None:
        """The last line, with these words."""
        self._finish(Outcome(ok=False, seconds=self.seconds), code=code, message=message, hint=hint, **more)

    def _proof(self, outcome: Outcome) -> dict[str, Any]:
        """What this computer has seen of the site, where it has looked."""
        if not outcome.proof:
            return {}
        warnings = []
        for concern in outcome.concerns:
            words = explain(concern.code, concern.params)
            said = {"code": concern.code, "message": f"{words.what} {words.why}".strip(), "hint": words.next}
            warnings.append(said)
            self._write("notice", **said, params=dict(concern.params))
        return {"proof": outcome.proof, "warnings": warnings}

    def _finish(self, outcome: Outcome, **more: Any) -> None:
        self._write(
            events.FINISHED,
            ok=outcome.ok,
            url=outcome.url,
            release=outcome.release,
            changed=outcome.changed,
            seconds=round(outcome.seconds, 3),
            **more,
        )

    def _write(self, event: str, **fields: Any) -> None:
        sys.stdout.write(json.dumps({"event": event, **fields}, default=str) + "\n")
        sys.stdout.flush()
