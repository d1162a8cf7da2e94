"""What the probe sees: this very machine, and folders made to look like an app's."""

import fcntl
import hashlib
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from golive.protocol.codec import encode_plan
from golive.protocol.facts import ProbeRequest
from golive.protocol.steps import HostPlan, RunCommand, Step
from golive.runner import env_store, probe, probe_app, probe_files, probe_network, probe_packages, probe_runs
from golive.runner.file_locks import holder_of, program_of
from golive.runner.layout import host_layout


def test_every_top_level_fact_of_the_contract_is_there():
    facts = probe.gather(ProbeRequest())
    expected = "format kind hostname os python systemd user clock memory cores disk addresses ipv6 packages apt pythons"
    expected += " pip files units users ports panels proxy default_sites firewall apps app golive"
    assert " ".join(sorted(facts)) == " ".join(sorted(expected.split()))
    json.dumps(facts)


def test_files_are_described_and_links_not_followed(tmp_path: Path):
    (tmp_path / "file").write_bytes(b"content")
    (tmp_path / "file").chmod(0o640)
    (tmp_path / "link").symlink_to("nowhere")
    file, link = probe_files.look(str(tmp_path / "file")), probe_files.look(str(tmp_path / "link"))
    assert (file["kind"], file["mode"]) == ("file", 0o640)
    assert file["sha256"] == hashlib.sha256(b"content").hexdigest()
    assert (link["kind"], link["target"]) == ("link", "nowhere")
    assert probe_files.look(str(tmp_path))["kind"] == "directory"
    assert probe_files.look(str(tmp_path / "none"))["kind"] == "absent"


def test_a_user_has_id_home_and_groups_and_an_unknown_one_is_none():
    root = probe_files.user("root")
    assert (root["uid"], root["home"], root["groups"][0]) == (0, "/root", "root")
    assert probe_files.user("nobody-of-that-name") is None


def test_who_listens_on_a_port_is_named_and_a_free_port_is_none():
    with socket.socket() as listener, socket.socket() as bound:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        bound.bind(("127.0.0.1", 0))
        taken, free = listener.getsockname()[1], bound.getsockname()[1]
        found = probe_network.listeners((taken, free))
    assert found[str(taken)]["pid"] == os.getpid()
    assert found[str(taken)]["program"]
    assert found[str(free)] is None


STATUS = b"""Package: nginx
Status: install ok installed
Version: 1.22.1-9

Package: nginx-common
Status: deinstall ok config-files
Version: 1.22.1-9

Package: git
Status: install ok unpacked
Version: 1:2.39
"""


@pytest.fixture
def dpkg_status(tmp_path, monkeypatch):
    path = tmp_path / "status"
    path.write_bytes(STATUS)
    monkeypatch.setattr(probe_packages, "STATUS", str(path))
    return path


def test_only_fully_installed_packages_have_a_version(dpkg_status):
    assert probe_packages.versions(("nginx", "nginx-common", "git", "ngin")) == {
        "nginx": "1.22.1-9",
        "nginx-common": "",
        "git": "",
        "ngin": "",
    }


def test_an_unpacked_package_means_that_dpkg_was_interrupted(dpkg_status):
    assert probe_packages.interrupted()
    dpkg_status.write_bytes(STATUS.replace(b"unpacked", b"installed"))
    assert not probe_packages.interrupted()


def test_the_program_that_holds_a_lock_is_named(tmp_path):
    lock = tmp_path / "lock"
    lock.touch()
    assert holder_of(str(lock)) == ""
    script = tmp_path / "unattended-upgrade"
    script.write_text(
        "import fcntl, sys\nlock = open(sys.argv[1], 'w')\nfcntl.lockf(lock, fcntl.LOCK_EX)\n"
        "print(flush=True)\nsys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, str(script), str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        holder.stdout.readline()
        assert holder_of(str(lock)) == "unattended-upgrade"
        holder.stdin.close()
    assert holder_of(str(lock)) == ""


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["-I", "update-all"], "update-all"),
        (["-c", "import this; input()"], "python"),
        (["-Ic", "import this; input()"], "python"),
    ],
)
def test_a_program_is_called_by_its_script_but_never_by_the_text_of_one(words, name, tmp_path):
    (tmp_path / "update-all").write_text("import this; input()")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-u", *words], cwd=tmp_path, **pipes) as program:
        try:
            assert program.stdout.readline().startswith(b"The Zen")
            assert program_of(program.pid).startswith(name)
        finally:
            program.kill()


@pytest.fixture
def apps(tmp_path, monkeypatch):
    monkeypatch.setenv("GOLIVE_ROOT", str(tmp_path))
    folder = tmp_path / "srv" / "golive" / "blog"
    (folder / "releases" / "2" / "code").mkdir(parents=True)
    (folder / "releases" / "2" / "release.json").write_text('{"number": 2, "commit": "c2"}')
    (folder / "releases" / "10").mkdir()
    (folder / "current").symlink_to("releases/2")
    (folder / "identity").write_text("abc\n")
    (folder / "envs" / "k1" / "bin").mkdir(parents=True)
    (folder / "envs" / "k1" / "bin" / "python").touch()
    (folder / "envs" / "k1" / ".golive-complete").touch()
    (folder / "envs" / "k2").mkdir()
    # The system has been upgraded: the Python that this one leads to is gone.
    (folder / "envs" / "k3" / "bin").mkdir(parents=True)
    (folder / "envs" / "k3" / "bin" / "python").symlink_to("/usr/bin/python3.0")
    (folder / "envs" / "k3" / ".golive-complete").touch()
    (tmp_path / "etc" / "nginx" / "conf.d").mkdir(parents=True)
    (tmp_path / "etc" / "nginx" / "conf.d" / "golive-blog.conf").write_text(
        "server {\n  listen 80;\n  listen [::]:80;\n  server_name a.example b.example ~.;\n}\n"
    )
    return folder


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can leave a file of the builder's")
def test_an_environment_is_not_complete_because_what_it_holds_says_so(apps):
    os.chown(apps / "envs" / "k1" / ".golive-complete", 65534, 65534)
    assert probe_app.environments(str(apps))["k1"] is False


def test_an_app_is_read_from_its_folder(apps):
    blog = {"identity": "abc", "domains": ["a.example", "b.example"], "catch_all": True, "port": 80, "current": 2}
    assert probe_app.all_apps() == {"blog": blog}
    app = probe_app.one_app("blog")
    assert [(release["number"], release["complete"]) for release in app["releases"]] == [(2, True), (10, False)]
    assert app["releases"][0]["commit"] == "c2"
    assert app["environments"] == {"k1": True, "k2": False, "k3": False}
    assert (app["running"], app["unfinished"], app["taken_back"]) == (None, None, None)
    assert probe_app.one_app("other") is None


def test_the_env_digest_changes_with_a_value_and_needs_the_hosts_key(tmp_path):
    store, key, other = tmp_path / "env.json", tmp_path / "key", tmp_path / "other"
    store.write_bytes(env_store.encode_store({"A": "1"}))
    key.write_bytes(b"k" * 32)
    other.write_bytes(b"o" * 32)
    first = env_store.digest_of_store(str(store), str(key))
    assert first not in ("", env_store.digest_of_store(str(store), str(other)))
    store.write_bytes(env_store.encode_store({"A": "2"}))
    assert env_store.digest_of_store(str(store), str(key)) != first
    assert env_store.digest_of_store(str(store), str(tmp_path / "no-key")) == ""


def journal(folder: Path, *events: dict) -> None:
    run = folder / "journal" / "000007-a1b2c3d4"
    run.mkdir(parents=True)
    migrate = RunCommand(("/bin/true",), "/", "u", "/e", "migrate")
    steps = (Step("migrate", migrate, "start", "w", repeat="ask"),)
    (run / "plan.json").write_bytes(encode_plan(HostPlan("blog", "deploy", steps, "", (), ProbeRequest(), 3)))
    (run / "journal.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events) + '{"event": "to')


STARTED = {"event": "run_started", "purpose": "deploy", "release": 3, "who": "me@pc", "at": 7}


def test_a_run_cut_off_inside_a_migration_is_unfinished_and_in_doubt(apps):
    journal(apps, STARTED, {"event": "step_started", "step": "migrate"})
    assert probe_app.one_app("blog")["unfinished"] == {
        "run": "000007-a1b2c3d4",
        "purpose": "deploy",
        "release": 3,
        "in_doubt": "migrate",
    }


def test_a_finished_run_is_neither_running_nor_unfinished(apps):
    journal(apps, STARTED, {"event": "finished", "ok": True})
    assert probe_runs.unfinished(host_layout(), "blog") is None
    assert probe_runs.running(host_layout(), "blog") is None


def test_a_run_that_holds_the_lease_is_running_not_unfinished(apps):
    journal(apps, STARTED)
    with (apps / "journal" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        app = probe_app.one_app("blog")
    assert app["running"] == {"run": "000007-a1b2c3d4", "since": 7, "purpose": "deploy", "who": "me@pc"}
    assert app["unfinished"] is None
