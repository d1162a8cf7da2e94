"""The one seam where asyncssh's and the system's errors become golive's."""

from __future__ import annotations

import asyncio
import errno
import socket

import asyncssh

from golive.errors import HostError

LIKELY_USERS = ("root", "ubuntu", "debian", "ecs-user", "admin")
"""The first users of the usual cloud images: generic, Ubuntu, Debian, Alibaba Cloud, Debian on AWS."""

_REASONS = {
    errno.ECONNREFUSED: "refused",
    errno.ECONNRESET: "reset",
    errno.EHOSTUNREACH: "turned-away",
    errno.ENETUNREACH: "no-route",
    errno.ETIMEDOUT: "timeout",
}


def login_error(host: str, user: str, tried: tuple[str, ...]) -> HostError:
    """The host is there and does not let us in. TRIED: the ways to log in that were tried."""
    others = tuple(likely for likely in LIKELY_USERS if likely != user)
    return HostError("login-refused", host=host.removeprefix(f"{user}@"), user=user, tried=tried, users=others)


def connect_error(error: BaseException, host: str, port: int) -> HostError:
    """What a connection that failed before the log-in means."""
    if isinstance(error, HostError):
        return error
    if isinstance(error, socket.gaierror):
        return HostError("host-unresolvable", host=host)
    if isinstance(error, (TimeoutError, asyncio.TimeoutError)):
        return HostError("host-unreachable", host=host, port=port, reason="timeout")
    if isinstance(error, asyncssh.ChannelOpenError):
        return HostError("host-unreachable", host=host, port=port, reason="jump")
    if isinstance(error, (asyncssh.KeyExchangeFailed, asyncssh.ProtocolError, asyncssh.ProtocolNotSupported)):
        return HostError("host-unreachable", host=host, port=port, reason="not-ssh")
    if isinstance(error, OSError):
        return HostError("host-unreachable", host=host, port=port, reason=_reason(error))
    return HostError("host-unreachable", host=host, port=port, reason="reset")


def _reason(error: OSError) -> str:
    if error.errno is None:
        # asyncio joins the failures of a name's several addresses into one error without a number.
        return "refused"
    return _REASONS.get(error.errno, error.strerror or "reset")
