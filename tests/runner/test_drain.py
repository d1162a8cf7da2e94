"""Counting who is still connected, which is what a drain waits for."""

import socket

from golive.runner import drain
from golive.runner.drain import Drain, connections


def test_served_and_waiting_connections_count_and_the_listener_does_not(tmp_path):
    path = str(tmp_path / "s.sock")
    (tmp_path / "link").symlink_to(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        assert connections([path, "", 0]) == 0
        with socket.socket(socket.AF_UNIX) as one, socket.socket(socket.AF_UNIX) as two:
            one.connect(path)
            two.connect(path)
            served, _ = listener.accept()
            assert connections([path, "", 0]) == 2
            assert connections([str(tmp_path / "link" / "s.sock"), "", 0]) == 2
            served.close()
        listener.accept()[0].close()
        assert connections([path, "", 0]) == 0
    assert connections([str(tmp_path / "none.sock"), "", 0]) == 0


def test_a_port_is_counted_too():
    with socket.socket() as listener, socket.socket() as visitor:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        endpoint = ["", "127.0.0.1", listener.getsockname()[1]]
        assert connections(endpoint) == 0
        visitor.connect(listener.getsockname())
        served, _ = listener.accept()
        with served:
            assert connections(endpoint) == 1


def test_a_release_that_somebody_switched_to_meanwhile_is_not_taken_back(tmp_path, monkeypatch):
    link = tmp_path / "current"
    link.symlink_to("releases/2")
    stopped = []

    def look(self):
        link.unlink(missing_ok=True)
        link.symlink_to("releases/3")
        return "died"

    monkeypatch.setattr(Drain, "_dead_successor", look)
    monkeypatch.setattr(drain, "_stop", stopped.append)
    spec = {"link": str(link), "expected": "releases/2", "fallback": "releases/1", "endpoints": []}
    Drain({**spec, "units": ["old"], "successors": ["new"], "guard": 10, "timeout": 60, "restarts": {}}).run()

    assert str(link.readlink()) == "releases/3"
    assert stopped == [["old"]]
