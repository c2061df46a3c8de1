"""What is known of one customer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.results.rules import Placement


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hits:
    """Customers whose id was looked for.

    Parameters
    ----------
    positions : ndarray of int
        In `Customers`: exact ones first, then those that begin so, each in the table's order; no
        more than were asked for.
    total : int
        How many there are.
    """

    positions: npt.NDArray[np.int64]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A customer's number, held against those of others.

    Parameters
    ----------
    feature : str
        The column.
    value : float or None
        None where it is missing.
    segment, overall : float or None
        Median of the customer's segment, and of all customers; None without any value, or without
        a segment.
    rank : float or None
        Share of all customers with less, half of those with the same counted, 0 to 1.
    used : bool
        Whether the segments were made with it.
    """

    feature: str
    value: float | None
    segment: float | None
    overall: float | None
    rank: float | None
    used: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """A customer's category, held against those of others.

    Parameters
    ----------
    column, value : str
        The column and its value; "" is a missing one.
    segment : float or None
        Share of the customer's segment that has the value, 0 to 1; None without a segment.
    overall : float
        Share of all customers.
    used : bool
        Whether the segments were made with it.
    """

    column: str
    value: str
    segment: float | None
    overall: float
    used: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lookup:
    """A customer, with the segment and why.

    Parameters
    ----------
    position : int
        In `Customers`.
    customer_id : str
        As read.
    segment_id : int or None
        None if the customer is in no segment, for the reason in ``set_aside``.
    set_aside : str
        Empty if the customer is in a segment.
    placement : Placement or None
        By rules and by centres; None where the customer can't be placed.
    numbers : tuple of Held
        Every numeric column, those used first.
    traits : tuple of Trait
        Every category.
    orders : pandas.DataFrame or None
        Of order lines: ``order_id``, ``order_date``, ``lines``, ``amount``, by falling date;
        returns are below 0. None for customer tables.
    lines : pandas.DataFrame or None
        The lines, with the columns of ``Clean.frame``.
    """

    position: int
    customer_id: str
    segment_id: int | None
    set_aside: str
    placement: Placement | None
    numbers: tuple[Held, ...]
    traits: tuple[Trait, ...]
    orders: pd.DataFrame | None
    lines: pd.DataFrame | None
