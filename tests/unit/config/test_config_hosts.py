"""Which host is meant."""

from __future__ import annotations

import pytest

from golive.config import Settings, parse, resolve_host
from golive.errors import UsageError
from golive.model.host import Host

TWO = parse("""\
[hosts.web1]
address = "203.0.113.7"
user = "admin"
port = 2222
identity = "~/.ssh/key"
visited_as = "shop.example.com"
roles = ["web"]

[hosts.backup]
address = "203.0.113.8"
""")
ONE = parse("[hosts.only]\naddress = 'a.example'\n")


def test_a_name_from_golive_toml() -> None:
    assert resolve_host("web1", TWO) == Host(
        "web1", "203.0.113.7", "admin", 2222, "~/.ssh/key", visited_as="shop.example.com", roles=("web",)
    )


@pytest.mark.parametrize(
    ("text", "address", "user", "port"),
    [
        ("root@203.0.113.7", "203.0.113.7", "root", 0),
        ("ubuntu@shop.example.com:2222", "shop.example.com", "ubuntu", 2222),
        ("root@[2001:db8::1]:22", "2001:db8::1", "root", 22),
        ("root@[2001:db8::1]", "2001:db8::1", "root", 0),
        ("root@2001:db8::1", "2001:db8::1", "root", 0),
        ("root@::1", "::1", "root", 0),
        ("203.0.113.7", "203.0.113.7", "", 0),
        ("localhost", "localhost", "", 0),
        ("root@myserver", "myserver", "root", 0),
    ],
)
def test_an_address_on_the_command_line(text: str, address: str, user: str, port: int) -> None:
    host = resolve_host(text, Settings())
    assert (host.address, host.user, host.port) == (address, user, port)


@pytest.mark.parametrize(
    "text",
    [
        "root@",
        "@a.b",
        "root@a.b:",
        "root@a.b:0",
        "root@a.b:99999",
        "root@a.b:ssh",
        "a b@c.d",
        "root@-oX.y",
        "x@[a]:1",
        "root@a/b",
        "-x@a.b",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        resolve_host(text, Settings())
    assert caught.value.code == "host-address-wrong"


def test_a_practice_server_is_known_by_name_and_golive_toml_wins() -> None:
    practice = {"lab1": Host("lab1", "10.0.0.2", "root"), "web1": Host("web1", "10.0.0.3", "root")}
    assert resolve_host("lab1", TWO, practice).address == "10.0.0.2"
    assert resolve_host("web1", TWO, practice).address == "203.0.113.7"


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        resolve_host("wbe1", TWO)
    assert caught.value.code == "host-unknown"
    assert caught.value.params == {"host": "wbe1", "nearest": "web1", "names": ("web1", "backup")}


def test_the_only_host_is_meant_when_none_is_named() -> None:
    assert resolve_host(None, ONE).name == "only"


def test_the_default_host_is_meant_when_none_is_named() -> None:
    hosts = "[hosts.a]\naddress='a.b'\n[hosts.b]\naddress='b.b'\ndefault=true\n"
    assert resolve_host(None, parse(hosts)).name == "b"


def test_several_of_which_none_is_the_default_are_refused() -> None:
    with pytest.raises(UsageError) as caught:
        resolve_host(None, TWO)
    assert (caught.value.code, caught.value.params["names"]) == ("host-missing", ("web1", "backup"))


def test_no_host_at_all_means_this_computer() -> None:
    for text in (None, "local"):
        host = resolve_host(text, Settings())
        assert (host.name, host.kind, host.site) == ("local", "local", "127.0.0.1")


def test_a_host_may_be_called_local() -> None:
    assert resolve_host("local", parse("[hosts.local]\naddress = 'a.example'\n")).kind == "ssh"
