"""The environment variables that programs on the host start with.

Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import pwd
import re
from typing import Dict, Optional

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

_CARRIED = re.compile(
    r"(SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|PIP_\w+|UV_\w+"
    r"|(?:https?|no|all)_proxy|(?:HTTPS?|NO|ALL)_PROXY)\Z"
)


def host_environment(path: str = "/etc/environment") -> Dict[str, str]:
    """How this host reaches the network (proxies, certificates, indexes), as its owner wrote it down."""
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


def variables_for(user: Optional[str]) -> Dict[str, str]:
    """The whole environment that a program of USER starts with; nothing of the runner's own leaks in."""
    name = user or "root"
    try:
        home = pwd.getpwnam(name).pw_dir
    except KeyError:
        home = "/"
    environment = {"PATH": PATH, "HOME": home, "USER": name, "LOGNAME": name, "LANG": "C.UTF-8"}
    environment.update(host_environment())
    return environment
