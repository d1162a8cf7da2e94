"""The command line and golive.toml."""

from __future__ import annotations

from golive.explain.failures.entry import Failure
from golive.locale import N_

CONFIG: dict[str, Failure] = {
    "config-syntax": Failure(
        N_("%(file)s, line %(line)s: this is not valid TOML."),
        (N_("The parser says: %(reason)s."), N_("Column: %(column)s.")),
        N_('Correct the line. Texts need quotes: name = "my-app".'),
    ),
    "config-encoding": Failure(
        N_("%(file)s, line %(line)s: this is not UTF-8 text."),
        N_("TOML files are UTF-8; an editor has saved this one in another encoding (GBK, UTF-16)."),
        N_("Save the file as UTF-8 in your editor."),
    ),
    "config-unreadable": Failure(
        N_("%(file)s cannot be read."),
        N_("The system says: %(reason)s."),
        N_("Check the file's permissions."),
    ),
    "config-unknown-key": Failure(
        N_("%(file)s, line %(line)s: golive does not know the key “%(key)s”."),
        N_("An unknown key is refused, because a typing error would otherwise go unnoticed."),
        (N_("Did you mean “%(nearest)s”?"), N_("Possible here: %(choices)s.")),
    ),
    "config-wrong-value": Failure(
        (N_("%(file)s, line %(line)s: the value of “%(key)s” is wrong."), N_("It is: %(value)s.")),
        (N_("Expected: %(expected)s."), N_("Possible: %(choices)s.")),
        (N_("Did you mean “%(nearest)s”?"), N_("Correct this line, or delete it to let golive decide.")),
    ),
    "config-missing-key": Failure(
        N_("%(file)s, line %(line)s: “%(key)s” is missing."),
        N_("Golive cannot guess it."),
        N_("Add the line: it is %(expected)s."),
    ),
    "config-secret": Failure(
        N_("%(file)s, line %(line)s: “%(key)s” looks like a secret."),
        N_("This file gets committed and shared, so a password or key in it is no secret any more."),
        N_("Delete the line. “golive up” asks for the value, hidden, and keeps it on the host for root alone."),
    ),
    "dotenv-line": Failure(
        N_("%(file)s, line %(line)s: this is no NAME=value."),
        N_("A name is made of letters, digits and “_”; a value with quotes must end with the same quotes."),
        N_("Correct the line, or put # before it."),
    ),
    "dotenv-encoding": Failure(
        N_("%(file)s is not text that golive can read."),
        N_("It is neither UTF-8 nor UTF-16 nor GBK."),
        N_("Save the file as UTF-8 in your editor."),
    ),
    "dotenv-unreadable": Failure(
        N_("%(file)s cannot be read."),
        N_("The system says: %(reason)s."),
        N_("Check the file's permissions."),
    ),
    "host-missing": Failure(
        N_("Golive does not know which host you mean."),
        (N_("There is no single or default host in golive.toml."), N_("It has these: %(names)s.")),
        N_("Say it: “--to root@ADDRESS”. To try without a server of your own: “golive lab up web1”, then “--to web1”."),
    ),
    "host-unknown": Failure(
        N_("There is no host called “%(host)s”."),
        (N_("It is neither in golive.toml nor a practice server."), N_("Known: %(names)s.")),
        (N_("Did you mean “%(nearest)s”?"), N_("Otherwise give an address: “--to root@ADDRESS”.")),
    ),
    "host-name-wrong": Failure(
        N_("A host cannot be called “%(host)s”."),
        N_("A name has letters, digits, “-” and “_”; “local” and “localhost” mean this computer."),
        N_("For example: “golive host add web1 root@203.0.113.7”."),
    ),
    "host-taken": Failure(
        N_("There is a host called “%(host)s” already: %(address)s."),
        N_("It stands in %(file)s."),
        N_("Choose another name, or change the address there."),
    ),
    "host-not-appendable": Failure(
        N_("Nothing can be appended to the hosts in %(file)s."),
        N_("They are written in a form (one line in braces, say) that golive does not change."),
        N_("Write the host there yourself: %(lines)s."),
    ),
    "config-not-written": Failure(
        N_("%(path)s cannot be written."),
        N_("The system says: %(reason)s."),
        N_("Correct the permissions of the folder, on your computer."),
    ),
    "host-address-wrong": Failure(
        N_("“%(host)s” is not an address."),
        N_("Expected is user@address or user@address:port; an IPv6 address with a port needs brackets."),
        N_("For example: “--to root@203.0.113.7” or “--to root@203.0.113.7:2222”."),
    ),
    "process-unknown": Failure(
        N_("The app has no process called “%(process)s”."),
        N_("It has these: %(names)s."),
        N_("Name one of them."),
    ),
    "interrupted": Failure(
        N_("Stopped, as you asked."),
        N_("The host had not been told to change anything."),
        N_("Run the same command again whenever you like."),
    ),
    "interrupted-running": Failure(
        (N_("Golive has stopped watching; the host goes on by itself."), N_("Run: %(run)s.")),
        N_("The plan runs there under a journal: it is finished or taken back whole, whatever happens here."),
        N_("“golive status” tells how it went; “golive up” watches it again, or picks up from there."),
    ),
}
