"""What travels to a host: one commit of the app's folder as it is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Code:
    """A synthetic commit and what the planner needs to know about its tree.

    ``identity``: a stable name of the app's origin (kept in the folder's ``.golive/identity`` or derived from its
    first commit), so that two folders called ``app`` are told apart. ``commit``, ``tree``: git object ids
    (hexadecimal). ``dirty``: the working tree differs from HEAD. ``subject``: the last commit's first line, or "".
    ``manifests_digest``, ``migrations_digest``: of the named files' contents ("" when there are none). ``size``: bytes
    of the whole tree; ``files``: how many.
    """

    identity: str
    commit: str
    tree: str
    dirty: bool
    subject: str
    manifests_digest: str
    migrations_digest: str
    size: int
    files: int
