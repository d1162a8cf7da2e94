"""What a perform function is given: the plan, its secrets and outputs, and the only ways to act and to tell.

Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import os
import shutil
import time
from typing import Any, Dict, Iterable, List, Optional, Tuple

from golive.protocol import events
from golive.protocol.steps import HostPlan, Ref, Secret, Step, Text
from golive.runner import spawn
from golive.runner.failure import StepFailed
from golive.runner.journal import Journal, sync_folder
from golive.runner.memory import memory_kills

TAIL = 40
MOST_OUTPUT = 1024 * 1024
"""Bytes of output that one step may put into the journal; what comes after shows only if the step fails."""


class Context:
    """The world of one run.

    ``pack_path``: None when no pack came. ``outputs``: step id -> name -> value. ``tail``: the last lines of output of
    the step. ``out_of_memory``: whether the last program, or one of its children, was killed for want of memory.
    """

    def __init__(
        self,
        plan: HostPlan,
        run_dir: str,
        journal: Journal,
        secrets: Dict[str, str],
        systemd: bool,
        lease_fds: Tuple[int, ...] = (),
    ) -> None:
        self.plan = plan
        self.app = plan.app
        self.run_dir = run_dir
        self.secrets = secrets
        self.systemd = systemd
        self.outputs: Dict[str, Dict[str, Any]] = {}
        self.tail: List[str] = []
        self.out_of_memory = False
        self._journal = journal
        self._lease_fds = lease_fds
        self._step: Optional[Step] = None
        self._shown = 0
        pack = os.path.join(run_dir, "pack")
        self.pack_path = pack if os.path.isfile(pack) and os.path.getsize(pack) else None

    def begin(self, step: Optional[Step]) -> None:
        """From here on STEP is performed; None: what is done belongs to no step and is not taken back."""
        self._step = step
        self._shown = 0
        self.tail = []
        self.out_of_memory = False

    def record_undo(self, undo: Dict[str, Any]) -> None:
        """Say how to take the next change back; on disk when this returns. Steps that are kept record nothing."""
        if self._step is not None and not self._step.keep:
            self._journal.write(events.UNDO_RECORDED, step=self._step.id, undo=undo)

    def save(self, path: str) -> str:
        """A synced copy of the file at PATH in the run's folder, for ``restore_file``; its path. Raises OSError."""
        folder = os.path.join(self.run_dir, "undo")
        os.makedirs(folder, 0o700, exist_ok=True)
        saved = os.path.join(folder, str(len(os.listdir(folder)) + 1))
        descriptor = os.open(saved, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as target, open(path, "rb") as source:
            shutil.copyfileobj(source, target)
            target.flush()
            os.fsync(target.fileno())
        sync_folder(folder)
        sync_folder(self.run_dir)
        return saved

    def output(self, line: str) -> None:
        """Tell one line of what a program said."""
        line = self._journal.concealer.text(line)
        self.tail.append(line)
        del self.tail[:-TAIL]
        self._shown += len(line) + 1
        if self._step is not None and self._shown <= MOST_OUTPUT:
            self._journal.write(events.STEP_OUTPUT, step=self._step.id, line=line)

    def waiting(self, code: str, **params: Any) -> None:
        """Tell that this step waits for somebody else; ``params``: who, and for how many seconds so far."""
        if self._step is not None:
            self._journal.write(events.STEP_WAITING, step=self._step.id, code=code, params=params)

    def set_output(self, name: str, value: Any) -> None:
        """A named result of this step that later steps may refer to. Never a secret."""
        if self._step is not None:
            self.outputs.setdefault(self._step.id, {})[name] = value

    def text(self, text: Text) -> str:
        """TEXT with its references filled in. Raises StepFailed when one of them is not there."""
        if isinstance(text, str):
            return text
        return "".join(self._piece(piece) for piece in text)

    def _piece(self, piece: Any) -> str:
        if isinstance(piece, Ref):
            if piece.output not in self.outputs.get(piece.step, {}):
                raise StepFailed("internal", error="no output {}.{}".format(piece.step, piece.output))
            return str(self.outputs[piece.step][piece.output])
        if isinstance(piece, Secret):
            if piece.name not in self.secrets:
                raise StepFailed("internal", error="no secret {}".format(piece.name))
            return self.secrets[piece.name]
        return str(piece)

    def conceal(self, values: Iterable[str]) -> None:
        """More secrets, learnt from the host itself (an env store, say), that no event may show."""
        self._journal.concealer.learn(values)

    def run(  # noqa: PLR0913 - what a program needs
        self,
        argv: Iterable[str],
        user: Optional[str] = None,
        groups: Iterable[int] = (),
        env: Optional[Dict[str, str]] = None,
        cwd: Optional[str] = None,
        timeout: Optional[float] = None,
        stdin: Any = None,
    ) -> int:
        """Run a program (``spawn.run``), each line of it going to ``output``. Returns its exit status, negative for a
        signal. GROUPS: ids. STDIN: bytes or an open file. Raises StepFailed ``command-timeout``."""
        # What a host step starts (a daemon, by a package's script) may outlive the run, and must not hold its lease.
        kept = self._lease_fds if self._step is not None and self._step.lease == "app" else ()
        before = memory_kills()
        command = spawn.Command(tuple(argv), user, tuple(groups), env, cwd, timeout, stdin, kept)
        try:
            return spawn.run(command, self.output)
        finally:
            self.out_of_memory = memory_kills() > before

    def monotonic(self) -> float:
        """Seconds that no change of the wall clock touches."""
        return time.monotonic()
