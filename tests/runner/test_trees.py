"""Trees change hands while those who had them may still be at work in them."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from golive.runner import trees

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")

THEIRS = 65534


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder of somebody else's, with a program, a folder and a link."""
    top = tmp_path / "tree"
    (top / "folder").mkdir(parents=True)
    (top / "folder/file").write_text("text")
    (top / "program").write_text("#!")
    (top / "program").chmod(0o4777)
    (top / "link").symlink_to(tmp_path / "outside")
    (tmp_path / "outside").write_text("secret")
    (tmp_path / "outside").chmod(0o600)
    for path in (top, *top.rglob("*")):
        os.chown(path, THEIRS, THEIRS, follow_symlinks=False)
    return top


def closed(mode: int) -> int:
    return 0o755 if stat.S_ISDIR(mode) or mode & stat.S_IXUSR else 0o644


def test_all_of_it_changes_hands_and_nothing_else(tree: Path) -> None:
    trees.hand_over(str(tree), 0, 0, closed)

    assert {path.lstat().st_uid for path in (tree, *tree.rglob("*"))} == {0}
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tree.rglob("*")}
    assert modes == {"folder": 0o755, "file": 0o644, "program": 0o755, "link": 0o600}


def test_a_file_that_becomes_a_link_meanwhile_opens_nothing(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chown = os.chown

    def chown_and_swap(*arguments: object, **options: object) -> None:
        chown(*arguments, **options)  # type: ignore[arg-type]
        (tree / "program").unlink()
        (tree / "program").symlink_to(tree.parent / "outside")

    monkeypatch.setattr(os, "chown", chown_and_swap)
    trees.hand_over(str(tree), 0, 0, closed)

    assert stat.S_IMODE((tree.parent / "outside").stat().st_mode) == 0o600


def test_a_folder_is_taken_before_what_is_in_it(tree: Path) -> None:
    owners = []

    def mode_of(mode: int) -> int:
        owners.append(tree.stat().st_uid)
        return closed(mode)

    trees.hand_over(str(tree), 0, 0, mode_of)

    assert set(owners) == {0}
