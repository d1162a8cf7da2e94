"""The app's variables: generate_secrets, write_environment_file."""

import os
import secrets
from typing import Any, Dict

from golive.protocol.steps import GenerateSecrets, WriteEnvironmentFile
from golive.runner import atomic, env_file
from golive.runner.env_store import encode_store, key_path, read_store, values_of_live_release
from golive.runner.failure import StepFailed
from golive.runner.perform.files import found_at, record_replacement

RANDOM_BYTES = 32


def perform_generate_secrets(action: GenerateSecrets, context: Any) -> bool:
    """Each name has a value in the store: the one that was sent, else the one it had, else a random one."""
    ensure_key()
    values = _store(action.store, context)
    wanted = dict(values)
    for name in action.names:
        wanted[name] = context.secrets.get(name) or values.get(name) or secrets.token_hex(RANDOM_BYTES)
    context.conceal(wanted.values())
    if wanted == values and os.path.exists(action.store):
        return False
    record_replacement(action.store, found_at(action.store), context)
    atomic.write_file(action.store, encode_store(wanted), 0o600)
    return True


def perform_write_environment_file(action: WriteEnvironmentFile, context: Any) -> bool:
    """The environment file of a release: the plain pairs, then all of the store's."""
    store = _store(action.store, context)
    context.conceal(store.values())
    try:
        content = env_file.render(tuple(action.plain) + tuple(sorted(store.items()))).encode("utf-8")
    except ValueError as error:
        raise StepFailed("internal", error=str(error))
    found = found_at(action.path)
    if found is not None and not os.path.islink(action.path) and found.st_mode & 0o7777 == 0o600:
        with open(action.path, "rb") as stream:
            if stream.read() == content:
                return False
    record_replacement(action.path, found, context)
    atomic.write_file(action.path, content, 0o600)
    return True


def ensure_key() -> None:
    """The host has a random key of its own, for digests that tell nothing."""
    path = key_path()
    if not os.path.exists(path):
        os.makedirs(os.path.dirname(path), 0o755, exist_ok=True)
        atomic.write_file(path, secrets.token_bytes(RANDOM_BYTES), 0o600)


def _store(path: str, context: Any) -> Dict[str, str]:
    try:
        return read_store(path)
    except ValueError:
        return _restored(path, context)


def _restored(path: str, context: Any) -> Dict[str, str]:
    """A damaged store holds again what the live release was given; the damaged one is kept beside it."""
    values = values_of_live_release(os.path.dirname(path))
    context.conceal(values.values())
    context.output("{} was damaged: its values are taken from the live release".format(path))
    with open(path, "rb") as stream:
        atomic.write_file(path + ".damaged", stream.read(), 0o600)
    record_replacement(path, found_at(path), context)
    atomic.write_file(path, encode_store(values), 0o600)
    return values
