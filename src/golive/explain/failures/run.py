"""A run failed on the host; the live site is as it was."""

from __future__ import annotations

from golive.explain.failures.entry import Failure
from golive.locale import N_

RUN: dict[str, Failure] = {
    "busy": Failure(
        N_("Somebody else is at work on this app."),
        (N_("Started by %(who)s."), N_("It is this: %(purpose)s."), N_("Two runs at once would undo each other.")),
        N_("Run the same command again when it is done; “golive status” tells."),
    ),
    "stale-plan": Failure(
        N_("The host has changed since the plan was made."),
        (N_("Another run or a person changed something that the plan counts on."), N_("It is this: %(paths)s.")),
        N_("Run the same command again: it looks afresh."),
    ),
    "run-unknown": Failure(
        N_("The host does not know the run %(run)s."),
        N_("Its journal has been tidied away, or the app was removed meanwhile."),
        N_("See how things are: “golive status”."),
    ),
    "runner-died": Failure(
        (N_("The run on the host was cut off before its end."), N_("Run: %(run)s.")),
        N_("The host restarted, or its memory ran out and the system killed the run."),
        N_("Run the same command again: it takes back or finishes what was begun, and then goes on."),
    ),
    "stopped": Failure(
        N_("The run on the host was stopped before its end."),
        N_("Somebody stopped it there, or the host was shutting down. What it had begun was taken back."),
        N_("Run the same command again when nothing speaks against it."),
    ),
    "recovered": Failure(
        N_("A run that had been cut off was taken back."),
        N_("Its changes were undone in reverse order; the release from before goes on serving."),
        N_("Run “golive up” again."),
    ),
    "journal-corrupt": Failure(
        N_("The journal of a run was damaged, so the run was taken back as far as it could be read."),
        N_("A power cut or a full disk can tear the last lines off."),
        N_("Check the site with “golive status”, then run “golive up” again."),
    ),
    "disk-full": Failure(
        (N_("The host's disk is full."), N_("The place: %(path)s.")),
        N_("The run stopped there and was taken back; half-written files are gone again."),
        N_("Free some space (“df -h”, “apt-get clean”, “journalctl --vacuum-size=100M”), then run it again."),
    ),
    "read-only": Failure(
        (N_("The host's disk has become read-only."), N_("The place: %(path)s.")),
        N_("Linux does that after a disk error, to protect the data."),
        N_("Look at “dmesg” on the host; a reboot with a disk check usually helps. Then run it again."),
    ),
    "apt-failed": Failure(
        N_("The packages could not be installed: %(packages)s."),
        (N_("apt failed; its own message is above."), N_("It says: %(error)s.")),
        N_("Run “apt-get update” and “apt-get install” on the host to see it whole; then run it again."),
    ),
    "apt-busy": Failure(
        N_("Another program keeps apt to itself: %(holder)s."),
        N_("A new server updates itself after its first start. Golive waited %(seconds)s seconds."),
        N_("Wait a few minutes, then run it again."),
    ),
    "apt-no-network": Failure(
        N_("The host cannot fetch packages: %(packages)s."),
        (N_("apt reaches none of its mirrors."), N_("It says: %(error)s.")),
        N_("Check the host's DNS and Internet (“apt-get update” on it), and the mirror in /etc/apt."),
    ),
    "package-unknown": Failure(
        N_("The operating system has no such package: %(packages)s."),
        N_("The package lists are fresh, and it is not in them: a part of the archive may be switched off."),
        N_("On Ubuntu, “add-apt-repository universe” on the host; then run it again."),
    ),
    "dpkg-interrupted": Failure(
        N_("An earlier installation on the host was interrupted and cannot be completed."),
        (N_("“dpkg --configure -a” fails."), N_("It says: %(error)s.")),
        N_("Run it on the host and mend the package that it names."),
    ),
    "user-conflict": Failure(
        N_("The user “%(user)s” on the host is not one that golive made."),
        N_("It exists with other settings (number %(uid)s), so golive leaves it alone."),
        N_("Give your app another name in golive.toml, or remove that user if nobody needs it."),
    ),
    "file-conflict": Failure(
        N_("%(path)s is in the way."),
        N_("Golive needs this place, and finds there: %(found)s. It does not overwrite what is not its own."),
        N_("Look at it; move it away if nobody needs it, then run it again."),
    ),
    "code-corrupt": Failure(
        N_("The app's code did not arrive whole."),
        (N_("The copy on the host does not match its checksum."), N_("Git says: %(error)s.")),
        N_("Run it again; if it stays, check the host's disk, or delete the app's repo.git under /srv/golive."),
    ),
    "link-refused": Failure(
        (N_("%(path)s is a link that leads out of the app."), N_("It leads to: %(target)s.")),
        N_("On the host it would open files that are not the app's."),
        N_("Replace the link by the file itself, or by a relative link inside the app's folder."),
    ),
    "out-of-memory": Failure(
        N_("The host's memory ran out during: %(command)s."),
        N_("Compiling a package needs much at once; the system ended it so that the site goes on."),
        N_(
            "A swap file makes room; on the host, as root: fallocate -l 1G /swapfile && chmod 600 /swapfile && mkswap "
            "/swapfile && swapon /swapfile && echo '/swapfile none swap sw 0 0' >> /etc/fstab. Then run it again. "
            "Otherwise prefer packages with ready wheels, or take a server with more memory."
        ),
    ),
    "command-failed": Failure(
        N_("A command failed with status %(status)s: %(command)s."),
        (N_("Its last lines are above."), N_("It says: %(error)s.")),
        N_("Mend what it says; try it on your computer first. Then run “golive up” again."),
    ),
    "command-timeout": Failure(
        N_("A command took longer than %(seconds)s seconds: %(command)s."),
        N_(
            "It was stopped, so that the deploy does not hang for ever. It may wait for an answer that nobody can type."
        ),
        N_("Try it on your computer; then run it again."),
    ),
    "migration-failed": Failure(
        N_("The database migration failed: %(command)s."),
        (N_("The SQLite database is as it was before."), N_("It says: %(error)s.")),
        N_("Run the migration on a copy of the data on your computer, mend it, then run “golive up” again."),
    ),
    "migration-interrupted": Failure(
        N_("A database migration was cut off half-way (step %(step)s)."),
        N_("Golive has no snapshot of this database, cannot see how far it came, and does not run it twice unasked."),
        N_("Look at the database of “%(app)s”; when it is in order, run “golive up” and say yes."),
    ),
    "unit-failed": Failure(
        N_("systemd could not start or stop: %(unit)s."),
        (N_("Its log is above."), N_("It says: %(error)s.")),
        N_("Run “golive logs”, or “systemctl status %(unit)s” on the host."),
    ),
    "switch-failed": Failure(
        N_("The new release could not be made the live one."),
        N_("“current” could not be pointed to %(target)s; the old release goes on serving."),
        N_("Check the app's folder under /srv/golive on the host, then run it again."),
    ),
    "internal": Failure(
        N_("Golive has made a mistake of its own: %(error)s."),
        (N_("Details are in this file: %(report)s."), N_("What was begun on the host is taken back there.")),
        N_("Run it again; if it stays, please report it with the details."),
    ),
}
