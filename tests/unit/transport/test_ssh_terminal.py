"""A program at the other end of a connection, as the transport sees it: what goes in, what comes out, how it ends."""

import json
import os
import threading

import pytest

from golive.errors import HostError
from golive.transport.terminal import Opening


class Ends:
    """A person who types PIECES, and then nothing more. ``said``: what came, by stream."""

    def __init__(self, *pieces):
        self._pieces = [*pieces, b""]
        self.said = {False: b"", True: b""}
        self.threads = set()
        self.resized = None

    def begin(self, resized):
        self.resized = resized
        self.threads.add(threading.get_ident())

    def read(self):
        return self._pieces.pop(0)

    def write(self, content, error):
        self.threads.add(threading.get_ident())
        self.said[error] += content


OPENING = Opening(("flask", "shell"), True, "xterm", 24, 80)


def test_what_is_typed_arrives_and_what_is_said_comes_back(connect):
    transport = connect()
    transport.open()
    content = os.urandom(3_000_000)
    ends = Ends(*(content[at : at + 65536] for at in range(0, len(content), 65536)))
    assert transport.terminal("web", OPENING, ends) == {"status": 7}
    assert ends.said[False] == content
    opened = {"argv": ["flask", "shell"], "tty": True, "term": "xterm", "rows": 24, "columns": 80}
    assert json.loads(ends.said[True]) == opened
    assert ends.threads == {threading.get_ident()}


def test_a_new_size_is_told_at_once(connect):
    transport = connect()
    transport.open()

    class Resizing(Ends):
        def begin(self, resized):
            super().begin(resized)
            resized(50, 132)
            self._pieces = [b"x", b""]

    ends = Resizing()
    assert transport.terminal("web", OPENING, ends) == {"status": 7}
    assert ends.said[True].endswith(b'{"rows": 50, "columns": 132}')


def test_a_program_that_never_ran_is_told_by_its_code(connect):
    transport = connect()
    transport.open()
    ends = Ends(b"typed for nobody")
    assert transport.terminal("absent", OPENING, ends)["code"] == "program-not-found"
    assert ends.resized is None


@pytest.mark.parametrize(("app", "code"), [("crash", "runner-failed"), ("vanish", "connection-lost")])
def test_an_end_that_is_not_told_is_an_error(connect, app, code):
    transport = connect()
    transport.open()
    with pytest.raises(HostError) as caught:
        transport.terminal(app, OPENING, Ends(b"x"))
    assert caught.value.code == code


def test_whoever_stops_reading_ends_the_program(connect):
    transport = connect()
    transport.open()

    class Gone(Ends):
        def write(self, content, error):
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        transport.terminal("web", OPENING, Gone(b"x"))
