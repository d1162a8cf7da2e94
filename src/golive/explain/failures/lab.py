"""Practice servers."""

from __future__ import annotations

from golive.explain.failures.entry import Failure
from golive.locale import N_

LAB: dict[str, Failure] = {
    "lab-needs-linux": Failure(
        N_("Practice servers need Linux; this is %(platform)s."),
        N_("They are real servers in a part of the same kernel."),
        N_("Use a Linux computer or virtual machine, or a small cloud server: “golive up --to root@ADDRESS”."),
    ),
    "lab-needs-root": Failure(
        N_("Practice servers need root's rights on this computer."),
        N_("Each has a network and file systems of its own, which only root can make."),
        N_("Run the command with sudo."),
    ),
    "lab-missing-tools": Failure(
        N_("Practice servers need programs that are not here: %(tools)s."),
        N_("They come with these packages: %(packages)s."),
        N_("Run: apt-get install %(packages)s"),
    ),
    "lab-tool-failed": Failure(
        N_("A command of the practice servers failed with status %(status)s: %(command)s."),
        N_("It said: %(output)s."),
        N_("Try “golive lab reset NAME”, or “golive lab down NAME” and up again."),
    ),
    "lab-base-failed": Failure(
        N_("The base system %(suite)s could not be made."),
        N_("debootstrap said: %(output)s."),
        N_("Check that this computer reaches Debian's archive; GOLIVE_LAB_MIRROR can name a nearer copy of it."),
    ),
    "lab-boot-failed": Failure(
        N_("The practice server %(name)s did not come up: %(reason)s."),
        N_("Its console said: %(output)s."),
        N_("Try again; “golive lab down %(name)s” clears it away."),
    ),
    "lab-no-address": Failure(
        N_("There is no free address left for a practice server in %(network)s."),
        N_("Every one is in use."),
        N_("Remove servers that you no longer need: “golive lab list”, “golive lab down NAME”."),
    ),
    "lab-not-running": Failure(
        N_("The practice server %(name)s does not run."),
        N_("It was stopped, or this computer has been restarted."),
        N_("Start it afresh: “golive lab reset %(name)s”."),
    ),
    "lab-name-taken": Failure(
        N_("There is a practice server called %(name)s already."),
        N_("Two servers cannot have one name."),
        N_("Use it, choose another name, or make it new: “golive lab reset %(name)s”."),
    ),
    "lab-bad-name": Failure(
        N_("“%(name)s” cannot be the name of a practice server."),
        N_("A host's name begins with a letter and has only small letters, digits and “-”."),
        N_("For example: web1."),
    ),
    "lab-unknown-server": Failure(
        N_("There is no practice server called %(name)s."),
        (N_("There are these: %(known)s."), N_("They live only on this computer.")),
        N_("Make it: “golive lab up %(name)s”."),
    ),
    "lab-unknown-suite": Failure(
        N_("Golive knows no Debian release called %(suite)s."),
        N_("It knows these: %(known)s."),
        N_("Choose one of them."),
    ),
    "lab-unknown-layer": Failure(
        N_("There is no prepared layer called %(name)s."),
        N_("A layer is made by saving a server's changes."),
        N_("Start the server without a layer."),
    ),
    "lab-layer-with-disk": Failure(
        N_("The changes of %(name)s cannot be saved as a layer."),
        N_("It has a disk of limited size, which a layer cannot hold."),
        N_("Save a server that was started without a limit of its disk."),
    ),
    "lab-needs-disk": Failure(
        N_("The plug of %(name)s cannot be pulled."),
        N_("Without a disk of its own nothing could be lost, so nothing would be learned."),
        N_("Start it with a disk: “golive lab up NAME --disk 2000”."),
    ),
}
