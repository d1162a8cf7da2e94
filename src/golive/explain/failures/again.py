"""``golive env`` and ``golive scale`` are asked for something that cannot be."""

from __future__ import annotations

from golive.explain.failures.entry import Failure
from golive.locale import N_

AGAIN: dict[str, Failure] = {
    "value-in-argv": Failure(
        N_("The value of %(name)s stood on the command line. Nothing was changed."),
        N_("It would stay in your shell's history, and every program on this computer could read it meanwhile."),
        N_(
            "Type “golive env set %(name)s”: it asks for the value, hidden. Programs send it: "
            "“... | golive env set %(name)s”. If it is a secret, delete it from the history."
        ),
    ),
    "env-name-wrong": Failure(
        N_("Word %(position)s is no name of an environment variable."),
        N_("A name has letters, digits and “_”, and does not begin with a digit. The word is not repeated here."),
        N_("For example: “golive env set MAIL_PASSWORD”. The value is asked for afterwards."),
    ),
    "env-name-ours": Failure(
        N_("Golive sets %(name)s itself, for every release."),
        N_("It tells the app which app and release it is."),
        N_("Choose another name."),
    ),
    "env-one-name": Failure(
        N_("Several names, and one value on standard input: %(names)s."),
        N_("Golive cannot tell whose value it is."),
        N_("Set one at a time; or all from a file: “golive env import FILE”."),
    ),
    "env-value-empty": Failure(
        N_("There is no value for %(name)s. Nothing was changed."),
        N_("Nothing was typed, or standard input was empty."),
        N_(
            "Type “golive env set %(name)s” in a terminal, without “--yes” and “--json”, or send the value: "
            "“... | golive env set %(name)s”. To have it without a value: “golive env unset %(name)s”, or an empty "
            "text under [env] in golive.toml."
        ),
    ),
    "env-value-wrong": Failure(
        (N_("The value of %(name)s cannot be passed to a program."), N_("Line: %(line)s.")),
        N_(
            "It holds a NUL or is no UTF-8 text, it is larger than 128 kB, or it holds a control character that this "
            "host's systemd does not pass on."
        ),
        N_("Keep such data in a file, or write it as Base64 and decode it in the app."),
    ),
    "env-in-golive-toml": Failure(
        N_("golive.toml sets %(name)s (line %(line)s), and wins."),
        N_("A value on the host would have no effect."),
        N_(
            "Change that line and run “golive up”; if the value is a secret, delete the line instead, then set it here."
        ),
    ),
    "env-file-empty": Failure(
        N_("There is nothing to take over in %(file)s."),
        N_("No line of it is of the form NAME=value, or all of them are set by golive.toml or golive itself."),
        N_("Check that it is the right file. “golive env list” shows what the host has."),
    ),
    "scale-wrong": Failure(
        N_("“%(word)s” does not say how many of which process."),
        N_("Expected is PROCESS=N with N from 1 to %(most)s."),
        N_("For example: “golive scale web=3”. To take the app off the host: “golive down”."),
    ),
    "scale-in-golive-toml": Failure(
        N_("golive.toml, line %(line)s, says how many of “%(process)s” run: %(instances)s."),
        N_("What is written there wins with every “golive up”."),
        N_("Change “%(key)s” there and run “golive up”; or delete the line, then “golive scale” decides."),
    ),
}
