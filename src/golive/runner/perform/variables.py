"""The app's variables: generate_secrets, remove_secrets, write_environment_file."""

import os
import secrets
from typing import Any, Dict

from golive.protocol.steps import GenerateSecrets, RemoveSecrets, WriteEnvironmentFile
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
        if name in context.secrets:
            # An empty value is one, too, where somebody has sent it.
            wanted[name] = context.secrets[name]
        else:
            wanted[name] = values.get(name) or secrets.token_hex(RANDOM_BYTES)
    context.conceal(wanted.values())
    return _replace(action.store, values, wanted, context)


def perform_remove_secrets(action: RemoveSecrets, context: Any) -> bool:
    """The names are in the store no more."""
    ensure_key()
    values = _store(action.store, context)
    context.conceal(values.values())
    wanted = {name: value for name, value in values.items() if name not in action.names}
    return _replace(action.store, values, wanted, context)


def _replace(store: str, values: Dict[str, str], wanted: Dict[str, str], context: Any) -> bool:
    if wanted == values and os.path.exists(store):
        return False
    record_replacement(store, found_at(store), context)
    atomic.write_file(store, encode_store(wanted), 0o600)
    return True


def perform_write_environment_file(action: WriteEnvironmentFile, context: Any) -> bool:
    """The environment file of a release: the plain pairs, then those of the store whose names these leave free."""
    store = _store(action.store, context)
    context.conceal(store.values())
    try:
        told = dict(action.plain)
        free = [pair for pair in sorted(store.items()) if pair[0] not in told]
        content = env_file.render(list(action.plain) + free).encode("utf-8")
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
