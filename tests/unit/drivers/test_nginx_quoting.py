"""Nothing that a user writes can leave its place in nginx's configuration."""

from __future__ import annotations

import pytest

from golive.drivers.proxy.quoting import quote, site_name, size, url_prefix


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Example.COM", "example.com"),
        ("example.com.", "example.com"),
        ("*.example.com", "*.example.com"),
        ("例子.测试", "xn--fsqu00a.xn--0zwm56d"),
        ("münchen.de", "xn--mnchen-3ya.de"),
        ("203.0.113.7", "203.0.113.7"),
        ("2001:DB8::7", "[2001:db8::7]"),
        ("[2001:db8::7]", "[2001:db8::7]"),
        ("localhost", "localhost"),
    ],
)
def test_names_are_written_as_browsers_send_them(name: str, written: str) -> None:
    assert site_name(name) == written


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "a..b",
        "-a.com",
        "a-.com",
        "a b.com",
        "a.com;",
        "a.com; } server { listen 81",
        "a.com\n",
        "$host",
        "~.*",
        "a_b.com",
        "*.*.com",
        "a.*",
        '"a.com"',
        "a" * 64 + ".com",
        ".".join(["a" * 60] * 5),
        "http://a.com",
        "a.com:80",
        "a.com/x",
    ],
)
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        site_name(name)


def test_a_parameter_is_quoted() -> None:
    assert quote('/a b/"c"/\\d;{}') == '"/a b/\\"c\\"/\\\\d;{}"'


@pytest.mark.parametrize("text", ["$document_root", "a\nb", "a\0b", "\x7f"])
def test_what_nginx_cannot_be_told_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="nginx"):
        quote(text)


@pytest.mark.parametrize("url", ["/", "/static/", "/a/b.c~d/"])
def test_url_prefixes(url: str) -> None:
    assert url_prefix(url) == url


@pytest.mark.parametrize(
    "url", ["", "static/", "/static", "//", "/a b/", "/../", "/a/../", "/./", "/$x/", "/a;/", "/中/"]
)
def test_what_is_no_url_prefix_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="URL"):
        url_prefix(url)


@pytest.mark.parametrize(("limit", "written"), [("20m", "20m"), ("1G", "1g"), ("4096", "4096")])
def test_sizes(limit: str, written: str) -> None:
    assert size(limit) == written


@pytest.mark.parametrize("limit", ["0", "", "-1", "20 m", "20mb", "20m;", "1e3", "m"])
def test_what_is_no_size_is_refused(limit: str) -> None:
    with pytest.raises(ValueError, match="size"):
        size(limit)
