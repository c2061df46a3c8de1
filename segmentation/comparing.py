"""Segments side by side, each difference with its uncertainty."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import bdtr, ndtri, stdtrit

from segmentation.results import Comparison, Run
from segmentation.tallies import tally_category
from segmentation.values import Bools, Floats

OTHERS = 0
FEW = 30
FEWEST_FOR_MEDIAN = 5
LEVEL = 0.95
Z = float(ndtri((1 + LEVEL) / 2))
Interval = tuple[float, float, float]


def compare_groups(run: Run, keep: Bools, ids: Sequence[int]) -> Comparison:
    """Hold the first group against each of the others, on every feature and category.

    Differences are the first less the other. Of means the interval is Welch's (1947), of medians
    that of Price and Bonett (2002), of shares Newcombe's (1998, method 10); each holds in 95 of 100
    cases, but not where the segments were made from the feature: they were made to differ in it.
    Customers without a value are left out of it; a missing category is one of its own.

    Parameters
    ----------
    run : Run
        A finished run.
    keep : ndarray of bool, shape (segmented customers,)
        Whom to compare, in the order of ``run.profiles.customers``.
    ids : sequence of int
        Segments, two or more; 0 is everyone shown who is in none of them.

    Examples
    --------
    >>> from segmentation.pipeline import run
    >>> from segmentation.reading import Source
    >>> from segmentation.settings import ChooseSettings, Recipe
    >>> data = b"id,spend\\n1,10\\n2,12\\n3,90\\n4,94\\n5,11\\n"
    >>> found = run(Source(name="a.csv", data=data), Recipe(choose=ChooseSettings(k=2)))
    >>> row = compare_groups(found, np.ones(5, dtype=bool), (1, 0)).numbers.iloc[0]
    >>> tuple(round(float(row[name]), 1) for name in ("difference", "low", "high"))
    (81.0, 62.1, 99.9)
    """
    groups = group_members(run, keep, ids)
    customers = run.loaded.customers
    frame = customers.frame.iloc[run.profiles.customers]
    used = set(run.prepared.features)
    numbers = []
    for name in customers.numeric:
        values = frame[name].to_numpy(dtype=float)
        spread = float(np.nanstd(values)) if not np.isnan(values).all() else 0.0
        own = {i: _present(values[inside]) for i, inside in groups.items()}
        numbers += [_numbers(name, other, own[ids[0]], own[other], spread) for other in ids[1:]]
    shares = []
    for name in customers.categories:
        codes = np.zeros(len(frame), dtype=np.int64)
        for place, inside in enumerate(groups.values(), start=1):
            codes[inside] = place
        found = tally_category(frame[name], codes, len(ids) + 1)
        for place, other in enumerate(ids[1:], start=2):
            shares += _shares(name, other, found.categories, found.counts, place, groups)
    table = pd.DataFrame(numbers)
    if len(table):
        table.insert(2, "used", table["feature"].isin(used))
        largest = table["effect"].abs().groupby(table["feature"]).transform("max").fillna(0)
        order = np.lexsort((np.arange(len(table)), -largest))
        table = table.iloc[order].reset_index(drop=True)
    told = pd.DataFrame(shares)
    if len(told):
        told.insert(3, "used", told["column"].isin(used))
        order = np.lexsort((np.arange(len(told)), -told["difference"].abs()))
        told = told.iloc[order].reset_index(drop=True)
    sizes = {i: int(inside.sum()) for i, inside in groups.items()}
    return Comparison(
        sizes=sizes,
        numbers=table,
        shares=told,
        few=tuple(i for i, size in sizes.items() if size < FEW),
    )


def group_members(run: Run, keep: Bools, ids: Sequence[int]) -> dict[int, Bools]:
    """Tell who is in each group, by id; 0 is everyone shown who is in none of the others."""
    labels = run.profiles.labels
    inside = {i: keep & (labels == i) for i in ids}
    if OTHERS in inside:
        inside[OTHERS] = keep & ~np.isin(labels, [i for i in ids if i != OTHERS])
    return inside


def group_values(run: Run, keep: Bools, ids: Sequence[int], feature: str) -> dict[int, Floats]:
    """Return one numeric feature's values for each group, among those shown."""
    values = run.loaded.customers.frame[feature].to_numpy(dtype=float)[run.profiles.customers]
    return {i: values[inside] for i, inside in group_members(run, keep, ids).items()}


def mean_difference(one: Floats, other: Floats) -> Interval:
    """Return the difference of two means with Welch's 95% interval; NaN below two values.

    Examples
    --------
    >>> [round(x, 3) for x in mean_difference(np.array([3.0, 4, 5]), np.array([1.0, 2, 3]))]
    [2.0, -0.267, 4.267]
    """
    difference = float(one.mean() - other.mean()) if len(one) and len(other) else np.nan
    if min(len(one), len(other)) < 2:
        return difference, np.nan, np.nan
    parts = [values.var(ddof=1) / len(values) for values in (one, other)]
    error = float(np.sqrt(sum(parts)))
    if error == 0:
        return difference, difference, difference
    weights = [
        (part / error**2) ** 2 / (len(values) - 1)
        for part, values in zip(parts, (one, other), strict=True)
    ]
    half = float(stdtrit(1 / sum(weights), (1 + LEVEL) / 2)) * error
    return difference, difference - half, difference + half


def median_difference(one: Floats, other: Floats) -> Interval:
    """Return the difference of two medians with its 95% interval; NaN below five values.

    The standard error of a median comes from the order statistic at (n + 1)/2 less the square root
    of n, and its mirror image (Price and Bonett 2001, Journal of Statistical Computation and
    Simulation 68, 295-305); that of the difference, from both (Price and Bonett 2002). Nothing is
    taken for granted of the distribution. Where the values about a median are all alike they tell
    nothing of its error, and there is no interval.
    """
    difference = float(np.median(one) - np.median(other)) if len(one) and len(other) else np.nan
    if min(len(one), len(other)) < FEWEST_FOR_MEDIAN:
        return difference, np.nan, np.nan
    own_error, other_error = _median_error(one), _median_error(other)
    if not (own_error and other_error):
        return difference, np.nan, np.nan
    half = Z * float(np.hypot(own_error, other_error))
    return difference, difference - half, difference + half


def share_difference(own: int, size: int, own_other: int, size_other: int) -> Interval:
    """Return the difference of two shares with Newcombe's 95% interval; NaN for an empty group.

    Examples
    --------
    >>> [round(x, 4) for x in share_difference(56, 70, 48, 80)]
    [0.2, 0.0524, 0.3339]
    """
    if not (size and size_other):
        return np.nan, np.nan, np.nan
    one, other = own / size, own_other / size_other
    low, high = _wilson(own, size)
    low_other, high_other = _wilson(own_other, size_other)
    difference = one - other
    return (
        difference,
        difference - float(np.hypot(one - low, high_other - other)),
        difference + float(np.hypot(high - one, other - low_other)),
    )


def _wilson(own: int, size: int) -> tuple[float, float]:
    share, square = own / size, Z**2
    middle = (share + square / (2 * size)) / (1 + square / size)
    half = Z * np.sqrt(share * (1 - share) / size + square / (4 * size**2)) / (1 + square / size)
    return float(middle - half), float(middle + half)


def _median_error(values: Floats) -> float:
    ordered, count = np.sort(values), len(values)
    place = max(round((count + 1) / 2 - np.sqrt(count)), 1)
    z = float(ndtri(1 - bdtr(place - 1, count, 0.5)))
    return float(ordered[count - place] - ordered[place - 1]) / (2 * z)


def _present(values: Floats) -> Floats:
    return values[~np.isnan(values)]


def _numbers(
    name: str, group: int, one: Floats, other: Floats, spread: float
) -> dict[str, str | int | float]:
    difference, low, high = mean_difference(one, other)
    middle, middle_low, middle_high = median_difference(one, other)
    unit = spread if spread > np.finfo(float).tiny else np.nan
    return {
        "feature": name,
        "group": group,
        "known": len(one),
        "known_other": len(other),
        "mean": float(one.mean()) if len(one) else np.nan,
        "mean_other": float(other.mean()) if len(other) else np.nan,
        "difference": difference,
        "low": low,
        "high": high,
        "median": float(np.median(one)) if len(one) else np.nan,
        "median_other": float(np.median(other)) if len(other) else np.nan,
        "median_difference": middle,
        "median_low": middle_low,
        "median_high": middle_high,
        "effect": difference / unit,
        "effect_low": low / unit,
        "effect_high": high / unit,
    }


def _shares(
    name: str,
    group: int,
    categories: tuple[str, ...],
    counts: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    place: int,
    groups: dict[int, Bools],
) -> list[dict[str, str | int | float]]:
    sizes = [int(inside.sum()) for inside in groups.values()]
    rows: list[dict[str, str | int | float]] = []
    for own, own_other, category in zip(counts[1], counts[place], categories, strict=True):
        if not own and not own_other:
            continue
        difference, low, high = share_difference(
            int(own), sizes[0], int(own_other), sizes[place - 1]
        )
        rows.append(
            {
                "column": name,
                "category": category,
                "group": group,
                "customers": int(own),
                "customers_other": int(own_other),
                "share": int(own) / max(sizes[0], 1),
                "share_other": int(own_other) / max(sizes[place - 1], 1),
                "difference": difference,
                "low": low,
                "high": high,
            }
        )
    return rows
