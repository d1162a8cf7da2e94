"""Data that outlives releases, secrets, snapshots."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import subprocess

import pytest

from golive.protocol.steps import (
    GenerateSecrets,
    RunCommand,
    ShareData,
    SharedPath,
    SnapshotDatabase,
    WriteEnvironmentFile,
)
from golive.runner.failure import StepFailed
from golive.runner.perform.commands import perform_run_command
from golive.runner.perform.database import perform_snapshot_database
from golive.runner.perform.shared import perform_share_data
from golive.runner.perform.variables import perform_generate_secrets, perform_write_environment_file

OWNER = "www-data"


@pytest.fixture
def app(tmp_path, monkeypatch):
    monkeypatch.setenv("GOLIVE_ROOT", str(tmp_path))
    # Another user has to get there, through the private folders that pytest makes on the way.
    for folder in [tmp_path, *tmp_path.parents]:
        if folder.stat().st_mode & 0o777 == 0o700:
            folder.chmod(0o755)
    (tmp_path / "code").mkdir()
    (tmp_path / "shared").mkdir()
    subprocess.run(["chown", OWNER, tmp_path / "shared"], check=True)
    subprocess.run(["chgrp", OWNER, tmp_path / "code"], check=True)
    return tmp_path


def share(app, context, *entries):
    return perform_share_data(ShareData(str(app / "code"), str(app / "shared"), OWNER, entries), context)


def test_data_is_seeded_once_belongs_to_the_app_and_is_never_overwritten(app, context):
    (app / "code" / "media" / "in").mkdir(parents=True)
    (app / "code" / "media" / "in" / "logo").write_text("first")
    entry = SharedPath("media", "directory")
    assert share(app, context, entry) is True
    logo = app / "code" / "media" / "in" / "logo"
    assert (app / "code" / "media").is_symlink()
    assert (logo.read_text(), logo.owner()) == ("first", OWNER)
    logo.write_text("changed by the app")
    assert share(app, context, entry) is False
    (app / "code" / "media").unlink()
    (app / "code" / "media").mkdir()
    (app / "code" / "media" / "in").write_text("of the next commit")
    assert share(app, context, entry) is True
    assert logo.read_text() == "changed by the app"
    assert not (app / ".golive-seed").exists()


def test_a_linked_sqlite_file_keeps_its_journal_beside_the_real_one(app, context):
    share(app, context, SharedPath("db/app.db", "file"))
    write = "import sqlite3, sys, os\nc = sqlite3.connect(sys.argv[1])\nc.execute('create table t (x)')\n"
    write += "c.execute('insert into t values (1)')\nprint(sorted(os.listdir(sys.argv[2])))\nc.commit()\n"
    argv = ["runuser", "-u", OWNER, "--", "/usr/bin/python3", "-c", write, app / "code/db/app.db", app / "shared/db"]
    said = subprocess.run(argv, check=True, capture_output=True, text=True).stdout
    assert said.strip() == "['app.db', 'app.db-journal']"
    assert (app / "shared" / "db" / "app.db").is_file()
    assert (app / "code" / "db" / "app.db").is_symlink()


@pytest.mark.parametrize("path", ["../x", "/etc/x", "", "a/../b", "a//b"])
def test_a_path_that_is_not_inside_the_app_is_refused(app, context, path):
    with pytest.raises(StepFailed):
        share(app, context, SharedPath(path, "directory"))


def test_no_link_that_the_app_has_put_into_shared_is_followed(app, context):
    precious = app / "precious"
    precious.mkdir()
    (app / "shared" / "a").symlink_to(precious)
    with pytest.raises(StepFailed) as failure:
        share(app, context, SharedPath("a/b", "directory"))
    assert failure.value.code == "link-refused"
    assert list(precious.iterdir()) == []


def test_a_snapshot_is_consistent_and_can_be_put_back(app, context):
    path, into = app / "shared" / "app.db", app / "snapshots" / "3" / "instance" / "app.db"
    (app / "snapshots").mkdir()
    live = sqlite3.connect(path)
    live.execute("pragma journal_mode=wal")
    live.execute("create table t (x)")
    live.execute("insert into t values (1)")
    live.commit()
    assert perform_snapshot_database(SnapshotDatabase(str(path), str(into)), context) is True
    assert context.undos == [
        {"undo": "remove_path", "path": str(app / "snapshots" / "3")},
        {"undo": "restore_database", "path": str(path), "saved": str(into)},
    ]
    live.close()
    copy = sqlite3.connect(into)
    assert copy.execute("select x from t").fetchall() == [(1,)]
    copy.close()
    assert into.stat().st_mode & 0o7777 == 0o600


def test_a_snapshot_that_an_earlier_attempt_has_left_is_not_trusted(app, context):
    path, into = app / "shared" / "app.db", app / "snapshot.db"
    for database, word in ((into, "old"), (path, "new")):
        with contextlib.closing(sqlite3.connect(database)) as connection, connection:
            connection.execute("create table t (x)")
            connection.execute("insert into t values (?)", (word,))
    perform_snapshot_database(SnapshotDatabase(str(path), str(into)), context)
    with contextlib.closing(sqlite3.connect(into)) as copy:
        assert copy.execute("select x from t").fetchall() == [("new",)]


def test_no_database_is_nothing_to_save(app, context):
    assert perform_snapshot_database(SnapshotDatabase(str(app / "no.db"), str(app / "copy")), context) is False
    assert context.undos == []


def test_secrets_are_made_once_and_reach_the_app_but_no_output(app, context):
    store, env = app / "env.json", app / "env"
    context.secrets["SENT"] = "it's $ent \"\\\n你好"
    assert perform_generate_secrets(GenerateSecrets(str(store), ("SECRET_KEY", "SENT")), context) is True
    assert perform_generate_secrets(GenerateSecrets(str(store), ("SECRET_KEY", "SENT")), context) is False
    values = json.loads(store.read_text())
    assert len(values["SECRET_KEY"]) == 64
    assert store.stat().st_mode & 0o7777 == 0o600
    assert set(values.values()) <= context.concealed
    action = WriteEnvironmentFile(str(env), str(store), (("PLAIN", "50% $x"),))
    assert perform_write_environment_file(action, context) is True
    assert perform_write_environment_file(action, context) is False
    say = "import os, json; print(json.dumps(dict(os.environ)))"
    run = RunCommand(("/usr/bin/python3", "-c", say), str(app), OWNER, str(env), "release")
    assert perform_run_command(run, context) is True
    seen = json.loads(context.tail[-1])
    assert (seen["SENT"], seen["PLAIN"]) == (context.secrets["SENT"], "50% $x")
    assert seen["PATH"].startswith("/usr/bin:")


def test_a_migration_that_fails_says_so_with_its_last_words(app, context):
    (app / "env").write_text("")
    program = "import sys; print('no such table: x'); sys.exit(3)"
    run = RunCommand(("/usr/bin/python3", "-c", program), str(app), OWNER, str(app / "env"), "migrate")
    with pytest.raises(StepFailed) as failure:
        perform_run_command(run, context)
    assert failure.value.code == "migration-failed"
    assert (failure.value.params["status"], failure.value.params["error"]) == (3, "no such table: x")
    with pytest.raises(StepFailed) as failure:
        perform_run_command(run._replace(purpose="release"), context)
    assert failure.value.code == "command-failed"
