"""What goes over the wire and what comes back, without any wire."""

import io

import pytest

from golive.errors import HostError
from golive.protocol.codec import decode_request, read_frames
from golive.protocol.events import encode_event
from golive.protocol.facts import ProbeRequest
from golive.transport.wire import Follower, probe_frames, run_frames


def frames(pieces):
    return dict(read_frames(io.BytesIO(b"".join(pieces))))


def test_a_probe_request_arrives():
    import json

    request = ProbeRequest(app="web", files=("/etc/x y",), ports=(80,))
    sent = frames([probe_frames(request)])
    assert decode_request(json.loads(sent["request"])) == request


def test_a_plan_its_secrets_and_its_pack_arrive():
    pack = bytes(range(256)) * 2000
    sent = frames(run_frames(b"plan", {"KEY": "上线"}, pack, "安@laptop"))
    assert sent == {"plan": b"plan", "secrets": b'{"KEY": "\\u4e0a\\u7ebf"}', "pack": pack, "who": "安@laptop".encode()}
    assert set(frames(run_frames(b"plan", {}, None, ""))) == {"plan", "who"}
    assert set(frames(run_frames(b"plan", {}, b"", ""))) == {"plan", "who"}


def test_a_large_pack_is_never_copied_as_a_whole():
    pack = bytes(5_000_000)
    assert max(len(piece) for piece in run_frames(b"plan", {}, pack, "")) < 200_000


def test_the_offset_counts_the_journals_bytes_alone():
    heard = []
    follower = Follower(heard.append, offset=100)
    first = encode_event({"event": "run_started", "at": 1})
    follower.line(encode_event({"event": "accepted", "run": "R"}))
    assert (follower.run, follower.offset) == ("R", 100)
    follower.line(first)
    assert follower.offset == 100 + len(first)
    assert follower.finished is None
    follower.line(encode_event({"event": "finished", "ok": True}))
    assert follower.finished == heard[-1] == {"event": "finished", "ok": True}


@pytest.mark.parametrize("line", [b"Welcome\n", b'{"torn": \n', b"[1]\n", b"\xff\n"])
def test_a_foreign_line_is_named(line):
    with pytest.raises(HostError) as caught:
        Follower(lambda event: None).line(line)
    assert caught.value.code == "protocol-mismatch"
