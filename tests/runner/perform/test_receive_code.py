"""Code that arrives: byte for byte, with any name, and never a way out of the release."""

from __future__ import annotations

import subprocess

import pytest

from golive.protocol.steps import ReceiveCode
from golive.runner.failure import StepFailed
from golive.runner.perform.code import perform_receive_code


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "source"
    folder.mkdir()
    return folder


def packed(folder, run):
    """Commit FOLDER as it is, and put the pack where a run finds it. Returns the commit."""
    git = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@b", "-c", "core.autocrlf=false"]
    subprocess.run([*git, "init", "-q"], check=True, capture_output=True)
    # Golive commits every byte as it is, and so does this.
    (folder / ".git" / "info" / "attributes").write_text("* -text -ident !filter\n")
    for argv in (["add", "-A"], ["commit", "-q", "--allow-empty", "-m", "m"]):
        subprocess.run([*git, *argv], check=True, capture_output=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    pack = subprocess.run([*git, "pack-objects", "--all", "--stdout", "-q"], check=True, capture_output=True, input=b"")
    (run / "pack").write_bytes(pack.stdout)
    return head


@pytest.fixture
def receive(tmp_path, context):
    def go(commit, into="code"):
        pack = tmp_path / "run" / "pack"
        context.pack_path = str(pack) if pack.exists() else None
        return perform_receive_code(
            ReceiveCode(str(tmp_path / "repo.git"), commit, str(tmp_path / into), "www-data"), context
        )

    return go


def test_any_name_and_every_byte_arrive_closed_to_the_app(source, tmp_path, receive):
    names = ["plain.txt", "a b", 'it\'s "q"', "two\nlines", "你好.txt", "-rf", "deep/er/x", "$(touch hacked)"]
    for name in names:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(b"a\nb\r\n$Id$ " + name.encode())
    (source / "run.sh").write_text("#!/bin/sh\n")
    (source / "run.sh").chmod(0o755)
    (source / ".gitattributes").write_text("*.txt text eol=crlf ident\nplain.txt export-ignore\n* filter=evil\n")
    (source / "link").symlink_to("deep/er/../../plain.txt")
    commit = packed(source, tmp_path / "run")
    assert receive(commit) is True
    code = tmp_path / "code"
    for name in names:
        assert (code / name).read_bytes() == b"a\nb\r\n$Id$ " + name.encode()
        assert (code / name).stat().st_mode & 0o7777 == 0o640
    assert (code / "run.sh").stat().st_mode & 0o7777 == 0o750
    assert (code / "deep").stat().st_mode & 0o7777 == 0o750
    assert {(entry.owner(), entry.group()) for entry in code.rglob("*")} == {("root", "www-data")}
    assert str((code / "link").readlink()) == "deep/er/../../plain.txt"
    assert (tmp_path / "repo.git").stat().st_mode & 0o7777 == 0o700
    assert receive(commit) is False


def test_a_second_commit_needs_only_what_is_new_and_an_old_one_nothing(source, tmp_path, receive):
    (source / "one").write_text("1")
    first = packed(source, tmp_path / "run")
    receive(first)
    (source / "one").write_text("2")
    second = packed(source, tmp_path / "run")
    receive(second, "second")
    (tmp_path / "run" / "pack").unlink()
    assert receive(first, "again") is True
    assert [(tmp_path / name / "one").read_text() for name in ("code", "second", "again")] == ["1", "2", "1"]


@pytest.mark.parametrize(
    "links",
    [{"out": "/etc/passwd"}, {"out": "../x"}, {"d/out": "../../x"}, {"up": ".", "d/out": "../up/../x"}],
)
def test_a_link_that_leaves_the_tree_is_refused_and_nothing_appears(source, tmp_path, receive, links):
    for name, target in links.items():
        (source / name).parent.mkdir(exist_ok=True)
        (source / name).symlink_to(target)
    commit = packed(source, tmp_path / "run")
    with pytest.raises(StepFailed) as failure:
        receive(commit)
    assert failure.value.code == "link-refused"
    assert failure.value.params["path"].endswith("out")
    assert not (tmp_path / "code").exists()


def test_a_damaged_pack_is_corrupt_code(source, tmp_path, receive):
    (source / "one").write_text("1" * 1000)
    commit = packed(source, tmp_path / "run")
    pack = tmp_path / "run" / "pack"
    content = bytearray(pack.read_bytes())
    content[len(content) // 2] ^= 0xFF
    pack.write_bytes(bytes(content))
    with pytest.raises(StepFailed) as failure:
        receive(commit)
    assert failure.value.code == "code-corrupt"
    assert not (tmp_path / "code").exists()


def test_a_commit_that_never_came_is_corrupt_code(source, tmp_path, receive):
    packed(source, tmp_path / "run")
    with pytest.raises(StepFailed) as failure:
        receive("0123456789" * 4)
    assert failure.value.code == "code-corrupt"


def test_what_an_interrupted_check_out_left_is_no_obstacle(source, tmp_path, receive):
    (source / "one").write_text("1")
    commit = packed(source, tmp_path / "run")
    (tmp_path / "code.part").mkdir()
    (tmp_path / "code.part" / "half").write_text("")
    receive(commit)
    assert [entry.name for entry in (tmp_path / "code").iterdir()] == ["one"]
