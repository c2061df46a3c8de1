"""Customers in segments, described and named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.results.evidence import Resampled
from segmentation.values import Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Turn:
    """Two segments merged, or one split, by hand; segments go by number, see `WheelSettings`.

    Parameters
    ----------
    kept : int
        The merged segment, or the larger part.
    other : int
        The one merged into it, or the smaller part.
    centres : ndarray of float, shape (2, columns), or None
        Of the larger and the smaller part, in prepared units; None for a merger.
    """

    kept: int
    other: int
    centres: Floats | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ByHand:
    """What was made of the segments found.

    A merged segment has no one centre that all its customers are nearest to, and the border of a
    split runs within one segment only, so the way to a segment is: the nearest of the centres
    found, and from there the turns.

    Parameters
    ----------
    centres, original_centres : ndarray of float, shape (segments found, columns)
        Of the segments found, in prepared and in original units.
    turns : tuple of Turn
        In order.
    numbers : tuple of int
        The number of each segment there is now, rising: id 1 has the first.
    """

    centres: Floats
    original_centres: Floats
    turns: tuple[Turn, ...]
    numbers: tuple[int, ...]

    @property
    def touched(self) -> frozenset[int]:
        """Ids of the segments that were merged or split."""
        numbers = {number for turn in self.turns for number in (turn.kept, turn.other)}
        return frozenset(i for i, own in enumerate(self.numbers, start=1) if own in numbers)

    def follow(self, rows: Floats, found: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the segment id of each row.

        Parameters
        ----------
        rows : ndarray of float, shape (n, columns)
            In prepared units.
        found : ndarray of int, shape (n,)
            The segment as found, from 1: for a new customer that of the nearest of ``centres``.
        """
        numbers = np.array(found, dtype=np.int64)
        for turn in self.turns:
            own = np.flatnonzero(numbers == turn.kept)
            if turn.centres is None:
                numbers[numbers == turn.other] = turn.kept
            else:
                numbers[own[nearer_second(rows[own], turn.centres)]] = turn.other
        return np.searchsorted(self.numbers, numbers) + 1


def nearer_second(rows: Floats, centres: Floats) -> npt.NDArray[np.bool_]:
    """Tell which rows are nearer to the second of two centres than to the first.

    Examples
    --------
    >>> nearer_second(np.array([[1.0], [2.0], [3.0]]), np.array([[0.0], [4.0]])).tolist()
    [False, False, True]
    """
    first, second = (squares_to(rows.T, centre) for centre in centres)
    return np.asarray(second < first)


def squares_to(lines: Floats, point: Floats) -> Floats:
    """Return the squared distance of rows to a point, the same whatever stands beside a row.

    Parameters
    ----------
    lines : ndarray of float, shape (columns, n)
        The rows, a column a line.
    point : ndarray of float, shape (columns,)
        The point.

    Examples
    --------
    >>> squares_to(np.array([[0.0, 3.0], [0.0, 4.0]]), np.zeros(2)).tolist()
    [0.0, 25.0]
    """
    # Column by column, so that no bit depends on how the rows lie in memory.
    apart = np.zeros(lines.shape[1])
    for line, at in zip(lines, point, strict=True):
        step = line - at
        step *= step
        apart += step
    return apart


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Segmentation:
    """Customers in numbered segments.

    Parameters
    ----------
    k : int
        Number of segments; their ids are 1 to k, by falling mean of ``money_feature`` as found.
        After merging and splitting by hand they keep that order, parts split off at the end.
    labels : ndarray of int, shape (n,)
        Segment id of each row of the prepared matrix.
    centres : ndarray of float, shape (k, columns)
        Mean of each segment in prepared units, by segment id.
    original_centres : ndarray of float, shape (k, columns)
        The same points in original units.
    inertia : float
        Sum of squared distances to the centres, in prepared units.
    silhouette : float
        Mean silhouette (Rousseeuw 1987) in prepared units.
    silhouette_customers : int
        How many customers it was computed on: all, or a stated sample.
    segment_silhouettes : tuple of float
        Mean silhouette of each segment.
    stabilities : tuple of Resampled
        Bootstrap Jaccard of each segment (Hennig 2007); empty where nothing was resampled.
    money_feature : str
        The feature that orders the segments.
    by_hand : ByHand or None
        What was merged and split; None where the segments are as found.
    points : ndarray of float, shape (segments found, columns), or None
        As in `Partition`, by segment id as found.
    """

    k: int
    labels: npt.NDArray[np.int64]
    centres: Floats
    original_centres: Floats
    inertia: float
    silhouette: float
    silhouette_customers: int
    segment_silhouettes: tuple[float, ...]
    stabilities: tuple[Resampled, ...] = ()
    money_feature: str
    by_hand: ByHand | None = None
    points: Floats | None = None

    def __post_init__(self) -> None:
        assert self.centres.shape == self.original_centres.shape
        assert len(self.centres) == len(self.segment_silhouettes) == self.k
        assert len(self.stabilities) in (0, self.k)
        assert set(np.unique(self.labels)) == set(range(1, self.k + 1))

    def sizes(self) -> list[int]:
        """Count the customers of each segment, by id."""
        return [int(size) for size in np.bincount(self.labels, minlength=self.k + 1)[1:]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How a segment stands against all customers on one feature or category.

    Parameters
    ----------
    name : str
        Feature, or ``column=category``.
    segment, overall : float
        Mean in original units; for a category, the share from 0 to 1.
    effect : float
        Standardised difference of the means: (segment - overall) / population standard deviation.
    used : bool
        Whether the segments were made with it.
    """

    name: str
    segment: float
    overall: float
    effect: float
    used: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentProfile:
    """Who a segment is.

    Parameters
    ----------
    segment_id : int
        1 to k.
    size : int
        Customers in it.
    share : float
        Of the customers in all segments, 0 to 1.
    levels : dict of str to str
        For each numeric feature used, very low, low, average, high or very high: where the
        segment's median lies among all customers.
    differences : tuple of Difference
        What sets it apart, strongest first.
    silhouette : float
        Mean silhouette of its customers.
    """

    segment_id: int
    size: int
    share: float
    levels: dict[str, str]
    differences: tuple[Difference, ...]
    silhouette: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Profiles:
    """All segments described.

    Parameters
    ----------
    segments : tuple of SegmentProfile
        By id.
    means, medians : pandas.DataFrame
        One row a segment id, one column a numeric feature of the customers, in original units.
    overall : pandas.Series
        Mean of each numeric feature over all segmented customers.
    customers : ndarray of int, shape (n,)
        Positions in `Customers` of the segmented customers, rising.
    labels : ndarray of int, shape (n,)
        Their segment ids.
    """

    segments: tuple[SegmentProfile, ...]
    means: pd.DataFrame
    medians: pd.DataFrame
    overall: pd.Series[Any]
    customers: npt.NDArray[np.int64]
    labels: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentName:
    """What a segment is called, and why.

    Parameters
    ----------
    segment_id : int
        1 to k.
    name : str
        Unique among the segments.
    given : bool
        Whether the user gave the name.
    found : str
        What it would be called if the user had named no segment.
    reasons : tuple of str
        The numbers behind the name found, in sentences.
    description, why, action : str
        Who is in the segment, why that matters, and what to do about it.
    colour : int
        Its place among the colours and symbols, from 1; no two segments have the same.
    """

    segment_id: int
    name: str
    given: bool
    found: str
    reasons: tuple[str, ...]
    description: str
    why: str
    action: str
    colour: int
