"""Takes back what a run has done, from the records that it made before each change.

Every kind can be repeated: an undo that was itself cut off is simply begun again.
Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import grp
import os
import pwd
import shutil
from typing import Any, Callable, Dict, List

from golive.protocol import events
from golive.runner import atomic, trees
from golive.runner.context import Context
from golive.runner.failure import StepFailed, failure_of
from golive.runner.journal import Journal, sync_folder
from golive.runner.layout import local_layout
from golive.runner.sqlite_copy import copy_database

Record = Dict[str, Any]

UNIT_SECONDS = 60
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
_AT_THE_END = ("reload_units", "reload_proxy")


def undo_all(records: List[Record], context: Context, journal: Journal) -> bool:
    """Follow RECORDS, the last one first; one that cannot be followed does not keep the others from it.

    What has to be read again (units, the proxy's files) is read when all files are back. Returns whether all went well.
    """
    context.begin(None)
    well = True
    for record in _in_order(records):
        context.tail = []
        try:
            kind = record.get("undo", "")
            if kind not in UNDO:
                raise StepFailed("internal", error="unknown undo {}".format(kind))
            UNDO[kind](record, context)
        except Exception as error:
            well = False
            failure = failure_of(error, context.tail)
            what = {name: value for name, value in record.items() if name in ("undo", "path", "unit", "units")}
            tell(journal, events.UNDO_FAILED, what=what, error=failure.code, output=failure.output)
    return well


def tell(journal: Journal, event: str, **fields: Any) -> None:
    """Write an event if the disk takes it: undoing matters more than telling of it."""
    try:
        journal.write(event, **fields)
    except OSError:
        pass


def _in_order(records: List[Record]) -> List[Record]:
    """The last first; reloads once each after the files, and units read again before old ones are started."""
    order: List[Record] = []
    reloads: List[Record] = []
    for record in reversed(records):
        if record.get("undo") in _AT_THE_END:
            if record not in reloads:
                reloads.append(record)
            continue
        if record.get("undo") == "start_units" and {"undo": "reload_units"} in reloads:
            order.append({"undo": "reload_units"})
        order.append(record)
    reloads.sort(key=lambda record: _AT_THE_END.index(record["undo"]))
    return order + reloads


def undo_remove_path(record: Record, context: Context) -> None:
    """What we created at ``path`` is gone. It may lie where the app writes: no link on the way there is followed."""
    path = _checked(record["path"])
    trees.remove(atomic.temporary_path(path))
    trees.remove(path)


def undo_restore_file(record: Record, context: Context) -> None:
    """The file at ``path`` is the ``saved`` one again: the copy itself moves there, which a full disk cannot stop."""
    path, saved = _checked(record["path"]), record["saved"]
    _discard_unfinished(path)
    if not os.path.exists(saved):
        if os.path.exists(path):
            return
        raise StepFailed("internal", error="the saved copy is gone")
    ready = saved
    if os.stat(saved).st_dev != os.stat(os.path.dirname(path)).st_dev:
        ready = "{}.golive-undo".format(path)
        # What another disk gets a copy of may be a secret, and is nobody's until it has its owner.
        with open(saved, "rb") as source, os.fdopen(os.open(ready, _NEW, 0o600), "wb") as target:
            shutil.copyfileobj(source, target)
    os.chown(ready, _user_id(record["owner"]), _group_id(record["group"]))
    os.chmod(ready, record["mode"])
    _sync_file(ready)
    os.replace(ready, path)
    sync_folder(os.path.dirname(path))
    if ready != saved:
        os.unlink(saved)


def undo_restore_link(record: Record, context: Context) -> None:
    """``path`` is a link to ``target`` again, by one rename."""
    path, target = _checked(record["path"]), record["target"]
    _discard_unfinished(path)
    if os.path.islink(path) and os.readlink(path) == target:
        return
    temporary = "{}.golive-undo".format(path)
    if os.path.lexists(temporary):
        os.unlink(temporary)
    os.symlink(target, temporary)
    os.replace(temporary, path)
    sync_folder(os.path.dirname(path))


def undo_stop_units(record: Record, context: Context) -> None:
    """The units that we started run no longer."""
    for unit in record["units"]:
        _systemctl(context, "stop", unit, unknown_is_fine=True)
        _systemctl(context, "reset-failed", unit, unknown_is_fine=True)


def undo_start_units(record: Record, context: Context) -> None:
    """The units that we stopped run again."""
    for unit in record["units"]:
        _systemctl(context, "start", unit)


def undo_reload_units(record: Record, context: Context) -> None:
    """systemd has read its unit files as they are now."""
    _systemctl(context, "daemon-reload")


def undo_disable_unit(record: Record, context: Context) -> None:
    """The unit that we enabled does not start at boot."""
    _systemctl(context, "disable", record["unit"], unknown_is_fine=True)


def undo_reload_proxy(record: Record, context: Context) -> None:
    """The proxy has read its files as they are now, if it runs and its own test lets it."""
    if local_layout() is not None:
        _systemctl(context, "reload", record["unit"], unknown_is_fine=True)
        return
    test = {"nginx": ("nginx", "-t", "-q"), "apache": ("apache2ctl", "configtest")}[record["proxy"]]
    if context.run(test, timeout=UNIT_SECONDS) != 0:
        raise StepFailed("proxy-test-failed", error="\n".join(context.tail[-3:]))
    if context.systemd:
        if context.run(["systemctl", "is-active", "--quiet", record["unit"]], timeout=UNIT_SECONDS) == 0:
            _systemctl(context, "reload", record["unit"])
        return
    reload = {"nginx": ("nginx", "-s", "reload"), "apache": ("apache2ctl", "-k", "graceful")}[record["proxy"]]
    context.run(reload, timeout=UNIT_SECONDS)


def undo_restore_database(record: Record, context: Context) -> None:
    """The SQLite database at ``path`` holds what the copy ``saved`` holds."""
    copy_database(record["saved"], _checked(record["path"]))


UNDO: Dict[str, Callable[[Record, Context], None]] = {
    "remove_path": undo_remove_path,
    "restore_file": undo_restore_file,
    "restore_link": undo_restore_link,
    "stop_units": undo_stop_units,
    "start_units": undo_start_units,
    "reload_units": undo_reload_units,
    "reload_proxy": undo_reload_proxy,
    "restore_database": undo_restore_database,
    "disable_unit": undo_disable_unit,
}


def _systemctl(context: Context, verb: str, *units: str, unknown_is_fine: bool = False) -> None:
    here = local_layout()
    if here is not None:
        from golive.runner.supervise import Supervisor

        error = Supervisor(here).act(verb, units)
        if error and not unknown_is_fine:
            raise StepFailed("unit-failed", unit=" ".join(units), verb=verb, error=error)
    if not context.systemd:
        return
    if context.run(["systemctl", verb, *units], timeout=UNIT_SECONDS) != 0 and not unknown_is_fine:
        raise StepFailed("unit-failed", unit=" ".join(units))


def _checked(path: str) -> str:
    """PATH, if it can be one that a plan changes: whole, plain and not at the top of the file system."""
    if not os.path.isabs(path) or os.path.normpath(path) != path or path.count("/") < 2:
        raise StepFailed("internal", error="not a path to undo: {}".format(path))
    return path


def _discard_unfinished(path: str) -> None:
    """What a killed run was about to rename to PATH."""
    try:
        os.unlink(atomic.temporary_path(path))
    except (FileNotFoundError, NotADirectoryError):
        pass


def _user_id(owner: Any) -> int:
    # Digits where nobody has the id (any more): probe_files.user_name.
    return int(owner) if str(owner).isdigit() else pwd.getpwnam(owner).pw_uid


def _group_id(group: Any) -> int:
    return int(group) if str(group).isdigit() else grp.getgrnam(group).gr_gid


def _sync_file(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
