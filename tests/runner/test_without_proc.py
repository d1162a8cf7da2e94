"""macOS has no /proc, and a few calls less: nothing of the runner may fall over it."""

import builtins
import os

import pytest

from golive.runner import churn, drain, journal, memory, probe_network, probe_system, programs, trees
from golive.runner.layout import LocalLayout
from golive.runner.lease import LockLease, name_holder


@pytest.fixture(autouse=True)
def no_proc(monkeypatch):
    """Every look at /proc finds nothing."""
    listdir, isdir, opened, exists = os.listdir, os.path.isdir, builtins.open, os.path.exists

    def hidden(path):
        return isinstance(path, str) and path.startswith("/proc")

    def refuse(path):
        raise FileNotFoundError(2, "No such file or directory", path)

    monkeypatch.setattr(os, "listdir", lambda path=".": refuse(path) if hidden(path) else listdir(path))
    monkeypatch.setattr(os.path, "isdir", lambda path: not hidden(path) and isdir(path))
    monkeypatch.setattr(os.path, "exists", lambda path: not hidden(path) and exists(path))
    monkeypatch.setattr(builtins, "open", lambda path, *a, **k: refuse(path) if hidden(path) else opened(path, *a, **k))
    for name in ("O_PATH", "posix_fallocate", "fdatasync", "getgrouplist"):
        monkeypatch.delattr(os, name, raising=False)


def test_a_process_is_known_by_when_it_was_born():
    born = programs.birth(os.getpid())
    assert born
    assert born == programs.birth(os.getpid())
    assert programs.is_alive(os.getpid())
    assert programs.birth(2**22 - 3) == ""


def test_the_lease_is_held_by_who_named_itself(tmp_path):
    layout = LocalLayout(str(tmp_path), str(tmp_path / "run"))
    (tmp_path / "apps" / "shop" / "journal").mkdir(parents=True)
    lease = LockLease(layout, "shop")
    assert not lease.held()
    lock = lease._take()
    name_holder(lock)
    assert lease.held()
    os.close(lock)
    assert not lease.held()


def test_what_cannot_be_seen_is_nothing():
    assert churn.children_of([os.getpid()]) in ({os.getpid(): frozenset()}, {})
    assert drain.connections(["/nowhere.sock", "", 0]) == 0
    assert drain.connections(["", "127.0.0.1", 80]) == 0
    assert (memory.most_memory(), memory.memory_kills()) == (0, 0)
    assert probe_network.listeners((80,)) == {"80": None}
    assert probe_system._memory() == {"total": 0, "available": 0, "swap": 0}


def test_room_is_set_aside_and_trees_handed_over(tmp_path):
    journal.make_reserve(str(tmp_path))
    assert (tmp_path / journal.RESERVE).stat().st_size == journal.RESERVE_SIZE
    (tmp_path / "tree" / "inner").mkdir(parents=True)
    (tmp_path / "tree" / "inner" / "file").write_text("x")
    trees.hand_over(str(tmp_path / "tree"), os.geteuid(), os.getegid(), lambda mode: 0o500)
    assert (tmp_path / "tree" / "inner" / "file").stat().st_mode & 0o777 == 0o500
    assert trees.remove(str(tmp_path / "tree"))
