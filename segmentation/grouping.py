"""Figures for each customer, the same whatever the order of the rows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

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
