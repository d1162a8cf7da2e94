"""The ground that every release of an app stands on: packages, users, folders. A step only for what is missing."""

from __future__ import annotations

from golive.drivers.draft import Draft
from golive.drivers.places import BUILDER, BUILDER_HOME, PROXY_USER, AppPlaces
from golive.protocol.facts import Facts
from golive.protocol.steps import EnsureDirectory, EnsureUser, InstallPackages

PACKAGES = ("git", "nginx", "python3-venv")


def missing_packages(facts: Facts) -> tuple[str, ...]:
    """Which of the packages that golive uses are not installed."""
    return tuple(name for name in PACKAGES if not facts.get("packages", name))


def folders_of(places: AppPlaces) -> tuple[tuple[str, EnsureDirectory], ...]:
    """Step names and folders, outermost first."""
    return (
        ("folder-build", EnsureDirectory(BUILDER_HOME, 0o750, BUILDER, BUILDER)),
        ("folder-app", EnsureDirectory(places.folder, 0o750, "root", places.user)),
        ("folder-releases", EnsureDirectory(places.releases, 0o750, "root", places.user)),
        ("folder-envs", EnsureDirectory(places.environments, 0o750, "root", places.user)),
        ("folder-shared", EnsureDirectory(places.shared, 0o750, places.user, places.user)),
        ("folder-snapshots", EnsureDirectory(places.snapshots, 0o700, "root", "root")),
    )


def plan_ground(draft: Draft) -> None:
    """Packages, users and folders that are not as they should be."""
    facts, places = draft.facts, draft.places
    packages = missing_packages(facts)
    if packages:
        draft.add("install-packages", InstallPackages(packages), "packages", lease="host", keep=True)
    if not facts.get("users", BUILDER):
        draft.add("user-build", EnsureUser(BUILDER, BUILDER_HOME), "build-user", lease="host", keep=True)
    if not proxy_may_enter(facts, places):
        user = EnsureUser(places.user, places.shared, (PROXY_USER,))
        draft.add("user-app", user, "app-user", lease="host", keep=True)
    for name, folder in folders_of(places):
        if not _is_there(facts, folder, places):
            if folder.path == BUILDER_HOME:
                draft.add(name, folder, "build-folder", needs=("user-build",), keep=True)
            else:
                draft.add(name, folder, "folders", needs=("user-app",), keep=True)


def proxy_may_enter(facts: Facts, places: AppPlaces) -> bool:
    """Whether the app's user exists and the proxy's user is in its group."""
    groups = facts.get("users", PROXY_USER, "groups") or ()
    return bool(facts.get("users", places.user)) and places.user in groups


def _is_there(facts: Facts, folder: EnsureDirectory, places: AppPlaces) -> bool:
    # Only a peek at the app's own: the run makes it, for its journal, before the plan's facts are checked again.
    look = facts.peek if folder.path == places.folder else facts.get
    found = look("files", folder.path) or {}
    wanted = {"kind": "directory", "mode": folder.mode, "owner": folder.owner, "group": folder.group}
    return all(found.get(name) == value for name, value in wanted.items())
