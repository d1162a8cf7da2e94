"""Host keys on file: golive's own store decides; OpenSSH's formats are understood."""

import base64
import hashlib
import hmac

import pytest

from golive.transport.known_hosts import KnownHosts, fingerprint, host_name

ONE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJp0Ok3+Lnd1CzMCp/bHkAiXpzrpJ3MR1mWpFqLNmFdS"
TWO = "ssh-rsa AAAAB3NzaC1yc2E="


@pytest.fixture
def files(tmp_path):
    return tmp_path / "golive" / "known_hosts", tmp_path / "users"


@pytest.fixture
def known(files):
    return KnownHosts(*files)


def lines(known, host, port=22):
    return [key.line for key in known.keys(host, port)]


def hashed(name):
    salt = b"0123456789abcdef0123"
    digest = hmac.new(salt, name.encode(), hashlib.sha1).digest()
    return f"|1|{base64.b64encode(salt).decode()}|{base64.b64encode(digest).decode()}"


@pytest.mark.parametrize(
    ("pattern", "host", "port", "matches"),
    [
        ("web1", "web1", 22, True),
        ("web1", "WEB1", 22, True),
        ("web1", "web1", 2222, False),
        ("[web1]:2222", "web1", 2222, True),
        ("[web1]:2222", "web1", 22, False),
        ("a,web1,b", "web1", 22, True),
        ("*.example.com", "x.example.com", 22, True),
        ("*.example.com,!bad.example.com", "bad.example.com", 22, False),
        ("192.0.2.?", "192.0.2.7", 22, True),
        ("192.0.2.?", "192.0.2.77", 22, False),
        (hashed("web1"), "web1", 22, True),
        (hashed("web1"), "web2", 22, False),
        (hashed("[web1]:2222"), "web1", 2222, True),
        ("|1|broken", "web1", 22, False),
        ("#web1", "web1", 22, False),
    ],
)
def test_who_a_line_is_about(known, files, pattern, host, port, matches):
    files[1].write_text(f"\n# a comment\nnonsense\n{pattern} {ONE} comment\n")
    assert lines(known, host, port) == ([ONE] if matches else [])


def test_marked_lines(known, files):
    files[1].write_text(f"@cert-authority *.example.com {ONE}\n@revoked x.example.com {TWO}\n")
    assert [(key.kind, key.line) for key in known.keys("x.example.com", 22)] == [("authority", ONE), ("revoked", TWO)]


def test_golives_own_store_decides_where_it_knows_the_host(known, files):
    files[1].write_text(f"web1 {ONE}\nweb2 {ONE}\n")
    known.add("web1", 22, TWO)
    assert lines(known, "web1") == [TWO]
    assert lines(known, "web2") == [ONE]
    assert files[1].read_text() == f"web1 {ONE}\nweb2 {ONE}\n"


def test_replacing_touches_one_host_only(known):
    for host in ("web1", "web2"):
        known.add(host, 22, ONE)
        known.add(host, 2222, ONE)
    known.replace("web1", 2222, TWO)
    assert (lines(known, "web1", 2222), lines(known, "web1"), lines(known, "web2", 2222)) == ([TWO], [ONE], [ONE])


def test_no_file_and_no_folder_is_no_trouble(known):
    assert lines(known, "web1") == []


def test_fingerprints_are_openssh_ones():
    assert fingerprint(ONE).startswith("SHA256:")
    assert len(fingerprint(ONE)) == len("SHA256:") + 43
    assert fingerprint("nonsense") == ""
    assert host_name("Web1", 22) == "web1"
