"""What a person would type: complete, quoted, and real bash that does it."""

from __future__ import annotations

import json
import subprocess

import pytest

from golive.explain.shell import RENDER_SHELL, render_shell
from golive.protocol.steps import (
    KINDS,
    BuildEnvironment,
    EnsureDirectory,
    EnsureLink,
    GenerateSecrets,
    RecordRelease,
    Ref,
    RemovePaths,
    RemoveSecrets,
    RunCommand,
    Secret,
    ShareData,
    SharedPath,
    SnapshotDatabase,
    SwitchRelease,
    WriteEnvironmentFile,
    WriteFile,
)
from golive.runner.env_file import parse

NASTY = 'it\'s a "file"; $(touch hacked) `id`\n你好 \\'


def bash(*lines: str) -> subprocess.CompletedProcess[str]:
    script = "set -e\n" + "\n".join(lines) + "\n"
    return subprocess.run(["bash", "-c", script], check=True, capture_output=True, text=True)


def test_every_kind_of_step_can_be_typed():
    assert list(RENDER_SHELL) == list(KINDS)


@pytest.mark.parametrize("content", ["one\ntwo\n", "", "no line break at the end", "EOF\nEOFF\n", "$HOME `id` \\ '\n"])
def test_a_file_gets_exactly_its_content(tmp_path, content):
    path = tmp_path / NASTY.replace("/", "")
    bash(*render_shell(WriteFile(str(path), content, 0o640)))
    assert path.read_text() == content
    assert path.stat().st_mode & 0o7777 == 0o640
    assert not (tmp_path / "hacked").exists()


def test_nothing_of_an_environment_runs_as_root_while_it_is_built():
    build = BuildEnvironment("/srv/e", "/usr/bin/python3", "/srv/p", ("pyproject.toml",), ("gunicorn",), "b", "g", "uv")
    programs = [line for line in render_shell(build) if "/srv/e/bin/" in line]
    assert len(programs) == 3
    assert all(line.startswith("runuser -u b ") and ">" not in line.split("\n")[0] for line in programs)


def test_a_secret_is_made_up_by_the_reader_and_never_shown(tmp_path):
    path = tmp_path / "file"
    lines = render_shell(WriteFile(str(path), ("it's ", Secret("DB_PASSWORD"), "\n")))
    assert 'DB_PASSWORD="$(openssl rand -hex 32)"' in lines[0]
    bash(*lines)
    assert len(path.read_text()) == len("it's ") + 64 + 1


def test_what_is_known_only_later_is_a_variable_with_its_origin(tmp_path):
    path = tmp_path / "file"
    lines = render_shell(WriteFile(str(path), ("v=", Ref("install-packages", "versions"))))
    assert lines[0].startswith("#")
    assert "install-packages" in lines[0]
    bash("INSTALL_PACKAGES_VERSIONS='nginx 1'", *lines)
    assert path.read_text() == "v=nginx 1"


def test_folders_links_and_the_switch(tmp_path):
    folder = tmp_path / "a b" / "c"
    bash(*render_shell(EnsureDirectory(str(folder), 0o750)), *render_shell(EnsureLink(str(folder / "l"), "releases/1")))
    bash(*render_shell(SwitchRelease(str(folder / "l"), "releases/2")))
    assert str((folder / "l").readlink()) == "releases/2"
    assert folder.stat().st_mode & 0o7777 == 0o750
    bash(*render_shell(RemovePaths((str(folder), str(tmp_path / "none")))))
    assert not folder.exists()


def test_a_record_keeps_every_letter_and_gets_todays_time(tmp_path):
    record = {"subject": NASTY, "number": 3, "note": '"created": 0'}
    bash(*render_shell(RecordRelease(str(tmp_path / "release.json"), json.dumps(record))))
    written = json.loads((tmp_path / "release.json").read_text())
    assert written.pop("created") > 1_600_000_000
    assert written == record


def test_variables_reach_the_environment_file_quoted_for_systemd(tmp_path):
    store, path = tmp_path / "env.json", tmp_path / "env"
    store.write_text(json.dumps({"SECRET": NASTY}))
    bash(*render_shell(GenerateSecrets(str(store), ("SECRET", "OTHER", "LAST", "GONE"))))
    bash(*render_shell(RemoveSecrets(str(store), ("GONE",))))
    bash(*render_shell(WriteEnvironmentFile(str(path), str(store), (("PLAIN", NASTY), ("LAST", "x")))))
    found = parse(path.read_text())
    assert (found["SECRET"], found["PLAIN"], found["LAST"]) == (NASTY, NASTY, "x")
    assert len(found["OTHER"]) == 64
    assert "GONE" not in found
    assert path.stat().st_mode & 0o7777 == 0o600


def test_an_absent_database_is_nothing_to_save(tmp_path):
    bash(*render_shell(SnapshotDatabase(str(tmp_path / "none.db"), str(tmp_path / "copy"))))
    assert list(tmp_path.iterdir()) == []


def test_shared_data_is_seeded_once(tmp_path):
    release, shared = tmp_path / "code", tmp_path / "shared"
    (release / "up loads").mkdir(parents=True)
    (release / "up loads" / "seed").write_text("1")
    shared.mkdir()
    action = ShareData(str(release), str(shared), "root", (SharedPath("up loads", "directory"),))
    bash(*render_shell(action))
    (shared / "up loads" / "seed").write_text("changed by the app")
    bash(*render_shell(action))
    assert (release / "up loads" / "seed").read_text() == "changed by the app"


def test_a_dollar_in_a_command_survives_systemd():
    (line,) = render_shell(RunCommand(("/e/bin/python", "-c", "$x"), "/c", "u", "/f", "migrate"))
    assert line.endswith("'$$x'")
