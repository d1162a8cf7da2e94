"""Records survive what happens to files, and locks let one in at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from golive.lab.seed import meminfo
from golive.lab.store import Record, locked

RECORD = Record("web1", "bookworm", True, 7, ("/cache/over", "/cache/under"), memory=512, layer="provisioned")


def test_a_record_comes_back_as_it_was(tmp_path: Path) -> None:
    RECORD.save(tmp_path)
    assert Record.load(tmp_path) == RECORD
    assert RECORD.address == "10.77.0.7"


def test_a_record_that_is_missing_or_damaged_is_none(tmp_path: Path) -> None:
    assert Record.load(tmp_path) is None
    for text in ("", "{", "{}", "[]", '{"name": "web1", "lowers": 1}'):
        (tmp_path / "record.json").write_text(text, "utf-8")
        assert Record.load(tmp_path) is None


needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="flock is POSIX")


@needs_posix
def test_a_lock_lets_one_in_at_a_time_even_when_its_file_is_removed(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from golive.lab.store import locked
counter = Path(sys.argv[2])
for _ in range(100):
    with locked(Path(sys.argv[1]), remove=True):
        counter.write_text(str(int(counter.read_text()) + 1))
"""
    counter = tmp_path / "counter"
    counter.write_text("0", "ascii")
    argv = [sys.executable, "-c", program, str(tmp_path / "locks" / "one"), str(counter)]
    running = [subprocess.Popen(argv) for _ in range(3)]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert counter.read_text("ascii") == "300"
    assert not (tmp_path / "locks" / "one").exists()


@needs_posix
def test_a_lock_dies_with_its_holder(tmp_path: Path) -> None:
    program = "import os, sys; from pathlib import Path; from golive.lab.store import locked\n"
    program += "with locked(Path(sys.argv[1])): os._exit(9)"
    assert subprocess.run([sys.executable, "-c", program, str(tmp_path / "lock")], check=False).returncode == 9
    with locked(tmp_path / "lock"):
        assert (tmp_path / "lock").exists()


def test_meminfo_tells_of_the_limit() -> None:
    facts = dict(line.split(":") for line in meminfo(512).splitlines())
    assert facts["MemTotal"].split() == [str(512 * 1024), "kB"]
    assert 0 < int(facts["MemAvailable"].split()[0]) < 512 * 1024
