"""Every golive command of the README, in the README's order, run as it stands on real servers."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from golive.lab import Lab, PracticeServer
from person import User, copy_app

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S)
COMMANDS = [shlex.split(line, comments=True) for block in BLOCKS for line in block.splitlines()]
GOLIVE = [words[1:] for words in COMMANDS if words and words[0] == "golive"]
OWN_SERVER = "root@203.0.113.7"
ASKING = ("host", "plan", "up", "down", "rollback", "run", "scale", "restart", "maintenance")
"""Commands that would ask the person who is not there."""


@pytest.fixture
def practice_name(lab: Lab) -> str:
    """Stands for ``web1``, which the person at this computer may have already."""
    return f"test-{os.getpid()}-readme"


def test_the_readme_works_as_written(lab: Lab, provisioned: PracticeServer, tmp_path: Path, practice_name: str) -> None:
    user = User(tmp_path / "home", provisioned)
    folder = copy_app(ROOT / "examples" / "guestbook", tmp_path / "clone" / "examples" / "guestbook")
    assert len(GOLIVE) >= 20
    # As a person has set up SSH, so that no command has to name the key.
    settings = user.home / ".ssh" / "config"
    settings.parent.mkdir(mode=0o700)
    settings.write_text(f"Host {provisioned.address}\n  IdentityFile {provisioned.key_path}\n", encoding="utf-8")
    try:
        for words in GOLIVE:
            status, output = typed(words, user, folder, practice_name)
            assert status == (2 if words[0] == "plan" else 0), (words, output)
    finally:
        if lab.folder(practice_name).exists():
            lab.down(practice_name)


def typed(words: list[str], user: User, folder: Path, practice_name: str) -> tuple[int, str]:
    """Exit status and output. What follows a log for ever is ended when it has shown its first line."""
    meant = [practice_name if word == "web1" else user.host if word == OWN_SERVER else word for word in words]
    if words[0] in ASKING:
        meant.insert(2 if words[0] == "host" else 1, "--yes")
    process = subprocess.Popen(
        [sys.executable, "-m", "golive", *meant],
        # Commands that name the example are typed in the clone, the others in the app's own folder.
        cwd=folder.parents[1] if any("examples/" in word for word in words) else folder,
        env=user.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    if "-f" in words:
        line = process.stdout.readline()
        process.kill()
        process.communicate()
        return (0 if line.strip() else 1), line
    output, _ = process.communicate(timeout=300)
    return process.returncode, output
