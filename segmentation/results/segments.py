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
class Segmentation:
    """Customers in numbered segments.

    Parameters
    ----------
    k : int
        Number of segments; their ids are 1 to k, by falling mean of ``money_feature``.
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
    points : ndarray of float, shape (k, columns), or None
        As in `Partition`, by segment id.
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
