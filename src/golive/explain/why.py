"""Why each step is there: what a patient expert would say about it. Looked up by ``Step.why``.

The texts are marked for translation here and translated where they are shown.
"""

from __future__ import annotations

from golive.explain.why_here import WHY_HERE


def N_(text: str) -> str:  # noqa: N802 (the name that gettext's tools look for)
    """Marks a text for the catalogs; changes nothing."""
    return text


WHY: dict[str, str] = {
    "packages": N_(
        "These programs come from the server's own package archive, so its security updates cover them: nginx receives "
        "the visitors, git stores your code, python3-venv makes Python environments. They stay if anything fails later."
    ),
    "packages-mirror": N_(
        "These programs come from the server's own package archive, fetched from a mirror that is much faster from "
        "there: apt checks the archive's signature whoever hands it over. Only this once; the server's settings stay, "
        "and so do the programs if anything fails later."
    ),
    "build-user": N_(
        "Installing a Python package can run that package's code. A user that owns nothing else does it, never root."
    ),
    "app-user": N_(
        "Your app runs as a user of its own, without a password: whoever breaks into the app is not root, and cannot "
        "read your other apps. nginx joins its group, to reach the app's socket and its static files."
    ),
    "build-folder": N_("Where packages are fetched and built, and kept so that the next deploy need not fetch them."),
    "folders": N_("Everything of this app lives in one folder, closed to every other user of the server."),
    "release-folder": N_(
        "Each deploy gets a numbered folder of its own. The live one is not touched, so there is always a way back."
    ),
    "code": N_(
        "Only what changed since the last deploy travels. The files belong to root: the app can read its own code but "
        "never change it."
    ),
    "environment": N_(
        "A virtual environment holds exactly the packages that your app names, apart from the system's. Releases that "
        "need the same packages share it, so most deploys skip this."
    ),
    "share-data": N_(
        "What the app writes (its database, uploads) must outlive the release. It lives in `shared`, and the release "
        "only holds a link to it."
    ),
    "app-identity": N_(
        "The server remembers which folder this app came from, so that another one of the same name cannot replace it "
        "by accident."
    ),
    "secrets": N_(
        "Secrets such as SECRET_KEY are made on the server, at random, and stay in a file that only root can read. "
        "They are kept from deploy to deploy, so that your visitors stay logged in."
    ),
    "variables": N_(
        "The values came along with this plan, apart from it, and stay in a file that only root can read. They appear "
        "in no command, no log and no journal."
    ),
    "remove-secrets": N_(
        "The values are no longer wanted. Releases from before keep their own copy until they are tidied away."
    ),
    "env-file": N_(
        "Each release keeps its own copy of the environment variables. systemd reads it as root and hands the values "
        "to the app; no other user can see them."
    ),
    "record": N_("A small file says what this release is made of. A rollback later needs nothing else."),
    "list-units": N_("The list of what this release runs: after a restart of the server, these are started."),
    "release-identity": N_(
        "A text that no other release has. When the site answers with it, the new release is really the one that "
        "visitors get."
    ),
    "run-link": N_(
        "nginx talks to the app through a socket: a file instead of a port, in memory, closed to every other user."
    ),
    "unit": N_(
        "systemd keeps the app running: it starts it again after a crash and shuts it in a sandbox, where the app can "
        "write nothing but its own data."
    ),
    "boot-unit": N_("After a restart of the server, this starts the release that was live, whichever it is by then."),
    "reload-units": N_("systemd keeps unit files in memory; this makes it read them again."),
    "enable": N_("From now on your site comes back by itself when the server restarts."),
    "snapshot": N_(
        "A migration changes the database in place. This copy, taken while the app goes on working, is put back if the "
        "migration fails."
    ),
    "migrate": N_(
        "The new code expects tables that the database may not have yet. This brings it up to date before any visitor "
        "reaches the new code."
    ),
    "set-up": N_(
        "The app's own command makes the tables of its database, once: without them its pages would only show errors."
    ),
    "start": N_("The new release starts beside the live one. Visitors still get the live one."),
    "wait": N_(
        "The new release is asked for a page, just as a visitor would ask. If it does not answer well, it never gets a "
        "visitor, and the live one stays."
    ),
    "proxy-file": N_(
        "This file tells nginx which names are yours and where your app is. It names `current`, the link to the live "
        "release, so it rarely changes."
    ),
    "reload-proxy": N_(
        "nginx checks all of its files first and only then takes them over, without dropping a visitor. If the check "
        "fails, the old ones stay in use."
    ),
    "switch": N_(
        "One rename of one link makes the new release the live one: before it every request reaches the old release, "
        "after it the new one, and there is nothing in between."
    ),
    "verify": N_(
        "Now through the front door: the site is asked through nginx, and the answer must come from the new release."
    ),
    "maintenance-on": N_(
        "nginx looks for this file with every request. While it is there, visitors get it as a page, with the status "
        "503: back soon. The app itself goes on running, and nothing has to be loaded anew."
    ),
    "maintenance-off": N_("Without the file, the very next request reaches the app again."),
    "drain": N_(
        "The old release finishes the requests that it still holds, and then stops. Should the new one die within "
        "seconds, the old one takes over again."
    ),
    "prune": N_(
        "Five releases are kept to go back to. Older ones, and environments that none of them uses, would only "
        "fill the disk."
    ),
    "remove-proxy-file": N_("nginx forgets this site first, so that nobody meets a half of it. Other sites stay."),
    "stop": N_("The app's processes end, and are no longer started when the server restarts."),
    "remove-units": N_("The files that told systemd about this app go; nothing of it starts again."),
    "remove-app": N_("Code, releases and environments can all be made again from your folder."),
    "delete-data": N_("You asked for it: the database, the uploads and the secrets go too. This cannot be undone."),
    "remove-user": N_("With its data gone, the app's user owns nothing any more."),
}
"""One or two sentences each, for someone who has never run a server."""

WHY.update(WHY_HERE)
