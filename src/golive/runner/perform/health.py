"""Whether a new release answers: wait_healthy."""

import threading
import time
from typing import Any, Dict, List, Optional, Tuple

from golive.protocol.steps import Endpoint, WaitHealthy
from golive.runner.churn import Churn, main_processes
from golive.runner.failure import StepFailed
from golive.runner.http_ask import Answer, AskError, ask
from golive.runner.perform import unit_log
from golive.runner.perform.exit_status import exit_status
from golive.runner.perform.units import show
from golive.runner.probe_units import has_ended

POLL = 0.05
LOOK_AT_UNITS = 0.3
LONGEST_ANSWER = 10.0
AGAIN = 2
SETTLES = 2.0
"""How long an answer that is no good may be that of an app that is still starting."""

ENOUGH_DEATHS = 3
"""How many workers may end before the first answer until the app counts as one that ends by itself."""


def accepted(status: int, expect: Tuple[int, ...]) -> bool:
    """Whether the answer is that of a healthy app."""
    if expect:
        return status in expect
    return 200 <= status < 400 or status in (401, 403, 404, 405, 422)


def perform_wait_healthy(action: WaitHealthy, context: Any) -> bool:
    """Every endpoint answers, three times in a row, and no unit has restarted meanwhile."""
    started = context.monotonic()
    watch = _Watch(action, context)
    statuses = [watch.first_answer(endpoint) for endpoint in action.endpoints]
    watch.remember()
    for _ in range(AGAIN if action.endpoints else 1):
        time.sleep(action.settle / 1000 / AGAIN)
        statuses = [watch.again(endpoint) for endpoint in action.endpoints]
    watch.still_the_same()
    context.set_output("status", statuses[0] if statuses else 0)
    context.set_output("seconds", round(context.monotonic() - started, 2))
    return False


class _Watch:
    """Asks endpoints and keeps an eye on the units, within one time limit."""

    def __init__(self, action: WaitHealthy, context: Any) -> None:
        self._action = action
        self._context = context
        self._began = context.monotonic()
        self._deadline = self._began + action.timeout
        self._looked = 0.0
        self._before: Dict[str, Dict[str, str]] = {}
        self._churn = Churn()

    def first_answer(self, endpoint: Endpoint) -> int:
        """The status of the first good answer. Raises StepFailed as soon as it is clear that there will be none."""
        refused_since: Optional[float] = None
        while True:
            left = self._deadline - self._context.monotonic()
            if left <= 0:
                raise self._failed("app-silent", seconds=self._action.timeout)
            answer = self._ask_watching(endpoint, min(left, LONGEST_ANSWER))
            if answer is not None:
                if accepted(answer.status, self._action.expect):
                    return answer.status
                now = self._context.monotonic()
                refused_since = refused_since or now
                if now - refused_since >= SETTLES:
                    raise self._failed("app-answers-error", status=answer.status, path=self._action.path)
            self._look_at_units()
            time.sleep(POLL)

    def _ask_watching(self, endpoint: Endpoint, timeout: float) -> Optional[Answer]:
        """Ask while looking at the units: a question to one that has died may wait in the socket's queue for long."""
        answers: List[Optional[Answer]] = []
        asking = threading.Thread(target=lambda: answers.append(self._ask(endpoint, timeout)), daemon=True)
        asking.start()
        asking.join(LOOK_AT_UNITS)
        while asking.is_alive():
            self._look_at_units()
            asking.join(LOOK_AT_UNITS)
        return answers[0] if answers else None

    def _ask(self, endpoint: Endpoint, timeout: float) -> Optional[Answer]:
        action = self._action
        try:
            return ask(
                (endpoint.socket, endpoint.address, endpoint.port), action.host, action.path, action.scheme, timeout
            )
        except AskError:
            return None

    def _look_at_units(self) -> None:
        now = self._context.monotonic()
        if now - self._looked < LOOK_AT_UNITS:
            return
        self._looked = now
        states = show(self._action.units)
        for unit, state in states.items():
            restarts = state.get("NRestarts", "0")
            if has_ended(state) or restarts != "0" or state.get("SubState") == "auto-restart":
                raise self._died(unit, state)
        self._churn.look(main_processes(states.values()))
        if self._churn.gone >= ENOUGH_DEATHS:
            raise self._died(self._action.units[0], {})
        if self._churn.busy >= ENOUGH_DEATHS:
            self._churn.busy = 0
            self._ask_the_log()

    def _ask_the_log(self) -> None:
        """Children end, unseen: programs that the app calls while it starts, or workers, as the app server says."""
        for unit in self._action.units:
            if unit_log.worker_status(unit_log.read(unit)):
                raise self._died(unit, {})

    def _died(self, unit: str, state: Dict[str, str]) -> StepFailed:
        seconds = round(self._context.monotonic() - self._began, 1)
        if state.get("ActiveState") == "inactive" and state.get("Result", "success") == "success" and seconds < 0.2:
            return self._failed("unit-failed", unit=unit, verb="start", error=state.get("LoadState", ""))
        log = unit_log.tell(unit, self._context)
        error = unit_log.import_error(log)
        if error:
            return StepFailed("app-import-error", unit=unit, error=error)
        ended = unit_log.worker_status(log) or exit_status(unit)
        status = ended or state.get("ExecMainStatus", "")
        return StepFailed("app-exited", unit=unit, status=status, seconds=seconds)

    def _failed(self, code: str, **params: Any) -> StepFailed:
        for unit in self._action.units:
            unit_log.tell(unit, self._context)
        return StepFailed(code, **params)

    def remember(self) -> None:
        """How the units are now that all have answered."""
        self._before = show(self._action.units)
        for unit, state in self._before.items():
            if has_ended(state) and self._action.endpoints:
                raise self._failed("app-unstable", path=self._action.path, unit=unit)
            if has_ended(state):
                raise self._died(unit, state)
        self._churn = Churn()
        self._churn.look(main_processes(self._before.values()))

    def again(self, endpoint: Endpoint) -> int:
        """The status of another answer. Raises StepFailed when it is worse than the first."""
        answer = self._ask(endpoint, LONGEST_ANSWER)
        if answer is None:
            raise self._failed("app-unstable", path=self._action.path)
        if not accepted(answer.status, self._action.expect):
            raise self._failed("app-answers-error", status=answer.status, path=self._action.path)
        return answer.status

    def still_the_same(self) -> None:
        """No unit has died, been restarted or got another main process or worker since it answered."""
        states = show(self._action.units)
        for unit, state in states.items():
            before = self._before.get(unit, {})
            changed = [name for name in ("NRestarts", "MainPID") if state.get(name) != before.get(name)]
            if changed or state.get("ActiveState") not in ("active", "activating", "reloading"):
                raise self._failed("app-unstable", path=self._action.path, unit=unit)
        if self._churn.look(main_processes(states.values())):
            raise self._failed("app-unstable", path=self._action.path)
