"""Every error that Golive raises on purpose.

::

    GoliveError                      exit status
    ├── UsageError                   64   wrong command line
    │   └── ConfigError              64   wrong golive.toml (file, line, key, nearest name)
    ├── HostError                     3   the host cannot be reached or does not let us in
    ├── AppError                      1   the app's folder is not something that can be deployed
    ├── Refused                       1   the host or the plan is not fit for it; nothing was changed
    └── RunFailed                     1   a run on the host failed; the live site is as it was

An error carries a stable ``code`` and ``params``; the words, in the user's language, are in
``golive.explain.failures``, looked up at the edge. Params hold plain values, never secrets.
"""

from __future__ import annotations

from typing import ClassVar

Param = str | int | float | bool | tuple[str, ...] | None


class GoliveError(Exception):
    """The root. ``code`` is stable: users search for it and scripts test it."""

    exit_status: ClassVar[int] = 1

    def __init__(self, code: str, /, **params: Param) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.code} ({details})" if details else self.code


class UsageError(GoliveError):
    """The command line asks for something that cannot be."""

    exit_status = 64


class ConfigError(UsageError):
    """golive.toml is wrong. Params: ``file``, ``line``, ``key``, and ``nearest`` or ``expected`` where it helps."""


class HostError(GoliveError):
    """The host cannot be reached, or does not let us in, or is not the host it was."""

    exit_status = 3


class AppError(GoliveError):
    """The app's folder cannot be understood or packed."""


class Refused(GoliveError):
    """A check before any change says no."""


class RunFailed(GoliveError):
    """A run failed on the host. Params: ``step``, ``output`` (last lines), ``kept`` (package names that stay)."""
