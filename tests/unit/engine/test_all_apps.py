"""A whole host, as facts tell it and as a person reads it."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from golive import locale
from golive.cli.whole_host import render, size
from golive.engine.outcome import AppOnHost, Share
from golive.engine.status_all import host_status_from
from golive.model.host import Host
from golive.protocol.facts import Facts

MB = 1024 * 1024
FACTS = {
    "memory": {"total": 1_000_000, "available": 400_000, "swap": 0},
    "proxy": {"nginx": {"version": "1.22.1", "test": ""}},
    "panels": ["bt", "dokploy"],
    "apps": {
        "blog": {"domains": ["blog.example"], "port": 80, "current": 3},
        "old": {"domains": [], "port": 0, "current": 0},
        "shop": {"domains": ["203.0.113.7"], "port": 8080, "current": 12},
    },
    "occupied": {
        "apps": {
            "blog": {"units": {"golive-blog-web-3@1.service": "active"}, "memory": 60 * MB, "disk": 80 * MB},
            "old": {"units": {}, "memory": 0, "disk": 4096},
            "shop": {
                "units": {"golive-shop-web-12@1.service": "active", "golive-shop-web-12@2.service": "failed"},
                "memory": 90 * MB,
                "disk": 1200 * MB,
            },
        },
        "golive": {"processes": 0, "ports": 0, "files": 200_000, "cache": 30 * MB},
        "databases": [{"name": "MySQL", "memory": 380 * MB}],
        "users": [{"name": "mysql.service", "memory": 380 * MB}, {"name": "nginx.service", "memory": 3 * MB}],
        "disk": {"total": 40 * 1024 * MB, "free": 9 * 1024 * MB},
    },
}
HOST = Host("web1", "203.0.113.7", "root")


def changed(app: str, **found: object) -> str:
    """The state of APP when the probe has found this of it."""
    occupied = FACTS["occupied"]
    apps = {**occupied["apps"], app: {**occupied["apps"][app], **found}}  # type: ignore[index,call-overload]
    status = host_status_from(Facts({**FACTS, "occupied": {**occupied, "apps": apps}}), HOST)  # type: ignore[dict-item]
    return next(line.state for line in status.apps if line.name == app)


def test_every_app_has_its_line() -> None:
    status = host_status_from(Facts(FACTS), HOST)
    assert status.apps == (
        AppOnHost("blog", "http://blog.example", 3, "running", 60 * MB, 80 * MB),
        AppOnHost("old", "", 0, "data-only", 0, 4096),
        AppOnHost("shop", "http://203.0.113.7:8080", 12, "partly", 90 * MB, 1200 * MB),
    )
    assert (status.memory, status.memory_free) == (1_024_000_000, 409_600_000)
    assert (status.disk, status.disk_free) == (40 * 1024 * MB, 9 * 1024 * MB)
    assert status.golive == {"processes": 0, "ports": 0, "files": 200_000, "cache": 30 * MB}
    assert (status.proxies, status.panels) == (("nginx 1.22.1",), ("BT Panel", "dokploy"))
    assert status.databases == (Share("MySQL", 380 * MB),)


def test_an_apps_processes_become_one_word() -> None:
    assert changed("blog", maintenance=True) == "maintenance"
    assert changed("blog", units={"a": "inactive"}) == "stopped"
    assert changed("blog", units={}) == "stopped"


def test_a_bare_host_has_nothing_to_tell_and_tells_it() -> None:
    status = host_status_from(Facts({"occupied": None}), HOST)
    assert status.apps == ()
    assert status.golive == {"processes": 0, "ports": 0, "files": 0, "cache": 0}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_columns_stand_below_each_other_in_both_languages(language: str) -> None:
    out = io.StringIO()
    locale.activate(language)
    try:
        render(host_status_from(Facts(FACTS), HOST), Console(file=out, width=100, no_color=True))
    finally:
        locale.activate("en")
    lines = out.getvalue().splitlines()
    head = next(number for number, line in enumerate(lines) if line.strip().startswith(("App", "应用")))
    table = lines[head : head + 4]
    assert len({cell_len(line) for line in table}) == 1
    assert cell_len(table[1].partition("http://")[0]) == cell_len(table[3].partition("http://")[0])
    assert ("partly running" in table[3]) == (language == "en")
    assert any("MySQL 380 MB" in line for line in lines)


def test_sizes_as_people_read_them() -> None:
    sizes = [0, 1, 999 * 1024, 5 * MB, 60 * MB, 999 * MB, 1500 * MB, 200 * 1024 * MB]
    assert [size(number) for number in sizes] == [
        *("0 KB", "1 KB", "999 KB", "5.0 MB", "60 MB", "999 MB", "1.5 GB", "200 GB"),
    ]
