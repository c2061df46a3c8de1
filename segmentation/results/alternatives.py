"""What other methods make of the same customers."""

from __future__ import annotations

from dataclasses import dataclass

from segmentation.settings import Method
from segmentation.values import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """What one method finds.

    Parameters
    ----------
    method, name : str
        As a setting, and as it is called.
    sizes : tuple of int
        Customers of each segment, largest first; empty where it finds no groups.
    noise : int
        Customers it leaves in no segment.
    silhouette : float or None
        Mean over the customers in segments, or over a sample of 10,000; None without segments.
    problem : str or None
        Why it finds no groups or can't be used, in a sentence; None where it gives segments.
    """

    method: Method
    name: str
    sizes: tuple[int, ...] = ()
    noise: int = 0
    silhouette: float | None = None
    problem: str | None = None

    def __post_init__(self) -> None:
        assert bool(self.sizes) == (self.problem is None) == (self.silhouette is not None)

    @property
    def k(self) -> int:
        """Number of segments, 0 where it finds none."""
        return len(self.sizes)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Alternatives:
    """All methods side by side.

    Parameters
    ----------
    k : int
        The number of segments that was asked of the methods that don't find it themselves.
    customers : int
        How many were clustered.
    present : str
        The method of the run they are held against.
    found : tuple of Alternative
        One a method, in their usual order.
    agreement : ndarray of float, shape (methods, methods)
        Adjusted Rand index (Hubert and Arabie 1985) of each pair over the customers that both put
        in a segment: 1 is the same segments, 0 what chance would give; NaN where one has none.
    """

    k: int
    customers: int
    present: Method
    found: tuple[Alternative, ...]
    agreement: Floats

    def __post_init__(self) -> None:
        assert self.agreement.shape == (len(self.found), len(self.found))

    def with_present(self, method: Method) -> float | None:
        """Return how far a method agrees with the run, None where one has no segments."""
        methods = [alternative.method for alternative in self.found]
        value = float(self.agreement[methods.index(method), methods.index(self.present)])
        return None if value != value else value
