"""Columns counted and averaged for all groups of customers at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.results import Customers
from segmentation.values import Floats
from segmentation.vocabulary import trait

MOST_CATEGORIES = 200
CODE_VALUES = 3
SAMPLE_ROWS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NumberTally:
    """A number by group; missing values are left out.

    Parameters
    ----------
    known : ndarray of int, shape (groups,)
        Values of each group.
    means : ndarray of float, shape (groups,)
        NaN for a group without a value.
    quartiles : ndarray of float, shape (groups, 3)
        25%, 50% and 75% (linear interpolation), likewise.
    overall, spread : float
        Mean and population standard deviation of all values; NaN without any.
    varies : bool
        Whether there are two different values.
    values : ndarray of float
        All values, missing ones left out.
    """

    known: npt.NDArray[np.int64]
    means: Floats
    quartiles: Floats
    overall: float
    spread: float
    varies: bool
    values: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CategoryTally:
    """A category by group.

    Parameters
    ----------
    categories : tuple of str
        In alphabetical order; of more than 200, the most frequent; "" is a missing one.
    counts : ndarray of int, shape (groups, categories)
        Customers of each group.
    shares : ndarray of float, shape (groups, categories)
        Of all customers of the group; NaN for a group without any.
    overall : ndarray of float, shape (categories,)
        Share of each among all customers.
    """

    categories: tuple[str, ...]
    counts: npt.NDArray[np.int64]
    shares: Floats
    overall: Floats


def tally_number(
    values: Floats, groups: npt.NDArray[np.int64], count: int, *, means_only: bool = False
) -> NumberTally:
    """Count and average a number, by group from 0 to ``count`` - 1.

    Quartiles take most of the time; with ``means_only`` they are NaN.

    Examples
    --------
    >>> found = tally_number(np.array([1.0, 3.0, np.nan, 8.0]), np.array([0, 0, 1, 1]), 2)
    >>> found.known.tolist(), found.means.tolist(), found.overall
    ([2, 1], [2.0, 8.0], 4.0)
    """
    present = ~np.isnan(values)
    if not present.all():
        values, groups = values[present], groups[present]
    known = np.bincount(groups, minlength=count)
    overall = float(values.mean()) if len(values) else np.nan
    # From the mean, so that large numbers that hardly differ keep their digits.
    sums = np.bincount(groups, weights=values - overall, minlength=count)
    means = np.divide(sums, known, out=np.full(count, np.nan), where=known > 0) + overall
    quartiles = np.full((count, 3), np.nan)
    for group, own in enumerate([] if means_only else _parted(values, groups, known)):
        if len(own):
            quartiles[group] = np.percentile(own, [25, 50, 75])
    return NumberTally(
        known=known,
        means=means,
        quartiles=quartiles,
        overall=overall,
        spread=float(values.std()) if len(values) else np.nan,
        # Not by the deviation: that of equal decimals is rarely 0 exactly.
        varies=bool(len(values) and values.min() < values.max()),
        values=values,
    )


def _parted(
    values: Floats, groups: npt.NDArray[np.int64], known: npt.NDArray[np.int64]
) -> list[Floats]:
    # Small numbers are sorted by counting.
    order = np.argsort(groups.astype(np.int16), kind="stable")
    return np.split(values[order], np.cumsum(known)[:-1])


def looks_coded(values: Floats) -> bool:
    """Tell whether numbers are so few and whole that they may be codes, such as of a channel.

    Examples
    --------
    >>> looks_coded(np.array([1.0, 2.0, 2.0, 1.0, np.nan])), looks_coded(np.array([1.0, 2.5, 1.0]))
    (True, False)
    """
    known = values[np.isfinite(values)]
    # Most columns have too many values at their beginning already.
    for some in (known[:SAMPLE_ROWS], known):
        distinct = np.unique(some)
        if len(distinct) > CODE_VALUES or (distinct % 1).any():
            return False
    return len(known) > CODE_VALUES and len(distinct) > 1


def coded_columns(customers: Customers) -> tuple[str, ...]:
    """Return numbers of a table of customers that may be codes; what is known to count is none."""
    if customers.kind != "customers":
        return ()
    return tuple(
        name
        for name in customers.numeric
        if trait(name) is None and looks_coded(customers.frame[name].to_numpy(dtype=float))
    )


def as_codes(values: Floats) -> pd.Series[Any]:
    """Return numbers that are codes as text, "" where there is none.

    Examples
    --------
    >>> as_codes(np.array([1.0, np.nan, 20.0])).tolist()
    ['1', '', '20']
    """
    texts = {value: f"{value:.0f}" for value in np.unique(values[~np.isnan(values)]).tolist()}
    return pd.Series(values).map(texts).fillna("")


def tally_category(
    values: pd.Series[Any], groups: npt.NDArray[np.int64], count: int
) -> CategoryTally:
    """Count a category, by group from 0 to ``count`` - 1.

    Examples
    --------
    >>> found = tally_category(pd.Series(["b", "a", "b"]), np.array([0, 0, 1]), 2)
    >>> found.categories, found.counts.tolist()
    (('a', 'b'), [[1, 1], [0, 1]])
    """
    codes, uniques = pd.factorize(values)
    names = [str(name) for name in uniques]
    found = np.bincount(groups * len(names) + codes, minlength=count * len(names))
    counts = found.reshape(count, len(names))
    totals = counts.sum(axis=0)
    frequent = sorted(range(len(names)), key=lambda i: (-int(totals[i]), names[i]))
    chosen = sorted(frequent[:MOST_CATEGORIES], key=names.__getitem__)
    sizes = counts.sum(axis=1, keepdims=True)
    nobody = np.full((count, len(chosen)), np.nan)
    return CategoryTally(
        categories=tuple(names[i] for i in chosen),
        counts=counts[:, chosen],
        shares=np.divide(counts[:, chosen], sizes, out=nobody, where=sizes > 0),
        overall=totals[chosen] / max(len(codes), 1),
    )
