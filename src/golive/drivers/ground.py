"""The ground that every release of an app stands on: packages, users, folders. A step only for what is missing."""

from __future__ import annotations

from golive.drivers.draft import Draft
from golive.drivers.own_ground import own_folders, plan_own_ground
from golive.drivers.places import BUILDER, BUILDER_HOME, PROXY_USER, AppPlaces
from golive.protocol.facts import Facts
from golive.protocol.steps import EnsureDirectory, EnsureUser, InstallPackages

PACKAGES = ("git", "nginx", "python3-venv")


def missing_packages(facts: Facts) -> tuple[str, ...]:
    """Which of the packages that golive uses are not installed. The user's own computer needs none."""
    if facts.peek("kind") == "local":
        return ()
    return tuple(name for name in PACKAGES if not facts.get("packages", name))


def folders_of(places: AppPlaces) -> tuple[tuple[str, EnsureDirectory], ...]:
    """Step names and folders, outermost first."""
    platform, owner, group = places.platform, places.owner, places.group
    shared = own_folders(platform) if platform.local else ()
    return (
        *(shared or (("folder-build", EnsureDirectory(BUILDER_HOME, 0o750, BUILDER, BUILDER)),)),
        ("folder-app", EnsureDirectory(places.folder, 0o750, owner, group)),
        ("folder-releases", EnsureDirectory(places.releases, 0o750, owner, group)),
        ("folder-envs", EnsureDirectory(places.environments, 0o750, owner, group)),
        ("folder-shared", EnsureDirectory(places.shared, 0o750, places.user, group)),
        ("folder-snapshots", EnsureDirectory(places.snapshots, 0o700, owner, platform.group)),
    )


def plan_ground(draft: Draft) -> None:
    """Packages, users and folders that are not as they should be."""
    facts, places = draft.facts, draft.places
    packages = missing_packages(facts)
    if places.platform.local:
        _plan_folders(draft)
        plan_own_ground(draft)
        return
    if packages:
        draft.add("install-packages", InstallPackages(packages), "packages", lease="host", keep=True)
    if not facts.get("users", BUILDER):
        draft.add("user-build", EnsureUser(BUILDER, BUILDER_HOME), "build-user", lease="host", keep=True)
    if not proxy_may_enter(facts, places):
        user = EnsureUser(places.user, places.shared, (PROXY_USER,))
        draft.add("user-app", user, "app-user", lease="host", keep=True)
    _plan_folders(draft)


def _plan_folders(draft: Draft) -> None:
    facts, places = draft.facts, draft.places
    for name, folder in folders_of(places):
        if not _is_there(facts, folder, places):
            if folder.path == BUILDER_HOME:
                draft.add(name, folder, "build-folder", needs=("user-build",), keep=True)
            else:
                draft.add(name, folder, "folders", needs=("user-app",), keep=True)


def proxy_may_enter(facts: Facts, places: AppPlaces) -> bool:
    """Whether the app's user exists and the proxy's user is in its group."""
    if places.platform.local:
        return True
    groups = facts.get("users", PROXY_USER, "groups") or ()
    return bool(facts.get("users", places.user)) and places.user in groups


def _is_there(facts: Facts, folder: EnsureDirectory, places: AppPlaces) -> bool:
    # Only a peek at the app's own: the run makes it, for its journal, before the plan's facts are checked again.
    made_by_the_run = (places.folder, places.platform.apps, places.platform.root)
    look = facts.peek if folder.path in made_by_the_run else facts.get
    found = look("files", folder.path) or {}
    wanted = {"kind": "directory", "mode": folder.mode, "owner": folder.owner, "group": folder.group}
    return all(found.get(name) == value for name, value in wanted.items())
