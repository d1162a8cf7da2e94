"""What one read-only look at a host finds, and how a plan remembers which of it mattered.

Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import hashlib
import hmac
import json
from typing import Any, Dict, List, NamedTuple, Tuple


class ProbeRequest(NamedTuple):
    """What to look at, beside what is always looked at. ``app``: slug, or "" for the host alone. ``salt``: random
    text for ``value_digest``, "" for no digests of the app's values.

    ``measure``: (kind, name, url) of downloads to try; kind ``apt``: an InRelease file, ``pypi``: a page of an index.
    The host's own is called ``own`` and gets a head start: if it is fast, the others of its kind are not asked.
    ``all_apps``: what each app, golive itself and others take up.
    """

    app: str = ""
    packages: Tuple[str, ...] = ()
    files: Tuple[str, ...] = ()
    units: Tuple[str, ...] = ()
    users: Tuple[str, ...] = ()
    ports: Tuple[int, ...] = ()
    pythons: Tuple[str, ...] = ()
    salt: str = ""
    measure: Tuple[Tuple[str, str, str], ...] = ()
    all_apps: bool = False


def digest_of(value):
    # type: (Any) -> str
    """A short stable digest of any JSON value."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:16]


def value_digest(salt, name, value):
    # type: (str, str, str) -> str
    """By this, two who know SALT find out whether they hold the same VALUE for NAME, and tell it to nobody else."""
    content = "{}={}".format(name, value).encode("utf-8", "surrogatepass")
    return hmac.new(salt.encode("ascii"), content, hashlib.sha256).hexdigest()[:16]


class Facts:
    """A host as it is: a nested JSON object, read by path.

    ``get`` remembers the path in ``consulted``: the plan depends on it. ``peek`` does not: for what changes by
    itself (free memory, the clock) and for messages. Shape of the object::

        format         1
        kind           "server" | "local" (the user's own computer: nothing is root's there)
        hostname       "web1"
        os             {id, version, codename, name, arch, kernel}
        python         {version: "3.11.2", path: "/usr/bin/python3"}
        systemd        252, or 0 when systemd is not the init
        user           {name, uid, root: bool, sudo: "" | "password" | "free"}
        clock          epoch seconds
        memory         {total, available, swap}                 kilobytes
        cores          2
        disk           {"/srv": {free, free_inodes, read_only}, "/var": ..., "/etc": ..., "/tmp": ...}  bytes
        addresses      ["10.77.0.5", ...]                       global ones, IPv4 first
        ipv6           bool
        packages       {name: version or ""}
        apt            {present: bool, busy: "" or the name of the program that holds dpkg's lock, interrupted: bool, lists: bool,
                       sources: {path: text without its comments}}    sources.list, sources.list.d and mirror lists
        pip            {index: "" or the index that the host's owner has chosen, without user and password}
        mirrors        [[kind, name, url, bytes a second, good: bool]]    only those asked for and tried
        pythons        {path: version or ""}                    those asked for
        files          {path: {kind: absent|file|directory|link|other, sha256, mode, owner, group, target}}
        units          {name: {load, active, sub, enabled, restarts, result, memory}}   those asked for and the live release's
        users          {name: {uid, groups, home} or null}
        ports          {"80": {program, pid, unit} or null}
        panels         ["bt" | "1panel" | "dokku" | "coolify" | "caprover" | "plesk" | "cpanel" ...]  found by their own marks
        proxy          {nginx: {version, test: "" or the error text}, apache: {version, test}}   absent ones missing
        default_sites  {port: {file, stock: bool, patterns}}    who gets names that nobody claims, golive's own sites apart
        firewall       {program: "" | "ufw" | "firewalld", shut: [port...]}     of those asked for, what it keeps visitors from
        apps           {slug: {identity, domains, port, current, catch_all}}   every golive app on the host
        app            null, or {identity, current: 3 or 0, releases: [record + {number, complete: bool}],
                       environments: {key: complete bool}, env: {names: [...], generated: [name...], digest, damaged,
                       digests: {name: value_digest}, if salted}, shared: [path...],
                       running: null or {run, since, purpose, who}, unfinished: null or {run, purpose, release, in_doubt: step id or ""},
                       taken_back: null or {release, reason, at}}
        golive         {runners: [sha...], format: 1}
        occupied       null, or {apps: {slug: {units: {name: active}, memory, disk, maintenance: bool}}, golive: {processes, ports, files,
                       cache}, databases: [{name, memory}], users: [{name, memory}], disk: {total, free}}   bytes; the five that use most memory
    """

    def __init__(self, values):
        # type: (Dict[str, Any]) -> None
        self._values = values
        self._consulted = {}  # type: Dict[str, str]

    def get(self, *path):
        # type: (str) -> Any
        """The value at PATH (None where there is none), remembered as consulted."""
        value = self.peek(*path)
        self._consulted["\t".join(path)] = _digest(value)
        return value

    def peek(self, *path):
        # type: (str) -> Any
        """The value at PATH (None where there is none); the plan does not depend on it."""
        value = self._values  # type: Any
        for key in path:
            if not isinstance(value, dict) or key not in value:
                return None
            value = value[key]
        return value

    @property
    def consulted(self):
        # type: () -> Tuple[Tuple[str, str], ...]
        """Path (tab separated) and digest of everything that ``get`` was asked for, sorted."""
        return tuple(sorted(self._consulted.items()))

    def changed(self, consulted):
        # type: (Tuple[Tuple[str, str], ...]) -> List[str]
        """The paths of CONSULTED whose value here is another one."""
        return [path for path, digest in consulted if _digest(self.peek(*path.split("\t"))) != digest]


def _digest(value):
    # type: (Any) -> str
    """Nothing and empty are the same: an app's folder that holds only the journal of a first run is no app yet."""
    return digest_of(value or None)
