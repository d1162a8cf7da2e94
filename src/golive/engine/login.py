"""Which host is meant, and getting in: what only the user can know is asked through the reporter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from golive.config import Settings, resolve_host
from golive.engine.reporter import Reporter
from golive.engine.request import Request
from golive.engine.session import Session
from golive.errors import HostError
from golive.model.host import Host
from golive.transport.here import this_computer
from golive.transport.interface import Questions, Transport
from golive.transport.local import LocalTransport
from golive.transport.ssh import SshTransport


def chosen_host(request: Request, settings: Settings) -> Host:
    """The host that the user means: by name from golive.toml, a practice server's name, or an address.

    Raises UsageError.
    """
    # Looking at the lab takes as long as connecting, and what is plainly an address names none of its servers.
    by_name = request.to is not None and not re.search(r"[@.:]", request.to)
    host = resolve_host(request.to, settings, practice_servers() if by_name else {})
    return replace(this_computer(host) if host.kind == "local" else host, mirrors=settings.mirrors)


def practice_servers() -> dict[str, Host]:
    """The practice servers of this computer, by name; none where there is no lab."""
    from golive.lab import known_servers

    return {
        server.name: Host(
            name=server.name,
            address=server.address,
            user="root",
            identity_file=str(server.key_path),
            host_key=server.host_key,
        )
        for server in known_servers()
    }


@contextmanager
def connected(host: Host, request: Request, reporter: Reporter) -> Iterator[Session]:
    """Log in to HOST, and hang up at the end. Raises HostError."""
    transport = transport_for(host, request, reporter)
    transport.open()
    try:
        yield Session(host, transport, reporter)
    finally:
        transport.close()


def transport_for(host: Host, request: Request, reporter: Reporter) -> Transport:
    """The way to HOST, not opened yet."""
    if host.platform.local:
        return LocalTransport(host.platform)
    return ssh_to(host, request, reporter)


def ssh_to(host: Host, request: Request, reporter: Reporter) -> SshTransport:
    """The way to HOST over SSH, not opened yet."""
    return SshTransport(host, ReporterQuestions(reporter, request.yes), str(request.identity or ""))


def offer_key(transport: Transport, host: Host, request: Request, reporter: Reporter) -> None:
    """After a log-in by password: from now on a key, if the user likes. What goes wrong with that stops nothing."""
    if not isinstance(transport, SshTransport):
        return
    if not transport.password_used or request.identity or host.identity_file:
        return
    if not reporter.ask("install-key", True, host=host.name, user=host.user):
        return
    try:
        transport.install_key(transport.own_key())
    except HostError as error:
        reporter.say(error.code, **error.params)
    else:
        reporter.say("key-installed", host=host.name)


class ReporterQuestions(Questions):
    """The questions of a log-in, put to whoever watches the reporter."""

    def __init__(self, reporter: Reporter, yes: bool) -> None:
        self._reporter = reporter
        self._yes = yes

    def confirm_host_key(self, host: str, algorithm: str, fingerprint: str) -> bool:
        self._reporter.say("host-key-new", host=host, algorithm=algorithm, fingerprint=fingerprint)
        return self._yes or self._reporter.ask("host-key-accept", False, host=host)

    def password(self, host: str, user: str, wrong: bool) -> str | None:
        return self._secret("ssh-password", wrong, host=host.removeprefix(f"{user}@"), user=user)

    def passphrase(self, file: str, wrong: bool) -> str | None:
        return self._secret("key-passphrase", wrong, file=file)

    def sudo_password(self, host: str, user: str, wrong: bool) -> str | None:
        return self._secret("sudo-password", wrong, host=host.removeprefix(f"{user}@"), user=user)

    def challenge(self, host: str, prompt: str, hidden: bool) -> str | None:
        return self._reporter.ask_secret("host-challenge", host=host, prompt=prompt) or None

    def _secret(self, code: str, wrong: bool, **params: str) -> str | None:
        if wrong:
            self._reporter.say("secret-wrong")
        return self._reporter.ask_secret(code, **params) or None
