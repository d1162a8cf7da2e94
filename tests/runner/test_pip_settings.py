"""What a host's owner told pip, made known to uv and to the builder; one of them never replaces another silently."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from golive.runner import pip_settings, probe_sources
from golive.runner.pip_settings import chosen_index, install_variables, passwords

Environment = Callable[..., None]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """pip's file for everybody; root has one of its own at ``tmp_path/user``."""
    monkeypatch.setattr(pip_settings, "SITE_FILES", (str(tmp_path / "site"),))
    monkeypatch.setattr(pip_settings, "USER_FILES", (str(tmp_path / "user"),))
    monkeypatch.setattr(pip_settings, "AUTHORITIES", str(tmp_path / "authorities"))
    monkeypatch.setattr(pip_settings, "BUNDLE", str(tmp_path / "bundle"))
    return tmp_path / "site"


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Environment:
    """Sets what /etc/environment says."""

    def told(**values: str) -> None:
        monkeypatch.setattr(pip_settings, "host_environment", lambda: dict(values))

    told()
    return told


def test_a_host_without_settings_has_no_variables(site: Path, environment: Environment) -> None:
    assert install_variables() == {}
    assert chosen_index() == ""


def test_roots_own_settings_reach_the_builder_and_uv(site: Path, environment: Environment) -> None:
    site.write_text("[global]\nindex-url = https://site.example/simple\ntrusted-host = a.example\n    b.example\n")
    site.with_name("user").write_text(
        "[install]\nindex_url = https://user.example/simple\nextra-index-url =\n  https://more.example/simple\n"
    )
    assert install_variables() == {
        "PIP_INDEX_URL": "https://user.example/simple",
        "PIP_EXTRA_INDEX_URL": "https://more.example/simple",
        "PIP_TRUSTED_HOST": "a.example b.example",
        "UV_DEFAULT_INDEX": "https://user.example/simple",
        "UV_INDEX": "https://more.example/simple",
        "UV_INSECURE_HOST": "a.example b.example",
    }


def test_the_environment_is_stronger_than_files(site: Path, environment: Environment) -> None:
    site.write_text("[global]\nindex-url = https://site.example/simple\n")
    environment(PIP_INDEX_URL="https://env.example/simple", UV_INDEX_URL="https://uv.example/simple")
    assert chosen_index() == "https://env.example/simple"
    environment(PIP_CONFIG_FILE=os.devnull)
    assert chosen_index() == "", "that switches all files off"
    environment(UV_INDEX_URL="https://uv.example/simple")
    site.unlink()
    assert install_variables() == {"PIP_INDEX_URL": "https://uv.example/simple"}, "uv itself is installed by pip"
    assert install_variables("https://m.example/")["UV_DEFAULT_INDEX"] == "https://m.example/"


def test_a_mirror_takes_the_place_of_the_index_and_of_nothing_else(site: Path, environment: Environment) -> None:
    site.write_text("[global]\nextra-index-url = https://more.example/simple\n")
    assert install_variables("https://mirror.example/simple/") == {
        "PIP_INDEX_URL": "https://mirror.example/simple/",
        "UV_DEFAULT_INDEX": "https://mirror.example/simple/",
        "PIP_EXTRA_INDEX_URL": "https://more.example/simple",
        "UV_INDEX": "https://more.example/simple",
    }


def test_certificate_authorities_reach_both(site: Path, environment: Environment) -> None:
    bundle, folder = site.with_name("bundle"), site.with_name("authorities")
    bundle.write_text("all")
    assert install_variables() == {}, "nothing but what everybody trusts"
    folder.mkdir()
    (folder / "company.crt").write_text("company")
    assert install_variables() == {"PIP_CERT": str(bundle), "SSL_CERT_FILE": str(bundle)}
    mine = site.with_name("mine.pem")
    mine.write_text("mine")
    environment(SSL_CERT_FILE=str(mine))
    assert install_variables() == {"PIP_CERT": str(mine)}, "uv has it from the host already"
    environment()
    site.write_text(f"[global]\ncert = {mine}\n")
    assert install_variables() == {"PIP_CERT": str(mine), "SSL_CERT_FILE": str(mine)}


def test_a_proxy_of_pip_is_one_for_uv(site: Path, environment: Environment) -> None:
    site.write_text("[global]\nproxy = http://proxy.example:3128\n")
    told = install_variables()
    assert (told["PIP_PROXY"], told["HTTPS_PROXY"]) == ("http://proxy.example:3128",) * 2


def test_passwords_are_known_and_not_told(site: Path, environment: Environment) -> None:
    site.write_text("[global]\nindex-url = https://me:hunter2@private.example/simple\n")
    assert set(passwords(install_variables())) == {"hunter2"}
    assert probe_sources.pip() == {"index": "https://***@private.example/simple"}


@pytest.mark.parametrize("text", ["index-url = x\n", "[global\n", "[global]\nindex-url = %(x)s\n[global]\n", "\xff"])
def test_a_file_that_pip_could_not_read_either_does_no_harm(site: Path, environment: Environment, text: str) -> None:
    site.write_text(text, encoding="latin-1")
    assert isinstance(install_variables(), dict)


def test_apt_sources_are_told_without_comments_and_passwords(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "sources.list"
    file.write_text("# a comment\ndeb https://me:hunter2@apt.example/debian bookworm main\n\n")
    monkeypatch.setattr(probe_sources, "_PATTERNS", (str(tmp_path / "*.list"),))
    assert probe_sources.apt_sources() == {str(file): "deb https://***@apt.example/debian bookworm main"}
