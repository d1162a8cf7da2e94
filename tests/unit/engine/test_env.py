"""Where variables come from, and what is sent to a host that has some of them already."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from golive.config import Settings, parse
from golive.config.dotenv_file import Assignment
from golive.engine import env
from golive.engine.env_list import listed
from golive.engine.reporter import Reporter
from golive.engine.request import Request
from golive.engine.session import Session
from golive.errors import GoliveError
from golive.model.app import App, EnvName
from golive.model.host import Host
from golive.protocol.facts import Facts, ProbeRequest, value_digest
from golive.transport.fake import FakeTransport

BARE: dict[str, Any] = {
    "format": 1,
    "os": {"id": "debian", "version": "12"},
    "systemd": 252,
    "user": {"root": True},
    "apt": {"present": True},
    "packages": {"git": "1", "nginx": "1", "python3-venv": "1"},
}
FINISHED = {"event": "finished", "ok": True, "changed": 1}


class Listener(Reporter):
    """Remembers what was said, and says yes."""

    def __init__(self, yes: bool = True) -> None:
        self.said: list[tuple[str, dict[str, Any]]] = []
        self.yes = yes

    def say(self, code: str, **params: Any) -> None:
        self.said.append((code, params))

    def ask(self, code: str, default: bool, **params: Any) -> bool:
        self.said.append((code, params))
        return self.yes


def host_with(values: dict[str, str], **changes: Any) -> FakeTransport:
    """A host on which the app is not deployed, but has these values."""

    def facts(request: ProbeRequest) -> dict[str, Any]:
        digests = {name: value_digest(request.salt, name, value) for name, value in values.items()}
        stored = {"names": sorted(values), "digest": "d", "digests": digests, "damaged": False}
        return BARE | changes | {"app": {"current": 0, "releases": [], "env": stored}}

    return FakeTransport(facts, [[FINISHED]])


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Runs a story of the engine against a host; returns the secrets that it sent, or None."""

    def run(transport: FakeTransport, act: Callable[..., Any], reporter: Reporter, toml: str = "") -> Any:
        (tmp_path / "golive.toml").write_text(toml, encoding="utf-8")

        @contextmanager
        def connected(host: Host, request: Request, reporter: Reporter):
            yield Session(host, transport, reporter)

        monkeypatch.setattr(env, "connected", connected)
        act(tmp_path, Request(to="root@203.0.113.7"), reporter)
        runs = [call.values for call in transport.calls if call.name == "run"]
        assert all("hidden" not in str(run["plan"]) for run in runs)
        return runs[0]["secrets"] if runs else None

    return run


def test_only_what_differs_is_sent(story) -> None:
    def act(folder, request, reporter):
        values = {"A": "hidden-1", "B": "hidden-2"}
        return env.set_variables(folder, request, ["A", "B"], values.__getitem__, reporter)

    assert story(host_with({"A": "hidden-1"}), act, Listener()) == {"B": "hidden-2"}
    assert story(host_with({"A": "hidden-1", "B": "hidden-2"}), act, Listener()) is None
    assert story(host_with({"A": "hidden-2", "B": "hidden-1"}), act, Listener()) == {"A": "hidden-1", "B": "hidden-2"}


def test_an_import_shows_the_names_and_asks_once(story) -> None:
    found = [Assignment(name, f"hidden-{name}", line) for line, name in enumerate(("A", "B", "C", "D", "GOLIVE_APP"))]
    found.append(Assignment("FLASK_DEBUG", "1", 9))

    def act(folder, request, reporter):
        return env.import_variables(folder, request, "x.env", found, reporter)

    there, listener = {"A": "hidden-A", "B": "other"}, Listener()
    assert story(host_with(there), act, listener, '[env]\nD = "x"\n') == {
        "B": "hidden-B",
        "C": "hidden-C",
        "FLASK_DEBUG": "1",
    }
    (code, params), (asked, question) = listener.said
    assert (code, asked, question["file"]) == ("env-found", "env-import", "x.env")
    told = {"told": ("D",), "ours": ("GOLIVE_APP",), "here": ("FLASK_DEBUG",)}
    assert params == {"new": ("C", "FLASK_DEBUG"), "changed": ("B",), "same": ("A",)} | told
    with pytest.raises(GoliveError, match="not-confirmed"):
        story(host_with(there), act, Listener(yes=False))


def refusal(story: Callable[..., Any], name: str, value: str, toml: str = "", **facts: Any) -> GoliveError:
    def act(folder, request, reporter):
        return env.set_variables(folder, request, [name], lambda _: value, reporter)

    with pytest.raises(GoliveError) as caught:
        story(host_with({}, **facts), act, Listener(), toml)
    assert "hidden" not in str(caught.value)
    return caught.value


def test_what_cannot_be_is_refused_before_anything_is_sent(story) -> None:
    assert refusal(story, "GOLIVE_APP", "hidden").code == "env-name-ours"
    assert refusal(story, "A", "").code == "env-value-empty"
    assert refusal(story, "A", "hidden\0").code == "env-value-wrong"
    assert refusal(story, "A", "hidden" + "x" * 131_072).code == "env-value-wrong"
    assert refusal(story, "A", "hidden\x1b", systemd=245).code == "env-value-wrong"
    told = refusal(story, "A", "hidden", '\n[env]\nA = "x"\n')
    assert (told.code, told.params["line"]) == ("env-in-golive-toml", 3)


def test_each_variable_has_its_source_and_place() -> None:
    settings = parse('[env]\nTOLD = "x"\n')
    read = {"STORED": (True, False), "MADE": (False, True), "NEEDED": (True, False), "LATER": (True, True)}
    found = tuple(EnvName(name, *kind, "app.py", line) for line, (name, kind) in enumerate(read.items(), 1))
    app = App("shop", "flask", "app:app", env=(*found, EnvName("FREE", False, False, "app.py", 9)))
    app_env = {"names": ["STORED", "MADE", "OLD", "TOLD"], "generated": ["MADE"]}
    rows = listed(settings, app, Facts({"app": {"env": app_env}}))
    assert {row.name: (row.source, row.file, row.line) for row in rows} == {
        "FREE": ("optional", "app.py", 9),
        "LATER": ("to-generate", "app.py", 4),
        "MADE": ("generated", "app.py", 2),
        "NEEDED": ("needed", "app.py", 3),
        "OLD": ("set", "", 0),
        "STORED": ("set", "app.py", 1),
        "TOLD": ("golive.toml", "golive.toml", 2),
    }
    assert listed(Settings(), None, Facts({"app": None})) == ()
