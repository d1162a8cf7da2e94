"""``golive env list``: which variables the app has, and where each comes from. Never a value."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from golive.config import FILE_NAME, Settings, load
from golive.detect import detect, slug_for
from golive.engine.login import chosen_host, connected
from golive.engine.reporter import Reporter
from golive.engine.request import Request
from golive.errors import GoliveError
from golive.model.app import App, EnvName
from golive.protocol.facts import Facts, ProbeRequest


@dataclass(frozen=True)
class Variable:
    """``source``: ``golive.toml`` | ``golive`` (found out by it) | ``set`` (by the user) | ``generated`` (at random on
    the host), or without a value so far: ``needed`` | ``to-generate`` | ``optional``. ``file``, ``line``: where the
    code reads it, or golive.toml sets it; "" and 0 where that is not known."""

    name: str
    source: str
    file: str = ""
    line: int = 0


def variables(folder: Path, request: Request, reporter: Reporter) -> tuple[Variable, ...]:
    """All that the app has or reads, by name. Raises GoliveError."""
    settings = load(folder)
    host = chosen_host(request, settings)
    app = _understood(folder, settings)
    with connected(host, request, reporter) as session:
        facts = session.facts(ProbeRequest(app=slug_for(folder, settings)))
    return listed(settings, app, facts)


def _understood(folder: Path, settings: Settings) -> App | None:
    """The app as its code tells; None where it cannot be read: the host's part of the list is good all the same."""
    try:
        return detect(folder, settings)
    except GoliveError:
        return None


def listed(settings: Settings, app: App | None, facts: Facts) -> tuple[Variable, ...]:
    """The variables that golive.toml, the code and the host tell of."""
    told = {name: settings.line(f"env.{name}") for name, _ in settings.env}
    found = {env.name: env for env in app.env} if app else {}
    ours = {name for name, _ in app.plain_env} if app else set()
    stored = {*(facts.peek("app", "env", "names") or ())}
    generated = {*(facts.peek("app", "env", "generated") or ())}
    rows = []
    for name in sorted({*told, *found, *ours, *stored}):
        seen = found.get(name)
        place = (seen.file, seen.line) if seen else ("", 0)
        if name in told:
            rows.append(Variable(name, "golive.toml", FILE_NAME, told[name]))
        elif name in ours:
            rows.append(Variable(name, "golive", *place))
        elif name in stored:
            rows.append(Variable(name, "generated" if name in generated else "set", *place))
        elif seen:
            rows.append(Variable(name, _without(seen), *place))
    return tuple(rows)


def _without(env: EnvName) -> str:
    """What becomes of a variable that has no value yet."""
    if env.generate:
        return "to-generate"
    return "needed" if env.required else "optional"
