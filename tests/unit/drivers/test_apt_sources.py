"""apt's sources as hosts really write them, and the same ones written down for a mirror."""

from __future__ import annotations

import pytest

from golive.drivers.apt_sources import (
    Source,
    distribution_sources,
    main_source,
    render_sources,
    sources_of,
    usual_sources,
)

CLASSIC = {
    "/etc/apt/sources.list": """\
deb http://archive.example/ubuntu/ jammy main restricted
deb-src http://archive.example/ubuntu/ jammy main
deb http://archive.example/ubuntu/ jammy-updates main restricted
deb http://archive.example/ubuntu/ jammy-backports main
deb [arch=amd64 signed-by=/usr/share/keyrings/u.gpg] http://security.example/ubuntu jammy-security main # late
""",
    "/etc/apt/sources.list.d/docker.list": "deb [arch=amd64] https://docker.example/linux/ubuntu jammy stable\n",
    "/etc/apt/sources.list.d/ppa.list": "deb https://ppa.example/someone/tool/ubuntu jammy main\n",
}

DEB822 = {
    "/etc/apt/mirrors/debian.list": "https://archive.example/debian\n",
    "/etc/apt/sources.list.d/debian.sources": """\
Types: deb deb-src
URIs: mirror+file:///etc/apt/mirrors/debian.list
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://security.example/debian-security
Suites: bookworm-security
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc

Types: deb
Enabled: no
URIs: http://archive.example/debian
Suites: bookworm-backports
Components: main
""",
}


def test_a_classic_list_without_what_is_not_the_distributions_own() -> None:
    found = distribution_sources(CLASSIC, "jammy")
    assert [(source.url, source.suite, source.keyring) for source in found] == [
        ("http://archive.example/ubuntu/", "jammy", ""),
        ("http://archive.example/ubuntu/", "jammy-updates", ""),
        ("http://security.example/ubuntu", "jammy-security", "/usr/share/keyrings/u.gpg"),
    ]
    assert found[0].components == ("main", "restricted")
    assert main_source(found) == found[0]


def test_stanzas_and_the_list_of_mirrors_of_a_cloud_image() -> None:
    keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
    assert distribution_sources(DEB822, "bookworm") == (
        Source("https://archive.example/debian", "bookworm", ("main",), keyring),
        Source("https://archive.example/debian", "bookworm-updates", ("main",), keyring),
        Source("http://security.example/debian-security", "bookworm-security", ("main",)),
    )
    assert len(sources_of(DEB822)) == 3, "one is switched off"


@pytest.mark.parametrize(
    "line",
    [
        "deb https://packages.company.example/repository/debian-proxy bookworm main",
        "deb https://apt.company.example/ bookworm main",
        "deb https://archive.example/debian trixie main",
        "",
    ],
)
def test_what_is_not_laid_out_as_mirrors_are_is_left_to_its_owner(line: str) -> None:
    assert distribution_sources({"/etc/apt/sources.list": line}, "bookworm") == ()


def test_written_down_as_one_line_each() -> None:
    sources = (
        Source("http://m.example/debian/", "bookworm", ("main", "contrib"), "/k.gpg"),
        Source("http://x", "y", ("z",)),
    )
    assert (
        render_sources(sources)
        == "deb [signed-by=/k.gpg] http://m.example/debian bookworm main contrib\ndeb http://x y z\n"
    )


def test_the_usual_ones_where_nothing_can_be_read() -> None:
    assert render_sources(usual_sources("ubuntu", "noble", "http://m.example/ubuntu")) == (
        "deb http://m.example/ubuntu noble main universe\ndeb http://m.example/ubuntu noble-updates main universe\n"
    )
    assert usual_sources("fedora", "", "http://m.example") == ()
