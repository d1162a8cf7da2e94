"""Over SSH: the runner gets there, plans go over, events come back, and what breaks on the way has one name."""

import threading

import pytest

from golive.errors import HostError
from golive.protocol.facts import ProbeRequest
from golive.transport import bundle

WEB = ProbeRequest(app="web")


def fail(call, *arguments):
    with pytest.raises(HostError) as caught:
        call(*arguments)
    return caught.value


@pytest.fixture
def transport(connect):
    transport = connect()
    transport.open()
    return transport


def test_where_this_computer_reaches_the_host(transport):
    assert transport.reached == "127.0.0.1"


def test_the_runner_is_sent_once_and_then_found(transport, server, runner):
    path = runner[0] / f"runner-{bundle.bundle().name}.zip"
    assert not path.exists()
    assert transport.probe(WEB)["runner"] == str(path)
    assert path.read_bytes() == bundle.bundle().content
    assert path.stat().st_mode & 0o777 == 0o644
    written = path.stat().st_mtime_ns
    assert transport.probe(ProbeRequest(app="other"))["app"] == "other"
    assert path.stat().st_mtime_ns == written
    assert len(server.commands) == 2


@pytest.mark.parametrize("damage", [lambda content: content[:-100], lambda content: b"", lambda content: content[::-1]])
def test_a_damaged_runner_is_replaced_before_use(transport, runner, damage):
    transport.probe(WEB)
    path = runner[0] / f"runner-{bundle.bundle().name}.zip"
    path.write_bytes(damage(bundle.bundle().content))
    assert transport.probe(WEB)["app"] == "web"
    assert path.read_bytes() == bundle.bundle().content


def test_a_damaged_cache_of_compiled_files_is_made_again(transport, runner):
    transport.probe(WEB)
    (compiled,) = runner[0].glob("compiled-*.zip")
    whole = compiled.read_bytes()
    compiled.write_bytes(whole[:1000] + b"\0" + whole[1001:])
    assert transport.probe(WEB)["app"] == "web"
    assert compiled.read_bytes() == whole


def test_the_runner_rests_elsewhere_when_its_folder_cannot_be_written(transport, runner):
    runner[0].parent.mkdir()
    runner[0].write_text("a file where the folder should be")
    assert transport.probe(WEB)["runner"].startswith(str(runner[1]))


def test_nowhere_to_put_the_runner(transport, runner):
    runner[0].parent.write_text("a file where the folder should be")
    error = fail(transport.probe, WEB)
    assert error.code == "runner-unstorable"
    assert str(runner[0]) in error.params["reason"]


def test_what_a_login_shell_prints_first_is_passed_over(transport, server):
    server.noise = b"Welcome to the cloud!\nno newline at the end"
    assert transport.probe(WEB)["app"] == "web"


def test_a_plan_goes_over_and_its_events_come_back_in_this_thread(transport):
    threads, events = set(), []

    def hear(event):
        threads.add(threading.current_thread())
        events.append(event)

    pack = bytes(range(256)) * 40_000
    finished = transport.run(b"{}", {"TOKEN": "s3cret", "KEY": "x"}, pack, "ann@laptop 上线", hear)
    assert finished["ok"]
    assert finished["pack"] == len(pack)
    assert finished["who"] == "ann@laptop 上线"
    assert finished["secrets"] == ["KEY", "TOKEN"]
    assert [event["event"] for event in events] == ["run_started", "finished"]
    assert threads == {threading.current_thread()}


def test_no_secret_is_in_a_command_line(transport, server):
    transport.run(b"{}", {"TOKEN": "s3cret"}, None, "ann", lambda event: None)
    assert all("s3cret" not in command for command in server.commands)


def test_attach_and_recover_say_what_is_meant(transport):
    finished = transport.attach("20260101-000000-abcd", "web", 512, lambda event: None)
    assert (finished["run"], finished["app"], finished["offset"]) == ("20260101-000000-abcd", "web", "512")
    assert transport.recover("web", lambda event: None)["app"] == "web"


def test_a_lost_connection_carries_what_attach_needs(transport, server):
    heard = []

    def hear(event):
        heard.append(event)
        server.vanish()

    error = fail(transport.run, b"hang", {}, None, "ann", hear)
    assert error.code == "connection-lost"
    assert error.params["run"] == "20260101-000000-abcd"
    line = b'{"event": "run_started", "run": "20260101-000000-abcd"}\n'
    assert error.params["offset"] == len(line)
    transport.reconnect()
    finished = transport.attach(error.params["run"], "web", error.params["offset"], heard.append)
    assert finished["offset"] == str(len(line))


def test_after_a_lost_connection_nothing_hangs(transport, server):
    server.vanish()
    assert fail(transport.probe, WEB).code == "connection-lost"
    transport.reconnect()
    assert transport.probe(WEB)["app"] == "web"


def test_a_runner_that_crashes_shows_its_own_words(transport):
    error = fail(transport.probe, ProbeRequest(app="crash"))
    assert error.code == "runner-failed"
    assert "it fell over" in error.params["output"]


def test_an_answer_in_another_language(transport):
    assert fail(transport.probe, ProbeRequest(app="nonsense")).code == "protocol-mismatch"


def test_lines_of_a_command_come_as_they_are(transport):
    lines = []
    status = transport.stream(["printf", "%s\\n", "a b", "it's", "$HOME", "上线", "-n"], lines.append)
    assert (status, lines) == (0, ["a b", "it's", "$HOME", "上线", "-n"])
    assert transport.stream(["sh", "-c", "exit 7"], lines.append) == 7


def test_a_followed_command_dies_with_the_call(transport, tmp_path):
    marker = tmp_path / "pid"
    script = 'echo $$ > "$0"; echo started; exec sleep 600'

    def stop(line):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        transport.stream(["sh", "-c", script, str(marker)], stop)
    transport.close()
    assert gone(int(marker.read_text()))


def gone(pid):
    """Whether the process ends; waits for it by its pidfd."""
    import os
    import select

    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], 10)[0])
    finally:
        os.close(descriptor)


def test_no_python_on_the_host(transport, server, tmp_path):
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "id", "uname"):
        (tools / name).symlink_to(f"/usr/bin/{name}")
    server.path = str(tools)
    assert fail(transport.probe, WEB).code == "python-missing"


def test_another_system(transport, server, tmp_path):
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "id"):
        (tools / name).symlink_to(f"/usr/bin/{name}")
    (tools / "uname").write_text("#!/bin/sh\necho FreeBSD\n")
    (tools / "uname").chmod(0o755)
    server.path = str(tools)
    error = fail(transport.probe, WEB)
    assert (error.code, error.params["system"]) == ("host-not-linux", "FreeBSD")


def test_a_shell_that_runs_nothing_is_quoted(transport, server, tmp_path):
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "sh").write_text("#!/bin/sh\necho Please log in as ubuntu rather than root.\nexit 142\n")
    (tools / "sh").chmod(0o755)
    server.path = str(tools)
    error = fail(transport.probe, WEB)
    assert error.code == "shell-unusable"
    assert "rather than root" in error.params["output"]


def test_a_key_is_installed_once(transport, server, tmp_path):
    server.home = str(tmp_path / "user")
    folder = tmp_path / "user" / ".ssh"
    folder.mkdir(parents=True)
    (folder / "authorized_keys").write_text("ssh-rsa AAAA no newline at the end")
    key = transport.own_key()
    transport.install_key(key)
    transport.install_key(key)
    lines = (folder / "authorized_keys").read_text().splitlines()
    assert lines == ["ssh-rsa AAAA no newline at the end", key]
    assert (folder / "authorized_keys").stat().st_mode & 0o077 in (0, 0o044)


def test_ctrl_c_leaves_the_connection_usable(transport):
    def stop(event):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        transport.run(b"hang", {}, None, "ann", stop)
    assert transport.probe(WEB)["app"] == "web"
