"""What manifests say, in whatever encoding, and what it means when pip or uv fails."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from golive.protocol.steps import BuildEnvironment
from golive.runner.failure import StepFailed
from golive.runner.perform import environment, manifests
from golive.runner.perform.environment_failures import failure
from golive.runner.perform.manifests import decode, needs_pkg_resources


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk"])
def test_every_encoding_of_a_requirements_file_is_read(encoding):
    assert decode("flask==3.0  # 网站框架\n".encode(encoding)) == "flask==3.0  # 网站框架\n"


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("gunicorn==20.1.0", True),
        ("gunicorn==20.2.0", False),
        ("Flask==1.1.4\n", True),
        ("flask[async]==1.0", True),
        ("Flask==2.0.1", False),
        ("flask-login==0.5", False),
        ("flask>=1", False),
    ],
)
def test_old_pins_need_what_they_do_not_name(text, needed):
    assert needs_pkg_resources(text) is needed


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("ERROR: No matching distribution found for flaks==9", "package-not-found"),
        (
            "  x No solution found: Because flaks was not found in the package registry and you require",
            "package-not-found",
        ),
        ("WARNING: Retrying: NewConnectionError: [Errno 101] Network is unreachable", "no-network-python"),
        ("gcc: fatal error: Killed signal terminated program cc1", "out-of-memory"),
        ("OSError: [Errno 28] No space left on device", "disk-full"),
        ("error: command 'gcc' failed", "environment-failed"),
    ],
)
def test_each_reason_has_its_code(context, said, code):
    context.tail = ["Collecting x", said]
    assert failure(context, "pip install").code == code


def test_a_missing_package_is_named(context):
    context.tail = ["ERROR: No matching distribution found for flaks==9 (from versions: none)"]
    assert failure(context, "pip install").params["requirement"] == "flaks==9"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give the folder to a builder")
def test_root_writes_nothing_where_the_builder_could_lead_it_elsewhere(context, tmp_path, monkeypatch):
    builder = pwd.struct_passwd(("builder", "x", 65534, 65534, "", str(tmp_path / "home"), ""))
    owners = []

    def prepare(action, scratch, builder):
        owners.append(Path(scratch).parent.stat().st_uid)
        Path(scratch).mkdir()
        raise StepFailed("environment-failed")

    monkeypatch.setattr(environment, "user_entry", lambda name: builder)
    monkeypatch.setattr(manifests, "prepare", prepare)
    monkeypatch.setattr(context, "run", lambda *argv, **how: 0)
    (tmp_path / "envs").mkdir()
    action = BuildEnvironment(str(tmp_path / "envs/k"), "/usr/bin/python3", str(tmp_path), (), (), "builder", "root")

    with pytest.raises(StepFailed):
        environment.perform_build_environment(action, context)

    assert owners == [0]
    assert list((tmp_path / "envs").iterdir()) == []


class Installer:
    """Stands for pip: fails as told as long as INDEX is the one it is pointed to."""

    def __init__(self, context, fails_with, index):
        self.context, self.fails_with, self.index = context, fails_with, index
        self.used = []

    def __call__(self, argv, user=None, groups=(), env=None, cwd=None, timeout=None, stdin=None):
        if "install" not in argv:
            return 0
        self.used.append(env.get("PIP_INDEX_URL", ""))
        if self.used[-1] != self.index:
            return 0
        self.context.output(self.fails_with)
        return 1


@pytest.mark.parametrize(
    ("said", "used"),
    [
        ("ERROR: No matching distribution found for flask", ["https://m.example/", ""]),
        ("NewConnectionError: [Errno 101] Network is unreachable", ["https://m.example/", ""]),
        ("error: command 'gcc' failed", ["https://m.example/"]),
    ],
)
def test_what_a_mirror_lacks_the_hosts_own_index_may_have(context, tmp_path, monkeypatch, said, used):
    builder = pwd.struct_passwd(("builder", "x", os.getuid(), os.getgid(), "", str(tmp_path / "home"), ""))
    monkeypatch.setattr(environment, "user_entry", lambda name: builder)
    monkeypatch.setattr(environment.pip_settings, "host_environment", dict)
    monkeypatch.setattr(environment.pip_settings, "pip_settings", lambda told: {})
    installer = Installer(context, said, "https://m.example/")
    monkeypatch.setattr(context, "run", installer)
    (tmp_path / "requirements.txt").write_text("flask\n")
    (tmp_path / "envs/k/lib/python3.11").mkdir(parents=True)
    action = BuildEnvironment(
        str(tmp_path / "envs/k"), "/usr/bin/python3", str(tmp_path), ("requirements.txt",), (), "builder", "root",
        index_url="https://m.example/",
    )  # fmt: skip
    build = environment._Build(action, context)
    if len(used) == 1:
        with pytest.raises(StepFailed):
            build._install()
    else:
        build._install()
    assert installer.used == used


def test_an_app_that_names_its_index_gets_no_other(context, tmp_path, monkeypatch):
    builder = pwd.struct_passwd(("builder", "x", os.getuid(), os.getgid(), "", str(tmp_path / "home"), ""))
    monkeypatch.setattr(environment, "user_entry", lambda name: builder)
    installer = Installer(context, "", "never")
    monkeypatch.setattr(context, "run", installer)
    (tmp_path / "requirements.txt").write_text("-i https://mine.example/simple\nflask\n")
    (tmp_path / "envs/k/lib/python3.11").mkdir(parents=True)
    action = BuildEnvironment(
        str(tmp_path / "envs/k"), "/usr/bin/python3", str(tmp_path), ("requirements.txt",), (), "builder", "root",
        index_url="https://m.example/",
    )  # fmt: skip
    environment._Build(action, context)._install()
    assert "https://m.example/" not in installer.used
