"""The user's private keys. Imports asyncssh: only ``golive.transport.ssh`` may import this, and late."""

from __future__ import annotations

import base64
import binascii
import contextlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncssh

from golive.errors import HostError
from golive.transport.folders import config_folder

_OPENSSH = b"-----BEGIN OPENSSH PRIVATE KEY-----"
_DEFAULTS = ("id_ed25519", "id_ecdsa", "id_rsa")


@dataclass(frozen=True)
class Keys:
    """``ready``: can be used at once. ``locked``: files that need a passphrase. ``only``: the user named the keys, so
    that no other one of an agent shall be offered (a host counts each offer as a failure)."""

    ready: tuple[asyncssh.SSHKeyPair, ...]
    locked: tuple[Path, ...]
    only: bool = False

    @property
    def public(self) -> list[bytes]:
        """The public halves, as an agent knows them, so far as they are on file."""
        found = [pair.key_public_data for pair in self.ready]
        for path in self.locked:
            with contextlib.suppress(OSError, asyncssh.KeyImportError):
                found.append(asyncssh.read_public_key(f"{path}.pub").public_data)
        return found


def named_key(path: Path) -> Keys:
    """The key that the user named. Raises HostError ``identity-missing`` or ``identity-unreadable``."""
    if not path.is_file():
        raise HostError("identity-missing", file=str(path))
    try:
        if is_encrypted(path.read_bytes()):
            return Keys((), (path,), only=True)
        return Keys(tuple(asyncssh.load_keypairs(str(path))), (), only=True)
    except OSError as error:
        raise HostError("identity-unreadable", file=str(path), reason=error.strerror or "") from None
    except (asyncssh.KeyImportError, ValueError) as error:
        raise HostError("identity-unreadable", file=str(path), reason=str(error)) from None


def usual_keys(configured: Sequence[str], home: Path) -> Keys:
    """The keys that ``~/.ssh/config`` names, else the usual ones, and golive's own. Unreadable ones are passed over."""
    paths = [Path(name) for name in configured] or [home / ".ssh" / name for name in _DEFAULTS]
    ready: list[asyncssh.SSHKeyPair] = []
    locked: list[Path] = []
    for path in [*paths, own_key_path()]:
        try:
            keys = named_key(path)
        except HostError:
            continue
        ready += keys.ready
        locked += keys.locked
    return Keys(tuple(ready), tuple(locked))


def unlock(path: Path, passphrase: str) -> list[asyncssh.SSHKeyPair] | None:
    """The key in PATH; None when the passphrase is wrong. Raises HostError ``identity-unreadable``."""
    try:
        return list(asyncssh.load_keypairs(str(path), passphrase=passphrase))
    except asyncssh.KeyEncryptionError:
        return None
    except (asyncssh.KeyImportError, ValueError, OSError) as error:
        raise HostError("identity-unreadable", file=str(path), reason=str(error)) from None


def is_encrypted(content: bytes) -> bool:
    """Whether a private key file needs a passphrase, by its format's own marks."""
    if _OPENSSH not in content:
        return b"ENCRYPTED" in content.split(b"\n\n")[0]
    try:
        body = base64.b64decode(content.split(_OPENSSH)[1].split(b"-----")[0])
    except binascii.Error:
        return False
    # openssh-key-v1\0, then the cipher's name with its length; PROTOCOL.key of OpenSSH.
    return body[15:19] != b"\0\0\0\x04" or body[19:23] != b"none"


def own_key_path() -> Path:
    """Where golive keeps the key that it makes."""
    return config_folder() / "id_ed25519"


def own_public_key() -> str:
    """The public line of golive's own key, which is made when there is none."""
    path = own_key_path()
    if not path.exists():
        key = asyncssh.generate_private_key("ssh-ed25519", comment="golive")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(key.export_private_key())
        path.with_name(path.name + ".pub").write_bytes(key.export_public_key())
    return asyncssh.read_private_key(path).export_public_key().decode("ascii").strip()
