"""Files, folders, links, releases: what a person would type."""

from __future__ import annotations

import json
import shlex

from golive.explain.shell.quoting import feed, mode, words
from golive.protocol.steps import EnsureDirectory, EnsureLink, RecordRelease, RemovePaths, SwitchRelease, WriteFile


def render_shell_ensure_directory(action: EnsureDirectory) -> tuple[str, ...]:
    """install(1) makes the folder, its parents, and sets owner and mode."""
    return (words("install", "-d", "-m", mode(action.mode), "-o", action.owner, "-g", action.group, action.path),)


def render_shell_write_file(action: WriteFile) -> tuple[str, ...]:
    """install(1) writes a new file with owner and mode, and puts it in place."""
    owner = ("-o", action.owner, "-g", action.group)
    return feed(words("install", "-m", mode(action.mode), *owner, "/dev/stdin", action.path), action.content)


def render_shell_ensure_link(action: EnsureLink) -> tuple[str, ...]:
    """``-n``: a link to a folder is replaced, not entered."""
    return (words("ln", "-sfn", action.target, action.path),)


def render_shell_remove_paths(action: RemovePaths) -> tuple[str, ...]:
    """Files, links and trees alike."""
    return (words("rm", "-rf", "--", *action.paths),)


def render_shell_record_release(action: RecordRelease) -> tuple[str, ...]:
    """The record with today's time in it."""
    record = {**json.loads(action.record), "created": 0}
    text = json.dumps(record, sort_keys=True, ensure_ascii=False, indent=1) + "\n"
    before, _, after = text.partition('"created": 0')
    install = words("install", "-m", "0600", "/dev/stdin", action.path)
    now = '"$(date +%s)"'
    content = shlex.quote(before + '"created": ') + now + shlex.quote(after)
    return (f"printf %s {content} | {install}",)


def render_shell_switch_release(action: SwitchRelease) -> tuple[str, ...]:
    """The new link is made beside the old one and takes its place by one rename: there is no moment without one."""
    new = action.link + ".new"
    return ("sync", words("ln", "-sfn", action.target, new), words("mv", "-T", new, action.link), "sync")
