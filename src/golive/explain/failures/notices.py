"""What is said in passing, and what is asked. A question's answer is yes or no, or hidden text."""

from __future__ import annotations

from golive.explain.failures.entry import Sentences
from golive.locale import N_

NOTICES: dict[str, Sentences] = {
    # Before the plan is done.
    "uncommitted-changes": N_("Changes that are not committed to git go along: the folder is deployed as it is."),
    "static-by-app": N_("The app itself serves %(folder)s: it is not a plain folder that the proxy could serve."),
    "default-site-kept": N_(
        "Somebody has set up %(file)s for visitors who come by a name that no site has: golive leaves it alone. On "
        "port %(port)s this app answers for %(names)s only."
    ),
    "clock-wrong": N_("The host's clock is %(minutes)s minutes %(direction)s; certificates and log-ins depend on it."),
    "memory-low": (
        N_("The host has only %(megabytes)s MB of memory; installing large packages may be ended for it."),
        N_("A swap file makes room; on the host, as root: %(swap)s"),
    ),
    "mirror-used": (
        N_("%(kind)s: %(own)s %(own_speed)s, %(name)s %(speed)s; using %(name)s."),
        N_("To keep that, or change it, in golive.toml: %(line)s"),
    ),
    "mirror-faster": (
        N_("%(kind)s: %(own)s %(own_speed)s, %(name)s %(speed)s; “golive up” will use %(name)s."),
        N_("To keep that, or change it, in golive.toml: %(line)s"),
    ),
    "rollback-to": N_("Bringing release %(release)s back, as a new release."),
    "rollback-across-migration": (
        N_(
            "Release %(release)s knows another state of the database; the data stays as it is. "
            "Check the site afterwards."
        ),
        N_("Not rolled back: %(places)s."),
    ),
    "rollback-instances": N_("That release ran with %(instances)s, and so it will again; “golive scale” changes it."),
    "env-overruled": N_(
        "golive.toml, as it was deployed last, sets %(names)s and wins, until “golive up” brings one that does not."
    ),
    "memory-for-instances": N_(
        "%(instances)s needs about %(need)s MB, by what one uses now, and %(free)s MB are free: it may become slow, or "
        "be ended for want of memory."
    ),
    "packages-stay": N_("These packages stay, other sites may need them: %(packages)s."),
    "data-stays": N_("The app's data stays in %(folder)s. “golive down --delete-data” removes it as well."),
    "maintenance-goes-on": N_("Maintenance is on: visitors go on getting its page, until “golive maintenance off”."),
    "logs-empty": N_("“%(app)s” has said nothing so far."),
    "host-added": N_("%(name)s is in %(file)s. Put the app there: golive up --to %(name)s"),
    "host-like-practice": N_(
        "There is a practice server called %(name)s, too: here this name means the host in golive.toml from now on."
    ),
    "host-no-default": N_(
        "These are several hosts now: %(names)s. Say which with “--to”, or write “default = true” below one of them."
    ),
    "host-fit": N_("This host is ready for golive."),
    # While it runs.
    "following-run": (N_("A run is going on there: %(purpose)s."), N_("Started by %(who)s."), N_("Watching it first.")),
    "recovering-run": N_("An earlier run (%(purpose)s, %(run)s) was cut off: taking it back or finishing it first."),
    "planning-again": N_("Looking again: %(reason)s."),
    "apt-in-use": N_("Waiting (%(seconds)s s): %(holder)s is using apt."),
    "first-boot": N_("Waiting (%(seconds)s s): the server is still setting itself up (cloud-init)."),
    "lease-waiting": (N_("Waiting: another run keeps %(lease)s."), N_("It is %(holder)s.")),
    "asking-from-here": N_("The host is done. Asking %(url)s from this computer as well."),
    "connection-lost-retrying": N_(
        "The connection to %(host)s is gone. The host goes on by itself; trying to get back."
    ),
    "connection-back": N_("The connection to %(host)s is back."),
    # Log-in.
    "host-key-new": N_("First contact with %(host)s. Its host key (%(algorithm)s): %(fingerprint)s"),
    "host-key-accept": N_("Is this the key of %(host)s (compare it in your provider's console)?"),
    "host-key-change": (
        N_("The host key of %(host)s."),
        N_("Known: %(old)s."),
        N_("Shown now: %(new)s."),
    ),
    "host-key-same": N_("%(host)s shows the key that golive knows (%(new)s): there is nothing to accept."),
    "host-key-trusted": N_("The new key of %(host)s is trusted from now on."),
    "host-key-trust": N_("Trust the new key of %(host)s from now on?"),
    "ssh-password": N_("Password of %(user)s on %(host)s:"),
    "key-passphrase": N_("Passphrase of the key %(file)s:"),
    "sudo-password": N_("Password of %(user)s on %(host)s for sudo:"),
    "host-challenge": N_("%(host)s asks: %(prompt)s"),
    "secret-wrong": N_("That was not right."),
    "install-key": (
        N_("Log in to %(host)s with a key from now on, instead of the password?"),
        N_("Golive makes one on this computer and adds it for “%(user)s”."),
    ),
    "key-installed": N_("%(host)s lets this computer's key in from now on."),
    "install-python": N_("%(host)s has no Python, and golive's part on the host needs it. Install python3 there?"),
    "installing-python": N_("Installing python3 on %(host)s."),
    # Practice servers.
    "lab-next": N_("Put an app on it: golive up --to %(name)s"),
    "lab-gone": N_("%(name)s is gone."),
    "lab-fresh": N_("%(name)s is as new."),
    # The story's own questions.
    "env-value": N_("Value of %(name)s (read at %(file)s:%(line)s; hidden, kept only on the host):"),
    "env-new-value": N_("Value of %(name)s (hidden, kept only on the host):"),
    "env-not-there": N_("There is no value for %(names)s on the host."),
    "env-taken-back": (
        N_("The variables are as they were before."),
        N_("Release %(release)s goes on serving with them."),
    ),
    "env-found": (
        N_("New: %(new)s."),
        N_("With another value: %(changed)s."),
        N_("Already so: %(same)s."),
        N_("Left out, because golive.toml sets them and wins: %(told)s."),
        N_("Left out, because golive sets them itself: %(ours)s."),
        N_("Look at these first, they seem to be for this computer only: %(here)s."),
    ),
    "env-import": N_("Take these over from %(file)s, for “%(app)s” on %(host)s?"),
    "migration-in-doubt": N_("A migration was cut off (%(step)s). Is the database in order, so that it may run again?"),
    "identity-adopt": N_(
        "An app called “%(app)s” from another folder is on %(host)s. Is it the same app, to be replaced by this one?"
    ),
    "port-of-its-own": (
        N_("%(address)s already leads to the app “%(app)s” on port %(port)s."),
        N_("Give this app port %(free)s, and write that to golive.toml?"),
    ),
    "port-remembered": (
        N_("Written to golive.toml: port = %(port)s."),
        N_("It has to be opened in the cloud's console, too (security group, 安全组): TCP %(port)s."),
    ),
    "delete-data": N_("Delete all data of “%(app)s” on %(host)s for good?"),
}
