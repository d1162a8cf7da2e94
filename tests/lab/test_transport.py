"""The transport against real servers: OpenSSH, sudo, apt, and a network that goes away."""

from __future__ import annotations

from pathlib import Path

import pytest

from golive.errors import HostError
from golive.lab import PracticeServer
from golive.model.host import Host
from golive.protocol.facts import ProbeRequest
from golive.transport.bundle import bundle
from golive.transport.interface import Questions
from golive.transport.ssh import SshTransport

PASSWORD = "correct horse; rm -rf / '$HOME'"


class Answers(Questions):
    def __init__(self, *sudo: str) -> None:
        self.sudo = list(sudo)
        self.asked = 0

    def confirm_host_key(self, host: str, algorithm: str, fingerprint: str) -> bool:
        return True

    def sudo_password(self, host: str, user: str, wrong: bool) -> str | None:
        self.asked += 1
        return self.sudo.pop(0) if self.sudo else None

    def password(self, host: str, user: str, wrong: bool) -> str | None:
        return PASSWORD


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"GOLIVE_{kind}_HOME", str(tmp_path / kind.lower()))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)


def reach(server: PracticeServer, user: str = "root", answers: Questions | None = None) -> SshTransport:
    host = Host(server.name, server.address, user, identity_file=str(server.key_path))
    transport = SshTransport(host, answers or Answers(), home=Path("/nonexistent"))
    transport.open()
    return transport


def failure(transport: SshTransport) -> HostError:
    with pytest.raises(HostError) as caught:
        transport.probe(ProbeRequest())
    return caught.value


def add_user(server: PracticeServer, name: str, groups: str = "") -> None:
    server.run(["useradd", "-m", "-s", "/bin/bash", name, *(["-G", groups] if groups else [])])
    server.run(["chpasswd"], input=f"{name}:{PASSWORD}\n")
    script = (
        'install -d -m 700 -o "$0" "/home/$0/.ssh" && install -m 600 -o "$0" /root/.ssh/authorized_keys "/home/$0/.ssh"'
    )
    server.run(["sh", "-c", script, name])


def test_facts_as_root_and_as_users_of_every_kind(server: PracticeServer) -> None:
    root = reach(server)
    facts = root.probe(ProbeRequest())
    assert facts["os"]["id"] == "debian"
    files = server.run(["ls", "/var/lib/golive"]).stdout.split()
    assert f"runner-{bundle().name}.zip" in files
    root.close()

    add_user(server, "free")
    server.run(["sh", "-c", "echo 'free ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/free"])
    free = reach(server, "free")
    assert free.probe(ProbeRequest())["os"] == facts["os"]
    lines: list[str] = []
    assert free.stream(["id", "-u"], lines.append) == 0
    assert lines == ["0"]
    free.close()

    add_user(server, "ann", "sudo")
    answers = Answers("wrong", PASSWORD)
    ann = reach(server, "ann", answers)
    assert ann.probe(ProbeRequest())["os"] == facts["os"]
    assert ann.stream(["sh", "-c", "id -u; cat"], lines.append) == 0
    assert lines == ["0", "0"]
    ann.reconnect()
    assert ann.stream(["id", "-u"], lines.append) == 0
    assert answers.asked == 2
    assert "correct horse" not in server.run(["journalctl", "-q", "--no-pager"]).stdout
    ann.close()

    assert failure(reach(server, "ann", Answers("a", "b", "c"))).code == "sudo-password-wrong"
    assert failure(reach(server, "ann")).params["reason"] == "no-password"
    add_user(server, "bob")
    refusal = failure(reach(server, "bob", Answers(PASSWORD)))
    assert (refusal.code, refusal.params["reason"]) == ("no-root", "not-allowed")
    server.run(["rm", "/usr/bin/sudo"])
    refusal = failure(reach(server, "bob"))
    assert (refusal.code, refusal.params["reason"]) == ("no-root", "sudo-missing")


def test_a_server_without_python_gets_it(server_factory: object) -> None:
    server = server_factory(python=False)  # type: ignore[operator]
    transport = reach(server)
    assert failure(transport).code == "python-missing"
    lines: list[str] = []
    assert transport.install_python(lines.append) == 0, lines
    assert transport.probe(ProbeRequest())["python"]["version"]
    transport.close()


def test_a_network_that_goes_away_is_noticed(server: PracticeServer) -> None:
    transport = reach(server)

    def cut(line: str) -> None:
        server.network(False)

    with pytest.raises(HostError) as caught:
        transport.stream(["sh", "-c", "echo up; sleep 300"], cut)
    assert caught.value.code == "connection-lost"
    server.network(True)
    transport.reconnect()
    assert transport.probe(ProbeRequest())["hostname"]
    transport.close()
