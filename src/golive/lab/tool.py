"""Running the machine's own tools (mount, ip, debootstrap ...)."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

from golive.errors import Refused

# Fixed, so that the caller's environment (proxies apart) cannot change what the tools do.
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PROXY_VARIABLES = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")


def clean_environment() -> dict[str, str]:
    """The environment of every tool: a plain English root's, with the machine's proxy settings."""
    proxies = {name: os.environ[name] for name in PROXY_VARIABLES if name in os.environ}
    return {"PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive", **proxies}


def call(argv: Sequence[str], *, check: bool = True, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    """Run a tool and return what it said. Raises Refused lab-tool-failed with its last lines, if ``check``."""
    try:
        done = subprocess.run(
            list(argv),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=timeout,
            env=clean_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Refused("lab-tool-failed", command=" ".join(argv), status=-1, output=("timed out",)) from error
    if check and done.returncode != 0:
        tail = tuple(done.stdout.splitlines()[-15:])
        raise Refused("lab-tool-failed", command=" ".join(argv), status=done.returncode, output=tail)
    return done
