"""The operating system's packages: install_packages (apt)."""

import os
import re
import time
from typing import Any, Iterable, List, Sequence, Tuple

from golive.protocol.steps import InstallPackages
from golive.runner import atomic, probe_packages, trees
from golive.runner.failure import StepFailed
from golive.runner.file_locks import first_holder
from golive.runner.first_boot import wait_for_first_boot
from golive.runner.probe_system import output_of
from golive.runner.waiting import Waiting

LISTS_GOOD_FOR = 24 * 3600
LONGEST_WAIT = 900
MIRROR = "/var/lib/golive/mirror"
"""Lists of a mirror, while it is used: the host's own lists stay as they are."""

_QUIET = {
    "DEBIAN_FRONTEND": "noninteractive",
    "NEEDRESTART_MODE": "l",
    "NEEDRESTART_SUSPEND": "1",
    "APT_LISTCHANGES_FRONTEND": "none",
    "UCF_FORCE_CONFFOLD": "1",
    "LC_ALL": "C.UTF-8",
}
_APT = ("apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=120", "-o", "Dpkg::Use-Pty=0")
_INSTALL = _APT + (
    "-o",
    "Dpkg::Options::=--force-confdef",
    "-o",
    "Dpkg::Options::=--force-confold",
    "install",
    "--no-install-recommends",
)

# What apt says (in English: LC_ALL above) when it fails, and what that means.
_MEANINGS = (
    ("disk-full", r"No space left on device|don't have enough free space"),
    ("apt-busy", r"Could not get lock|Unable to acquire the dpkg frontend lock|Unable to lock"),
    ("package-unknown", r"Unable to locate package|has no installation candidate|Couldn't find any package"),
    (
        "apt-no-network",
        r"Temporary failure resolving|Could not resolve|Could not connect|Unable to connect|Connection timed out"
        r"|Network is unreachable|Connection failed|Failed to fetch",
    ),
)


def perform_install_packages(action: InstallPackages, context: Any) -> bool:
    """The packages are installed; waits for whoever uses dpkg just now, and heals what an interrupted dpkg left."""
    missing = _missing(action.names)
    if missing:
        wait_for_first_boot(context)
        wait_for_apt(context)
        _heal(context)
        missing = _missing(action.names)
    if missing and not (action.sources and _install_from(action.sources, missing, context)):
        _refresh_lists(missing, context)
        _install(missing, context)
        still = _missing(missing)
        if still:
            raise StepFailed("apt-failed", packages=" ".join(still), error="")
    versions = probe_packages.versions(action.names)
    context.set_output("versions", ", ".join("{} {}".format(name, versions[name]) for name in action.names))
    return bool(missing)


def _missing(names: Iterable[str]) -> List[str]:
    versions = probe_packages.versions(names)
    return [name for name in versions if not versions[name]]


def wait_for_apt(context: Any) -> None:
    """Nobody holds dpkg's or apt's locks. Tells who does, every few seconds. Raises StepFailed ``apt-busy``."""
    waiting = Waiting(context, "apt-in-use")
    while True:
        holder = first_holder(probe_packages.LOCKS)
        if not holder:
            return
        if waiting.seconds > LONGEST_WAIT:
            raise StepFailed("apt-busy", holder=holder, seconds=int(waiting.seconds))
        waiting.go_on(holder=holder)


def _run(argv: Tuple[str, ...], context: Any) -> int:
    """apt-get to its end; once more when somebody else took apt's locks just before it."""
    status = int(context.run(argv, env=_QUIET))
    if status != 0 and _meaning(context.tail) == "apt-busy":
        wait_for_apt(context)
        status = int(context.run(argv, env=_QUIET))
    return status


def _install_from(sources: str, names: Sequence[str], context: Any) -> bool:
    """NAMES are installed from SOURCES, a list of a mirror. False when that does not do: the host's own may."""
    lists = os.path.join(MIRROR, "lists")
    listed = os.path.join(MIRROR, "sources.list")
    options = (
        ("Dir::Etc::SourceList", listed),
        ("Dir::Etc::SourceParts", "/dev/null"),
        ("Dir::State::Lists", lists),
        ("Dir::Cache::PkgCache", ""),
        ("Dir::Cache::SrcPkgCache", ""),
        ("Acquire::Languages", "none"),
    )
    chosen = tuple(word for name, value in options for word in ("-o", name + "=" + value))
    trees.remove(MIRROR)
    try:
        os.makedirs(os.path.join(lists, "partial"), 0o755)
        atomic.write_file(listed, sources.encode("utf-8"), 0o644)
        fetched = _run(_APT + chosen + ("update",), context) == 0
        done = fetched and _run(_INSTALL[:1] + chosen + _INSTALL[1:] + ("--",) + tuple(names), context) == 0
    finally:
        trees.remove(MIRROR)
    if not done:
        context.output("that mirror does not have it: trying the host's own sources")
        _heal(context)
    return done and not _missing(names)


def _heal(context: Any) -> None:
    if not probe_packages.interrupted():
        return
    context.output("dpkg was interrupted earlier: finishing what it began")
    if context.run(("dpkg", "--force-confdef", "--force-confold", "--configure", "-a"), env=_QUIET) == 0:
        return
    # What was unpacked may wait for packages that never came.
    if context.run(_INSTALL + ("--fix-broken", "--no-remove"), env=_QUIET) != 0 or probe_packages.interrupted():
        raise StepFailed("dpkg-interrupted", error=_last_error(context.tail))


def _refresh_lists(names: Sequence[str], context: Any) -> None:
    """apt knows all of NAMES, from lists of today."""
    fetched = probe_packages.lists_age()
    fresh = fetched is not None and 0 <= time.time() - fetched < LISTS_GOOD_FOR
    if fresh and not _without_candidate(names):
        return
    _run(_APT + ("update",), context)
    tail = list(context.tail)
    unknown = _without_candidate(names)
    if unknown:
        code = _meaning(tail)
        if code == "apt-failed":
            raise StepFailed("package-unknown", packages=" ".join(unknown))
        raise _failure(code, unknown, tail)


def _without_candidate(names: Sequence[str]) -> List[str]:
    known = set()
    name = ""
    for line in (output_of("env", "LC_ALL=C", "apt-cache", "policy", "--", *names) or "").splitlines():
        if not line.startswith(" "):
            name = line.rstrip(":")
        elif line.startswith("  Candidate: ") and not line.endswith("(none)"):
            known.add(name)
    return [name for name in names if name not in known]


def _install(names: Sequence[str], context: Any) -> None:
    """One attempt, and a second one where a first failure can be healed: stale lists, a dpkg cut off meanwhile."""
    command = _INSTALL + ("--",) + tuple(names)
    if _run(command, context) == 0:
        return
    said = "\n".join(context.tail)
    if re.search(r"404 +Not Found|Hash Sum mismatch|is not valid yet|--fix-missing", said):
        context.run(_APT + ("update",), env=_QUIET)
    elif "dpkg was interrupted" in said:
        _heal(context)
        context.run(("dpkg", "--configure", "-a"), env=_QUIET)
    else:
        raise _failure(_meaning(context.tail), names, context.tail)
    if context.run(command, env=_QUIET) != 0:
        raise _failure(_meaning(context.tail), names, context.tail)


def _meaning(tail: Iterable[str]) -> str:
    said = "\n".join(tail)
    return next((code for code, pattern in _MEANINGS if re.search(pattern, said)), "apt-failed")


def _failure(code: str, names: Iterable[str], tail: Sequence[str]) -> StepFailed:
    if code == "apt-busy":
        return StepFailed(code, holder=first_holder(probe_packages.LOCKS) or "another program", seconds=0)
    if code == "disk-full":
        return StepFailed(code, path="/var")
    if code == "package-unknown":
        unknown = re.search(r"Unable to locate package (\S+)|Package '?(\S+?)'? has no inst", "\n".join(tail))
        named = unknown and (unknown.group(1) or unknown.group(2))
        return StepFailed(code, packages=named or " ".join(names))
    return StepFailed(code, packages=" ".join(names), error=_last_error(tail))


def _last_error(tail: Sequence[str]) -> str:
    errors = [line for line in tail if re.match(r"(E: |W: Failed|dpkg: error)", line)]
    return (errors or list(tail) or [""])[-1]
