"""One attempt to log in: which host key is trusted, and what is answered when the host asks who we are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import asyncssh

from golive.errors import HostError
from golive.transport.interface import Questions
from golive.transport.keys import Keys, unlock
from golive.transport.known_hosts import KnownHosts, KnownKey
from golive.transport.portal import Portal

T = TypeVar("T")
_GUESSES = 3


@dataclass
class Memory:
    """What was answered once and is not asked again: for reconnecting, and sudo often wants the same password."""

    password: str | None = field(default=None, repr=False)
    sudo_password: str | None = field(default=None, repr=False)
    unlocked: dict[str, list[asyncssh.SSHKeyPair]] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class OfferedKey:
    """A host key that the host showed and that is not known. ``line``: algorithm and base64."""

    host: str
    port: int
    line: str

    @property
    def algorithm(self) -> str:
        """``ssh-ed25519`` ..."""
        return self.line.split()[0]


class Client(asyncssh.SSHClient):
    """``known``: the host's keys on file; ``offered``: one that is not; ``tried``: the ways to log in that were tried;
    ``failure``: what went wrong while answering; ``unopened``: a key file whose passphrase nobody told, "" when other
    keys could be tried; ``asking``: how often a person was asked, and whether now."""

    def __init__(
        self, host: str, user: str, keys: Keys, memory: Memory, known_hosts: KnownHosts, door: tuple[Portal, Questions]
    ) -> None:
        self._host = host
        self._user = user
        self._locked = list(keys.locked)
        self._memory = memory
        self._known_hosts = known_hosts
        self._portal, self._questions = door
        self._guesses = 0
        self.known: tuple[KnownKey, ...] = ()
        self.offered: OfferedKey | None = None
        self._has_ready_keys = bool(keys.ready)
        self.tried: list[str] = ["publickey"] if keys.ready else []
        self.failure: HostError | None = None
        self.unopened = ""
        self.asked = 0
        self.asking = False
        self.lost = False
        self._connection: asyncssh.SSHClientConnection | None = None

    @property
    def met(self) -> bool:
        """Whether the encrypted channel stood: what failed after that is the log-in."""
        return self._connection is not None and self._connection.get_extra_info("send_cipher") is not None

    def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:
        """TCP stands."""
        self._connection = conn

    def trusted(self, host: str, address: str, port: int | None) -> tuple[list[Any], list[Any], list[Any]]:
        """For asyncssh: keys, authorities and revoked keys of the host."""
        self.known = self._known_hosts.keys(host, port or 22)
        return _loaded(self.known, "key"), _loaded(self.known, "authority"), _loaded(self.known, "revoked")

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        """Never yes here: a person is asked after this attempt, without a host waiting on the line."""
        words = key.export_public_key().decode("ascii").split()
        self.offered = OfferedKey(host, port, " ".join(words[:2]))
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone, whoever ended it."""
        self.lost = True

    async def public_key_auth_requested(self) -> list[asyncssh.SSHKeyPair] | None:
        """Keys that need a passphrase come last."""
        while self._locked:
            path = self._locked.pop(0)
            self._note("publickey")
            keys = self._memory.unlocked.get(str(path))
            if keys is None:
                keys = await self._unlock(str(path))
            if keys:
                return keys
        return None

    async def password_auth_requested(self) -> str | None:
        """The password, remembered or asked for."""
        return await self._password("password")

    def kbdint_auth_requested(self) -> str | None:
        """Any method that the host has, while there are guesses left."""
        return "" if self._guesses < _GUESSES else None

    async def kbdint_challenge_received(
        self, name: str, instructions: str, lang: str, prompts: Sequence[tuple[str, bool]]
    ) -> list[str] | None:
        """One hidden question is the password; anything else is put to the user word by word."""
        if len(prompts) == 1 and not prompts[0][1]:
            password = await self._password("keyboard-interactive")
            return None if password is None else [password]
        answers: list[str] = []
        for prompt, echo in prompts:
            self._note("keyboard-interactive")
            answer = await self._ask(self._questions.challenge, self._host, prompt.strip(), not echo)
            if answer is None:
                return None
            answers.append(answer)
        return answers

    async def _password(self, method: str) -> str | None:
        if self._guesses == 0 and self._memory.password is not None:
            self._guesses += 1
            self._note(method)
            return self._memory.password
        if self._guesses >= _GUESSES:
            return None
        wrong = self._guesses > 0
        self._guesses += 1
        password = await self._ask(self._questions.password, self._host, self._user, wrong)
        if password is None:
            self._guesses = _GUESSES
            return None
        self._note(method)
        self._memory.password = password
        return password

    async def _unlock(self, file: str) -> list[asyncssh.SSHKeyPair] | None:
        for guess in range(_GUESSES):
            passphrase = await self._ask(self._questions.passphrase, file, guess > 0)
            if passphrase is None:
                self.unopened = "" if self._has_ready_keys else file
                return None
            try:
                keys = unlock(Path(file), passphrase)
            except HostError as error:
                self.failure = error
                return None
            if keys is not None:
                self._memory.unlocked[file] = keys
                return keys
        self.failure = HostError("passphrase-wrong", file=file)
        return None

    async def _ask(self, question: Callable[..., T], *arguments: Any) -> T:
        self.asked += 1
        self.asking = True
        try:
            return await self._portal.ask(question, *arguments)
        finally:
            self.asking = False

    def _note(self, method: str) -> None:
        if method not in self.tried:
            self.tried.append(method)


def _loaded(keys: tuple[KnownKey, ...], kind: str) -> list[Any]:
    loaded = []
    for key in keys:
        if key.kind == kind:
            try:
                loaded.append(asyncssh.import_public_key(key.line))
            except asyncssh.KeyImportError:
                continue
    return loaded
