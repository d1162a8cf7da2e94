"""A context for perform functions: real programs and files; undo records, outputs and lines are kept in lists."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from golive.protocol.facts import ProbeRequest
from golive.protocol.steps import HostPlan, Secret
from golive.runner import spawn


class RecordingContext:
    """Offers what ``golive.runner.context.Context`` offers, and remembers."""

    def __init__(self, folder: Path) -> None:
        self.app = "blog"
        self.plan = HostPlan("blog", "deploy", (), "", (), ProbeRequest(), 3)
        self.run_dir = str(folder)
        self.pack_path: str | None = None
        self.secrets: dict[str, str] = {}
        self.systemd = False
        self.out_of_memory = False
        self.undos: list[dict] = []
        self.tail: list[str] = []
        self.waits: list[tuple[str, dict]] = []
        self.outputs: dict[str, object] = {}
        self.concealed: set[str] = set()
        self.programs: list[tuple[str, ...]] = []

    def record_undo(self, undo):
        self.undos.append(undo)

    def save(self, path):
        saved = Path(self.run_dir) / f"saved-{len(self.undos)}"
        shutil.copyfile(path, saved)
        return str(saved)

    def output(self, line):
        self.tail.append(line)

    def waiting(self, code, **params):
        self.waits.append((code, params))

    def set_output(self, name, value):
        self.outputs[name] = value

    def text(self, text):
        if isinstance(text, str):
            return text
        return "".join(self.secrets[piece.name] if isinstance(piece, Secret) else piece for piece in text)

    def conceal(self, values):
        self.concealed.update(values)

    def run(self, argv, user=None, groups=(), env=None, cwd=None, timeout=None, stdin=None):
        self.programs.append(tuple(argv))
        return spawn.run(
            spawn.Command(tuple(argv), user, tuple(groups), env, cwd, timeout, stdin, ()),
            self.output,
        )

    def monotonic(self):
        return time.monotonic()


@pytest.fixture
def context(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    return RecordingContext(folder)
