"""``golive run``: the command is not there, or was cut off."""

from __future__ import annotations

from golive.explain.failures.entry import Failure
from golive.locale import N_

TERMINAL: dict[str, Failure] = {
    "no-command": Failure(
        N_("“golive run” needs a command to run."),
        N_("It runs on the host, in the environment of the live release."),
        N_("For example: “golive run -- python”, “golive run -- flask --help”, “golive run -- bash”."),
    ),
    "program-not-found": Failure(
        N_("There is no command “%(program)s” on the host."),
        (
            N_("It is neither in the app's environment (%(bin)s) nor among the system's programs."),
            N_("The environment has these: %(programs)s."),
        ),
        N_("Check the spelling. If it comes from a package, add that package to the requirements, then “golive up”."),
    ),
    "program-refused": Failure(
        N_("“%(program)s” on the host cannot be run."),
        N_("The system says: %(reason)s."),
        N_("A script is run by its interpreter: “golive run -- python %(program)s”."),
    ),
    "program-cut-off": Failure(
        N_("The connection to %(host)s was lost, and the command ended with it."),
        N_("What “golive run” starts never stays behind on the host. The site itself goes on."),
        N_("Run it again when the network is back."),
    ),
    "malformed": Failure(
        N_("The host did not understand what golive sent."),
        N_("It says: %(error)s."),
        N_("Update golive on this computer; if it stays, report it with this text."),
    ),
}
