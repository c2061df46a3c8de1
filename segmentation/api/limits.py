"""What one caller, and all together, may cost."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields

from segmentation.api.problems import Problem
from segmentation.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiLimits:
    """Bounds on requests.

    Parameters
    ----------
    body_bytes : int
        Largest body.
    body_seconds : int
        Longest time for a body to come in.
    rows : int
        Most rows, or customers, that are scored at once.
    answer_seconds : int
        Longest time to score them.
    requests_per_minute, burst : int
        Of one caller: over time, and at once.
    open_requests, open_requests_per_caller : int
        Most bodies held at any moment, whether coming in, waiting or scored.
    callers : int
        Most callers remembered; those not heard for longest are forgotten.
    children, child_memory_bytes : int
        Processes that score, and the address space of each where the system can bound it.

    Examples
    --------
    >>> ApiLimits(burst=10).burst
    10
    """

    body_bytes: int = 4_000_000
    body_seconds: int = 10
    rows: int = 50_000
    answer_seconds: int = 30
    requests_per_minute: int = 6_000
    burst: int = 1_000
    open_requests: int = 64
    open_requests_per_caller: int = 32
    callers: int = 10_000
    children: int = 2
    child_memory_bytes: int = 4 << 30

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise SettingsError(
                    f"The limit {field.name!r} of the API is {value!r}",
                    remedy="Give a whole number above 0",
                )

    @classmethod
    def told(cls, settings: Mapping[str, object]) -> ApiLimits:
        """Take those that a configuration sets, and the defaults for the others.

        Raises
        ------
        SettingsError
            If there is no such limit, or a value is no whole number above 0.
        """
        known = {field.name for field in fields(cls)}
        for name in settings:
            if name not in known:
                raise SettingsError(
                    f"The API has no setting {name!r}",
                    remedy=f"Use tokens, or one of {', '.join(sorted(known))}",
                )
        return cls(**settings)  # type: ignore[arg-type]


class Rates:
    """How much each caller may still ask: a bucket that fills steadily, emptied by requests.

    Parameters
    ----------
    limits : ApiLimits
        How fast it fills and what it holds.

    Examples
    --------
    >>> rates = Rates(ApiLimits(requests_per_minute=60, burst=1))
    >>> [rates.wait_seconds("a", at) for at in (0.0, 0.25, 1.0)]
    [0.0, 0.75, 0.0]
    """

    def __init__(self, limits: ApiLimits) -> None:
        self._limits = limits
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_seconds(self, caller: str, now: float) -> float:
        """Count a request; return 0, or, if it is one too many, when the next is not."""
        a_second = self._limits.requests_per_minute / 60
        held, at = self._buckets.pop(caller, (float(self._limits.burst), now))
        held = min(float(self._limits.burst), held + (now - at) * a_second)
        allowed = held >= 1
        self._buckets[caller] = (held - allowed, now)
        if len(self._buckets) > self._limits.callers:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - held) / a_second

    def __len__(self) -> int:
        return len(self._buckets)


class OpenRequests:
    """How many requests with a body are under way.

    Parameters
    ----------
    limits : ApiLimits
        How many may be.
    """

    def __init__(self, limits: ApiLimits) -> None:
        self._limits = limits
        self._by_caller: Counter[str] = Counter()

    @contextmanager
    def one_more(self, caller: str) -> Iterator[None]:
        """Hold a place while a request is answered.

        Raises
        ------
        Problem
            If there is none: 429 for this caller's own, 503 for all together.
        """
        if self._by_caller[caller] >= self._limits.open_requests_per_caller:
            raise Problem(
                429,
                "Too many of your requests are under way. Wait for their answers.",
                {"Retry-After": "1"},
            )
        if self._by_caller.total() >= self._limits.open_requests:
            raise Problem(
                503, "Too many requests are under way. Try again soon.", {"Retry-After": "1"}
            )
        self._by_caller[caller] += 1
        try:
            yield
        finally:
            self._by_caller[caller] -= 1
            if not self._by_caller[caller]:
                del self._by_caller[caller]
