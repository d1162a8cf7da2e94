"""What can be said about the user's own computer as a host."""

from __future__ import annotations

from golive.explain.failures.entry import Failure, Sentences
from golive.locale import N_

HERE: dict[str, Failure] = {
    "local-not-on-windows": Failure(
        N_("On Windows, golive takes apps live on servers, not on this computer itself."),
        N_("The programs that serve and keep an app running need Linux or macOS."),
        (
            N_("Name a server: “golive up --to root@ADDRESS”."),
            N_("To try it here first: in WSL (“wsl --install”, then install golive there), “golive up” works."),
        ),
    ),
    "local-folder-odd": Failure(
        N_("Golive cannot keep apps in %(folder)s: the character “%(character)s” is in its name."),
        N_("Python's environments, nginx and the supervisor each give such characters a meaning of their own."),
        (N_("Name another folder of yours, here and in every terminal: “export GOLIVE_DATA_HOME=/some/folder”."),),
    ),
}

HERE_NOTICES: dict[str, Sentences] = {
    "local-means": N_(
        "“local” is this computer: only here can the site be visited. It goes on when this terminal is closed; after a "
        "restart of the computer, run “golive up” again."
    ),
}
