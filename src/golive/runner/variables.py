"""The environment variables that programs on the host start with.

Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import os
import pwd
import re
from typing import Dict, Optional

from golive.runner.layout import local_layout

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

_CARRIED = re.compile(
    r"(SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|PIP_\w+|UV_\w+"
    r"|(?:https?|no|all)_proxy|(?:HTTPS?|NO|ALL)_PROXY)\Z"
)


def host_environment(path: str = "/etc/environment") -> Dict[str, str]:
    """How this host reaches the network (proxies, certificates, indexes), as its owner wrote it down; on the user's own
    computer as the user's environment says."""
    if local_layout() is not None:
        return {name: value for name, value in os.environ.items() if _CARRIED.match(name)}
    found: Dict[str, str] = {}
    try:
        with open(path, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                name, equals, value = line.strip().partition("=")
                name = name[len("export ") :].strip() if name.startswith("export ") else name.strip()
                if equals and _CARRIED.match(name):
                    found[name] = value.strip().strip("\"'")
    except OSError:
        pass
    return found


_OWN = re.compile(r"(PATH|HOME|USER|LOGNAME|LANG|LC_\w+|TMPDIR|TZ|XDG_\w+)\Z")


def own_variables(besides: bool = False) -> Dict[str, str]:
    """What a program of the user's own computer needs of the user's environment; BESIDES: the way to the network, too.
    What belongs to golive's own virtual environment stays behind."""
    names = [name for name in os.environ if _OWN.match(name) or (besides and _CARRIED.match(name))]
    return dict({"PATH": PATH, "LANG": "C.UTF-8"}, **{name: os.environ[name] for name in names})


def variables_for(user: Optional[str]) -> Dict[str, str]:
    """The whole environment that a program of USER starts with; nothing of the runner's own leaks in."""
    if local_layout() is not None:
        return own_variables(besides=True)
    name = user or "root"
    try:
        home = pwd.getpwnam(name).pw_dir
    except KeyError:
        home = "/"
    environment = {"PATH": PATH, "HOME": home, "USER": name, "LOGNAME": name, "LANG": "C.UTF-8"}
    environment.update(host_environment())
    return environment
