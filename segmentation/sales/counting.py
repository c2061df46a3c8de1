"""Lines counted by group: the one place where sums and distinct customers are taken."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation.results import SalesLines
from segmentation.results.sales import Integers
from segmentation.values import Bools

# A table of flags this large is quicker than sorting, and still small.
MOST_FLAGS = 50_000_000


def sums(codes: Integers, whole: Integers, count: int) -> Integers:
    """Add up whole numbers by code, exactly.

    Examples
    --------
    >>> sums(np.array([1, 0, 1]), np.array([2**60, 5, 1]), 2).tolist()
    [5, 1152921504606846977]
    """
    found = np.zeros(count, dtype=np.int64)
    np.add.at(found, codes, whole)
    return found


def distinct(codes: Integers, values: Integers, count: int, value_count: int) -> Integers:
    """Count the different values of each code.

    Examples
    --------
    >>> distinct(np.array([0, 0, 1]), np.array([3, 3, 0]), 3, 4).tolist()
    [1, 1, 0]
    """
    return np.bincount(together(codes, values, count, value_count)[0], minlength=count)


def together(
    codes: Integers, values: Integers, count: int, value_count: int
) -> tuple[Integers, Integers]:
    """Return each pair of a code and a value that is met, once, sorted.

    Examples
    --------
    >>> [part.tolist() for part in together(np.array([1, 0, 1]), np.array([2, 2, 2]), 2, 3)]
    [[0, 1], [2, 2]]
    """
    keys = codes * value_count + values
    if count * value_count <= MOST_FLAGS:
        met = np.zeros(count * value_count, dtype=bool)
        met[keys] = True
        pairs = np.flatnonzero(met)
    else:
        pairs = np.unique(keys)
    return pairs // max(value_count, 1), pairs % max(value_count, 1)


def shown(lines: SalesLines, keep: Bools) -> Bools:
    """Tell which lines belong to the customers for whom ``keep`` is true."""
    assert keep.shape == (lines.customer_count,)
    return keep[lines.customers]


def count_by(lines: SalesLines, rows: Bools, codes: Integers, count: int) -> pd.DataFrame:
    """Count lines by group.

    Parameters
    ----------
    lines : SalesLines
        All lines.
    rows : ndarray of bool, shape (lines,)
        Those to count.
    codes : ndarray of int, shape (lines,)
        Group of each line.
    count : int
        How many groups.

    Returns
    -------
    pandas.DataFrame
        One row a group: ``revenue``, ``gross``, ``returned``, ``orders`` (each where its first line
        stands), ``customers`` (with an order line), ``average_order`` (NaN without orders).
    """
    sold = rows & lines.sale
    gross = sums(codes[sold], lines.amounts[sold], count)
    back = rows & ~lines.sale
    returned = -sums(codes[back], lines.amounts[back], count)
    orders = np.bincount(codes[rows & lines.opens], minlength=count)
    revenue = lines.money(gross - returned)
    return pd.DataFrame(
        {
            "revenue": revenue,
            "gross": lines.money(gross),
            "returned": lines.money(returned),
            "orders": orders,
            "customers": distinct(codes[sold], lines.customers[sold], count, lines.customer_count),
            "average_order": np.divide(
                revenue, orders, out=np.full(count, np.nan), where=orders > 0
            ),
        }
    )
