"""Words for params that hold a keyword: by ``CODE.PARAM``, or by ``PARAM`` for every code."""

from __future__ import annotations

from golive.locale import N_

WORDS: dict[str, dict[str, str]] = {
    "purpose": {
        "deploy": N_("deploy"),
        "rollback": N_("rollback"),
        "env": N_("change of variables"),
        "restart": N_("restart"),
        "scale": N_("scaling"),
        "down": N_("removal"),
        "migrate": N_("migration"),
        "maintenance": N_("maintenance"),
    },
    "host-unreachable.reason": {
        "timeout": N_("it did not answer in time: the address is wrong, the host is off, or a firewall drops the port"),
        "refused": N_("it answers, but nothing listens on this port"),
        "reset": N_("it hung up at once"),
        # A neighbour that is off, a router that knows nobody there, a firewall that rejects: all come as EHOSTUNREACH.
        "turned-away": N_("the network says so: the address is wrong, the host is off, or a firewall turns us away"),
        "no-route": N_("there is no way to its network from here"),
        "jump": N_("the host in between (ProxyJump) could not connect to it"),
        "not-ssh": N_("what answers there does not speak SSH"),
    },
    "not-reached.reason": {
        "timeout": N_("nothing comes back, as when a firewall drops what is sent"),
        "refused": N_("the connection is refused"),
        "reset": N_("the connection is cut"),
        "turned-away": N_("the network turns the connection away"),
        "no-route": N_("there is no way to its network from here"),
    },
    "no-root.reason": {
        "sudo-missing": N_("sudo is not installed there"),
        "no-password": N_("sudo asks for a password and none was given"),
        "not-allowed": N_("this user may not use sudo"),
    },
    "python-not-installed.reason": {
        "4": N_("the host has no apt"),
        "5": N_("another program has kept apt to itself for ten minutes"),
        "6": N_("an earlier installation was interrupted and cannot be completed"),
        "7": N_("the package lists cannot be fetched; the host may have no Internet"),
        "8": N_("apt could not install the package"),
    },
    "host-key-refused.reason": {
        "revoked": N_("your known_hosts file marks this key as revoked"),
        "unconfirmed": N_("it was shown for the first time and nobody confirmed it"),
    },
    "clock-wrong.direction": {"ahead": N_("ahead"), "behind": N_("behind")},
    "own_speed": {"0": N_("no answer")},
    "kind": {"apt": N_("System packages (apt)"), "pypi": N_("Python packages (PyPI)")},
    "lease": {"host": N_("the host"), "app": N_("the app")},
    "planning-again.reason": {
        "busy": N_("somebody else was at work"),
        "stale-plan": N_("the host has changed meanwhile"),
        "code-corrupt": N_("the host lacks code that it had before, so all of it is sent"),
    },
    "file": {"-": N_("standard input")},
    "found": {
        "file": N_("a file"),
        "directory": N_("a folder"),
        "link": N_("a link"),
        "other": N_("something else"),
    },
    "proxy-test-failed.ours": {
        "True": N_("It is the file that golive has just written: a value in golive.toml does not suit nginx"),
        "False": N_("It is not golive's file, but with it no reload can succeed for any site"),
    },
    "maintenance-page-unusable.reason": {
        "encoding": N_("it is not UTF-8 text"),
        "size": N_("it is larger than 1 MB"),
    },
    "site-answers-error.status": {"0": N_("none")},
    "proxy-not-ours.status": {"0": N_("none")},
    "lab-boot-failed.reason": {
        "exited": N_("it stopped while it started"),
        "timeout": N_("it was not ready in time"),
    },
    "not-yet.what": {
        "runtime": N_("The runtime"),
        "interface": N_("The interface"),
        "app_server": N_("The app server"),
        "proxy": N_("The proxy"),
        "process": N_("The process"),
    },
    "expected": {
        "text": N_("a text in quotes"),
        "whole-number": N_("a whole number"),
        "one-of": N_("one of the known words"),
        "flag": N_("true or false"),
        "list": N_("a list in square brackets"),
        "table": N_("a table"),
        "entry": N_("“module:app” or “module:create_app()”"),
        "relative-path": N_("a path inside the app's folder, with “/”, without “..”"),
        "python-versions": N_("Python versions like “3.12” or “>=3.10,<3.13”"),
        "url-prefix": N_("the beginning of a URL's path, like “/static/”"),
        "url-path": N_("a URL's path, like “/health”"),
        "line": N_("a text of one line"),
        "mirror": N_("“own”, or an address like “https://mirror.example/simple/” without user and password"),
        "domain": N_("a domain name, like “example.com”"),
        "size": N_("a size, like “20m”"),
        "address": N_("an IP address or a name"),
        "user": N_("a user's name"),
        "variable": N_("an environment variable's name"),
        "env-text": N_("a text of one line"),
        "name": N_("a short name: a letter, then letters, digits and “-”, at most 20"),
    },
}
