"""The app's code: receive_code.

What arrives is hostile until proven otherwise: git checks every object; no hook, filter or setting of this host or
of the commit is used, and no link in the tree may lead out of it.
"""

import os
import stat
import subprocess
from typing import Any, Dict, List

from golive.protocol.steps import ReceiveCode
from golive.runner import atomic, trees
from golive.runner.failure import StepFailed
from golive.runner.perform import code_without_git
from golive.runner.perform.files import found_at
from golive.runner.perform.switch import sync_filesystem

_GIT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_ATTR_NOSYSTEM": "1",
    "HOME": "/nonexistent",
    "LC_ALL": "C.UTF-8",
}
# What a commit's .gitattributes may ask for would change the bytes of its files: gitattributes(5), this file wins.
_NO_ATTRIBUTES = b"* -text !eol -ident !filter !working-tree-encoding\n"

_SAFE = ("git", "-c", "core.hooksPath=/dev/null", "-c", "core.symlinks=true", "-c", "core.autocrlf=false")


def perform_receive_code(action: ReceiveCode, context: Any) -> bool:
    """The commit is in the repository and its tree, checked, is in ``into``."""
    if found_at(action.into) is not None:
        return False
    if action.repository:
        _ensure_repository(action.repository, context)
        _receive_objects(action, context)
    parts = action.into + ".part"
    trees.remove(parts)
    context.record_undo({"undo": "remove_path", "path": parts})
    context.record_undo({"undo": "remove_path", "path": action.into})
    if action.repository:
        _check_out(action, parts, context)
        _refuse_bad_links(action, os.path.realpath(parts), context)
        trees.hand_over(parts, 0, atomic.ids_of("root", action.group)[1], _mode_in_release)
    else:
        code_without_git.put(action, parts, context)
        trees.hand_over(parts, *atomic.ids_of(str(os.geteuid()), action.group), _mode_for_its_owner)
    os.rename(parts, action.into)
    atomic.sync_folder(os.path.dirname(action.into))
    return True


def _mode_in_release(mode: int) -> int:
    """Nothing in a release is for others, or can be written by the app."""
    return 0o750 if stat.S_ISDIR(mode) or mode & stat.S_IXUSR else 0o640


def _mode_for_its_owner(mode: int) -> int:
    """Where the app is the owner of the files: nothing can be written."""
    return _mode_in_release(mode) & ~0o222


def _ensure_repository(path: str, context: Any) -> None:
    if os.path.isfile(os.path.join(path, "info", "attributes")):
        return
    trees.remove(path)
    # Without the templates of this host: they may hold hooks.
    if context.run(_SAFE + ("init", "-q", "--bare", "--template=", path), env=_GIT) != 0:
        raise StepFailed("code-corrupt", commit="", error=_last(context))
    os.chmod(path, 0o700)
    os.makedirs(os.path.join(path, "info"), exist_ok=True)
    # Written last, when the rest is on the disk: its presence says that the repository is whole.
    sync_filesystem(path, context)
    atomic.write_file(os.path.join(path, "info", "attributes"), _NO_ATTRIBUTES, 0o600)


def _receive_objects(action: ReceiveCode, context: Any) -> None:
    """Take in the pack, check all that it holds and keep the commit by a name, so that no clean-up removes it."""
    if context.pack_path is not None:
        with open(context.pack_path, "rb") as pack:
            command = ("--git-dir", action.repository, "index-pack", "--stdin", "--fix-thin", "--strict")
            if context.run(_SAFE + command, env=_GIT, stdin=pack) != 0:
                raise StepFailed("code-corrupt", commit=action.commit, error=_last(context))
    repository = ("--git-dir", action.repository)
    if (
        context.run(
            _SAFE + repository + ("rev-list", "--objects", "--no-walk", "--quiet", action.commit, "--"), env=_GIT
        )
        != 0
    ):
        raise StepFailed("code-corrupt", commit=action.commit, error=_last(context))
    _name_commit(action, str(context.plan.release or action.commit))


def _name_commit(action: ReceiveCode, name: str) -> None:
    """The file that ``git update-ref`` would write, which does not sync it: after a power cut it is empty, and git then
    refuses for ever to replace it. Nor does git pass the lock of one that was killed."""
    folder = os.path.join(action.repository, "refs", "golive")
    os.makedirs(folder, 0o700, exist_ok=True)
    atomic.write_file(os.path.join(folder, name), action.commit.encode("ascii") + b"\n", 0o600)


def _last(context: Any) -> str:
    return context.tail[-1] if context.tail else ""


def _variables() -> Dict[str, str]:
    return dict(_GIT, PATH=os.environ.get("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"))


def _check_out(action: ReceiveCode, folder: str, context: Any) -> None:
    """The tree of the commit in FOLDER, byte by byte as in the repository."""
    index = folder + ".index"
    trees.remove(index)
    os.mkdir(folder, 0o700)
    variables = dict(_GIT, GIT_INDEX_FILE=index)
    places = ("--git-dir", action.repository, "--work-tree", folder)
    try:
        for argv in (("read-tree", action.commit), ("checkout-index", "--all", "--quiet")):
            if context.run(_SAFE + places + argv, env=variables, cwd=folder) != 0:
                raise StepFailed("code-corrupt", commit=action.commit, error=_last(context))
    finally:
        trees.remove(index)


def _refuse_bad_links(action: ReceiveCode, folder: str, context: Any) -> None:
    """No link leads out of the tree, whatever other links are on its way; empty submodules are told of."""
    for entry in _list(action):
        about, _, name = entry.partition(b"\t")
        path = os.path.join(folder, os.fsdecode(name))
        if about.startswith(b"120000 "):
            target = os.readlink(path)
            if os.path.isabs(target) or not (os.path.realpath(path) + "/").startswith(folder + "/"):
                raise StepFailed("link-refused", path=_shown(os.fsdecode(name)), target=_shown(target))
        elif about.startswith(b"160000 "):
            context.output("{}: a submodule, whose files are not in the commit".format(_shown(os.fsdecode(name))))


def _list(action: ReceiveCode) -> List[bytes]:
    """The entries of the commit's tree: mode, kind, digest, a tab and the name, which may hold any byte."""
    argv = ("--git-dir", action.repository, "ls-tree", "-r", "-z", "--full-tree", action.commit)
    done = subprocess.run(_SAFE + argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_variables(), cwd="/")
    if done.returncode != 0:
        raise StepFailed("code-corrupt", commit=action.commit, error="ls-tree")
    return done.stdout.split(b"\0")[:-1]


def _shown(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
