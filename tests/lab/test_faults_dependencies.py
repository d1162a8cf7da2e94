"""Dependencies that cannot be installed: nothing changes for visitors, and the user reads which line is to blame."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

from breaking import holdings, refused, works
from golive.lab import Lab, PracticeServer
from person import User, Visitors, ask, wait_for, write_app

Factory = Callable[..., PracticeServer]

SETUP = """
import os, pathlib, sys
from setuptools import setup

{work}
setup(name="ours", version="1.0", py_modules=["ours"])
"""

WRITES_WHO_IT_IS = """
pathlib.Path("/var/tmp/who-built").open("a").write("%d %d\\n" % (os.getuid(), os.geteuid()))
try:
    open("/srv/golive/tiny/env.json").read()
    pathlib.Path("/var/tmp/who-built").open("a").write("read the secrets\\n")
except OSError:
    pass
"""

EATS_MEMORY = """
hoard = []
while True:
    hoard.append(bytearray(16 * 1024 * 1024))
"""


def source_archive(path: Path, work: str) -> None:
    """A source distribution whose setup.py does WORK."""
    files = {
        "ours-1.0/PKG-INFO": "Metadata-Version: 2.1\nName: ours\nVersion: 1.0\n",
        "ours-1.0/setup.py": SETUP.replace("{work}", work),
        "ours-1.0/ours.py": "",
    }
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            data = content.encode()
            about = tarfile.TarInfo(name)
            about.size = len(data)
            archive.addfile(about, io.BytesIO(data))


def needing(folder: Path, requirements: str, version: int = 2) -> Path:
    """The tiny app with other requirements."""
    write_app(folder, version)
    (folder / "requirements.txt").write_text(requirements, encoding="utf-8")
    return folder


def test_what_cannot_be_installed_is_named_and_nobody_notices(live: User, app: Path) -> None:
    server = live.server
    before = holdings(server)
    source_archive(app / "fails-1.0.tar.gz", "sys.exit('no compiler for ours')")
    with Visitors(server.address) as visitors:
        cases = (
            ("flask\nno-such-package-of-golive-tests\n", "package-not-found", "no-such-package-of-golive-tests"),
            ("flask==99.99\n", "package-not-found", "flask==99.99"),
            ("flask\n./fails-1.0.tar.gz\n", "environment-failed", "no compiler for ours"),
            ("--index-url http://127.0.0.1:9/simple\nflask\nitsdangerous\n", "no-network-python", "/etc/pip.conf"),
        )
        for requirements, code, word in cases:
            refused(live, needing(app, requirements), code, word)
            assert holdings(server) == before, requirements
            assert not _unfinished_environments(live), requirements
    assert visitors.failures == []
    works(live, needing(app, "flask\n"))
    assert ask(server.address) == (200, "answer 2")


def _unfinished_environments(user: User) -> str:
    script = 'for e in /srv/golive/tiny/envs/*; do [ -e "$e/.golive-complete" ] || echo "$e"; done'
    return user.server.run(["sh", "-c", script]).stdout


def test_a_build_that_is_cut_off_is_begun_anew(live: User, app: Path) -> None:
    """The run is killed while pip installs; the half environment that it leaves is no environment."""
    server = live.server
    source_archive(app / "ours-1.0.tar.gz", "import time; print('waiting', flush=True); time.sleep(600)")
    with Visitors(server.address) as visitors:
        first = live.start("up", str(needing(app, "flask\n./ours-1.0.tar.gz\n")))
        wait_for(first, "build-environment", "step_output")
        server.run(["systemctl", "kill", "--signal=KILL", "--kill-whom=main", "golive-run-tiny.service"])
        first.communicate(timeout=240)
        assert first.returncode == 1
        assert _unfinished_environments(live)
        source_archive(app / "ours-1.0.tar.gz", "")
        works(live, app)
    assert visitors.failures == []
    assert ask(server.address) == (200, "answer 2")
    assert not _unfinished_environments(live)


def test_a_setup_py_never_runs_as_root(user: User, app: Path) -> None:
    needing(app, "flask\n./ours-1.0.tar.gz\n", 1)
    source_archive(app / "ours-1.0.tar.gz", WRITES_WHO_IT_IS)
    works(user, app)
    server = user.server
    builder = server.run(["id", "-u", "golive-build"]).stdout.strip()
    who = set(server.run(["cat", "/var/tmp/who-built"]).stdout.splitlines())
    assert who == {f"{builder} {builder}"}
    foreign = server.run(["find", "/srv/golive/tiny/envs", "!", "-user", "root"]).stdout
    assert foreign == ""


def test_a_build_that_eats_all_memory_is_ended_and_the_site_lives(
    lab: Lab, provisioned: object, server_factory: Factory, tmp_path: Path
) -> None:
    user = User(tmp_path / "home", server_factory(layer="provisioned", memory=1024))
    app = write_app(tmp_path / "tiny")
    works(user, app)
    before = holdings(user.server)
    source_archive(app / "ours-1.0.tar.gz", EATS_MEMORY)
    with Visitors(user.server.address) as visitors:
        refused(user, needing(app, "flask\n./ours-1.0.tar.gz\n"), "out-of-memory", "memory", "swap")
    assert visitors.failures == []
    assert holdings(user.server) == before
    works(user, needing(app, "flask\n", 3))
    assert ask(user.server.address) == (200, "answer 3")
