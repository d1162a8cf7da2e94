"""From a host as the user names it to a connection that is logged in, through jump hosts where the user's
``~/.ssh/config`` names any."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import asyncssh

from golive.errors import HostError
from golive.model.host import Host
from golive.transport.folders import config_folder
from golive.transport.interface import Questions
from golive.transport.keys import Keys, named_key, usual_keys
from golive.transport.known_hosts import KnownHosts, fingerprint
from golive.transport.portal import Portal
from golive.transport.ssh_client import Client, Memory, OfferedKey
from golive.transport.ssh_errors import connect_error, login_error

PATIENCE = 15.0
"""Seconds without any progress before a host counts as unreachable; people's answers are not hurried."""

_KEEPALIVE = 5
_KEEPALIVES_MISSED = 3

# Nothing of the user's configuration may change what runs on the host or what the host can reach over here.
_PLAIN: dict[str, Any] = {
    "agent_forwarding": False,
    "x11_forwarding": False,
    "command": None,
    "env": None,
    "send_env": None,
    "request_pty": False,
    "gss_host": None,
    "x509_trusted_certs": None,
    "x509_trusted_cert_paths": None,
    "login_timeout": 0,
    "connect_timeout": None,
}


@dataclass
class Session:
    """A connection that is logged in, the jump hosts' below it."""

    connection: asyncssh.SSHClientConnection
    client: Client
    user: str
    below: Session | None = None

    async def close(self) -> None:
        """Close it and what is below it."""
        self.connection.close()
        await self.connection.wait_closed()
        if self.below:
            await self.below.close()

    def abort(self) -> None:
        """Let go at once, of a network that does not answer."""
        self.connection.abort()
        if self.below:
            self.below.abort()


class Login:
    """Logs in to hosts. Keeps what the user answered, so that a second time asks nothing.

    ``home``: whose ``.ssh`` folder counts.
    """

    def __init__(self, portal: Portal, questions: Questions, home: Path | None = None) -> None:
        self._door = (portal, questions)
        self._home = home or Path.home()
        self._memories: dict[str, Memory] = {}
        self.known_hosts = KnownHosts(config_folder() / "known_hosts", self._home / ".ssh" / "known_hosts")

    def memory(self, host: Host) -> Memory:
        """What was answered for HOST."""
        return self._memories.setdefault(f"{host.user}@{host.address}:{host.port}", Memory())

    async def connect(self, host: Host, below: Session | None = None) -> Session:
        """A session on HOST. Raises HostError."""
        configured = self._configured(host)
        if below is None and isinstance(configured.tunnel, str):
            below = await self._jump(configured.tunnel)
        try:
            return await self._log_in(host, configured, below)
        except BaseException:
            if below:
                below.abort()
            raise

    async def _log_in(
        self, host: Host, configured: asyncssh.SSHClientConnectionOptions, below: Session | None
    ) -> Session:
        keys = self._keys(host, configured)
        while True:
            client = self._client(host, str(configured.username), keys)
            try:
                connection = await self._attempt(host, client, keys, below)
                return Session(connection, client, str(configured.username), below)
            except asyncssh.HostKeyNotVerifiable:
                pass
            except (OSError, asyncssh.Error, asyncio.TimeoutError) as error:
                if _may_have_said_why(error, client):
                    await self._compare_keys(host, client)
                raise self._meaning(error, host, configured, client) from None
            await self._meet(host, client)

    async def _compare_keys(self, host: Host, client: Client) -> None:
        """Raises HostError ``host-key-changed`` if HOST shows another key than those that are known."""
        try:
            offered = await self.offered_key(host)
        except HostError:
            return
        known = tuple(key.fingerprint for key in client.known if key.kind == "key")
        shown = fingerprint(offered.line)
        if known and shown not in known:
            raise HostError("host-key-changed", host=host.name, known=known, offered=shown)

    async def offered_key(self, host: Host) -> OfferedKey:
        """The key that HOST shows now, whatever is known of it. Raises HostError."""
        configured = self._configured(host)
        below = await self._jump(configured.tunnel) if isinstance(configured.tunnel, str) else None
        client = self._client(host, str(configured.username), Keys((), ()))
        try:
            connection = await self._attempt(host, client, Keys((), ()), below, known=False)
            connection.abort()
        except (OSError, asyncssh.Error, asyncio.TimeoutError, HostError) as error:
            if client.offered is None:
                raise connect_error(error, host.address, configured.port) from None
        finally:
            if below:
                await below.close()
        if client.offered is None:
            raise HostError("host-unreachable", host=host.address, port=configured.port, reason="not-ssh")
        return client.offered

    def _client(self, host: Host, user: str, keys: Keys) -> Client:
        return Client(host.name, user, keys, self.memory(host), self.known_hosts, self._door)

    def _settings(self, host: Host, **more: Any) -> dict[str, Any]:
        config = self._home / ".ssh" / "config"
        return {
            "config": [str(config)] if config.is_file() else None,
            "host": host.address,
            "port": host.port or (),
            "username": host.user or (),
            "keepalive_interval": _KEEPALIVE,
            "keepalive_count_max": _KEEPALIVES_MISSED,
            **_PLAIN,
            **more,
        }

    def _configured(self, host: Host) -> asyncssh.SSHClientConnectionOptions:
        """What ``~/.ssh/config`` makes of HOST."""
        settings = self._settings(host, client_keys=None, agent_path=None)
        try:
            return asyncssh.SSHClientConnectionOptions(**settings)
        except asyncssh.ConfigParseError as error:
            file = str(self._home / ".ssh" / "config")
            raise HostError("ssh-config-wrong", file=file, reason=str(error)) from None

    def _keys(self, host: Host, configured: asyncssh.SSHClientConnectionOptions) -> Keys:
        if host.identity_file:
            return named_key(Path(host.identity_file).expanduser())
        files: Any = configured.config.get("IdentityFile", ())
        names = [files] if isinstance(files, str) else list(files)
        keys = usual_keys([str(Path(name).expanduser()) for name in names], self._home)
        return replace(keys, only=bool(configured.config.get("IdentitiesOnly")))

    async def _attempt(
        self, host: Host, client: Client, keys: Keys, below: Session | None, known: bool = True
    ) -> asyncssh.SSHClientConnection:
        settings = self._settings(
            host,
            client_factory=lambda: client,
            client_keys=list(keys.ready),
            known_hosts=client.trusted if known else _nothing_known,
            tunnel=below.connection if below else (),
        )
        if keys.only and keys.public:
            settings["agent_identities"] = keys.public
        elif keys.only or not known:
            settings["agent_path"] = ""
        if (keys.only or not known) and not keys.ready:
            settings["client_keys"] = None
        connecting = asyncio.ensure_future(asyncssh.connect(**settings))
        try:
            return await _patiently(connecting, client)
        except asyncio.CancelledError:
            connecting.cancel()
            raise

    async def _meet(self, host: Host, client: Client) -> None:
        """A host key that is not on file: asked about if there was none, else refused. Stored when confirmed.

        The one that the host was made with needs no asking, and counts more than what an earlier host left there.
        """
        offered = client.offered
        if offered is None:
            raise HostError("host-key-refused", host=host.name, reason="revoked")
        if host.host_key and offered.line.split()[:2] == host.host_key.split()[:2]:
            self.known_hosts.replace(offered.host, offered.port, offered.line)
            return
        known = tuple(key.fingerprint for key in client.known if key.kind == "key")
        shown = fingerprint(offered.line)
        if known:
            raise HostError("host-key-changed", host=host.name, known=known, offered=shown)
        portal, questions = self._door
        if not await portal.ask(questions.confirm_host_key, host.name, offered.algorithm, shown):
            raise HostError("host-key-refused", host=host.name, reason="unconfirmed", offered=shown)
        self.known_hosts.add(offered.host, offered.port, offered.line)

    def _meaning(
        self, error: Exception, host: Host, configured: asyncssh.SSHClientConnectionOptions, client: Client
    ) -> HostError:
        if client.failure:
            return client.failure
        if isinstance(error, asyncssh.PermissionDenied) or (client.met and isinstance(error, asyncssh.DisconnectError)):
            if client.unopened and client.tried == ["publickey"]:
                return HostError("passphrase-wrong", file=client.unopened)
            return login_error(host.name, str(configured.username), tuple(client.tried))
        if isinstance(error, asyncssh.KeyExchangeFailed) and client.known:
            known = tuple(key.fingerprint for key in client.known if key.kind == "key")
            return HostError("host-key-changed", host=host.name, known=known, offered="")
        return connect_error(error, host.address, configured.port)

    async def _jump(self, jumps: str) -> Session | None:
        session: Session | None = None
        for jump in jumps.split(","):
            user, _, place = jump.rpartition("@")
            address, _, port = place.partition(":")
            session = await self.connect(Host(place, address, user, int(port or 0)), session)
        return session


async def _patiently(
    connecting: asyncio.Future[asyncssh.SSHClientConnection], client: Client
) -> asyncssh.SSHClientConnection:
    while True:
        asked = client.asked
        done, _ = await asyncio.wait({connecting}, timeout=PATIENCE)
        if done:
            return connecting.result()
        if not client.asking and client.asked == asked:
            connecting.cancel()
            await asyncio.wait({connecting})
            raise asyncio.TimeoutError


def _may_have_said_why(error: Exception, client: Client) -> bool:
    """A host that has no key of the known kinds hangs up, and its last words may be lost with the connection."""
    hung_up = isinstance(error, (ConnectionResetError, BrokenPipeError, asyncssh.ConnectionLost))
    return hung_up and bool(client.known) and not client.met


def _nothing_known(host: str, address: str, port: int | None) -> tuple[list[Any], list[Any], list[Any]]:
    return [], [], []
