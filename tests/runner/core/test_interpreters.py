"""The runner works on every Python that hosts have, from 3.6 on."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import Home, command, deploy, old_site, tree
from golive import protocol, runner

SHIPPED = [path for package in (protocol, runner) for path in Path(str(package.__file__)).parent.rglob("*.py")]
FOUND = sorted(Path("/root/.pyenv/versions").glob("3.*/bin/python"))
PYTHONS = [str(path) for path in FOUND] or [sys.executable]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_the_syntax_is_that_of_the_oldest(path: Path) -> None:
    source = path.read_text()

    ast.parse(source, feature_version=(3, 6))
    assert "from __future__ import annotations" not in source


@pytest.mark.parametrize("python", PYTHONS, ids=lambda path: Path(path).parts[-3])
def test_every_file_compiles(python: str) -> None:
    check = "import sys\nfor p in sys.argv[1:]: compile(open(p, encoding='utf-8').read(), p, 'exec')"

    subprocess.run([python, "-W", "error", "-c", check, *map(str, SHIPPED)], check=True)


@pytest.mark.parametrize("python", PYTHONS, ids=lambda path: Path(path).parts[-3])
def test_a_run_goes_well_and_another_is_taken_back(python: str, tmp_path: Path) -> None:
    home = Home(tmp_path, python)
    before = old_site(home)

    failed = home.run(deploy(home, command("/bin/sh", "-c", "echo no; exit 1")))[-1]
    assert (failed["code"], failed["output"]) == ("command-failed", ["no"])
    assert tree(home.app) == before

    home.kill_at("after switch_release")
    assert home.run(deploy(home))[-1]["ok"] is True
    assert str((home.app / "current").readlink()) == "releases/7"


@pytest.mark.parametrize("python", PYTHONS, ids=lambda path: Path(path).parts[-3])
def test_databases_are_copied(python: str, tmp_path: Path) -> None:
    script = (
        "import sqlite3, sys; sys.path.insert(0, sys.argv[1])\n"
        "from golive.runner.sqlite_copy import copy_database\n"
        "for name, rows in (('a', 1), ('b', 2)):\n"
        "    c = sqlite3.connect(name); c.execute('CREATE TABLE t (x)')\n"
        "    c.executemany('INSERT INTO t VALUES (?)', [(n,) for n in range(rows)]); c.commit(); c.close()\n"
        "copy_database('a', 'b')\n"
        "c = sqlite3.connect('b'); assert len(c.execute('SELECT * FROM t').fetchall()) == 1; c.close()\n"
    )
    source = str(Path(str(runner.__file__)).parents[2])

    subprocess.run([python, "-W", "error", "-c", script, source], cwd=tmp_path, check=True)
