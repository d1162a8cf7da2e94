"""System users: ensure_user, remove_user."""

import grp
import os
import pwd
from typing import Any, Optional

from golive.protocol.steps import EnsureUser, RemoveUser
from golive.runner.failure import StepFailed
from golive.runner.person import person

FIRST_HUMAN = 1000
"""System users have smaller ids (login.defs(5), UID_MIN)."""


def perform_ensure_user(action: EnsureUser, context: Any) -> bool:
    """The user, its group of the same name, and the group's other members."""
    changed = False
    entry = user_entry(action.name)
    if entry is None:
        _create(action, context)
        changed = True
    elif entry.pw_uid >= FIRST_HUMAN and entry.pw_dir != action.home:
        raise StepFailed("user-conflict", user=action.name, uid=entry.pw_uid)
    for member in action.members:
        changed = _join(member, action.name, context) or changed
    return changed


def user_entry(name: str) -> Optional[pwd.struct_passwd]:
    """The user's entry, None when there is no such user."""
    try:
        return person(name or str(os.geteuid()))
    except KeyError:
        return None


def _group_entry(name: str) -> Optional[grp.struct_group]:
    try:
        return grp.getgrnam(name)
    except KeyError:
        return None


def _create(action: EnsureUser, context: Any) -> None:
    group = ("--user-group",) if _group_entry(action.name) is None else ("--gid", action.name)
    shell = "/usr/sbin/nologin" if os.path.exists("/usr/sbin/nologin") else "/sbin/nologin"
    options = ("--system", *group, "--no-create-home", "--home-dir", action.home, "--shell", shell)
    _must(context, "useradd", *options, action.name)


def _join(member: str, group: str, context: Any) -> bool:
    entry, user = _group_entry(group), user_entry(member)
    if entry is not None and (member in entry.gr_mem or (user is not None and user.pw_gid == entry.gr_gid)):
        return False
    _must(context, "usermod", "--append", "--groups", group, member)
    return True


def perform_remove_user(action: RemoveUser, context: Any) -> bool:
    """Neither the user nor its group exists. Only golive's own system users are removed."""
    entry = user_entry(action.name)
    if not action.name.startswith("golive-") or (entry is not None and entry.pw_uid >= FIRST_HUMAN):
        raise StepFailed("user-conflict", user=action.name, uid=entry.pw_uid if entry else 0)
    changed = False
    if entry is not None:
        _must(context, "userdel", action.name)
        changed = True
    if _group_entry(action.name) is not None:
        _must(context, "groupdel", action.name)
        changed = True
    return changed


def _must(context: Any, *argv: str) -> None:
    status = context.run(argv)
    if status != 0:
        raise StepFailed("command-failed", command=argv[0], status=status)
