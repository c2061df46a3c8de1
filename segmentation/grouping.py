"""Figures for each customer, the same whatever the order of the rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

# Sums of products of binary fractions carry noise far below this; amounts do not go below it.
DECIMALS = 6


def exact_sums(
    codes: npt.NDArray[np.int64], values: npt.NDArray[np.float64], count: int
) -> npt.NDArray[np.float64]:
    """Sum each code's values from the smallest up, to 6 decimals.

    Examples
    --------
    >>> exact_sums(np.array([1, 0, 1]), np.array([0.1, 5.0, 0.2]), 3).tolist()
    [5.0, 0.3, 0.0]
    """
    order = np.lexsort((values, codes))
    return np.round(np.bincount(codes[order], weights=values[order], minlength=count), DECIMALS)


def extremes(
    codes: npt.NDArray[np.int64], values: npt.NDArray[np.int64], count: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return each code's largest and smallest value; a code without any has the type's bounds.

    Examples
    --------
    >>> [bound.tolist() for bound in extremes(np.array([1, 0, 1]), np.array([3, 5, 4]), 2)]
    [[5, 4], [5, 3]]
    """
    largest = np.full(count, np.iinfo(np.int64).min)
    smallest = np.full(count, np.iinfo(np.int64).max)
    np.maximum.at(largest, codes, values)
    np.minimum.at(smallest, codes, values)
    return largest, smallest


def orders_of(lines: pd.DataFrame, days: npt.NDArray[np.int64]) -> pd.Series[Any]:
    """Return what tells a customer's orders apart: the order id, else the day.

    Examples
    --------
    >>> lines = pd.DataFrame({"order_id": ["7", "", "7", ""]})
    >>> orders_of(lines, np.array([3, 3, 4, 4])).tolist()
    [0, 2, 0, 3]
    """
    if "order_id" not in lines:
        return pd.Series(days)
    nameless = lines["order_id"].eq("").to_numpy()
    if not nameless.any():
        return lines["order_id"]
    codes, uniques = pd.factorize(lines["order_id"])
    return pd.Series(np.where(nameless, len(uniques) + days - days.min(), codes))


def distinct_per(
    codes: npt.NDArray[np.int64], values: pd.Series[Any], count: int
) -> npt.NDArray[np.int64]:
    """Count the different values that each code has.

    Examples
    --------
    >>> distinct_per(np.array([0, 0, 1]), pd.Series(["a", "a", "b"]), 3).tolist()
    [1, 1, 0]
    """
    inner, uniques = pd.factorize(values, use_na_sentinel=False)
    pairs = np.unique(codes * len(uniques) + inner)
    return np.bincount(pairs // len(uniques), minlength=count)
