"""Customers scored by recency, frequency and money, and how that crosses with segments."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.numerals import say

Measure = Literal["recency", "frequency", "monetary"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RfmScale:
    """How one measure becomes scores from 1 to 5.

    Parameters
    ----------
    measure : {"recency", "frequency", "monetary"}
        What is scored; few days are a high score, few orders and little money a low one.
    column : str
        The customers' column it is.
    lowest, highest : float
        Of all customers.
    edges : tuple of float
        The four that part five bins; a value on an edge belongs to the bin above.
    customers : tuple of int
        How many have each score, 1 to 5.
    """

    measure: Measure
    column: str
    lowest: float
    highest: float
    edges: tuple[float, ...]
    customers: tuple[int, ...]

    def bins(self) -> tuple[tuple[float, float], ...]:
        """Return each score's range, 1 to 5: from, and up to but without.

        The outermost go to infinity.
        """
        ends = (-math.inf, *self.edges, math.inf)
        found = tuple((ends[i], ends[i + 1]) for i in range(len(ends) - 1))
        return found[::-1] if self.measure == "recency" else found

    def said(self) -> tuple[str, ...]:
        """Say each score's range, 1 to 5.

        Examples
        --------
        >>> edges = (2.0, 3.0, 4.0, 6.0)
        >>> RfmScale(
        ...     measure="recency", column="days", lowest=1, highest=9, edges=edges,
        ...     customers=(1, 1, 1, 1, 1),
        ... ).said()
        ('6 and more', '4 to below 6', '3 to below 4', '2 to below 3', 'below 2')
        """
        return tuple(
            f"below {say(high)}"
            if math.isinf(low)
            else f"{say(low)} and more"
            if math.isinf(high)
            else f"{say(low)} to below {say(high)}"
            for low, high in self.bins()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RfmSegment:
    """Customers of one name.

    Parameters
    ----------
    name, meaning, action : str
        From the grid.
    customers : int
        How many there are.
    share : float
        Of all customers scored, 0 to 1.
    revenue : float
        What they come to.
    revenue_share : float or None
        Of all; None if all together come to nothing or less.
    median_recency_days, median_frequency_orders, median_monetary_total : float or None
        What is typical of them; None if there are none.
    """

    name: str
    meaning: str
    action: str
    customers: int
    share: float
    revenue: float
    revenue_share: float | None
    median_recency_days: float | None
    median_frequency_orders: float | None
    median_monetary_total: float | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rfm:
    """Customers scored and named.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a customer scored: ``customer_id``, ``recency_days``, ``frequency_orders``,
        ``monetary_total``, ``r_score``, ``f_score``, ``m_score``, ``rfm_segment``.
    customers : ndarray of int, shape (rows,)
        Their positions in `Customers`, rising.
    unscored : dict of str to ndarray of int
        Positions of the others, by reason.
    scales : tuple of RfmScale
        Of recency, frequency and money.
    segments : tuple of RfmSegment
        Every name of the grid, in its order.
    cells, cell_revenue : pandas.DataFrame, shape (5, 5)
        Customers and what they come to by r score (rows, 1 to 5) and f score (columns).
    cell_names : pandas.DataFrame, shape (5, 5)
        The name that most customers of the cell have; "" without any.
    notes : tuple of str
        What the user should know, in sentences.
    """

    frame: pd.DataFrame
    customers: npt.NDArray[np.int64]
    unscored: dict[str, npt.NDArray[np.int64]]
    scales: tuple[RfmScale, RfmScale, RfmScale]
    segments: tuple[RfmSegment, ...]
    cells: pd.DataFrame
    cell_revenue: pd.DataFrame
    cell_names: pd.DataFrame
    notes: tuple[str, ...]

    def __post_init__(self) -> None:
        count = len(self.frame)
        assert len(self.customers) == count == sum(s.customers for s in self.segments)
        assert int(self.cells.to_numpy().sum()) == count
        assert all(sum(scale.customers) == count for scale in self.scales)

    def to_dict(self) -> dict[str, Any]:
        """Return all but the customers as plain JSON values."""
        return {
            "customers": len(self.frame),
            "unscored": {reason: len(where) for reason, where in self.unscored.items()},
            "scales": {
                scale.measure: {
                    "column": scale.column,
                    "lowest": scale.lowest,
                    "highest": scale.highest,
                    "edges": list(scale.edges),
                    "customers": list(scale.customers),
                }
                for scale in self.scales
            },
            "segments": [
                {name: getattr(segment, name) for name in RfmSegment.__dataclass_fields__}
                for segment in self.segments
            ],
            "cells": self.cells.to_numpy().tolist(),
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RfmCrossing:
    """How RFM segments and the segments of a run share out the same customers.

    Parameters
    ----------
    counts : pandas.DataFrame
        Customers by RFM segment (rows, those that have any) and segment id (columns).
    adjusted_rand : float
        Agreement of the two, 1 for the same groups, about 0 for chance (Hubert and Arabie 1985,
        doi 10.1007/BF01908075); NaN if there is nobody.
    """

    counts: pd.DataFrame
    adjusted_rand: float

    def within_rfm(self) -> pd.DataFrame:
        """Return the share of each RFM segment that each segment has; rows add up to 1."""
        return self.counts.div(self.counts.sum(axis=1), axis=0)

    def within_segments(self) -> pd.DataFrame:
        """Return the share of each segment that each RFM segment has; columns add up to 1."""
        return self.counts.div(self.counts.sum(axis=0), axis=1)
