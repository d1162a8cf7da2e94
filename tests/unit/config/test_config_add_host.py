"""A host is appended to golive.toml, and not a byte of what a person wrote is touched."""

from __future__ import annotations

import pytest

from golive.config import HostSettings, parse
from golive.config.add_host import host_settings, with_host
from golive.errors import ConfigError, UsageError

WEB = HostSettings("web1", "203.0.113.7", "root")

WRITTEN = """\
# my shop
name = "shop"   # short

[hosts.old]     # the one under the desk
address = "192.0.2.1"
"""


@pytest.mark.parametrize(
    "text",
    ["", WRITTEN, WRITTEN.rstrip("\n"), WRITTEN.replace("\n", "\r\n"), "# only a remark", "[app]\nworkers = 2\n\n\n"],
    ids=["empty", "tables", "no line end", "windows", "remark", "blank lines"],
)
def test_what_was_written_stays_as_it_was(text: str) -> None:
    after = with_host(text, WEB)
    assert after.startswith(text)
    assert parse(after).hosts == (*parse(text).hosts, WEB)
    assert ("\r\n" in text) == ("\r\n" in after)
    assert after.count("\n") == after.count("\r\n") or "\r\n" not in text


def test_it_reads_as_a_person_would_write_it() -> None:
    place = host_settings("web-2", "ubuntu@[2001:db8::1]:2222", "/home/ann/.ssh/id")
    assert with_host("# shop\n", place).splitlines() == [
        "# shop",
        "",
        "[hosts.web-2]",
        'address = "2001:db8::1"',
        'user = "ubuntu"',
        "port = 2222",
        'identity = "/home/ann/.ssh/id"',
    ]


@pytest.mark.parametrize("path", ["C:\\Users\\ann\\id", '/tmp/it\'s "here"', "/tmp/\\it's"])
def test_any_path_of_a_key_can_be_said(path: str) -> None:
    host = host_settings("web1", "root@203.0.113.7", path)
    assert parse(with_host("", host)).hosts[0].identity == path


def test_a_taken_name_is_refused_with_what_it_stands_for() -> None:
    with pytest.raises(UsageError, match="host-taken") as refused:
        with_host(WRITTEN, HostSettings("old", "203.0.113.7"))
    assert refused.value.params["address"] == "192.0.2.1"


def test_where_nothing_can_be_appended_a_person_is_told_the_lines() -> None:
    with pytest.raises(UsageError, match="host-not-appendable") as refused:
        with_host('hosts = {old = {address = "192.0.2.1"}}\n', WEB)
    assert refused.value.params["lines"] == ("[hosts.web1]", 'address = "203.0.113.7"', 'user = "root"')


def test_a_wrong_file_is_not_made_longer() -> None:
    with pytest.raises(ConfigError, match="config-syntax"):
        with_host("name = shop\n", WEB)


@pytest.mark.parametrize("name", ["my server", "-x", "", "localhost", "Local", "a.b", 'x"'])
def test_names_that_cannot_be(name: str) -> None:
    with pytest.raises(UsageError, match="host-name-wrong"):
        host_settings(name, "root@203.0.113.7")


@pytest.mark.parametrize("place", ["", "root@", "root@203.0.113.7:99999", "ro ot@x", "root@203.0.113.7:"])
def test_addresses_that_cannot_be(place: str) -> None:
    with pytest.raises(UsageError, match="host-address-wrong"):
        host_settings("web1", place)
