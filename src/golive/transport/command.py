"""Every command line that golive sends to a host is built here: argv lists in, one quoted line out."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

_AS_ROOT = """\
if [ "$(id -u)" = 0 ]; then exec sh -c "$0"; fi
if ! command -v sudo >/dev/null 2>&1; then echo; echo "::golive:: sudo-missing"; exit 3; fi
if sudo -n true 2>/dev/null; then exec sudo -n -H -- sh -c "$0"; fi
echo; echo "::golive:: sudo-password"; exit 3
"""

_PYTHON = """\
if ! command -v python3 >/dev/null 2>&1; then echo; echo "::golive:: python-missing $(uname -s)"; exit 3; fi
exec python3 -I -c "$0" "$@"
"""

_TETHERED = """\
exec 3<&0
"$@" </dev/null & command=$!
{ cat <&3; kill "$command"; } >/dev/null 2>&1 & tether=$!
exec 3<&-
wait "$command"; status=$?
kill "$tether" 2>/dev/null
exit "$status"
"""

_CHECK_SUDO = ("sudo", "-k", "-S", "-p", "", "--", "true")


def quoted(argv: Sequence[str]) -> str:
    """ARGV as one line that a POSIX shell splits into exactly ARGV again. Raises ValueError for a NUL."""
    if any("\0" in word for word in argv):
        raise ValueError("a NUL cannot be part of a command")
    return shlex.join(argv)


def shell(script: str, *arguments: str) -> list[str]:
    """Argv of a fixed script of ours; ARGUMENTS reach it as ``$0 $1 ...``, never as part of its text."""
    return ["sh", "-c", script, *arguments]


def python(source: str, *arguments: str) -> list[str]:
    """Argv that runs Python source on the host, or answers ``python-missing``."""
    return shell(_PYTHON, source, *arguments)


def as_root(argv: Sequence[str]) -> list[str]:
    """ARGV as root when that needs no password; else it answers ``sudo-password`` or ``sudo-missing``."""
    return shell(_AS_ROOT, quoted(argv))


def with_sudo_password(argv: Sequence[str]) -> list[str]:
    """ARGV as root; the first line of stdin is the password. ``-k``: sudo always reads that line, so that it never
    reaches the command instead."""
    return ["sudo", "-k", "-S", "-H", "-p", "", "--", *argv]


def check_sudo_password() -> list[str]:
    """Does nothing as root; the first line of stdin is the password. sudo's complaint is in English."""
    return ["env", "LC_ALL=C", *_CHECK_SUDO]


def tethered(argv: Sequence[str]) -> list[str]:
    """ARGV, killed when stdin closes: nothing of ours stays on the host when the connection goes."""
    return shell(_TETHERED, "golive", *argv)
