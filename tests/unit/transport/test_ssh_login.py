"""Getting in: keys, passwords and host keys; and one name for each way in which it does not work."""

import contextlib
import socket
import struct
import threading

import asyncssh
import pytest
from ssh_server import SshServer, key_file

from golive.errors import HostError
from golive.protocol.facts import ProbeRequest


def refused(transport):
    with pytest.raises(HostError) as caught:
        transport.open()
    return caught.value


def works(transport):
    transport.open()
    return transport.probe(ProbeRequest(app="web"))["app"] == "web"


def line(key):
    return key.export_public_key().decode().strip()


def fingerprint(key):
    return key.get_fingerprint()


def test_a_new_host_key_is_shown_and_stored(connect, answers, host_key, server):
    assert works(connect())
    assert answers.asked == [("host key", "web1", "ssh-ed25519", fingerprint(host_key))]
    assert works(connect())
    assert answers.kinds == ["host key"]


def test_a_host_key_that_is_not_confirmed_is_refused(connect, answers):
    answers.host_key = False
    error = refused(connect())
    assert (error.code, error.params["reason"]) == ("host-key-refused", "unconfirmed")
    assert refused(connect()).code == "host-key-refused"


def test_a_host_that_the_user_knows_already_is_not_asked_about(connect, answers, host_key, server, own_folders):
    line = host_key.export_public_key().decode().split()
    (own_folders / ".ssh" / "known_hosts").write_text(f"[127.0.0.1]:{server.port} {line[0]} {line[1]}\n")
    assert works(connect())
    assert answers.asked == []


def test_a_changed_host_key_stops_everything_and_trust_accepts_it(connect, answers, host_key, server):
    assert works(connect())
    server.stop()
    other_key = asyncssh.generate_private_key("ssh-ed25519")
    other = SshServer(other_key, server.authorized)
    other.port = server.port
    other.start()
    try:
        error = refused(connect())
        assert error.code == "host-key-changed"
        assert error.params["known"] == (fingerprint(host_key),)
        assert error.params["offered"] == fingerprint(other_key)
        assert answers.kinds == ["host key"]

        change = connect().fetch_host_key()
        assert (change.old, change.new) == (fingerprint(host_key), fingerprint(other_key))
        assert refused(connect()).code == "host-key-changed"
        change.store()
        assert works(connect())
        assert answers.kinds == ["host key"]
    finally:
        other.stop()
        server.start = None
        server.stop = lambda: None


def test_a_host_that_has_no_key_of_the_known_kind_any_more(connect, server, own_folders):
    key = asyncssh.generate_private_key("ecdsa-sha2-nistp256").export_public_key().decode().split()
    (own_folders / ".ssh" / "known_hosts").write_text(f"[127.0.0.1]:{server.port} {key[0]} {key[1]}\n")
    assert refused(connect()).code == "host-key-changed"


def test_a_host_that_hangs_up_before_its_reason_is_read(connect, host_key, server, own_folders):
    """What a server said last is lost when it closes a connection on which something is still unread."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=hang_up_then_lead_to, args=(door, server.port), daemon=True).start()
        port = door.getsockname()[1]
        key = asyncssh.generate_private_key("ecdsa-sha2-nistp256").export_public_key().decode().split()
        (own_folders / ".ssh" / "known_hosts").write_text(f"[127.0.0.1]:{port} {key[0]} {key[1]}\n")
        error = refused(connect(port=port))
        assert (error.code, error.params["offered"]) == ("host-key-changed", fingerprint(host_key))


def hang_up_then_lead_to(door, port):
    first, _ = door.accept()
    first.sendall(b"SSH-2.0-hasty\r\n")
    first.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    first.recv(1)
    first.close()
    second, _ = door.accept()
    with second, socket.create_connection(("127.0.0.1", port)) as server:
        threading.Thread(target=pour, args=(server, second), daemon=True).start()
        pour(second, server)


def pour(source, target):
    with contextlib.suppress(OSError):
        while content := source.recv(65536):
            target.sendall(content)


def test_a_revoked_host_key(connect, host_key, server, own_folders):
    key = host_key.export_public_key().decode().split()
    (own_folders / ".ssh" / "known_hosts").write_text(f"@revoked [127.0.0.1]:{server.port} {key[0]} {key[1]}\n")
    assert refused(connect()).code == "host-key-refused"


def test_a_key_that_the_host_does_not_take(connect, tmp_path):
    error = refused(connect(identity_file=str(key_file(tmp_path, "stranger")), user="ann"))
    assert error.code == "login-refused"
    assert error.params["user"] == "ann"
    assert error.params["tried"] == ("publickey",)
    assert error.params["users"] == ("root", "ubuntu", "debian", "ecs-user", "admin")


def test_a_key_that_is_not_there(connect, tmp_path):
    error = refused(connect(identity_file=str(tmp_path / "nowhere")))
    assert (error.code, error.params["file"]) == ("identity-missing", str(tmp_path / "nowhere"))


def test_a_file_that_is_no_key(connect, tmp_path):
    (tmp_path / "letter").write_text("Dear Ann")
    assert refused(connect(identity_file=str(tmp_path / "letter"))).code == "identity-unreadable"


@pytest.fixture
def locked(server, tmp_path):
    path = key_file(tmp_path, "locked", "open sesame")
    server.authorized = path.with_name("locked.pub").read_text()
    server.stop()
    again = SshServer(server.host_key, server.authorized).start()
    server.port, server.stop = again.port, again.stop
    return path


def test_an_encrypted_key_is_unlocked_once(connect, answers, locked):
    answers.passphrases = ["open barley", "open sesame"]
    transport = connect(identity_file=str(locked))
    assert works(transport)
    transport.reconnect()
    asked = [question for question in answers.asked if question[0] == "passphrase"]
    assert asked == [("passphrase", str(locked), False), ("passphrase", str(locked), True)]


def test_an_encrypted_key_with_wrong_passphrases(connect, answers, locked):
    answers.passphrases = ["a", "b", "c", "open sesame"]
    error = refused(connect(identity_file=str(locked)))
    assert (error.code, error.params["file"]) == ("passphrase-wrong", str(locked))


def test_an_encrypted_key_and_nobody_who_tells_its_passphrase(connect, locked):
    error = refused(connect(identity_file=str(locked)))
    assert (error.code, error.params["file"]) == ("passphrase-wrong", str(locked))


def test_a_host_key_that_was_told_is_believed_and_only_that_one(connect, answers, host_key, server):
    other_key = asyncssh.generate_private_key("ssh-ed25519")
    assert works(connect(told=line(host_key)))
    assert works(connect(told=line(other_key)))  # what is on file still counts: it was trusted
    assert answers.asked == []
    server.stop()
    other = SshServer(other_key, server.authorized)
    other.port = server.port
    other.start()
    try:
        assert refused(connect(told=line(host_key))).code == "host-key-changed"
        assert works(connect(told=line(other_key)))
        assert works(connect())
        assert answers.asked == []
    finally:
        other.stop()
        server.stop = lambda: None


def test_the_usual_keys_are_found_by_themselves(connect, identity, own_folders):
    identity.rename(own_folders / ".ssh" / "id_ed25519")
    assert works(connect(identity_file=""))


def test_a_key_of_an_agent(connect, answers, identity, own_folders, monkeypatch, tmp_path):
    import shutil
    import subprocess

    if not shutil.which("ssh-agent"):
        pytest.skip("no ssh-agent here")
    path = str(tmp_path / "agent")
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", path], stdout=subprocess.PIPE)
    try:
        agent.stdout.readline()
        monkeypatch.setenv("SSH_AUTH_SOCK", path)
        subprocess.run(["ssh-add", "-q", str(identity)], check=True)
        identity.unlink()
        assert works(connect(identity_file=""))
        assert answers.kinds == ["host key"]
    finally:
        agent.terminate()
        agent.wait()
        agent.stdout.close()


@pytest.mark.parametrize("challenge", [False, True])
def test_a_password_is_asked_once(connect, answers, server, challenge):
    server.password, server.challenge = "hunter2", challenge
    answers.passwords = ["wrong", "hunter2"]
    transport = connect(identity_file="", user="ann")
    assert works(transport)
    assert transport.password_used
    transport.reconnect()
    asked = [question for question in answers.asked if question[0] == "password"]
    assert asked == [("password", "web1", "ann", False), ("password", "web1", "ann", True)]


def test_wrong_passwords(connect, answers, server):
    server.password = "hunter2"
    answers.passwords = ["a", "b", "c", "d"]
    error = refused(connect(identity_file=""))
    assert error.code == "login-refused"
    assert "password" in error.params["tried"]
    assert "hunter2" not in str(error)


def test_nobody_there_to_ask(connect, answers, server):
    server.password = "hunter2"
    assert refused(connect(identity_file="")).code == "login-refused"


def test_a_closed_port(connect):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    error = refused(connect(port=port))
    assert (error.code, error.params["reason"], error.params["port"]) == ("host-unreachable", "refused", port)


def test_a_name_that_does_not_resolve(connect):
    error = refused(connect(address="no-such-host.invalid"))
    assert (error.code, error.params["host"]) == ("host-unresolvable", "no-such-host.invalid")


def test_a_port_where_something_else_answers(connect):
    import threading

    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer():
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 2000)
                connection.recv(1000)

        thread = threading.Thread(target=answer)
        thread.start()
        error = refused(connect(port=listener.getsockname()[1]))
        thread.join()
    assert error.code == "host-unreachable"


def test_a_host_that_accepts_and_stays_silent(connect, monkeypatch):
    from golive.transport import ssh_login

    monkeypatch.setattr(ssh_login, "PATIENCE", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        error = refused(connect(port=listener.getsockname()[1]))
    assert (error.code, error.params["reason"]) == ("host-unreachable", "timeout")


def test_the_users_ssh_config_is_followed(connect, server, identity, own_folders):
    (own_folders / ".ssh" / "config").write_text(
        f"Host shop\n  HostName 127.0.0.1\n  Port {server.port}\n  User root\n  IdentityFile {identity}\n"
        "  RemoteCommand /bin/false\n  RequestTTY yes\n"
    )
    assert works(connect(identity_file="", address="shop", user="", port=0))


def test_through_a_jump_host(connect, server, identity, own_folders, answers):
    jump = SshServer(asyncssh.generate_private_key("ssh-ed25519"), server.authorized).start()
    try:
        (own_folders / ".ssh" / "config").write_text(
            f"Host shop\n  HostName 127.0.0.1\n  Port {server.port}\n  ProxyJump root@127.0.0.1:{jump.port}\n"
            f"Host *\n  User root\n  IdentityFile {identity}\n"
        )
        transport = connect(identity_file="", address="shop", user="", port=0)
        assert works(transport)
        assert transport.reached == "", "this computer itself does not get there"
        assert answers.kinds == ["host key", "host key"]
        assert jump.connections
    finally:
        jump.stop()


def test_a_broken_ssh_config_is_named(connect, own_folders):
    (own_folders / ".ssh" / "config").write_text("Host shop\n  Port many\n")
    error = refused(connect(address="shop", port=0))
    assert error.code == "ssh-config-wrong"
