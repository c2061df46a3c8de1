"""How often a property is tried: with few examples in each run, with all that are worth it in some.

The examples are the same in each run, so those of a run more find what was broken since, no more.
"""

from __future__ import annotations

import pytest
from hypothesis import settings

FULL = 100
SHARE = 4

# A deadline is a timed assertion, and a random failure helps nobody who can't repeat it.
settings.register_profile("few", deadline=None, derandomize=True, max_examples=FULL // SHARE)
settings.register_profile("full", deadline=None, derandomize=True, max_examples=FULL)


def full_counts_asked(config: pytest.Config) -> bool:
    """Tell whether the tests are those marked as exhaustive."""
    expression = str(config.getoption("markexpr"))
    return "exhaustive" in expression and "not exhaustive" not in expression


def examples(full: int) -> int:
    """Return how many examples to try, where the full count is this one."""
    return full * settings.default.max_examples // FULL
