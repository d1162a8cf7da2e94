"""Commands as root on a connection: directly, or by sudo with its password on stdin only."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from golive.errors import HostError
from golive.transport.bundle import bundle
from golive.transport.channel import Channel
from golive.transport.command import as_root, check_sudo_password, quoted, with_sudo_password
from golive.transport.handshake import (
    HAVE,
    NEED,
    READY,
    SUDO_PASSWORD,
    Answer,
    read_answer,
    refusal,
    runner_command,
)
from golive.transport.interface import Questions
from golive.transport.portal import Portal
from golive.transport.ssh_client import Memory
from golive.transport.ssh_login import Session

_GUESSES = 3
_NO_RIGHTS = ("not in the sudoers", "may not run sudo", "not allowed to")
_NOISE = 200
"""Lines that a shell's start-up files may print before the bootstrap speaks."""


class Root:
    """Root on one connection."""

    def __init__(self, session: Session, host: str, memory: Memory, door: tuple[Portal, Questions]) -> None:
        self._session = session
        self._host = host
        self._memory = memory
        self._portal, self._questions = door
        self._by_password = False
        self._known = False

    async def runner(self, arguments: Sequence[str], early: bytes = b"") -> Channel:
        """The runner with ARGUMENTS, put on the host first where it is missing; EARLY goes to its stdin at once."""
        argv = runner_command(arguments, len(early))
        channel = await self._start(argv, [early])
        answer = await self._answer(channel)
        if answer is not None and answer.word == SUDO_PASSWORD:
            channel.close()
            await self._unlock_sudo()
            return await self.runner(arguments, early)
        if answer is not None and answer.word == NEED:
            await channel.send([bundle().content])
            answer = await self._answer(channel)
        if answer is None or answer.word not in (HAVE, READY):
            raise await self._refused(channel, answer)
        self._known = True
        return channel

    async def command(self, argv: Sequence[str]) -> Channel:
        """ARGV as root."""
        if not self._known:
            channel = await self._start(["echo", "::golive:: ready"], [])
            answer = await self._answer(channel)
            if answer is not None and answer.word == SUDO_PASSWORD:
                await self._unlock_sudo()
            elif answer is None or answer.word != READY:
                raise await self._refused(channel, answer)
            channel.close()
            self._known = True
        return await self._start(argv, [])

    async def _start(self, argv: Sequence[str], early: Sequence[bytes]) -> Channel:
        pieces = list(early)
        if self._by_password:
            argv = with_sudo_password(argv)
            pieces.insert(0, f"{self._memory.sudo_password}\n".encode())
        else:
            argv = as_root(argv)
        channel = await self._plain(argv)
        await channel.send([piece for piece in pieces if piece])
        return channel

    async def _plain(self, argv: Sequence[str]) -> Channel:
        return await Channel.start(self._session.connection, quoted(argv), self._host)

    async def _answer(self, channel: Channel) -> Answer | None:
        noise: list[bytes] = []
        while len(noise) < _NOISE and (line := await channel.line()):
            answer = read_answer(line)
            if answer is not None:
                return answer
            noise.append(line)
        self._noise = b"".join(noise)
        return None

    async def _refused(self, channel: Channel, answer: Answer | None) -> HostError:
        output = ""
        if answer is None:
            await channel.status()
            output = (self._noise.decode("utf-8", "replace") + await channel.errors()).strip()[-1000:]
        channel.close()
        return refusal(answer, self._host, output)

    async def _unlock_sudo(self) -> None:
        """Finds sudo's password: the one of the log-in often is it, else a person is asked."""
        user = self._session.user
        for known in (self._memory.sudo_password, self._memory.password):
            if known is not None and await self._opens(known):
                return
        for guess in range(_GUESSES):
            password = await self._asked(self._questions.sudo_password, self._host, user, guess > 0)
            if password is None:
                raise HostError("no-root", host=self._host, user=user, reason="no-password")
            if await self._opens(password):
                return
        raise HostError("sudo-password-wrong", host=self._host, user=user)

    async def _opens(self, password: str) -> bool:
        channel = await self._plain(check_sudo_password())
        await channel.send([f"{password}\n".encode()])
        channel.end_input()
        status, errors = await channel.status(), await channel.errors()
        channel.close()
        if status == 0:
            self._memory.sudo_password = password
            self._by_password = True
            return True
        if any(words in errors for words in _NO_RIGHTS):
            raise HostError("no-root", host=self._host, user=self._session.user, reason="not-allowed")
        return False

    async def _asked(self, question: Callable[..., str | None], *arguments: object) -> str | None:
        return await self._portal.ask(question, *arguments)
