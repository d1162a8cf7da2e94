"""Over SSH: one connection a host, in a background thread; every call here is a plain, blocking one."""

from __future__ import annotations

import importlib
import json
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from golive.errors import HostError
from golive.model.host import Host
from golive.protocol.facts import ProbeRequest
from golive.transport.bundle import bundle
from golive.transport.command import quoted, shell, tethered
from golive.transport.install_python import INSTALL_PYTHON
from golive.transport.interface import Event, OnEvent, OnLine, Questions
from golive.transport.known_hosts import fingerprint
from golive.transport.terminal import Ends, Opening
from golive.transport.wire import Follower, probe_frames, run_frames

if TYPE_CHECKING:
    from golive.transport.channel import Channel
    from golive.transport.portal import Portal
    from golive.transport.ssh_login import Login, Session
    from golive.transport.ssh_root import Root

_UNUSED = "asyncssh.crypto.x509"
_loading = threading.Lock()

_INSTALL_KEY = """\
umask 077
IFS= read -r key || exit 1
mkdir -p "$HOME/.ssh" && touch "$HOME/.ssh/authorized_keys" || exit 1
grep -qxF -- "$key" "$HOME/.ssh/authorized_keys" && exit 0
if [ -n "$(tail -c 1 "$HOME/.ssh/authorized_keys")" ]; then echo >> "$HOME/.ssh/authorized_keys"; fi
printf '%s\\n' "$key" >> "$HOME/.ssh/authorized_keys"
"""


def warm_up() -> None:
    """Begin to import the SSH library in the background: it takes longer than all else at the start of a command."""
    threading.Thread(target=load, name="golive-warm-up", daemon=True).start()


def load() -> None:
    """Import the SSH library now, without two parts that it can do without and golive has no use for.

    X.509 host certificates cost a third of its import. Two native libraries are looked for, which on Linux starts a
    compiler when they are missing (measured: 30 of 190 ms).
    """
    with _loading:
        if "asyncssh" in sys.modules:
            _import_slow_part()
            return
        import ctypes.util

        look = ctypes.util.find_library
        if sys.platform == "linux":
            ctypes.util.find_library = lambda name: None
        # None makes an import fail, which asyncssh expects of this one.
        sys.modules[_UNUSED] = None  # type: ignore[assignment]
        try:
            _import_slow_part()
        finally:
            ctypes.util.find_library = look
            sys.modules.pop(_UNUSED, None)


def _import_slow_part() -> None:
    importlib.import_module("golive.transport.ssh_root")


@dataclass(frozen=True)
class HostKeyChange:
    """What ``golive host trust`` shows before it believes: the fingerprints on file ("" when none), the one offered.

    ``store()`` believes it from now on, instead of what is on file.
    """

    algorithm: str
    old: str
    new: str
    store: Callable[[], None]


class SshTransport:
    """One host over SSH. ``identity``: a key file that the user named, over the host's own; ``home``: whose ``.ssh``
    folder counts (the user's own by default)."""

    def __init__(
        self, host: Host, questions: Questions | None = None, identity: str = "", home: Path | None = None
    ) -> None:
        self._host = replace(host, identity_file=identity or host.identity_file)
        self._questions = questions or Questions()
        self._home = home
        self._door: Portal | None = None
        self._login: Login | None = None
        self._session: Session | None = None
        self._root: Root | None = None

    @property
    def password_used(self) -> bool:
        """Whether the log-in took a password: then a key is worth offering."""
        return bool(self._login and self._login.memory(self._host).password is not None)

    @property
    def reached(self) -> str:
        """The address that the connection goes to; "" when it goes through a jump host or a program."""
        session = self._session
        peer = None if session is None or session.below else session.connection.get_extra_info("peername")
        return str(peer[0]) if isinstance(peer, tuple) else ""

    def open(self) -> None:
        """Connect and log in."""
        self._portal.call(self._open())

    def reconnect(self) -> None:
        """Drop what is left of the connection and make a new one."""
        if self._session is not None:
            self._portal.call(self._drop())
        self.open()

    def close(self) -> None:
        """Hang up."""
        if self._session is not None:
            with suppress(HostError, OSError):
                self._portal.call(self._drop())
        if self._door is not None:
            self._door.close()

    def probe(self, request: ProbeRequest) -> dict[str, Any]:
        """The host's facts."""
        return self._portal.call(self._probe(request))

    def run(self, plan: bytes, secrets: Mapping[str, str], pack: bytes | None, who: str, on_event: OnEvent) -> Event:
        """Hand over a plan and follow it to its end."""
        follower = Follower(self._elsewhere(on_event))
        return self._portal.call(self._follow(["run"], follower, lambda: run_frames(plan, secrets, pack, who)))

    def attach(self, run: str, app: str, offset: int, on_event: OnEvent) -> Event:
        """Follow a run that goes on, or has ended, from byte OFFSET of its journal."""
        follower = Follower(self._elsewhere(on_event), run, offset)
        return self._portal.call(self._follow(["attach", run, app, str(offset)], follower))

    def recover(self, app: str, on_event: OnEvent) -> Event:
        """Undo or finish an unfinished run."""
        return self._portal.call(self._follow(["recover", app], Follower(self._elsewhere(on_event))))

    def stream(self, argv: Sequence[str], on_line: OnLine) -> int:
        """Run a command as root, its output line by line, until it ends or this call does."""
        return self._portal.call(self._stream(tethered(argv), on_line))

    def terminal(self, app: str, opening: Opening, ends: Ends) -> dict[str, Any]:
        """Run a program of the app's live release at ENDS."""
        return self._portal.call(self._terminal(app, opening, ends))

    def install_python(self, on_line: OnLine) -> int:
        """Install python3 by the host's package manager."""
        return self._portal.call(self._stream(shell(INSTALL_PYTHON), on_line))

    def install_key(self, public_key: str) -> None:
        """Let PUBLIC_KEY (one line) log in as this user from now on. Raises HostError ``key-not-installed``."""
        self._portal.call(self._install_key(public_key))

    def own_key(self) -> str:
        """The public line of golive's own key on this computer, made when there is none."""
        load()
        from golive.transport.keys import own_public_key

        return own_public_key()

    def fetch_host_key(self) -> HostKeyChange:
        """The key that the host shows now, not believed yet."""
        return self._portal.call(self._fetch_host_key())

    @property
    def _portal(self) -> Portal:
        """Made late: asyncio takes a third of the time of this module's import."""
        if self._door is None:
            from golive.transport.portal import Portal

            self._door = Portal()
        return self._door

    def _logins(self) -> Login:
        if self._login is None:
            load()
            from golive.transport.ssh_login import Login

            self._login = Login(self._portal, self._questions, self._home)
        return self._login

    def _elsewhere(self, on_event: OnEvent) -> OnEvent:
        return lambda event: self._portal.tell(on_event, event)

    async def _open(self) -> None:
        login = self._logins()
        import asyncio

        from golive.transport.ssh_root import Root

        # Made while the network is waited for: it takes 20 ms of compressing.
        asyncio.get_running_loop().run_in_executor(None, bundle)

        self._session = await login.connect(self._host)
        self._root = Root(self._session, self._host.name, login.memory(self._host), (self._portal, self._questions))

    async def _drop(self) -> None:
        session, self._session, self._root = self._session, None, None
        if session is not None:
            session.abort()

    def _as_root(self) -> Root:
        if self._root is None:
            raise HostError("connection-lost", host=self._host.name)
        return self._root

    async def _probe(self, request: ProbeRequest) -> dict[str, Any]:
        channel = await self._as_root().runner(["probe"], probe_frames(request))
        try:
            content = await channel.content()
            await self._must_succeed(channel)
            facts = json.loads(content.decode("utf-8"))
        except ValueError:
            raise HostError(
                "protocol-mismatch", host=self._host.name, line=content[:200].decode("utf-8", "replace")
            ) from None
        finally:
            channel.close()
        if not isinstance(facts, dict):
            raise HostError("protocol-mismatch", host=self._host.name, line="")
        return facts

    async def _follow(self, arguments: list[str], follower: Follower, frames: Callable[[], Any] | None = None) -> Event:
        channel: Channel | None = None
        try:
            channel = await self._as_root().runner(arguments)
            if frames is not None:
                await channel.send(frames())
            async for line in channel.lines():
                if not line.strip():
                    continue
                follower.line(line)
                if follower.finished is not None:
                    return follower.finished
            await self._must_succeed(channel)
            raise HostError("connection-lost", host=self._host.name)
        except HostError as error:
            if error.code == "connection-lost":
                error.params.update(run=follower.run, offset=follower.offset)
            raise
        finally:
            if channel is not None:
                channel.close()

    async def _must_succeed(self, channel: Channel) -> None:
        status = await channel.status()
        if status:
            raise HostError("runner-failed", host=self._host.name, status=status, output=await channel.errors())

    async def _stream(self, argv: Sequence[str], on_line: OnLine) -> int:
        channel = await self._as_root().command(argv)
        try:
            async for line in channel.lines():
                self._portal.tell(on_line, line.decode("utf-8", "replace").rstrip("\r\n"))
            return await channel.status()
        finally:
            channel.close()

    async def _terminal(self, app: str, opening: Opening, ends: Ends) -> dict[str, Any]:
        from golive.transport.ssh_terminal import SshTerminal

        channel = await self._as_root().runner(["terminal", app])
        return await SshTerminal(channel, self._portal, self._host.name).hold(opening, ends)

    async def _install_key(self, public_key: str) -> None:
        from golive.transport.channel import Channel

        if self._session is None:
            raise HostError("connection-lost", host=self._host.name)
        line = public_key.strip()
        channel = await Channel.start(self._session.connection, quoted(shell(_INSTALL_KEY)), self._host.name)
        await channel.send([f"{line}\n".encode()])
        channel.end_input()
        if await channel.status() != 0:
            raise HostError("key-not-installed", host=self._host.name, output=await channel.errors())

    async def _fetch_host_key(self) -> HostKeyChange:
        login = self._logins()
        offered = await login.offered_key(self._host)
        known = login.known_hosts.keys(offered.host, offered.port)
        old = ", ".join(key.fingerprint for key in known if key.kind == "key")

        def store() -> None:
            login.known_hosts.replace(offered.host, offered.port, offered.line)

        return HostKeyChange(offered.algorithm, old, fingerprint(offered.line), store)
