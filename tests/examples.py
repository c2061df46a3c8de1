"""On how many examples a property is tried."""

from __future__ import annotations

import os


def examples(most: int) -> int:
    """Return how many to draw: all, or a fifth where the same ones were drawn on another Python.

    >>> examples(100) in (20, 100)
    True
    """
    return max(most // 5, 5) if os.environ.get("SAME_EXAMPLES_ELSEWHERE") else most
