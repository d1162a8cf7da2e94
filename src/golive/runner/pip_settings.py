"""What the host's owner told pip and uv, made known to both: indexes, certificates, proxies.

pip as another user (the builder) reads neither root's settings nor what only a login knows, and uv reads nothing of
pip's. Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import glob
import os
import re
from typing import Dict, Iterable, List

from golive.runner.layout import local_layout
from golive.runner.variables import host_environment

SITE_FILES = ("/etc/xdg/pip/pip.conf", "/etc/pip.conf")
USER_FILES = ("~/.pip/pip.conf", "~/.config/pip/pip.conf", "~/Library/Application Support/pip/pip.conf")
AUTHORITIES = "/usr/local/share/ca-certificates"
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"

_CARRIED = (
    "index-url",
    "extra-index-url",
    "trusted-host",
    "find-links",
    "no-index",
    "cert",
    "client-cert",
    "proxy",
    "timeout",
    "default-timeout",
    "retries",
)
# What uv calls the same, and what stands between several of them.
_FOR_UV = (
    ("index-url", "UV_DEFAULT_INDEX", " "),
    ("extra-index-url", "UV_INDEX", " "),
    ("trusted-host", "UV_INSECURE_HOST", " "),
    ("find-links", "UV_FIND_LINKS", ","),
    ("no-index", "UV_NO_INDEX", " "),
)
_PASSWORD = re.compile(r"//[^/@\s:]*:([^/@\s]+)@")
_OWN_INDEX_OF_UV = ("UV_DEFAULT_INDEX", "UV_INDEX_URL")


def pip_settings(environment: Dict[str, str]) -> Dict[str, str]:
    """pip's settings by their long names (``index-url``), in pip's own order: files, sections, then ENVIRONMENT."""
    sections: Dict[str, Dict[str, str]] = {"global": {}, "install": {}}
    special = environment.get("PIP_CONFIG_FILE", "")
    if special != os.devnull:
        # With sudo, HOME may still be that of the user who logged in; on a computer of their own it is right.
        home = "~root" if os.geteuid() == 0 and local_layout() is None else "~"
        own = tuple(os.path.expanduser(name.replace("~", home, 1)) for name in USER_FILES)
        for path in SITE_FILES + own + (special,):
            for section, values in _read(path).items():
                sections[section].update(values)
    found = dict(sections["global"], **sections["install"])
    for name, value in environment.items():
        if name.startswith("PIP_"):
            found[name[len("PIP_") :].lower().replace("_", "-")] = value
    return {name: value for name, value in found.items() if name in _CARRIED and value}


def _read(path: str) -> Dict[str, Dict[str, str]]:
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            text = stream.read()
    except OSError:
        return {}
    # Most hosts have no such file, and each look at a host would wait for the import.
    import configparser

    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return {}
    found: Dict[str, Dict[str, str]] = {}
    for section in ("global", "install"):
        if parser.has_section(section):
            pairs = parser.items(section)
            found[section] = {name.replace("_", "-"): " ".join((value or "").split()) for name, value in pairs}
    return found


def chosen_index() -> str:
    """The index that somebody has chosen for this host, "" when nobody has. With ``no-index`` that is no index."""
    environment = host_environment()
    settings = pip_settings(environment)
    if settings.get("no-index", "").lower() in ("1", "true", "yes", "on"):
        return "no-index"
    return settings.get("index-url") or _first(environment, _OWN_INDEX_OF_UV)


def install_variables(index: str = "") -> Dict[str, str]:
    """The variables that pip and uv need to reach packages from this host as its owner meant. INDEX: instead of its
    own."""
    environment = host_environment()
    settings = pip_settings(environment)
    wanted = index or settings.get("index-url") or _first(environment, _OWN_INDEX_OF_UV)
    if wanted:
        settings["index-url"] = wanted
    certificates = _certificates(settings, environment)
    if certificates:
        settings["cert"] = certificates
    variables = {"PIP_" + name.upper().replace("-", "_"): value for name, value in settings.items()}
    for name, variable, between in _FOR_UV:
        told = _first(environment, _OWN_INDEX_OF_UV if name == "index-url" else (variable,))
        if name in settings and (not told or (index and name == "index-url")):
            variables[variable] = between.join(settings[name].split())
    if certificates and not environment.get("SSL_CERT_FILE"):
        variables["SSL_CERT_FILE"] = certificates
    if "proxy" in settings and not _first(environment, ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")):
        variables["HTTP_PROXY"] = variables["HTTPS_PROXY"] = settings["proxy"]
    return variables


def _certificates(settings: Dict[str, str], environment: Dict[str, str]) -> str:
    """The file of the authorities that this host trusts, when it trusts more than everybody does."""
    named = [settings.get("cert", ""), _first(environment, ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"))]
    if glob.glob(os.path.join(AUTHORITIES, "**", "*.crt"), recursive=True):
        named.append(BUNDLE)
    return next((path for path in named if path and os.path.isfile(path)), "")


def passwords(variables: Dict[str, str]) -> List[str]:
    """The passwords in the URLs of VARIABLES: no output may show them."""
    return [word for value in variables.values() for word in _PASSWORD.findall(value)]


def _first(values: Dict[str, str], names: Iterable[str]) -> str:
    return next((values[name] for name in names if values.get(name)), "")
