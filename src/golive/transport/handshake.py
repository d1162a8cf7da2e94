"""Getting to the runner on the host. Twin: ``golive.runner.bootstrap``, which gives the answers that are read here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from golive.errors import HostError
from golive.transport.bundle import bootstrap, bundle
from golive.transport.command import python

FOLDERS = ("/var/lib/golive", "/run/golive-runner")
"""Where the runner rests; the second one only when the first cannot be written (a read-only disk, a full one)."""

_MARK = b"::golive:: "
HAVE, NEED, READY = "have", "need", "ready"
SUDO_PASSWORD, SUDO_MISSING = "sudo-password", "sudo-missing"


@dataclass(frozen=True)
class Answer:
    """One line of the bootstrap."""

    word: str
    detail: str = ""


def runner_command(arguments: Sequence[str], early: int) -> list[str]:
    """Argv that becomes the runner with ARGUMENTS; EARLY: bytes of stdin that are sent before any answer."""
    runner = bundle()
    return python(bootstrap(), str(early), str(len(runner.content)), runner.digest, ":".join(FOLDERS), *arguments)


def read_answer(line: bytes) -> Answer | None:
    """The answer in LINE; None for anything else, which a shell's start-up files may print."""
    if not line.startswith(_MARK):
        return None
    word, _, detail = line[len(_MARK) :].decode("utf-8", "replace").strip().partition(" ")
    return Answer(word, detail)


def refusal(answer: Answer | None, host: str, output: str) -> HostError:
    """What an answer other than have, need or ready means. None: there was none, only OUTPUT."""
    if answer is None:
        return HostError("shell-unusable", host=host, output=output)
    if answer.word == "python-missing":
        if answer.detail == "Linux":
            return HostError("python-missing", host=host)
        return HostError("host-not-linux", host=host, system=answer.detail)
    if answer.word == "python-too-old":
        version, _, path = answer.detail.partition(" ")
        return HostError("python-too-old", host=host, version=version, path=path, oldest="3.6")
    if answer.word == "not-linux":
        return HostError("host-not-linux", host=host, system=answer.detail)
    if answer.word == "unstorable":
        return HostError("runner-unstorable", host=host, reason=answer.detail)
    if answer.word == SUDO_MISSING:
        return HostError("no-root", host=host, reason="sudo-missing")
    return HostError("protocol-mismatch", host=host, line=answer.word)
