"""What the machine lends to its servers: certificate authorities, and the way to Debian's and Python's packages.

Behind a company's proxy, a server without them could install nothing, and pip would only say "no matching
distribution". Settings that name files of this machine stay here.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from golive.lab.tool import PROXY_VARIABLES, call

AUTHORITIES = Path("/usr/local/share/ca-certificates")
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
_CARRIED_APT = re.compile(r'^(Acquire::(?:https?::Proxy|Check-Valid-Until|Check-Date)[^ ]*) "([^"]+)";$', re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Loan:
    """What is carried into every server."""

    authorities: tuple[tuple[str, bytes], ...]  # file name, content
    apt: tuple[tuple[str, str], ...]  # apt settings
    index: str | None  # pip's index-url, where the machine has one of its own
    environment: tuple[tuple[str, str], ...]  # for every process, however it is started

    def identity(self) -> object:
        """Equal for equal loans."""
        files = [(name, hashlib.sha256(content).hexdigest()) for name, content in self.authorities]
        return [files, self.apt, self.index, self.environment]


def what_to_carry() -> Loan:
    """Look at the machine."""
    files = sorted(AUTHORITIES.glob("*.crt")) if AUTHORITIES.is_dir() else []
    proxies = [(name, os.environ[name]) for name in PROXY_VARIABLES if _usable_inside(os.environ.get(name))]
    certificate = [("SSL_CERT_FILE", BUNDLE)] if files else []
    return Loan(
        authorities=tuple((file.name, file.read_bytes()) for file in files),
        apt=apt_settings(call(["apt-config", "dump"], check=False).stdout) if shutil.which("apt-config") else (),
        index=pip_index(),
        environment=tuple(certificate + proxies),
    )


def apt_settings(dump: str) -> tuple[tuple[str, str], ...]:
    """The lines of ``apt-config dump`` that decide how the archive is reached."""
    return tuple((name, value) for name, value in _CARRIED_APT.findall(dump) if _usable_inside(value))


def pip_index() -> str | None:
    """The machine's index-url for pip, if it has one that a server can reach."""
    argv = ["python3", "-m", "pip", "config", "list"]
    try:
        said = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        said = ""
    found: dict[str, str] = dict(re.findall(r"^(\S+)='(.*)'$", said, re.MULTILINE))
    for name in (":env:.index-url", "install.index-url", "global.index-url"):
        if _usable_inside(found.get(name)):
            return found[name]
    return None


def _usable_inside(value: str | None) -> bool:
    """Whether a setting means the same inside a server: no file of this machine, no port of its loopback."""
    return bool(value) and not re.match(r"(file:|/|[a-z+]+://(localhost|127\.|\[::1\]))", value or "")


def nameservers() -> str:
    """A resolv.conf that works inside: not the loopback address of systemd-resolved."""
    for path in (Path("/etc/resolv.conf"), Path("/run/systemd/resolve/resolv.conf")):
        try:
            text = path.read_text("utf-8")
        except OSError:
            continue
        if re.search(r"^nameserver (?!127\.|::1)", text, re.MULTILINE):
            return text
    return "nameserver 1.1.1.1\n"


def build(loan: Loan, target: Path, debian: Path, suite: str, mirror: str) -> None:
    """Write the loan into ``target``, the folder that lies over ``debian``."""
    changes, work, root = target / "tree", target / "work", target / "root"
    for folder in (changes, work, root):
        folder.mkdir(mode=0o755)
    for path, text in settings(loan, suite, mirror).items():
        _write(changes / path, text.encode("utf-8"))
    for name, content in loan.authorities:
        _write(changes / "usr/local/share/ca-certificates" / name, content)
    script = (
        'mount -t overlay -o "lowerdir=$1,upperdir=$2,workdir=$3" base "$4"; exec chroot "$4" update-ca-certificates'
    )
    stacked = ["sh", "-euc", script, "-", str(debian), str(changes), str(work), str(root)]
    call(["unshare", "--mount", "--propagation", "private", *stacked])
    shutil.rmtree(work)
    root.rmdir()
    for entry in changes.iterdir():
        entry.rename(target / entry.name)
    changes.rmdir()


def settings(loan: Loan, suite: str, mirror: str) -> dict[str, str]:
    """The files of a loan: path below the root -> text."""
    files = {"etc/apt/sources.list": _sources(suite, mirror)}
    if loan.apt:
        files["etc/apt/apt.conf.d/90machine"] = "".join(f'{name} "{value}";\n' for name, value in loan.apt)
    pip = [f"cert = {BUNDLE}"] if loan.authorities else []
    if loan.index:
        pip.append(f"index-url = {loan.index}")
    if pip:
        files["etc/pip.conf"] = "\n".join(["[global]", *pip, ""])
    if loan.environment:
        # Logins (SSH included) read the first, units of systemd the second.
        files["etc/environment"] = "".join(f"{name}={value}\n" for name, value in loan.environment)
        words = " ".join(f'"{name}={value}"' for name, value in loan.environment).replace("%", "%%")
        files["etc/systemd/system.conf.d/machine.conf"] = f"[Manager]\nDefaultEnvironment={words}\n"
    return files


def _sources(suite: str, mirror: str) -> str:
    """What a cloud server of that suite would have, security updates included."""
    security = mirror.replace("/debian", "/debian-security") if mirror.endswith("/debian") else None
    lines = [f"deb {mirror} {suite} main", f"deb {mirror} {suite}-updates main"]
    if security:
        lines.append(f"deb {security} {suite}-security main")
    return "\n".join([*lines, ""])


def _write(path: Path, content: bytes) -> None:
    for folder in reversed(path.parents):
        if not folder.exists():
            folder.mkdir(mode=0o755)
    path.write_bytes(content)
    path.chmod(0o644)
