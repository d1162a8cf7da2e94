"""A firewall of the host's own, read from its files."""

import pytest

from golive.runner.probe_firewall import firewall

RULES = """*filter
### RULES ###

### tuple ### allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in
-A ufw-user-input -p tcp --dport 22 -j ACCEPT

### tuple ### allow any 8080 0.0.0.0/0 any 0.0.0.0/0 in
### tuple ### allow tcp 9000:9010 0.0.0.0/0 any 0.0.0.0/0 in
### tuple ### allow tcp 7000 0.0.0.0/0 any 10.0.0.0/8 in
### tuple ### deny tcp 7001 0.0.0.0/0 any 0.0.0.0/0 in
### tuple ### allow udp 7002 0.0.0.0/0 any 0.0.0.0/0 in
### tuple ### allow tcp 80,443 0.0.0.0/0 any 0.0.0.0/0 Nginx%20Full - in
"""


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("GOLIVE_ROOT", str(tmp_path))
    return tmp_path


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_without_a_firewall_nothing_is_shut(root):
    write(root / "etc/ufw/ufw.conf", "# ENABLED=yes\nENABLED=no\n")
    assert firewall((80,)) == {"program": "", "shut": []}


def test_what_ufw_lets_in(root):
    write(root / "etc/ufw/ufw.conf", "ENABLED=yes\nLOGLEVEL=low\n")
    write(root / "etc/default/ufw", 'DEFAULT_INPUT_POLICY="DROP"\n')
    write(root / "etc/ufw/user.rules", RULES)
    assert firewall((22, 80, 443, 8080, 9005)) == {"program": "ufw", "shut": []}
    assert firewall((80, 81, 7000, 7001, 7002, 9011))["shut"] == [81, 7000, 7001, 7002, 9011]
    write(root / "etc/default/ufw", 'DEFAULT_INPUT_POLICY="ACCEPT"\n')
    assert firewall((81,))["shut"] == []


def test_what_firewalld_lets_in(root):
    (root / "sys/fs/cgroup/system.slice/firewalld.service").mkdir(parents=True)
    write(root / "usr/lib/firewalld/zones/public.xml", '<zone>\n <service name="ssh"/>\n</zone>')
    assert firewall((80,)) == {"program": "firewalld", "shut": [80]}
    write(
        root / "etc/firewalld/zones/public.xml",
        '<zone><service name="http"/><port protocol="tcp" port="8080-8081"/><port port="53" protocol="udp"/></zone>',
    )
    assert firewall((80, 8080, 8081, 53))["shut"] == [53]
    write(root / "etc/firewalld/firewalld.conf", "DefaultZone=trusted\n")
    write(root / "usr/lib/firewalld/zones/trusted.xml", '<zone target="ACCEPT"></zone>')
    assert firewall((53,))["shut"] == []
