import asyncssh
import pytest
from ssh_server import SshServer, key_file
from stub_runner import FILES

from golive.model.host import Host
from golive.transport import bundle, handshake
from golive.transport.interface import Questions
from golive.transport.ssh import SshTransport


class Answers(Questions):
    """Answers as told and remembers what was asked."""

    def __init__(self):
        self.asked = []
        self.host_key = True
        self.passwords = []
        self.passphrases = []
        self.sudo = []

    def confirm_host_key(self, host, algorithm, fingerprint):
        self.asked.append(("host key", host, algorithm, fingerprint))
        return self.host_key

    def password(self, host, user, wrong):
        self.asked.append(("password", host, user, wrong))
        return self.passwords.pop(0) if self.passwords else None

    def passphrase(self, file, wrong):
        self.asked.append(("passphrase", file, wrong))
        return self.passphrases.pop(0) if self.passphrases else None

    def sudo_password(self, host, user, wrong):
        self.asked.append(("sudo", host, user, wrong))
        return self.sudo.pop(0) if self.sudo else None

    @property
    def kinds(self):
        return [question[0] for question in self.asked]


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch):
    """Nothing of the user's is read or written."""
    home = tmp_path / "home"
    (home / ".ssh").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    for kind in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"GOLIVE_{kind}_HOME", str(tmp_path / "golive" / kind.lower()))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return home


@pytest.fixture
def runner(tmp_path, monkeypatch):
    """The stub runner is what is shipped; the folders on the host where it may rest are returned."""
    real = dict(bundle.sources())
    shipped = {path: content for path, content in real.items() if not path.startswith("golive/runner/")}
    monkeypatch.setattr(bundle, "sources", lambda: (shipped | FILES).items())
    bundle.bundle.cache_clear()
    folders = (tmp_path / "host" / "lib", tmp_path / "host" / "run")
    monkeypatch.setattr(handshake, "FOLDERS", tuple(map(str, folders)))
    yield folders
    bundle.bundle.cache_clear()


@pytest.fixture
def identity(tmp_path):
    return key_file(tmp_path, "identity")


@pytest.fixture
def host_key():
    return asyncssh.generate_private_key("ssh-ed25519")


@pytest.fixture
def server(host_key, identity, runner):
    server = SshServer(host_key, authorized=identity.with_name("identity.pub").read_text()).start()
    yield server
    server.stop()


@pytest.fixture
def answers():
    return Answers()


@pytest.fixture
def connect(server, answers, identity):
    """Makes transports to the server; all are closed at the end."""
    made = []

    def make(identity_file=str(identity), user="root", name="web1", told="", **more):
        address, port = more.pop("address", "127.0.0.1"), more.pop("port", server.port)
        host = Host(name, address, user, port, identity_file, host_key=told)
        transport = SshTransport(host, answers, **more)
        made.append(transport)
        return transport

    yield make
    for transport in made:
        transport.close()
