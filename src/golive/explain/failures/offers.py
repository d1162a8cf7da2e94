"""What a first deploy asks and tells beyond the site itself."""

from __future__ import annotations

from golive.explain.failures.entry import Sentences
from golive.locale import N_

OFFERS: dict[str, Sentences] = {
    # .env
    "dotenv-import": (
        N_("%(file)s stays on this computer, and the app reads from it."),
        N_("Not offered, because their values are for developing or for this computer: %(left)s."),
        N_("Keep %(names)s on the host as secrets (the values are shown nowhere)?"),
    ),
    "dotenv-local": N_(
        "%(names)s: the values in %(file)s are for developing or for this computer, so they stay here. "
        "“golive env set NAME” gives the host its own."
    ),
    "dotenv-changed": N_(
        "In %(file)s, these have other values than on the host: %(names)s. Replace those on the host?"
    ),
    "dotenv-taken": N_("From %(file)s, as secrets, because the app does not start without: %(names)s."),
    "dotenv-stays": N_(
        "%(file)s stays on this computer, and the app reads from it: %(names)s. "
        "“golive env import %(file)s” sends them."
    ),
    "dotenv-differs": N_(
        "In %(file)s, these have other values than on the host: %(names)s. The host keeps its own; "
        "“golive env import %(file)s” replaces them."
    ),
    "dotenv-offer": N_("%(file)s stays on this computer, and the app reads from it: “golive up” offers %(names)s."),
    # Data that is here.
    "data-copy": (
        N_("The app keeps data in %(places)s, and some is here (files: %(count)s, %(size)s)."),
        N_("Start the site with a copy of it, instead of empty?"),
    ),
    "data-stays-here": N_(
        "The site starts empty: the data in %(places)s stays here (files: %(count)s, %(size)s). "
        "With “--copy-data”, a first “golive up” takes a copy along."
    ),
    "data-offer": N_(
        "The app keeps data in %(places)s (files: %(count)s, %(size)s). “golive up” asks whether the site starts with "
        "a copy of it, or empty; “golive up --copy-data” takes it along unasked."
    ),
    "data-too-much": N_(
        "The site starts empty: %(size)s in %(places)s are too much to take along (1 GB is the most). They can be "
        "copied afterwards, into /srv/golive/%(app)s/shared on the host."
    ),
    "data-late": N_("“%(app)s” has data of its own on the host already: nothing from here is copied over it."),
    # Tables.
    "set-up-tables": (
        N_("The app's database has no tables yet; “%(command)s” (%(place)s) makes them."),
        N_("Run it once, before the first start?"),
    ),
    # What comes next.
    "next-tables": N_("Next, if its database has no tables yet: %(command)s"),
    "next-admin": N_("Next, make its first account: %(command)s"),
    "next-seed": N_("Next, fill in its first data: %(command)s"),
    "next-look": N_("Look at it: %(open)s; what the app says meanwhile: %(logs)s"),
    # What a rollback leaves alone.
    "rollback-data": N_(
        "Code, Python packages and settings come back; data does not. As it is now stays: %(places)s, and what is "
        "installed in the system."
    ),
    "rollback-values": N_(
        "Variables have other values than at the time of release %(release)s; today's are used (“golive env list”)."
    ),
    "rollback-kept": N_("Not rolled back: %(places)s."),
    # Memory.
    "memory-beside": (
        N_(
            "The new release starts while the live one serves. By what that uses now, about %(need)s MB more are "
            "needed, and %(free)s MB are free: should it not fit, the live one stays."
        ),
        N_("A swap file makes room; on the host, as root: %(swap)s"),
    ),
    "memory-for-two": (
        N_(
            "Later releases will start while the live one serves: two need about %(need)s MB, and %(free)s MB are free."
        ),
        N_("A swap file makes room; on the host, as root: %(swap)s"),
    ),
}
