"""The env store and a release's environment file, and a store that somebody has damaged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from golive.protocol.facts import value_digest
from golive.protocol.steps import GenerateSecrets, RemoveSecrets, WriteEnvironmentFile
from golive.runner import env_store, probe_app
from golive.runner.perform.variables import (
    perform_generate_secrets,
    perform_remove_secrets,
    perform_write_environment_file,
)


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An app whose live release was given a secret, beside what golive.toml and golive itself say."""
    monkeypatch.setenv("GOLIVE_ROOT", str(tmp_path))
    folder = tmp_path / "srv" / "golive" / "blog"
    release = folder / "releases" / "1"
    release.mkdir(parents=True)
    (release / "env").write_text('GOLIVE_APP="blog"\nGOLIVE_RELEASE="1"\nMODE="old"\nTOKEN="a \\"b\\" \\$c"\n')
    (release / "release.json").write_text(json.dumps({"recipe": {"plain_env": [["MODE", "old"]]}}))
    (folder / "current").symlink_to("releases/1")
    (folder / "env.json").write_text('{"TOK')
    return folder


def write(app: Path, context) -> bool:
    plain = (("GOLIVE_APP", "blog"), ("GOLIVE_RELEASE", "2"), ("MODE", "new"))
    return perform_write_environment_file(WriteEnvironmentFile(f"{app}/env", f"{app}/env.json", plain), context)


def test_a_damaged_store_gets_the_values_of_the_live_release_back(app, context):
    assert probe_app.env(str(app)) == {"names": ["TOKEN"], "generated": [], "digest": "", "damaged": True}
    assert write(app, context)
    assert env_store.read_store(f"{app}/env.json") == {"TOKEN": 'a "b" $c'}
    assert (app / "env.json").stat().st_mode & 0o777 == 0o600
    assert (app / "env.json.damaged").read_text() == '{"TOK'
    lines = (app / "env").read_text().splitlines()
    assert lines == ['GOLIVE_APP="blog"', 'GOLIVE_RELEASE="2"', 'MODE="new"', 'TOKEN="a \\"b\\" \\$c"']
    assert not any("a " in line and "$c" in line for line in context.tail)
    assert {undo["path"] for undo in context.undos} == {f"{app}/env", f"{app}/env.json"}
    assert probe_app.env(str(app))["damaged"] is False


def test_without_a_live_release_a_damaged_store_begins_anew(app, context):
    (app / "current").unlink()
    assert probe_app.env(str(app)) == {"names": [], "generated": [], "digest": "", "damaged": True}
    assert write(app, context)
    assert env_store.read_store(f"{app}/env.json") == {}


def test_a_value_that_was_sent_wins_even_an_empty_one_and_another_is_made_up_once(app, context):
    store = f"{app}/env.json"
    Path(store).unlink()
    context.secrets = {"SENT": "one", "EMPTY": ""}
    wanted = GenerateSecrets(store, ("SENT", "EMPTY", "MADE"))
    assert perform_generate_secrets(wanted, context) is True
    first = env_store.read_store(store)
    assert (first["SENT"], first["EMPTY"], len(first["MADE"])) == ("one", "", 64)
    assert perform_generate_secrets(wanted, context) is False
    found = probe_app.env(str(app), "some salt")
    assert found["generated"] == ["MADE"]
    assert found["digests"]["SENT"] == value_digest("some salt", "SENT", "one")
    assert found["digests"]["SENT"] != value_digest("another", "SENT", "one")
    assert "digests" not in probe_app.env(str(app))


def test_what_is_removed_can_be_brought_back(app, context):
    store = Path(f"{app}/env.json")
    store.write_text('{"A": "1", "B": "2"}')
    assert perform_remove_secrets(RemoveSecrets(str(store), ("A", "NEVER")), context) is True
    assert env_store.read_store(str(store)) == {"B": "2"}
    assert [undo["undo"] for undo in context.undos] == ["restore_file"]
    assert perform_remove_secrets(RemoveSecrets(str(store), ("A",)), context) is False


def test_what_golive_toml_says_wins_over_the_store(app, context):
    Path(f"{app}/env.json").write_text('{"MODE": "stored", "TOKEN": "t"}')
    assert write(app, context)
    lines = (app / "env").read_text().splitlines()
    assert lines == ['GOLIVE_APP="blog"', 'GOLIVE_RELEASE="2"', 'MODE="new"', 'TOKEN="t"']
