"""What holds for all tests."""

import os

from hypothesis import settings

# How long an example takes says more about the machine than about the code.
settings.register_profile("golive", deadline=None)
settings.load_profile("golive")

# Nobody's mirrors are asked by a test.
os.environ["GOLIVE_MIRRORS"] = "own"
