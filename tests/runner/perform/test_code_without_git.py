"""The code on the user's own computer: no git, and yet nothing that the commit's digest does not vouch for."""

import hashlib
import os
import types

import pytest

from golive.protocol.steps import ReceiveCode
from golive.runner.failure import StepFailed
from golive.runner.perform import code
from golive.transport.code_objects import BLOB, COMMIT, TREE, commit_of, object_id, trees, write_pack


def packed(files):
    """A commit of FILES (path -> (mode, content)) and its pack."""
    blobs = {object_id(BLOB, content): content for _, content in files.values()}
    entries = [(path, mode, object_id(BLOB, content)) for path, (mode, content) in files.items()]
    tree, contents = trees(entries)
    commit = commit_of(tree)
    objects = [(COMMIT, commit), *((TREE, one) for one in contents.values()), *((BLOB, one) for one in blobs.values())]
    return object_id(COMMIT, commit), write_pack(objects, len(objects))


def receive(tmp_path, commit, pack):
    (tmp_path / "releases" / "1").mkdir(parents=True, exist_ok=True)
    path = tmp_path / "pack"
    path.write_bytes(pack)
    import grp

    group = grp.getgrgid(os.getegid()).gr_name
    action = ReceiveCode("", commit, str(tmp_path / "releases/1/code"), group)
    context = types.SimpleNamespace(pack_path=str(path), record_undo=lambda undo: None, output=lambda line: None)
    code.perform_receive_code(action, context)
    return tmp_path / "releases/1/code"


def test_the_tree_is_there_byte_by_byte_and_only_to_be_read(tmp_path):
    files = {
        b"app.py": (0o100644, b"print(1)\r\n"),
        b"bin/run": (0o100755, b"#!/bin/sh\n"),
        "上线.txt".encode(): (0o100644, bytes(range(256)) * 1000),
        b"link": (0o120000, b"bin/run"),
    }
    folder = receive(tmp_path, *packed(files))
    assert (folder / "app.py").read_bytes() == b"print(1)\r\n"
    assert (folder / "上线.txt").read_bytes() == bytes(range(256)) * 1000
    assert str((folder / "link").readlink()) == "bin/run"
    modes = {path: (folder / path).stat().st_mode & 0o777 for path in (".", "app.py", "bin", "bin/run")}
    assert modes == {".": 0o550, "app.py": 0o440, "bin": 0o550, "bin/run": 0o550}


@pytest.mark.parametrize("target", [b"/etc/passwd", b"../../secret", b"bin/../../x"])
def test_a_link_that_leads_out_is_refused(tmp_path, target):
    with pytest.raises(StepFailed) as caught:
        receive(tmp_path, *packed({b"link": (0o120000, target), b"bin/x": (0o100644, b"")}))
    assert caught.value.code == "link-refused"


@pytest.mark.parametrize("name", [b"..", b".git", b".GIT"])
def test_a_file_of_an_impossible_name_is_refused(tmp_path, name):
    with pytest.raises(StepFailed) as caught:
        receive(tmp_path, *packed({name: (0o100644, b"x")}))
    assert caught.value.code == "code-corrupt"


def test_what_was_changed_on_the_way_is_refused(tmp_path):
    commit, pack = packed({b"app.py": (0o100644, b"print(1)\n")})
    for position in (4, 14, len(pack) // 2, len(pack) - 25):
        damaged = bytearray(pack)
        damaged[position] ^= 0xFF
        with pytest.raises(StepFailed) as caught:
            receive(tmp_path, commit, bytes(damaged))
        assert caught.value.code == "code-corrupt"
    with pytest.raises(StepFailed):
        receive(tmp_path, hashlib.sha1(b"another").hexdigest(), pack)
