"""A check before any change says no: the host or the wish is not fit."""

from __future__ import annotations

from golive.explain.failures.entry import Failure
from golive.locale import N_

PLAN: dict[str, Failure] = {
    "host-newer": Failure(
        N_("A newer golive has been at work on this host."),
        N_("Its folders have format %(found)s; this golive knows %(known)s."),
        N_("Update golive on this computer: “pip install -U golive”."),
    ),
    "os-unsupported": Failure(
        N_("Golive does not know this operating system: %(name)s."),
        N_("It installs with apt and starts with systemd, as Debian and Ubuntu have them."),
        N_("Use Debian 11 or later, or Ubuntu 20.04 or later."),
    ),
    "os-too-old": Failure(
        N_("%(name)s is too old."),
        N_("It gets no security updates, and its Python and systemd lack what golive needs. Oldest: %(oldest)s."),
        N_("Install a newer system on the server; your provider's console can do it."),
    ),
    "no-systemd": Failure(
        N_("This host is not run by systemd."),
        N_("Golive leaves starting and watching the app to systemd; a container usually has none."),
        N_("Use a virtual or real server with Debian or Ubuntu."),
    ),
    "not-root": Failure(
        N_("Golive works there as “%(user)s”, who is not root."),
        N_("Packages, units and the proxy belong to root."),
        N_("Log in as root, or as a user who may use sudo."),
    ),
    "no-apt": Failure(
        N_("Packages are missing and there is no apt to install them: %(packages)s."),
        N_("Golive installs only from the system's own archive."),
        N_("Install them by hand, or use Debian or Ubuntu."),
    ),
    "read-only-filesystem": Failure(
        N_("%(path)s is read-only."),
        N_("A disk error makes Linux do that to protect the data, or it was mounted so."),
        N_("Look at “dmesg” and “mount” on the host; repair or remount it, then try again."),
    ),
    "disk-low": Failure(
        N_("The disk of %(path)s is nearly full: %(free)s MB free, %(need)s MB needed."),
        N_("Golive checks first, because a full disk in the middle also harms the site that runs."),
        N_("Free some space: “apt-get clean”, “journalctl --vacuum-size=100M”, “du -xh / | sort -h | tail”."),
    ),
    "inodes-low": Failure(
        N_("The disk of %(path)s can hold too few more files: %(free)s, needed are %(need)s."),
        N_("Not the space but the number of files is used up, often by old caches or sessions."),
        N_("Find the folder with “du --inodes -x / | sort -n | tail” and clear it."),
    ),
    "port-taken": Failure(
        (N_("Port %(port)s is taken by %(program)s."), N_("It belongs to %(panel)s.")),
        N_("Only one program can answer visitors there, and golive does not stop what is not its own."),
        (
            N_("Stop or move it if you no longer need it; or give your app another port in golive.toml: port = 8080."),
            N_("With %(panel)s on the server, a fresh server for golive is the calm way."),
        ),
    ),
    "proxy-broken": Failure(
        (N_("nginx's own test fails before golive has done anything."), N_("Place: %(file)s, line %(line)s.")),
        N_("nginx says: %(error)s. With this, no reload can succeed for any site."),
        N_("It is another site's file: mend it or move it away, then “nginx -t” must be silent."),
    ),
    "setting-unsupported": Failure(
        N_("“%(key)s” cannot be “%(value)s”."),
        N_("The value has signs or a form that nginx, systemd or a user's name do not take."),
        N_("Set %(key)s in golive.toml to something plainer."),
    ),
    "not-yet": Failure(
        (
            N_("%(what)s “%(value)s” is not possible yet."),
            N_("The value “%(value)s” of “%(key)s” is not possible yet."),
        ),
        (
            N_("Golive understands the word, but cannot do it so far."),
            N_("Possible: %(possible)s."),
            N_("Possible: %(choices)s."),
        ),
        N_("Change it in golive.toml."),
    ),
    "python-too-old-for-app": Failure(
        N_("The app needs Python %(needs)s; the host has %(has)s."),
        N_("Golive uses the Python of the operating system."),
        N_("Use a host with a newer Debian or Ubuntu, or loosen the app's requirement if it really runs with %(has)s."),
    ),
    "app-identity-differs": Failure(
        N_("Another app called “%(slug)s” is on this host already."),
        N_("It came from another folder, and golive does not replace one app with another unasked."),
        N_('Give this one another name in golive.toml: name = "...". If it is the same app, say yes to “golive up”.'),
    ),
    "name-taken": Failure(
        N_("%(name)s already leads to the app “%(app)s” on port %(port)s."),
        N_("Two apps cannot answer for one name and port."),
        (
            N_(
                'Give this app a place of its own in its golive.toml: “app.domains = ["shop.example.com"]”'
                " or “app.port = %(free)s”."
            ),
            N_("Or remove the other: “golive down” in its folder."),
        ),
    ),
    "address-taken": Failure(
        N_("%(address)s already leads to the app “%(app)s” on port %(port)s."),
        N_("By the address alone nginx cannot tell two apps apart: each needs a domain, or a port of its own."),
        (
            N_(
                'Under [app] in golive.toml, give it a domain, domains = ["shop.example.com"],'
                " or a port, port = %(free)s."
            ),
            N_("A port has to be opened in the cloud's console, too (security group, 安全组): TCP %(free)s."),
            N_("Or remove the other app: “golive down” in its folder."),
        ),
    ),
    "service-needed": Failure(
        N_("The app uses %(service)s (%(place)s), and does not know where it is."),
        N_("None of these variables is set: %(names)s."),
        N_("Set one of them under [env] in golive.toml, or let “golive up” ask for it if it holds a password."),
    ),
    "env-missing": Failure(
        N_("The app needs variables that have no value: %(names)s."),
        N_("It reads them without a default: %(places)s."),
        N_("Run “golive up” in a terminal: it asks for each, hidden. Those that are no secret can stand under [env]."),
    ),
    "not-deployed": Failure(
        N_("The app “%(app)s” is not on %(host)s."),
        N_("There is no release of it."),
        N_("Put it there with “golive up”, or check the name and “--to”."),
    ),
    "no-such-release": Failure(
        N_("There is no release %(release)s on the host."),
        N_("These are there: %(available)s. Old ones are tidied away."),
        N_("Choose one from “golive releases”."),
    ),
    "release-incomplete": Failure(
        N_("Release %(release)s is not complete on the host."),
        N_("A part of its folder has been deleted or was never finished."),
        N_("Choose another one from “golive releases”, or deploy again: “golive up”."),
    ),
    "nothing-to-roll-back-to": Failure(
        N_("There is no earlier release of “%(app)s” to go back to."),
        N_(
            "No earlier complete release on the host differs from the live one, apart from its variables and instances."
        ),
        N_("Mend the code and run “golive up”."),
    ),
    "not-confirmed": Failure(
        N_("Nothing was done for “%(app)s”."),
        N_("It needs a yes, and none was given."),
        N_("Run it again and say yes; without a terminal, “--yes” says it."),
    ),
    "not-settled": Failure(
        N_("“%(app)s” on %(host)s does not come to rest."),
        N_("Each time golive looked, somebody else had just changed something or was at work."),
        N_("Wait a minute and run the same command again."),
    ),
}
