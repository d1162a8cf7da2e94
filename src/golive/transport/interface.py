"""What the engine may ask of a host, whichever way golive reaches it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from golive.protocol.facts import ProbeRequest
from golive.transport.terminal import Ends, Opening

Event = dict[str, Any]
OnEvent = Callable[[Event], None]
OnLine = Callable[[str], None]


class Questions:
    """What a person may be asked on the way to a host. Every answer here is a no: the cli overrides what it can ask.

    Asked in the thread that called the transport. None means that there is no answer.
    """

    def confirm_host_key(self, host: str, algorithm: str, fingerprint: str) -> bool:
        """Whether this key, never seen before, is the host's."""
        return False

    def password(self, host: str, user: str, wrong: bool) -> str | None:
        """The password to log in with. ``wrong``: the one before was refused."""
        return None

    def passphrase(self, file: str, wrong: bool) -> str | None:
        """What unlocks the key in FILE."""
        return None

    def sudo_password(self, host: str, user: str, wrong: bool) -> str | None:
        """What sudo asks USER for on HOST."""
        return None

    def challenge(self, host: str, prompt: str, hidden: bool) -> str | None:
        """The answer to a question of the host's own (a one-time code, say)."""
        return None


class Transport(Protocol):
    """A way to one host. All callbacks run in the calling thread. Raises HostError where the way itself fails."""

    @property
    def reached(self) -> str:
        """The address at which this computer itself reaches the host; "" when it goes by way of another one."""

    def open(self) -> None:
        """Connect and log in. Nothing is run yet."""

    def probe(self, request: ProbeRequest) -> dict[str, Any]:
        """The host's facts, as ``golive.protocol.facts.Facts`` takes them: one round trip once the runner is there."""

    def run(self, plan: bytes, secrets: Mapping[str, str], pack: bytes | None, who: str, on_event: OnEvent) -> Event:
        """Hand over a plan and follow it: the ``finished`` event. ``connection-lost`` carries ``run`` and ``offset``,
        which ``attach`` takes after ``reconnect``; ``run`` is "" when the host had not accepted the plan yet."""

    def attach(self, run: str, app: str, offset: int, on_event: OnEvent) -> Event:
        """Follow the journal of a run from byte OFFSET."""

    def recover(self, app: str, on_event: OnEvent) -> Event:
        """Undo or finish an unfinished run."""

    def stream(self, argv: Sequence[str], on_line: OnLine) -> int:
        """Run a command as root, its output line by line; its exit status. It dies with the call."""

    def terminal(self, app: str, opening: Opening, ends: Ends) -> dict[str, Any]:
        """Run a program of the app's live release, its streams tied to ENDS: {status} as a shell tells it, or
        {code, params} if it never ran. It dies with the call."""

    def install_python(self, on_line: OnLine) -> int:
        """Install python3 by the host's package manager; the exit status."""

    def reconnect(self) -> None:
        """Connect again after ``connection-lost``, without asking what was answered before."""

    def close(self) -> None:
        """Let go of the host. What runs there goes on."""
