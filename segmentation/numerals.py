"""Numbers as a reader wants them: thousands marked, no digits that mean nothing."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt


def counted(number: int, one: str, many: str) -> str:
    """Write a number with what it counts.

    Examples
    --------
    >>> counted(1, "category", "categories"), counted(1200, "value", "values")
    ('1 category', '1,200 values')
    """
    return f"{number:,} {one if number == 1 else many}"


def fixed(value: float, digits: int) -> str:
    """Write a number with so many decimals, halves rounded away from 0.

    Examples
    --------
    >>> fixed(12.5, 0), fixed(50.25, 1), fixed(1234, 1)
    ('13', '50.3', '1,234.0')
    """
    size = math.floor(abs(value) * 10**digits + 0.5) / 10**digits
    return f"{math.copysign(size, value):,.{digits}f}"


def say(value: float) -> str:
    """Write a number with about four telling digits, never in powers of ten below a billion.

    Examples
    --------
    >>> say(124660.4), say(45.894), say(6.0), say(0.012345), say(-1234.5)
    ('124,660', '45.89', '6', '0.01235', '-1,234')
    """
    if not math.isfinite(value):
        return "unknown"
    size = abs(value)
    if size >= 1e9:
        return f"{value:,.4g}"
    if size >= 1000:
        return f"{value:,.0f}"
    if size >= 1:
        text = f"{value:.{2 if size < 100 else 1}f}"
        return text.rstrip("0").rstrip(".")
    return f"{value:.4g}"


def decimals(values: npt.NDArray[np.generic]) -> int:
    """Return with how many decimals a column is shown: 0 if all are whole, else 2.

    Examples
    --------
    >>> decimals(np.array([1.0, 20.0])), decimals(np.array([1.5, 20.0, np.nan]))
    (0, 2)
    """
    known = values[np.isfinite(values.astype(float))]
    return 2 if (np.mod(known, 1) != 0).any() else 0
