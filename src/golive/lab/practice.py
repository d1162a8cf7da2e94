"""The lab's front door: start, list and stop practice servers."""

from __future__ import annotations

import dataclasses
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from golive.errors import Refused, UsageError
from golive.lab import base, cgroup, disk, layers, machine, network, seed
from golive.lab.requirements import require_machine
from golive.lab.store import Record, default_cache, default_home, locked

_NAME = re.compile(r"[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?")


@dataclasses.dataclass(frozen=True)
class Server:
    """One line of ``lab.list()``."""

    name: str
    suite: str
    address: str
    state: str  # running, stopped, or broken (its record cannot be read; down removes it)
    key_path: Path  # root's private key
    host_key: str  # "ssh-ed25519 AAAA...", or "" if unknown


class PracticeServer:
    """A server that is up. ``root@address`` lets in who has the key at ``key_path``."""

    def __init__(self, lab: Lab, record: Record) -> None:
        self._lab = lab
        self.record = record
        self.name = record.name
        self.suite = record.suite
        self.address = record.address
        self.key_path = lab.key_path
        self._folder = lab.folder(record.name)

    def __repr__(self) -> str:
        return f"<PracticeServer {self.name} {self.address}>"

    @property
    def running(self) -> bool:
        return machine.leader(self.record.number) is not None

    @property
    def root(self) -> Path:
        """The server's file system as seen from this machine, for as long as it runs."""
        pid = machine.leader(self.record.number)
        if pid is None:
            raise Refused("lab-not-running", name=self.name)
        return Path(f"/proc/{pid}/root")

    @property
    def host_key(self) -> str:
        """The server's public host key: "ssh-ed25519 AAAA...". A reset keeps it."""
        return seed.host_key(self._folder / "seed")

    def run(
        self,
        argv: Sequence[str],
        input: str | None = None,  # noqa: A002  (as in subprocess.run)
        *,
        check: bool = True,
        timeout: float | None = 120,
        env: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as root inside, without SSH. Raises CalledProcessError (if ``check``) or TimeoutExpired."""
        done = machine.run_inside(self.record, argv, stdin=input, timeout=timeout, environment=dict(env or {}))
        if check and done.returncode != 0:
            raise subprocess.CalledProcessError(done.returncode, done.args, done.stdout, done.stderr)
        return done

    def set_password(self, user: str, password: str) -> None:
        """Give a user a password and let passwords in over SSH, root's too."""
        self.run(["chpasswd"], input=f"{user}:{password}\n")
        drop_in = "PasswordAuthentication yes\nPermitRootLogin yes\n"
        self.run(["tee", "/etc/ssh/sshd_config.d/10-lab-passwords.conf"], input=drop_in)
        self.run(["systemctl", "restart", "ssh.service"])  # unlike a reload, returns when it listens

    def add_user(self, name: str, sudo: str = "") -> None:
        """Add a user who has root's authorized key. ``sudo``: "password" (must type one), "free", "" (none)."""
        self.run(["useradd", "--create-home", "--shell", "/bin/bash", name])
        home = f"/home/{name}/.ssh"
        self.run(["install", "-d", "-m", "0700", "-o", name, "-g", name, home])
        keys = ["/root/.ssh/authorized_keys", f"{home}/authorized_keys"]
        self.run(["install", "-m", "0600", "-o", name, "-g", name, *keys])
        if sudo:
            rule = f"{name} ALL=(ALL:ALL) {'NOPASSWD: ' if sudo == 'free' else ''}ALL\n"
            self.run(["install", "-m", "0440", "/dev/stdin", f"/etc/sudoers.d/{name}"], input=rule)

    def network(self, connected: bool) -> None:
        """False: every packet to and from the server is lost, and nobody is told. True, or a boot: they pass again."""
        network.set_cable(self.record.number, connected=connected)

    def reboot(self) -> None:
        """Shut down in good order and boot again."""
        with self._lab.changing(self.name):
            machine.power_off(self.record)
            self.boot()

    def kill(self) -> None:
        """Kill every process at once and leave the server stopped. Files keep what was written to them."""
        with self._lab.changing(self.name):
            cgroup.kill(self.record.number)

    def start(self) -> None:
        """Boot a stopped server with its files as they are. Nothing happens if it runs."""
        with self._lab.changing(self.name):
            if not self.running:
                self.boot()

    def power_cut(self) -> None:
        """Pull the plug and boot again: what was not synced to disk is gone. Needs ``disk=``."""
        if self.record.disk is None:
            raise UsageError("lab-needs-disk", name=self.name)
        with self._lab.changing(self.name):
            disk.cut(self.record, self._folder)
            self.boot()

    def reset(self) -> None:
        """As it was after ``up``: same address, same keys, none of its changes."""
        with self._lab.changing(self.name):
            cgroup.kill(self.record.number)
            disk.forget_changes(self.record, self._folder)
            network.disconnect(self.record.number)
            self.boot()

    def down(self) -> None:
        """Stop the server and delete everything of it."""
        self._lab.down(self.name)

    def boot(self) -> None:
        """Boot and wait; the caller holds the lock (``Lab.changing``)."""
        machine.start(self.record, self._folder)
        machine.wait_ready(self.record, self._folder)


class Lab:
    """The practice servers of one state folder."""

    def __init__(self, home: Path | None = None, cache: Path | None = None) -> None:
        self.home = home or default_home()
        self.cache = cache or default_cache()
        self.key_path = self.home / "key"

    def folder(self, name: str) -> Path:
        """Where a server's state is kept."""
        return self.home / "servers" / name

    def changing(self, name: str, *, remove: bool = False) -> AbstractContextManager[None]:
        """Held while a server is started, changed or stopped."""
        return locked(self.home / "locks" / name, remove=remove)

    def up(
        self,
        name: str,
        suite: str = "bookworm",
        *,
        python: bool = True,
        memory: int | None = None,
        disk: int | None = None,
        layer: str | None = None,
    ) -> PracticeServer:
        """Start a new server and return when SSH answers (about 2 seconds; the first of a suite: a minute).

        ``memory`` and ``disk`` are limits in MiB. Raises Refused lab-name-taken, lab-boot-failed, lab-base-failed.
        """
        require_machine()
        if not _NAME.fullmatch(name):
            raise UsageError("lab-bad-name", name=name)
        lowers = base.ensure_base(self.cache, suite, python=python)
        if layer is not None:
            lowers = layers.find(self.cache, layer, lowers)
        self._ensure_key()
        with self.changing(name):
            folder = self.folder(name)
            if Record.load(folder) is not None:
                raise Refused("lab-name-taken", name=name)
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True, mode=0o755)
            number = network.claim_address(folder)
            record = Record(name, suite, python, number, lowers, memory, disk, layer)
            try:
                self._first_boot(record, folder)
            except BaseException:
                self._remove(record.number, folder)
                raise
        return PracticeServer(self, record)

    def _first_boot(self, record: Record, folder: Path) -> None:
        record.save(folder)
        (folder / "seed").mkdir()
        public_key = self.key_path.with_suffix(".pub").read_text("ascii")
        seed.plant(folder / "seed", record.name, public_key, record.memory)
        disk.make(record, folder)
        machine.start(record, folder)
        machine.wait_ready(record, folder)

    def get(self, name: str) -> PracticeServer:
        """The server with that name. Raises UsageError lab-unknown-server."""
        require_machine()
        record = Record.load(self.folder(name)) if _NAME.fullmatch(name) else None
        if record is None:
            raise UsageError("lab-unknown-server", name=name, known=tuple(server.name for server in self.list()))
        return PracticeServer(self, record)

    def down(self, name: str) -> None:
        """Delete a server, however little of it is left. Raises UsageError lab-unknown-server."""
        require_machine()
        folder = self.folder(name)
        if not _NAME.fullmatch(name) or not folder.is_dir():
            raise UsageError("lab-unknown-server", name=name, known=tuple(server.name for server in self.list()))
        with self.changing(name, remove=True):
            record = Record.load(folder)
            self._remove(record.number if record else network.number_of(folder), folder)

    def down_all(self, prefix: str) -> list[str]:
        """Delete every server whose name starts with ``prefix``; returns the names."""
        names = [server.name for server in self.list() if server.name.startswith(prefix)]
        for name in names:
            self.down(name)
        return names

    def list(self) -> list[Server]:
        """Every server of this home, with its state looked up in reality."""
        servers = []
        for folder in sorted((self.home / "servers").glob("*/")):
            record = Record.load(folder)
            if record is None:
                servers.append(Server(folder.name, "", "", "broken", self.key_path, ""))
                continue
            state = "running" if machine.leader(record.number) is not None else "stopped"
            host_key = seed.host_key(folder / "seed")
            servers.append(Server(record.name, record.suite, record.address, state, self.key_path, host_key))
        return servers

    def save_layer(self, server: PracticeServer, name: str) -> None:
        """Keep a server's changes as a layer for ``up(layer=name)``. The server is shut down and booted again."""
        with self.changing(server.name):
            layers.save(self.cache, name, server.record, self.folder(server.name))
            server.boot()

    def ensure_layer(
        self, name: str, suite: str = "bookworm", *, prepare: Callable[[PracticeServer], None], python: bool = True
    ) -> None:
        """Make the layer ``name`` unless it is there: start a server, ``prepare`` it, keep its changes."""
        require_machine()
        lowers = base.ensure_base(self.cache, suite, python=python)
        layers.ensure(self, name, layers.Wanted(suite, python, lowers), prepare)

    def _ensure_key(self) -> None:
        if self.key_path.exists():
            return
        self.home.mkdir(parents=True, exist_ok=True)
        with locked(self.home / "key.lock"):
            if not self.key_path.exists():
                fresh = self.home / "key.new"
                fresh.unlink(missing_ok=True)
                seed.make_key(fresh, "ed25519", "golive-lab")
                fresh.with_suffix(".new.pub").rename(self.home / "key.pub")
                fresh.rename(self.key_path)

    def _remove(self, number: int | None, folder: Path) -> None:
        if number is not None:
            cgroup.kill(number)
            network.disconnect(number)
            network.release_address(number, folder)
        if folder.exists():  # else someone else was faster
            shutil.rmtree(folder)


def known_servers() -> list[Server]:
    """The servers of the usual home; none on a computer without a lab. Needs neither root nor Linux."""
    return Lab().list()
