"""Monotone transforms of one feature, and their inverses."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from segmentation.values import Floats

ColumnTransform = Literal["none", "log", "yeo-johnson", "rank", "0/1"]
Knots = tuple[tuple[float, float], ...]

MOST_KNOTS = 1_000


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
    away = (values - values.mean()) / spread
    # A power of 3 takes ten times as long.
    return float((away * away * away).mean())


def forward(values: Floats, transform: ColumnTransform, exponent: float = 1.0) -> Floats:
    """Transform values; the logarithm is ln(1 + x), the rank that among these values (`ranks`).

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        Values in original units.
    transform : {"none", "log", "yeo-johnson", "rank", "0/1"}
        What to apply; "none" and "0/1" leave the values.
    exponent : float
        Lambda of Yeo and Johnson (2000), doi 10.1093/biomet/87.4.954.
    """
    if transform == "log":
        return np.asarray(np.log1p(values))
    if transform == "yeo-johnson":
        from scipy.stats import yeojohnson

        return np.asarray(yeojohnson(values, lmbda=exponent))
    if transform == "rank":
        return ranks(values)
    return values


def inverse(
    values: Floats, transform: ColumnTransform, exponent: float = 1.0, knots: Knots = ()
) -> Floats:
    """Undo `forward`.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        Transformed values.
    transform, exponent
        As given to `forward`.
    knots : tuple of (value, rank)
        From `rank_knots`, for ranks.

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
    if transform == "rank":
        at, rank = np.array(knots).T
        return np.asarray(np.interp(values, rank, at))
    return values


def ranks(values: Floats) -> Floats:
    """Return (r - 0.5) / n, where r is the rank from 1, the average one among equal values.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        Finite values.

    Examples
    --------
    >>> ranks(np.array([7.0, 7.0, 1.0, 900.0])).tolist()
    [0.5, 0.5, 0.125, 0.875]
    """
    _, place, rank = _ranked(values)
    return rank[place]


def rank_knots(values: Floats, most: int = MOST_KNOTS) -> Knots:
    """Return pairs of a value and its rank, rising, between which ranks are taken back.

    Every distinct value is one, where there are at most so many; otherwise about so many
    quantiles, among them the smallest and the largest value.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        Finite values.
    most : int
        Pairs at most.

    Examples
    --------
    >>> rank_knots(np.array([7.0, 7.0, 1.0, 900.0]))
    ((1.0, 0.125), (7.0, 0.5), (900.0, 0.875))
    """
    distinct, _, rank = _ranked(values)
    if len(distinct) > most:
        even = np.linspace(rank[0], rank[-1], most)
        chosen = np.unique(np.searchsorted(rank, even))
        distinct, rank = distinct[chosen], rank[chosen]
    return tuple(zip(distinct.tolist(), rank.tolist(), strict=True))


def _ranked(values: Floats) -> tuple[Floats, npt.NDArray[np.int64], Floats]:
    """Return the distinct values, each value's place among them, and their ranks."""
    distinct, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return distinct, place, (np.cumsum(counts) - counts / 2) / len(values)


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
