"""The app's code and the data it writes: what a person would type."""

from __future__ import annotations

import posixpath

from golive.explain.shell import own
from golive.explain.shell.quoting import here, words
from golive.protocol.steps import ReceiveCode, ShareData, SharedPath

BRANCH = "golive"

_AS_IT_IS = "* -text !eol -ident !filter !working-tree-encoding\n"
"""Files are checked out byte by byte, whatever the app's own .gitattributes say (gitattributes(5): this file wins)."""


def render_shell_receive_code(action: ReceiveCode) -> tuple[str, ...]:
    """Git carries the code; the tree is checked out and closed to everyone but the app."""
    if not action.repository:
        return own.receive_code(action)
    git = ("git", "--git-dir", action.repository)
    into = action.into
    return (
        words("git", "init", "-q", "--bare", "--template=", action.repository),
        words("install", "-d", f"{action.repository}/info"),
        words("chmod", "0700", action.repository),
        here(f"cat >{words(action.repository + '/info/attributes')}", _AS_IT_IS),
        f"# On your own computer, in the app's folder (golive sends commit {action.commit[:12]}):\n"
        f"#   git push ssh://root@SERVER{action.repository} HEAD:refs/heads/{BRANCH}",
        words("install", "-d", into),
        words(*git, "read-tree", BRANCH),
        words(*git, "--work-tree", into, "checkout-index", "--all"),
        words("chown", "-R", "-h", f"root:{action.group}", into),
        *_closed(into),
    )


def _closed(path: str) -> tuple[str, ...]:
    """Folders 0750, programs 0750, other files 0640."""
    return (
        words("find", path, "(", "-type", "d", "-o", "-type", "f", "-perm", "-u=x", ")", "-exec") + " chmod 0750 {} +",
        words("find", path, "-type", "f", "!", "-perm", "-u=x", "-exec") + " chmod 0640 {} +",
    )


def render_shell_share_data(action: ShareData) -> tuple[str, ...]:
    """Each entry moves to where it outlives releases; a link takes its place."""
    return tuple(line for entry in action.entries for line in _share(entry, action))


def _share(entry: SharedPath, action: ShareData) -> tuple[str, ...]:
    home = posixpath.join(action.shared, entry.path)
    link = posixpath.join(action.release, entry.path)
    owner = ("-o", action.owner, "-g", action.owner)
    parents: list[str] = []
    folder = posixpath.dirname(entry.path)
    while folder:
        parents.insert(0, words("install", "-d", "-m", "0750", *owner, posixpath.join(action.shared, folder)))
        parents.insert(
            0, words("install", "-d", "-m", "0750", "-g", action.owner, posixpath.join(action.release, folder))
        )
        folder = posixpath.dirname(folder)
    seed = _seed_directory if entry.kind == "directory" else _seed_file
    target = posixpath.relpath(home, posixpath.dirname(link))
    return (*parents, *seed(link, home, action.owner), words("rm", "-rf", "--", link), words("ln", "-s", target, link))


def _seed_directory(link: str, home: str, owner: str) -> tuple[str, ...]:
    """What the commit has there is copied once, never over data."""
    absent = f"[ ! -e {words(home)} ]"
    copy = f"if [ -d {words(link)} ]; then {words('cp', '-a', link, home)}; else {words('mkdir', home)}; fi"
    closed = " && ".join((words("chown", "-R", "-h", f"{owner}:{owner}", home), *_closed(home)))
    return (f"if {absent}; then {copy}; {closed}; fi",)


def _seed_file(link: str, home: str, owner: str) -> tuple[str, ...]:
    absent = f"[ ! -e {words(home)} ]"
    install = words("install", "-m", "0640", "-o", owner, "-g", owner, link, home)
    return (f"if {absent} && [ -f {words(link)} ]; then {install}; fi",)
