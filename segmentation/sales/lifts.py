"""What a group buys more often than others do, by lift; few customers can't carry a large one."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from segmentation.results import SalesLines
from segmentation.results.sales import Integers, Values
from segmentation.sales.counting import together
from segmentation.values import Floats

FEWEST_CUSTOMERS = 5
FEWEST_SHARE = 0.01


def lift_interval(
    own: Any, group: Any, others: Any, rest: Any, comparisons: int = 1
) -> tuple[Floats, Floats, Floats]:
    """Return lift with its 95% interval.

    Lift is the share of a group that has something, over the share of all that do. It rises with
    the ratio of the group's share to that of the rest, whose interval is taken on a logarithmic
    scale (Katz, Baptista, Azen and Pike 1978; with 0.5 added to every count where one of the two is
    0, Walter 1975) and carried over. It is too narrow for what nearly everybody has.

    Parameters
    ----------
    own, group : int or ndarray of int
        Of the group, how many have it, and how many there are.
    others, rest : int or ndarray of int
        The same of all others.
    comparisons : int
        Of how many intervals all are to hold at once in 95 of 100 cases (Bonferroni; Dunn 1961):
        the best of thousands look good by chance.

    Examples
    --------
    >>> [round(float(end), 2) for end in lift_interval(30, 100, 20, 200)]
    [1.8, 1.42, 2.14]
    """
    z = NormalDist().inv_cdf(1 - 0.025 / max(comparisons, 1))
    a, n, b, m = (np.asarray(part, dtype=float) for part in (own, group, others, rest))
    with np.errstate(divide="ignore", invalid="ignore"):
        lift = (a / n) / ((a + b) / (n + m))
        half = np.where((a == 0) | (b == 0), 0.5, 0.0)
        a, n, b, m = a + half, n + half, b + half, m + half
        ratio = (a / n) / (b / m)
        error = np.sqrt(np.maximum(1 / a - 1 / n + 1 / b - 1 / m, 0))
        ends = [ratio * np.exp(sign * z * error) for sign in (-1, 1)]
        weight = n / (n + m)
        low, high = (end / (weight * end + 1 - weight) for end in ends)
    return lift, np.minimum(low, lift), np.maximum(high, lift)


def bought_by_segment(
    lines: SalesLines, segments: Integers, k: int, what: str = "product"
) -> pd.DataFrame | None:
    """Rank what the customers of each segment buy more often than those of the others.

    A customer who bought a product on any day counts once. Products that fewer than 5 customers of
    the segment, or fewer than 1 in 100, bought are left out, and so are postage, fees and other
    charges. The rank goes by the lower end of the lift's interval (`lift_interval`), which lets
    large numbers of customers come before large lifts of a few; all intervals hold at once.

    Parameters
    ----------
    lines : SalesLines
        All lines.
    segments : ndarray of int, shape (customers,)
        Segment of each customer, 1 to ``k``; 0 leaves the customer out.
    k : int
        Segments.
    what : {"product", "category"}
        What is counted.

    Returns
    -------
    pandas.DataFrame or None
        ``segment_id``, ``product`` or ``category``, ``description`` (where there is one),
        ``customers`` of the segment who bought it, ``share`` of them, ``overall`` share of all,
        ``lift``, ``low``, ``high``; by segment and then by falling ``low``. None without the
        column.
    """
    values = lines.product if what == "product" else lines.category
    if values is None:
        return None
    counts = _buyers(lines, segments, k, values)
    sizes = np.bincount(segments, minlength=k + 1)[1:]
    everyone, all_counts = sizes.sum(), counts.sum(axis=0)
    least = np.maximum(FEWEST_CUSTOMERS, np.ceil(FEWEST_SHARE * sizes))[:, None]
    # Alone, a segment has nothing to be held against.
    where, which = np.nonzero((counts >= least) & (sizes < everyone)[:, None])
    own = counts[where, which]
    lift, low, high = lift_interval(
        own,
        sizes[where],
        all_counts[which] - own,
        everyone - sizes[where],
        comparisons=len(where),
    )
    found = pd.DataFrame(
        {
            "segment_id": where + 1,
            what: values.names[which],
            "customers": own,
            "share": own / sizes[where],
            "overall": all_counts[which] / max(everyone, 1),
            "lift": lift,
            "low": low,
            "high": high,
        }
    )
    if what == "product" and lines.descriptions is not None:
        found.insert(2, "description", lines.descriptions[which])
    order = ["segment_id", "low", "customers", what]
    return found.sort_values(order, ascending=[True, False, False, True], ignore_index=True)


def buying_shares(
    lines: SalesLines, segments: Integers, k: int, names: Sequence[str], what: str = "product"
) -> Floats:
    """Return the share of each segment's customers who bought each of some products.

    Parameters
    ----------
    lines : SalesLines
        All lines.
    segments : ndarray of int, shape (customers,)
        Segment of each customer, 1 to ``k``; 0 leaves the customer out.
    k : int
        Segments.
    names : sequence of str
        Products or categories of the file.
    what : {"product", "category"}
        What the names are of; the file must have it.

    Returns
    -------
    ndarray of float, shape (names, k)
        NaN for a segment without customers.
    """
    values = lines.product if what == "product" else lines.category
    assert values is not None
    places = pd.Index(values.names).get_indexer(pd.Index(names))
    counts = _buyers(lines, segments, k, values)[:, places]
    sizes = np.bincount(segments, minlength=k + 1)[1:].astype(float)
    return (counts / np.where(sizes > 0, sizes, np.nan)[:, None]).T


def _buyers(lines: SalesLines, segments: Integers, k: int, values: Values) -> Integers:
    """Count the customers of each segment who bought each thing; charges are none."""
    count = len(values.names)
    told = values.names != ""
    rows = lines.sale & (segments[lines.customers] > 0) & told[values.codes]
    if lines.product is not None:
        rows &= ~lines.charges[lines.product.codes]
    owners, bought = together(
        lines.customers[rows], values.codes[rows], lines.customer_count, count
    )
    counts = np.bincount(segments[owners] * count + bought, minlength=(k + 1) * count)
    return counts.reshape(k + 1, count)[1:]
