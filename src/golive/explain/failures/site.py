"""The environment cannot be built, the app does not start, or the site does not answer as it should."""

from __future__ import annotations

from golive.explain.failures.entry import Failure
from golive.locale import N_

SITE: dict[str, Failure] = {
    "environment-failed": Failure(
        N_("The app's dependencies could not be installed (%(command)s)."),
        (N_("The installer's last lines are above."), N_("It says: %(error)s.")),
        N_("Try it in a fresh environment: “python3 -m venv test”, then “test/bin/pip install -r requirements.txt”."),
    ),
    "environment-timeout": Failure(
        N_("Installing the app's dependencies took longer than %(seconds)s seconds (%(command)s)."),
        N_("A very slow package index, or a package that compiles for a long time."),
        N_("Run it again: what was downloaded is kept. Use a mirror near the host, or packages with ready wheels."),
    ),
    "package-not-found": Failure(
        N_("The package index has nothing that fits “%(requirement)s”."),
        N_("The name or version is wrong, or no version of it supports the host's Python."),
        N_("Correct the requirement; “pip index versions NAME” shows what there is."),
    ),
    "no-network-python": Failure(
        N_("The host cannot reach the Python package index (%(command)s)."),
        N_("No Internet there, a DNS fault, or a certificate that it does not trust."),
        N_("Check the host's network; a mirror can be set in /etc/pip.conf on it."),
    ),
    "python-missing-venv": Failure(
        N_("%(python)s cannot make virtual environments."),
        N_("Debian keeps that part of Python in a package of its own, python3-venv."),
        N_("Run “apt-get install python3-venv” on the host, then run it again."),
    ),
    "app-import-error": Failure(
        N_("The app does not start: %(error)s."),
        N_("Python could not import it; the lines above show where. Often a package is missing from the requirements."),
        (
            N_("If “%(module)s” comes from a package, add that package to the requirements."),
            N_("Add what is missing, or correct the entry in golive.toml; then run “golive up” again."),
        ),
    ),
    "app-exited": Failure(
        (N_("The app started and ended again after %(seconds)s seconds."), N_("Its exit status: %(status)s.")),
        N_("Its last words are above. A web app should go on until it is told to stop."),
        N_("Start it on your computer as the host does: “gunicorn module:app”. “golive check” shows the entry."),
    ),
    "app-silent": Failure(
        N_("The app runs, but has not answered in %(seconds)s seconds."),
        N_("It may wait for a database or another service at start, or do long work while it is imported."),
        N_("Move long work out of the start, or give it more time in golive.toml: timeout under [health]."),
    ),
    "app-answers-error": Failure(
        N_("The app answers “%(path)s” with %(status)s."),
        N_("It was asked as a visitor would ask, by the site's own name. 400 often means that it does not know it."),
        N_("See its log above. If another page tells better whether it is well, set path under [health]."),
    ),
    "app-unstable": Failure(
        N_("The app answered “%(path)s”, and then died or was started anew."),
        N_("It would have gone down with the first visitors, so it got none."),
        N_("Its log is above: look for the error after the start, or for too little memory."),
    ),
    "proxy-test-failed": Failure(
        (N_("nginx's own test does not pass."), N_("The file: %(file)s.")),
        (N_("nginx says: %(error)s."), N_("%(ours)s.")),
        N_("Mend it until “nginx -t” on the host is silent, then run it again."),
    ),
    "proxy-not-running": Failure(
        (N_("nginx does not run."), N_("Unit: %(unit)s.")),
        (N_("It could not be started, or nobody answers there."), N_("It says: %(error)s.")),
        N_("Look at “systemctl status nginx” on the host; often another program has the port."),
    ),
    "proxy-not-ours": Failure(
        N_("Port %(port)s of the host does not lead to the new release."),
        (
            N_("Asked for %(host)s, something else answered: another site, or an old process that keeps the port."),
            N_("Its answer: %(status)s."),
        ),
        N_("See who answers: “ss -ltnp” and “nginx -T” on the host. Another default site may have to go."),
    ),
    "site-answers-error": Failure(
        N_("Through nginx, the site does not answer “%(path)s” as it should."),
        (N_("Its answer: %(status)s."), N_("The app alone was well, so the fault is between nginx and the app.")),
        N_("Look at /var/log/nginx/error.log on the host."),
    ),
}
