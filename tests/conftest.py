"""What holds for all tests."""

import os
from typing import Any

import pytest
from hypothesis import settings

# How long an example takes says more about the machine than about the code.
settings.register_profile("golive", deadline=None)
settings.load_profile("golive")

# Nobody's mirrors are asked by a test.
os.environ["GOLIVE_MIRRORS"] = "own"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """One worker tells the whole story of the local host, in its order; every other test goes to whoever is free."""
    from xdist.scheduler import LoadScopeScheduling

    class Stories(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return file if file.endswith("local/test_local_host.py") else nodeid

    return Stories(config, log)
