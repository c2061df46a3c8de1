"""How numbers and categories lie in each segment, for charts that set the segments side by side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation.results import Run
from segmentation.tallies import as_codes, tally_category
from segmentation.values import Bools

POINTS = (5, 25, 50, 75, 95)
MOST_CATEGORIES = 6
REST = "others"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Where a number lies in a segment.

    Parameters
    ----------
    known : int
        Customers with a value.
    points : tuple of float
        The values that 5, 25, 50, 75 and 95% of them have at most (linear interpolation).
    """

    known: int
    points: tuple[float, ...]


def spreads(run: Run, keep: Bools, feature: str) -> dict[int, Spread]:
    """Return where a number lies in each segment that has a value of it.

    Parameters
    ----------
    run : Run
        A finished run.
    keep : ndarray of bool, shape (segmented customers,)
        Who is shown, in the order of ``run.profiles.customers``.
    feature : str
        A numeric column.
    """
    values = run.loaded.customers.frame[feature].to_numpy(dtype=float)[run.profiles.customers]
    shown = keep & ~np.isnan(values)
    values, labels = values[shown], run.profiles.labels[shown]
    found = {}
    for segment in np.unique(labels).tolist():
        own = values[labels == segment]
        found[segment] = Spread(known=len(own), points=tuple(np.percentile(own, POINTS).tolist()))
    return found


def category_mix(run: Run, keep: Bools, column: str) -> pd.DataFrame:
    """Return the share of each category in each segment with customers; rows add up to 1.

    A number is taken for codes. Of many categories the most frequent have their own column, and
    the rest are `REST` together.

    Returns
    -------
    pandas.DataFrame
        One row a segment id, one column a category, the most frequent of all shown first.
    """
    groups = np.where(keep, run.profiles.labels, 0)
    customers, positions = run.loaded.customers, run.profiles.customers
    cells = customers.frame[column].iloc[positions]
    if column in customers.numeric:
        cells = as_codes(cells.to_numpy(dtype=float))
    found = tally_category(cells, groups, run.segmentation.k + 1)
    shares = pd.DataFrame(found.shares[1:], columns=list(found.categories))
    shares.index = pd.RangeIndex(1, run.segmentation.k + 1, name="segment")
    shares = shares[shares.notna().all(axis=1)]
    order = np.argsort(-found.counts[1:].sum(axis=0), kind="stable")
    own = [found.categories[i] for i in order[:MOST_CATEGORIES]]
    mix = shares[own].rename(columns={"": "(missing)"})
    rest = 1 - mix.sum(axis=1)
    return mix.assign(**{REST: rest}) if len(order) > MOST_CATEGORIES else mix
