"""Numbers as a reader wants them: thousands marked, no digits that mean nothing."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

# Less than this is the rounding of a sum, and no customer.
NO_SHARE = 1e-9


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
    >>> fixed(12.5, 0), fixed(50.25, 1), fixed(1234, 1), fixed(-0.001, 2)
    ('13', '50.3', '1,234.0', '0.00')
    """
    size = math.floor(abs(value) * 10**digits + 0.5) / 10**digits
    return f"{math.copysign(size, value) if size else 0.0:,.{digits}f}"


def points(gap: float) -> str:
    """Write a difference of shares in percentage points, with its sign.

    Examples
    --------
    >>> points(0.125), points(-0.03), points(0.0001)
    ('+12.5', '-3.0', '0.0')
    """
    said = fixed(100 * gap, 1)
    return f"+{said}" if gap > 0 and float(said.replace(",", "")) else said


def percent(share: float, digits: int = 1) -> str:
    """Write a share as a percentage; what is neither none nor all is never rounded to it.

    Examples
    --------
    >>> percent(0.125), percent(0.0002), percent(0.9999), percent(0.0), percent(0.004, 0)
    ('12.5%', '<0.1%', '>99.9%', '0.0%', '<1%')
    """
    said, step = fixed(100 * share, digits), 10.0**-digits
    if share > NO_SHARE and said == fixed(0, digits):
        return f"<{step:.{digits}f}%"
    if share < 1 - NO_SHARE and said == fixed(100, digits):
        return f">{100 - step:.{digits}f}%"
    return f"{said}%"


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
