"""Monotone transforms of one feature, and their inverses."""

from __future__ import annotations

from typing import Literal

import numpy as np

from segmentation.values import Floats

ColumnTransform = Literal["none", "log", "yeo-johnson", "0/1"]


def skewness(values: Floats) -> float:
    """Return the third standardised moment (population form), 0 for a constant.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        Finite values.

    Examples
    --------
    >>> round(skewness(np.array([1.0, 1.0, 4.0])), 4)
    0.7071
    """
    spread = values.std()
    if spread == 0:
        return 0.0
    return float((((values - values.mean()) / spread) ** 3).mean())


def forward(values: Floats, transform: ColumnTransform, exponent: float = 1.0) -> Floats:
    """Transform values; the logarithm is ln(1 + x).

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        Values in original units.
    transform : {"none", "log", "yeo-johnson", "0/1"}
        What to apply; "none" and "0/1" leave the values.
    exponent : float
        Lambda of Yeo and Johnson (2000), doi 10.1093/biomet/87.4.954.
    """
    if transform == "log":
        return np.asarray(np.log1p(values))
    if transform == "yeo-johnson":
        from scipy.stats import yeojohnson

        return np.asarray(yeojohnson(values, lmbda=exponent))
    return values


def inverse(values: Floats, transform: ColumnTransform, exponent: float = 1.0) -> Floats:
    """Undo `forward`.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        Transformed values.
    transform, exponent
        As given to `forward`.

    Examples
    --------
    >>> values = np.array([-3.0, 0.0, 5.0])
    >>> bool(np.allclose(inverse(forward(values, "yeo-johnson", 0.3), "yeo-johnson", 0.3), values))
    True
    """
    if transform == "log":
        return np.asarray(np.expm1(values))
    if transform == "yeo-johnson":
        return _yeo_johnson_inverse(values, exponent)
    return values


def yeo_johnson_exponent(values: Floats) -> float:
    """Return the exponent that makes the values most nearly normal (maximum likelihood).

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        Finite values.
    """
    from scipy.stats import yeojohnson_normmax

    if values.min() == values.max():
        return 1.0
    return float(yeojohnson_normmax(values))


def _yeo_johnson_inverse(values: Floats, exponent: float) -> Floats:
    """Invert equation 2.1 of Yeo and Johnson (2000)."""
    result = np.empty_like(values)
    positive = values >= 0
    if abs(exponent) < 1e-12:
        result[positive] = np.expm1(values[positive])
    else:
        # A negative exponent bounds the transformed values; rounding may touch the bound.
        grown = np.maximum(values[positive] * exponent, -1)
        with np.errstate(divide="ignore", over="ignore"):
            result[positive] = np.expm1(np.log1p(grown) / exponent)
    if abs(exponent - 2) < 1e-12:
        result[~positive] = -np.expm1(-values[~positive])
    else:
        other = 2 - exponent
        grown = np.maximum(-other * values[~positive], -1)
        with np.errstate(divide="ignore", over="ignore"):
            result[~positive] = -np.expm1(np.log1p(grown) / other)
    return result
