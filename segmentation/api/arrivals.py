"""How many customers were scored over HTTP, by segment: counts only, and only where wanted."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Mapping
from threading import Lock

MOST_MODELS = 100
MOST_SEGMENTS = 200


class Arrivals:
    """Counts for the models that someone watches; of all others nothing is kept.

    The server counts and the pages look, from threads of their own.

    Examples
    --------
    >>> arrivals = Arrivals()
    >>> arrivals.count("spring", {"VIP": 3})
    >>> before = arrivals.watch("spring")
    >>> arrivals.count("spring", {"VIP": 2})
    >>> before, arrivals.watch("spring")
    ({}, {'VIP': 2})
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: OrderedDict[str, Counter[str]] = OrderedDict()
        self.is_served = False

    def watch(self, model: str) -> dict[str, int]:
        """Return what was counted since the model was first watched, and go on counting.

        The models not looked at for longest are given up.
        """
        with self._lock:
            counts = self._counts.pop(model, Counter())
            self._counts[model] = counts
            if len(self._counts) > MOST_MODELS:
                self._counts.popitem(last=False)
            return dict(counts)

    def count(self, model: str, customers: Mapping[str, int]) -> None:
        """Add customers to their segments, if the model is watched."""
        with self._lock:
            counts = self._counts.get(model)
            if counts is not None and len(counts) <= MOST_SEGMENTS:
                counts.update(customers)
