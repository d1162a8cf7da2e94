"""Who gets the visitors that no site claims, read from nginx's files as it would read them itself."""

import hashlib

import pytest

from golive.runner import probe_packages, probe_sites

MAIN = """
events { worker_connections 768; }
http {
    # server { listen 80 default_server; }
    include conf.d/*.conf;
    include /etc/nginx/sites-enabled/*;
}
stream { server { listen 80; } }
"""
DEFAULT = "server {\n\tlisten 80 default_server;\n\tlisten [::]:80 default_server;\n\tserver_name _;\n}\n"
GOLIVE = "upstream golive-a { server unix:/a; }\nserver { listen 80; server_name a.example; }\n"


@pytest.fixture
def nginx(tmp_path, monkeypatch):
    """A folder that holds what a new Debian has; the site's file is the package's own."""
    monkeypatch.setenv("GOLIVE_ROOT", str(tmp_path))
    folder = tmp_path / "etc/nginx"
    for name in ("conf.d", "sites-available", "sites-enabled", "snippets"):
        (folder / name).mkdir(parents=True)
    (folder / "nginx.conf").write_text(MAIN)
    (folder / "sites-available/default").write_text(DEFAULT)
    (folder / "sites-enabled/default").symlink_to("../sites-available/default")
    status = tmp_path / "status"
    digest = hashlib.md5(DEFAULT.encode()).hexdigest()
    status.write_text(f"Package: nginx-common\nConffiles:\n /etc/nginx/sites-available/default {digest}\n")
    monkeypatch.setattr(probe_packages, "STATUS", str(status))
    return folder


def told(file, stock=False, patterns=""):
    return {"file": "/etc/nginx/" + file, "stock": stock, "patterns": patterns and "/etc/nginx/" + patterns}


def test_without_nginx_there_is_nobody(tmp_path, monkeypatch):
    monkeypatch.setenv("GOLIVE_ROOT", str(tmp_path))
    assert probe_sites.default_sites() == {}


def test_debians_own_page_is_known_and_golives_sites_do_not_count(nginx):
    (nginx / "conf.d/golive-a.conf").write_text(GOLIVE)
    assert probe_sites.default_sites() == {"80": told("sites-enabled/default", stock=True)}


def test_a_changed_page_is_somebodys(nginx):
    (nginx / "sites-available/default").write_text(DEFAULT.replace("_", "shop.example"))
    assert probe_sites.default_sites() == {"80": told("sites-enabled/default")}


def test_a_file_in_the_place_of_the_link_is_somebodys(nginx):
    (nginx / "sites-enabled/default").unlink()
    (nginx / "sites-enabled/default").write_text(DEFAULT)
    assert probe_sites.default_sites() == {"80": told("sites-enabled/default")}


def test_who_says_default_server_counts_before_who_comes_first(nginx):
    (nginx / "conf.d/shop.conf").write_text("server { listen 80; server_name shop.example; }")
    assert probe_sites.default_sites()["80"] == told("sites-enabled/default", stock=True)
    (nginx / "sites-enabled/default").unlink()
    assert probe_sites.default_sites()["80"] == told("conf.d/shop.conf")
    (nginx / "sites-enabled/a").write_text("server { listen *:80 default_server; }")
    assert probe_sites.default_sites()["80"] == told("sites-enabled/a")


@pytest.mark.parametrize(
    ("server", "ports"),
    [
        ("server_name x;", ["80"]),
        ("listen 8080;", ["8080"]),
        ("listen [::]:81 ipv6only=off; listen 0.0.0.0:82;", ["81", "82"]),
        ("listen 203.0.113.7:80; listen unix:/run/x; listen localhost:83;", []),
        ("listen 443 ssl; # listen 84;\n if ($host = a) { return 301 'https://x;y{'; }", ["443"]),
        ('location ~ "^/\\d{3}$" { return 200 "${host} listen 85;"; } listen 86;', ["86"]),
        ("include snippets/ports;", ["87"]),
    ],
)
def test_where_a_site_listens(nginx, server, ports):
    (nginx / "sites-enabled/default").unlink()
    (nginx / "snippets/ports").write_text("listen 87;")
    (nginx / "conf.d/x.conf").write_text("server { " + server + " }")
    assert sorted(probe_sites.default_sites()) == ports


def test_names_by_regular_expressions_are_noticed(nginx):
    (nginx / "sites-enabled/wiki").write_text("server { listen 80; server_name a.example ~^wiki\\d+\\.example$; }")
    assert probe_sites.default_sites() == {
        "80": told("sites-enabled/default", stock=True, patterns="sites-enabled/wiki"),
    }


@pytest.mark.parametrize("text", ["server { listen 80", "}}}}", "include conf.d/*.conf;", "server {", '"', ";"])
def test_what_nginx_would_refuse_does_no_harm(nginx, text):
    (nginx / "conf.d/broken.conf").write_text(text)
    assert isinstance(probe_sites.default_sites(), dict)


def test_a_file_too_large_for_a_site_is_passed_over(nginx, monkeypatch):
    monkeypatch.setattr(probe_sites, "LARGEST", 1000)
    (nginx / "conf.d/blocklist.conf").write_text("deny 192.0.2.1;\n" * 1000)
    assert list(probe_sites.default_sites()) == ["80"]


def test_a_gone_target_is_no_site(nginx):
    (nginx / "sites-available/default").unlink()
    assert probe_sites.default_sites() == {}
