"""One sentence to read while a step takes its time: what happens meanwhile, and what it is good for."""

from __future__ import annotations

from typing import Any

from golive.locale import N_, _
from golive.protocol import steps


def lesson(action: Any) -> str:
    """The sentence about ACTION in the user's language; "" for what never takes long."""
    if isinstance(action, steps.RunCommand) and action.purpose not in ("migrate", "set-up"):
        return ""
    known = _LESSONS_HERE if _is_here(action) else _LESSONS
    text = known.get(type(action))
    return _(text) if text else ""


def _is_here(action: Any) -> bool:
    """Whether it is for the user's own computer, and the usual words would be wrong there."""
    if isinstance(action, steps.ReceiveCode):
        return not action.repository
    return bool(getattr(action, "supervisor", ())) and type(action) in (steps.StartUnits, steps.ReloadProxy)


_LESSONS_HERE: dict[type, str] = {
    steps.ReceiveCode: N_("A copy of your folder: what you edit from now on is not live until the next deploy."),
    steps.StartUnits: N_("Supervisor starts the app, and from now on starts it again should it ever crash."),
    steps.ReloadProxy: N_("The proxy, which receives the visitors, takes over its files as they are now."),
}


_LESSONS: dict[type, str] = {
    steps.InstallPackages: N_(
        "Programs come from your system's own archive, which also keeps them safe: only the first app waits for them."
    ),
    steps.ReceiveCode: N_("Later deploys send only the files that you change; git keeps the rest on the host."),
    steps.ShareData: N_("What the app writes lives outside of its releases, so that no deploy ever replaces it."),
    steps.BuildEnvironment: N_(
        "The app gets Python packages of its own; until you change the list, later deploys skip this."
    ),
    steps.SnapshotDatabase: N_("A copy of the database comes first: should the migration fail, it is put back."),
    steps.RunCommand: N_("The database gets what the new code expects; no visitor meets the new code before."),
    steps.StartUnits: N_("systemd starts the app, and from now on starts it again should it ever crash."),
    steps.StopUnits: N_("The app finishes what it is answering, then its processes end."),
    steps.WaitHealthy: N_(
        "The new release is asked for a page, as a visitor would; until it answers well, nobody gets it."
    ),
    steps.ReloadProxy: N_("nginx, which receives the visitors, checks all of its files before it takes new ones."),
    steps.SwitchRelease: N_(
        "Everything is written to the disk for good first: not even a power cut leaves half a site."
    ),
    steps.VerifySite: N_("The last look goes through the front door, as your visitors will."),
    steps.DrainUnits: N_("The old release answers what it has begun, so that no visitor sees an error."),
    steps.RemovePaths: N_("Five releases stay to go back to; what none of them needs makes room."),
}
