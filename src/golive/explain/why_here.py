"""Why a step is there, where it has another reason on the user's own computer (keys: ``golive.drivers.draft``)."""

from __future__ import annotations


def N_(text: str) -> str:  # noqa: N802 (the name that gettext's tools look for)
    """Marks a text for the catalogs; changes nothing."""
    return text


WHY_HERE: dict[str, str] = {
    "folders-here": N_(
        "Everything that golive keeps on this computer lives below one folder, closed to its other users. “golive "
        "down” empties it again."
    ),
    "starter": N_("Programs are started by this script: with the app's variables, which no other user can see."),
    "supervisor-config": N_(
        "A server has systemd to keep an app running; here Supervisor does it, a program of yours in the background. "
        "It goes on when this terminal is closed, and starts again what crashes."
    ),
    "short-way": N_("The path of a socket may not be long; this link shortens the way to it."),
    "code-here": N_(
        "A copy of your folder as it is now, which the app can read but not write: what you edit later is not live "
        "until the next “golive up”."
    ),
    "secrets-here": N_(
        "Secrets such as SECRET_KEY are made here, at random, and stay in a file that only you can read. They are kept "
        "from deploy to deploy, so that your visitors stay logged in."
    ),
    "env-file-here": N_(
        "Each release keeps its own copy of the environment variables, in a file that only you can read; the app gets "
        "the values when it starts."
    ),
    "list-units-here": N_("The list of what this release runs."),
    "run-link-here": N_(
        "The proxy talks to the app through a socket: a file instead of a port, closed to other users."
    ),
    "unit-here": N_("Supervisor keeps the app running: it starts it again after a crash, and ends it in good order."),
    "reload-units-here": N_("Supervisor starts if it does not run yet, and reads its files again."),
    "proxy-config": N_(
        "nginx is installed here, so it receives the visitors as on a server: a second one, with files of its own, "
        "started as you. The system's nginx is not touched."
    ),
    "proxy-program": N_(
        "This tells Supervisor what receives the visitors: nginx if it is installed, else golive itself."
    ),
    "proxy-file-here": N_(
        "This file tells the proxy where your app is, and listens for this computer alone. It names `current`, the "
        "link to the live release, so it rarely changes."
    ),
    "reload-proxy-here": N_("The proxy takes over its files as they are now, without dropping a visitor."),
    "verify-here": N_(
        "Now through the front door: the site is asked as your browser will ask, and the answer must come from the new "
        "release."
    ),
    "remove-proxy-file-here": N_("The proxy forgets this site first, so that nobody meets a half of it."),
    "stop-here": N_("The app's processes end."),
    "remove-units-here": N_("The files that told Supervisor about this app go, and what it has logged."),
    "stop-supervisor": N_("It was the last app here: the proxy and Supervisor end as well."),
    "remove-shared": N_("Nothing of what all apps shared is needed any more."),
}
"""As ``golive.explain.why.WHY``."""
