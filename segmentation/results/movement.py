"""One model at two moments: who stayed, moved, came and left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from segmentation.values import Bools, Floats

Ids = npt.NDArray[np.int64]
MoveKind = Literal["stayed", "moved", "came", "left"]

ABSENT = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moment:
    """A model's segments at one moment.

    Parameters
    ----------
    label : str
        The date, orders before which count, or the file.
    sizes : dict of int to int
        Customers of each segment.
    revenue : dict of int to float
        What they had brought in until then; empty where nothing tells money.
    """

    label: str
    sizes: dict[int, int]
    revenue: dict[int, float]

    @property
    def customers(self) -> int:
        """Count all customers."""
        return sum(self.sizes.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Customers that went from one segment to another, or stayed.

    Parameters
    ----------
    from_id, to_id : int
        Segments; 0 before a customer came and after it left.
    customers : int
        How many.
    sure : int or None
        Those of them that at least 95% of the resampled models send the same way; None for those
        who came or left, or without such models.
    by_calendar : int or None
        Those of them that would be there had nobody ordered anything since; None where there is no
        calendar.
    revenue_before, revenue_after : float or None
        What they had brought in at the two moments.
    examples : tuple of str
        Ids of those with the largest revenue.
    """

    from_id: int
    to_id: int
    customers: int
    sure: int | None
    by_calendar: int | None
    revenue_before: float | None
    revenue_after: float | None
    examples: tuple[str, ...]

    @property
    def kind(self) -> MoveKind:
        """What they did."""
        if self.from_id == ABSENT:
            return "came"
        if self.to_id == ABSENT:
            return "left"
        return "stayed" if self.from_id == self.to_id else "moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """How much movement another sample of customers would have made of the same model.

    Parameters
    ----------
    models : int
        How many resampled models were tried.
    sure : int
        Customers that moved, and in 95% of these models went the same way.
    low, high : float
        95 of 100 of these models count between so many and so many movers.
    without_change : float
        Customers, on average, whom two models put in different segments though nothing about the
        customer has changed.
    """

    models: int
    sure: int
    low: float
    high: float
    without_change: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """What the calendar alone does: days go by, and nobody orders.

    Parameters
    ----------
    moved : int
        Customers that would have moved.
    of_movers : int
        Of the customers that did move, those that are where the calendar alone would have put them.
    kept : int
        Customers that would have moved, but are in their segment still.
    """

    moved: int
    of_movers: int
    kept: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Movement:
    """One model at two moments.

    Parameters
    ----------
    before, after : Moment
        The two moments.
    names : dict of int to str
        Of the segments.
    worth : dict of int to float
        What a customer in the middle of each segment brought in when the model was made
        (`ModelSegment.centre`); empty where no feature of the model is revenue.
    ids : ndarray of str, shape (n,)
        Everybody who is there at either moment, those before first.
    from_ids, to_ids : ndarray of int, shape (n,)
        Their segments; 0 where they are not there.
    calendar_ids : ndarray of int, shape (n,), or None
        Where the calendar alone would have put those before; 0 for others.
    sureness : ndarray of float, shape (n,), or None
        Share of the resampled models that send the customer the same way; NaN for those who are
        not there at both moments.
    revenue_before, revenue_after : ndarray of float, shape (n,), or None
        What each had brought in; 0 where it is not there.
    flows : tuple of Flow
        All that have customers, by their segments.
    noise : Noise or None
        None without resampled models.
    calendar : Calendar or None
        None where nothing has a date.
    notes : tuple of str
        What the user should know, in sentences.
    """

    before: Moment
    after: Moment
    names: dict[int, str]
    worth: dict[int, float]
    ids: npt.NDArray[Any]
    from_ids: Ids
    to_ids: Ids
    calendar_ids: Ids | None
    sureness: Floats | None
    revenue_before: Floats | None
    revenue_after: Floats | None
    flows: tuple[Flow, ...]
    noise: Noise | None
    calendar: Calendar | None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        assert len(self.ids) == len(self.from_ids) == len(self.to_ids)
        assert sum(flow.customers for flow in self.flows) == len(self.ids)
        matrix = self.matrix()
        assert matrix[1:].sum(axis=1).tolist() == list(self.before.sizes.values())
        assert matrix[:, 1:].sum(axis=0).tolist() == list(self.after.sizes.values())

    def matrix(self) -> Ids:
        """Count customers by their segments before (rows) and after; the first is nowhere."""
        counts = np.zeros((len(self.names) + 1, len(self.names) + 1), dtype=np.int64)
        np.add.at(counts, (self.from_ids, self.to_ids), 1)
        return counts

    def count(self, kind: MoveKind) -> int:
        """Count the customers that did something."""
        return sum(flow.customers for flow in self.flows if flow.kind == kind)

    def gains(self) -> Floats:
        """Return by how much more each customer's segment is worth than the one before.

        0 where it is not there at both moments, or nothing tells worth.
        """
        if not self.worth:
            return np.zeros(len(self.ids))
        worth = np.array([np.nan, *(self.worth[i] for i in self.names)])
        return np.asarray(np.nan_to_num(worth[self.to_ids] - worth[self.from_ids]))

    def who(self, from_id: int | None = None, to_id: int | None = None) -> Bools:
        """Tell who went from a segment to a segment; None is any, 0 nowhere."""
        from_it = self.from_ids == from_id if from_id is not None else np.bool_(True)
        to_it = self.to_ids == to_id if to_id is not None else np.bool_(True)
        return np.broadcast_to(from_it & to_it, len(self.ids))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Timeline:
    """The segments at several dates.

    Parameters
    ----------
    dates : tuple of str
        ISO dates, rising; orders before each count.
    names : dict of int to str
        Of the segments.
    sizes : ndarray of int, shape (dates, k)
        Customers of each segment, by id.
    revenue : ndarray of float, shape (dates, k)
        What each segment's customers brought in since the date before, or since the beginning.
    complete : ndarray of bool, shape (dates,)
        Whether the log covers the whole month before the date.
    """

    dates: tuple[str, ...]
    names: dict[int, str]
    sizes: Ids
    revenue: Floats
    complete: Bools

    def __post_init__(self) -> None:
        assert len(self.complete) == len(self.dates)
        assert self.sizes.shape == self.revenue.shape == (len(self.dates), len(self.names))
