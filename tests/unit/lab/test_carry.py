"""What of the machine's settings reaches a server, and what stays."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from golive.lab import carry
from golive.lab.carry import Loan, apt_settings, settings

PLAIN = Loan(authorities=(), apt=(), index=None, environment=())


def test_apt_keeps_the_way_to_the_archive_and_nothing_else() -> None:
    dump = (
        'APT::Architecture "amd64";\n'
        'Acquire::http::Proxy "http://proxy.example:3128";\n'
        'Acquire::https::Proxy::deb.example "DIRECT";\n'
        'Acquire::Check-Valid-Until "false";\n'
        'DPkg::Post-Invoke:: "rm -rf /var/cache";\n'
    )
    assert apt_settings(dump) == (
        ("Acquire::http::Proxy", "http://proxy.example:3128"),
        ("Acquire::https::Proxy::deb.example", "DIRECT"),
        ("Acquire::Check-Valid-Until", "false"),
    )


def test_a_proxy_on_this_machines_loopback_is_out_of_reach_inside() -> None:
    assert apt_settings('Acquire::http::Proxy "http://127.0.0.1:3142";\n') == ()


def test_a_plain_machine_lends_only_the_archives_addresses() -> None:
    assert settings(PLAIN, "bookworm", "http://deb.debian.org/debian") == {
        "etc/apt/sources.list": "deb http://deb.debian.org/debian bookworm main\n"
        "deb http://deb.debian.org/debian bookworm-updates main\n"
        "deb http://deb.debian.org/debian-security bookworm-security main\n"
    }


def test_authorities_are_trusted_by_pip_logins_and_units() -> None:
    environment = (("SSL_CERT_FILE", carry.BUNDLE), ("https_proxy", "http://p:1/%20"))
    loan = Loan(
        (("company.crt", b"PEM"),), (("Acquire::http::Proxy", "http://p:1"),), "https://i.example/", environment
    )
    files = settings(loan, "bookworm", "http://deb.debian.org/debian")
    assert files["etc/pip.conf"] == f"[global]\ncert = {carry.BUNDLE}\nindex-url = https://i.example/\n"
    assert files["etc/environment"] == f"SSL_CERT_FILE={carry.BUNDLE}\nhttps_proxy=http://p:1/%20\n"
    assert files["etc/systemd/system.conf.d/machine.conf"] == (
        f'[Manager]\nDefaultEnvironment="SSL_CERT_FILE={carry.BUNDLE}" "https_proxy=http://p:1/%%20"\n'
    )
    assert files["etc/apt/apt.conf.d/90machine"] == 'Acquire::http::Proxy "http://p:1";\n'


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for pip is a shell script")
@pytest.mark.parametrize(
    ("config", "index"),
    [
        ("global.index-url='https://mirror.example/simple'\n", "https://mirror.example/simple"),
        ("global.index-url='https://a/'\n:env:.index-url='https://b/'\n", "https://b/"),
        ("global.index-url='file:///opt/simple'\n", None),
        ("global.index-url='http://localhost:3141/'\n", None),
        ("global.extra-index-url='https://extra/'\nglobal.find-links='/wheels'\n", None),
        ("", None),
    ],
)
def test_only_an_index_that_a_server_can_reach_is_carried(
    config: str, index: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "python3"
    fake.write_text(f"#!/bin/sh\ncat <<'END'\n{config}END\n", "utf-8")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert carry.pip_index() == index


def test_a_changed_authority_is_another_loan() -> None:
    one = Loan((("company.crt", b"2025"),), (), None, ())
    two = Loan((("company.crt", b"2026"),), (), None, ())
    assert one.identity() == Loan((("company.crt", b"2025"),), (), None, ()).identity()
    assert one.identity() != two.identity()
