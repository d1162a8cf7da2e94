"""The proxy: reload_proxy, verify_site."""

import re
import time
from typing import Any, Optional, Tuple

from golive.protocol.steps import ReloadProxy, VerifySite
from golive.runner.churn import children_of
from golive.runner.failure import StepFailed
from golive.runner.http_ask import Answer, AskError, ask
from golive.runner.layout import LocalLayout, local_layout
from golive.runner.perform import unit_log
from golive.runner.perform.health import accepted
from golive.runner.perform.units import show, systemctl
from golive.runner.probe_proxy import nginx_path

TESTS = {"nginx": ("nginx", "-t", "-q"), "apache": ("apache2ctl", "configtest")}
PATIENCE = 5.0
"""Seconds for which workers of before a reload may still answer."""
POLL = 0.05


def perform_reload_proxy(action: ReloadProxy, context: Any) -> bool:
    """The proxy's own test passes, and it runs with its files as they are now."""
    here = local_layout()
    if here is not None:
        _test_here(action, here, context)
        systemctl(context, "daemon-reload")
    else:
        _test(action, context)
    context.record_undo({"undo": "reload_proxy", "proxy": action.proxy, "unit": action.unit})
    state = show((action.unit,))[action.unit]
    main = int(state.get("MainPID") or 0)
    old = children_of((main,)).get(main, ())
    verb = "reload" if state.get("ActiveState") in ("active", "reloading") else "start"
    if here is not None:
        systemctl(context, verb, action.unit)
    elif context.run(("systemctl", verb, action.unit), timeout=60) != 0:
        log = unit_log.tell(action.unit, context)
        error = next((line for line in log if "[emerg]" in line or "AH0" in line), "")
        raise StepFailed("proxy-not-running", unit=action.unit, error=error)
    # For a moment, workers of before go on taking visitors: a site that is not in their files would not be found.
    deadline = context.monotonic() + PATIENCE
    while any(map(_takes_visitors, old)) and context.monotonic() < deadline:
        time.sleep(POLL)
    return True


def _takes_visitors(worker: int) -> bool:
    """Whether a worker of before the reload is still as it was: nginx's say so when they only finish what they hold."""
    try:
        with open("/proc/{}/cmdline".format(worker), "rb") as stream:
            title = stream.read()
    except OSError:
        return False
    return bool(title) and b"shutting down" not in title


def _test_here(action: ReloadProxy, layout: LocalLayout, context: Any) -> None:
    """nginx's own test of the user's own configuration; the forwarder has none."""
    if action.proxy == "nginx":
        config = ("-p", layout.root + "/proxy/", "-c", layout.root + "/nginx.conf", "-e", "stderr")
        _judge(action, context, (nginx_path(), "-t", "-q", *config))


def _test(action: ReloadProxy, context: Any) -> None:
    _judge(action, context, TESTS[action.proxy])


def _judge(action: ReloadProxy, context: Any, test: Tuple[str, ...]) -> None:
    if context.run(test, timeout=60) == 0:
        return
    said = "\n".join(context.tail)
    place = re.search(r" in (/\S+?):\d+", said) or re.search(r"on line \d+ of (/\S+?):", said)
    file = place.group(1) if place else ""
    lines = [line for line in context.tail if "[emerg]" in line or "error" in line.lower()] or context.tail
    raise StepFailed("proxy-test-failed", file=file, ours=file == action.site_file, error=lines[0] if lines else "")


def perform_verify_site(action: VerifySite, context: Any) -> bool:
    """Through the proxy, the visitor's Host leads to the new release, and the app answers."""
    _wait_for_identity(action, context)
    answer, _ = _visit(action, action.path, 10.0)
    deadline = context.monotonic() + PATIENCE
    while _may_settle(answer, action) and context.monotonic() < deadline:
        time.sleep(POLL)
        answer, _ = _visit(action, action.path, 10.0)
    if answer is None or not accepted(answer.status, action.expect):
        raise StepFailed("site-answers-error", status=answer.status if answer else 0, path=action.path)
    context.set_output("status", answer.status)
    return False


def _may_settle(answer: Optional[Answer], action: VerifySite) -> bool:
    """Whether it is the kind of answer that a proxy gives for a moment after a reload."""
    if answer is None:
        return True
    return answer.status in (502, 503, 504) and not accepted(answer.status, action.expect)


def _wait_for_identity(action: VerifySite, context: Any) -> None:
    deadline = context.monotonic() + PATIENCE
    while True:
        answer, reason = _visit(action, action.identity_path, 3.0)
        if answer is not None and answer.body.decode("utf-8", "replace").strip() == action.identity.strip():
            return
        if context.monotonic() > deadline:
            break
        time.sleep(POLL)
    if answer is None and reason == "refused":
        raise StepFailed("proxy-not-running", unit="", error="port {}".format(action.port))
    raise StepFailed("proxy-not-ours", port=action.port, host=action.host, status=answer.status if answer else 0)


def _visit(action: VerifySite, path: str, timeout: float) -> Tuple[Optional[Answer], str]:
    """The answer that a visitor gets, or None and why there is none."""
    try:
        return ask(("", "127.0.0.1", action.port), action.host, path, action.scheme, timeout, forwarded=False), ""
    except AskError as failure:
        return None, failure.reason
