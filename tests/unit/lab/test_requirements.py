"""What the lab says where it cannot work, and that its import is harmless there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from golive.errors import Refused, UsageError
from golive.lab import APT_PACKAGES, TOOLS, Lab, requirements


def test_on_another_system_the_refusal_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(Refused) as caught:
        Lab().up("web1")
    assert (caught.value.code, caught.value.params) == ("lab-needs-linux", {"platform": "win32"})


def test_without_root_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    with pytest.raises(Refused, match="lab-needs-root"):
        Lab().up("web1")


def test_missing_tools_are_named_with_the_packages_that_bring_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    lacking = ("debootstrap", "ip", "bridge")
    monkeypatch.setattr(requirements.shutil, "which", lambda tool, path: None if tool in lacking else "/bin/" + tool)
    with pytest.raises(Refused) as caught:
        requirements.require_machine()
    assert caught.value.code == "lab-missing-tools"
    assert set(caught.value.params["tools"]) == set(lacking)  # type: ignore[arg-type]
    assert caught.value.params["packages"] == ("debootstrap", "iproute2")


def test_every_tool_comes_with_a_package_that_is_installed_or_listed() -> None:
    essential = {"coreutils", "mount"}
    assert set(TOOLS.values()) - essential <= set(APT_PACKAGES)


def test_importing_the_lab_needs_nothing_of_posix() -> None:
    program = "import sys; sys.modules.update(fcntl=None, pwd=None, grp=None); import golive.lab"
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize("name", ["", "Web", "-a", "a-", "a b", "../up", "a" * 41, "1st"])
def test_names_are_host_names(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("golive.lab.practice.require_machine", lambda: None)
    with pytest.raises(UsageError, match="lab-bad-name"):
        Lab(tmp_path, tmp_path).up(name)
    with pytest.raises(UsageError, match="lab-unknown-server"):
        Lab(tmp_path, tmp_path).down(name)


def test_unknown_suites_and_layers_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("golive.lab.practice.require_machine", lambda: None)
    with pytest.raises(UsageError) as caught:
        Lab(tmp_path, tmp_path).up("web1", suite="jammy")
    assert caught.value.code == "lab-unknown-suite"
    assert caught.value.params["known"] == ("bullseye", "bookworm", "trixie")
    monkeypatch.setattr("golive.lab.base.ensure_base", lambda *_a, **_k: ("/c/over", "/c/under"))
    with pytest.raises(UsageError, match="lab-unknown-layer"):
        Lab(tmp_path, tmp_path).up("web1", layer="none")


def test_a_computer_without_a_lab_has_no_servers(tmp_path: Path) -> None:
    assert Lab(tmp_path / "missing", tmp_path).list() == []
