"""The app's env store: values that are made or sent, and values that go."""

from __future__ import annotations

from golive.drivers.draft import Draft
from golive.protocol.steps import GenerateSecrets, RemoveSecrets


def plan_values(draft: Draft, secrets: tuple[str, ...], removed: tuple[str, ...], why: str) -> None:
    """SECRETS get a value and REMOVED lose theirs. WHY: ``secrets`` or ``variables``, for the first."""
    store = draft.places.store
    if secrets:
        draft.add("secrets", GenerateSecrets(store, secrets), why, needs=("folder-app",))
    if removed:
        draft.add("remove-secrets", RemoveSecrets(store, removed), "remove-secrets", needs=("folder-app",))
