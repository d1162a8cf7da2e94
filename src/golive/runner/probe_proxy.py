"""Proxies that are installed, and panels that own the machine."""

import os
import re
import shutil
import subprocess
from typing import Any, Dict, List, Tuple

from golive.runner import probe_packages
from golive.runner.layout import local_layout

_PANELS = (
    ("bt", ("/www/server/panel",)),
    ("1panel", ("/usr/local/bin/1panel", "/opt/1panel")),
    ("dokku", ("/home/dokku",)),
    ("coolify", ("/data/coolify",)),
    ("caprover", ("/captain",)),
    ("plesk", ("/usr/local/psa", "/opt/psa")),
    ("cpanel", ("/usr/local/cpanel",)),
    ("dokploy", ("/etc/dokploy",)),
    ("cyberpanel", ("/usr/local/CyberCP",)),
    ("hestia", ("/usr/local/hestia",)),
)
_NGINX = ("/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx", "/www/server/nginx/sbin/nginx")
_APACHE = ("/usr/sbin/apache2", "/usr/sbin/httpd")


def panels() -> List[str]:
    """The panels found by their own marks on the disk."""
    return [name for name, marks in _PANELS if any(os.path.exists(mark) for mark in marks)]


def proxies(test: bool) -> Dict[str, Any]:
    """``{nginx: {version, test}, apache: {version, test}}``, absent ones missing; ``test``: the error."""
    found = {}
    nginx = nginx_path()
    here = local_layout() is not None
    if nginx:
        version = _packaged("nginx") or _told("nginx/", nginx, "-v")
        # On the user's own computer golive's nginx is another one than the system's, with files of its own.
        tested = failed_test(nginx, "-t", "-q") if test and not here else ""
        found["nginx"] = {"version": version, "test": tested, "path": nginx}
    apache = "" if here else _first(_APACHE)
    if apache:
        version = _packaged("apache2") or _told("Apache/", apache, "-v")
        control = "/usr/sbin/apache2ctl" if os.path.exists("/usr/sbin/apache2ctl") else apache
        found["apache"] = {"version": version, "test": failed_test(control, "-t") if test else ""}
    return found


def nginx_path() -> str:
    """Where nginx is, "" when it is not installed. ``GOLIVE_NGINX`` says otherwise: a path, or ``no``."""
    told = os.environ.get("GOLIVE_NGINX", "") if local_layout() is not None else ""
    if told:
        return "" if told == "no" else told
    return _first(_NGINX) or (shutil.which("nginx") or "" if local_layout() is not None else "")


def _first(paths: Tuple[str, ...]) -> str:
    return next((path for path in paths if os.access(path, os.X_OK)), "")


def _packaged(name: str) -> str:
    upstream = re.match(r"(?:\d+:)?([\d.]+)", probe_packages.versions((name,))[name])
    return upstream.group(1) if upstream else ""


def _told(prefix: str, *argv: str) -> str:
    try:
        said = subprocess.run(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=10
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    version = re.search(re.escape(prefix) + r"([\d.]+)", said.stdout.decode("utf-8", "replace"))
    return version.group(1) if version else ""


def failed_test(*argv: str) -> str:
    """The error of a proxy's own configuration test, "" when it passes or may not be run by us."""
    if os.geteuid() != 0:
        return ""
    try:
        said = subprocess.run(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=20
        )
    except (OSError, subprocess.SubprocessError) as error:
        return str(error)
    return "" if said.returncode == 0 else said.stdout.decode("utf-8", "replace").strip() or "failed"
