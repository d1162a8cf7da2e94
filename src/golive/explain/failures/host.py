"""The host cannot be reached, does not let us in, or is not the host it was."""

from __future__ import annotations

from golive.explain.failures.entry import Failure
from golive.locale import N_

HOST: dict[str, Failure] = {
    "host-unreachable": Failure(
        N_("%(host)s cannot be reached on port %(port)s."),
        N_("%(reason)s."),
        N_("Check the address, that the server runs, and that its firewall and security group let SSH through."),
    ),
    "host-unresolvable": Failure(
        N_("The name %(host)s has no address."),
        N_("The name service does not know it: a typing error, a missing DNS record, or no Internet here."),
        N_("Check the spelling, or use the IP address that your provider shows."),
    ),
    "connection-lost": Failure(
        N_("The connection to %(host)s was lost and did not come back."),
        N_("What the host had been told to do, it finishes or takes back by itself."),
        N_("When the network is back, run “golive status” or the same command again."),
    ),
    "login-refused": Failure(
        N_("%(host)s does not let “%(user)s” in."),
        (N_("It accepted none of these: %(tried)s."), N_("Often the user or the key is another one.")),
        (
            N_("Name the key with “--identity FILE”, or another user; usual ones are: %(users)s."),
            N_("Your provider's page of the server tells which."),
        ),
    ),
    "host-key-changed": Failure(
        N_("%(host)s shows another host key than before. Golive has not logged in."),
        (
            N_("Either the server was installed anew, or somebody is in between."),
            N_("Known: %(known)s."),
            N_("Shown now: %(offered)s."),
        ),
        N_("If you have just reinstalled it, run “golive host trust %(host)s”. Otherwise ask your provider first."),
    ),
    "host-key-refused": Failure(
        N_("The host key of %(host)s is not trusted. Golive has not logged in."),
        (N_("%(reason)s."), N_("Key: %(offered)s.")),
        N_(
            "Compare the key with the one in your provider's console; then say yes, or use “--yes” to accept a new one."
        ),
    ),
    "identity-missing": Failure(
        N_("The key file %(file)s does not exist."),
        N_("It was named by “--identity”, golive.toml or the SSH configuration."),
        N_("Correct the path, or make a key: “ssh-keygen -t ed25519”."),
    ),
    "identity-unreadable": Failure(
        N_("The key file %(file)s cannot be used."),
        N_("%(reason)s."),
        N_("Name the private key (without “.pub”), in OpenSSH's format."),
    ),
    "passphrase-wrong": Failure(
        N_("The passphrase for %(file)s is wrong or missing."),
        N_("The key is encrypted, and golive could not open it."),
        N_("Try again, or load it first: “ssh-add %(file)s”."),
    ),
    "ssh-config-wrong": Failure(
        N_("The SSH configuration %(file)s cannot be understood."),
        N_("%(reason)s."),
        N_("Correct the file; “ssh -G HOST” shows what OpenSSH makes of it."),
    ),
    "config-unwritable": Failure(
        N_("The host's key cannot be remembered in %(path)s."),
        N_("The system says: %(reason)s."),
        N_("Correct the permissions of this file and its folder, on your computer."),
    ),
    "key-not-installed": Failure(
        N_("Your key could not be installed on %(host)s."),
        (N_("The host says: %(output)s."), N_("The home directory may be full or not yours.")),
        N_("Log in by hand and check ~/.ssh; golive works with the password meanwhile."),
    ),
    "no-root": Failure(
        N_("Golive needs root's rights on %(host)s."),
        N_("%(reason)s."),
        N_("Log in as root (“--to root@ADDRESS”), or as a user who may use sudo."),
    ),
    "sudo-password-wrong": Failure(
        N_("sudo on %(host)s did not accept the password of “%(user)s”."),
        N_("It asks for this user's own password, not root's."),
        N_("Try again."),
    ),
    "shell-unusable": Failure(
        N_("The login shell of %(host)s cannot run commands."),
        N_("It answered: %(output)s."),
        N_("Log in with ssh and see what it prints or asks; a forced password change is a usual reason."),
    ),
    "host-not-linux": Failure(
        N_("%(host)s does not run Linux."),
        N_("It says that it is: %(system)s."),
        N_("Golive deploys to Debian and Ubuntu."),
    ),
    "python-missing": Failure(
        N_("%(host)s has no Python."),
        N_("The part of golive that works on the host needs Python 3.6 or later."),
        N_("Run “golive up”: it installs python3 first. Or log in and run “apt-get install python3”."),
    ),
    "python-not-installed": Failure(
        N_("%(host)s has no Python, and it could not be installed."),
        N_("%(reason)s."),
        N_("Log in and run “apt-get update” and “apt-get install python3”: their messages tell what is in the way."),
    ),
    "python-too-old": Failure(
        N_("The Python of %(host)s is too old: %(version)s (%(path)s)."),
        N_("The part of golive that works on the host needs Python %(oldest)s or later."),
        N_("Use a host with a current Debian or Ubuntu."),
    ),
    "runner-unstorable": Failure(
        N_("Golive's helper could not be stored on %(host)s."),
        N_("The host says: %(reason)s."),
        N_("Check the free space of /var (“df -h /var”) and whether it is read-only (“mount”)."),
    ),
    "runner-failed": Failure(
        N_("Golive's helper on %(host)s stopped with status %(status)s."),
        N_("It said: %(output)s."),
        N_("Run the same command again; if it stays, report it with this text."),
    ),
    "protocol-mismatch": Failure(
        N_("The host answered something that golive does not understand."),
        (N_("Often the login shell prints something of its own."), N_("The line: %(line)s.")),
        N_("Make ~/.bashrc and ~/.profile on the host print nothing when no terminal is there."),
    ),
}
