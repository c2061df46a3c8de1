"""What a look at the customers shows: distributions, shares and relations of columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from segmentation.axes import Axis
from segmentation.values import Bools, Floats

LARGEST_BINS = 40
LARGEST_COUNT = 1e9
FEWEST_PAIRS = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Distribution:
    """A numeric column in bins.

    Parameters
    ----------
    name : str
        The column.
    edges : ndarray of float, shape (bins + 1,)
        Bin edges; bins are half-open, the last closed.
    counts : ndarray of int, shape (bins,)
        Values in each bin.
    quartiles : tuple of float
        25%, 50% and 75% (linear interpolation).
    mean, spread : float
        Mean and population standard deviation.
    low, high : float
        Smallest and largest value.
    values, missing : int
        How many cells hold a number, and how many don't.
    """

    name: str
    edges: Floats
    counts: np.ndarray[Any, np.dtype[np.int64]]
    quartiles: tuple[float, float, float]
    mean: float
    spread: float
    low: float
    high: float
    values: int
    missing: int


def distribution(frame: pd.DataFrame, name: str, axis: Axis | None = None) -> Distribution | None:
    """Describe a numeric column; None if it has no value.

    Bin widths follow Freedman and Diaconis (1981), at most 40 bins, and are even along the axis;
    whole numbers with few different values get one bin each.

    Examples
    --------
    >>> found = distribution(pd.DataFrame({"n": [1.0, 2.0, 2.0, 3.0]}), "n")
    >>> found.counts.tolist(), found.quartiles
    ([1, 2, 1], (1.75, 2.0, 2.25))
    """
    cells = frame[name].to_numpy(dtype=float)
    values = cells[~np.isnan(cells)]
    if not len(values):
        return None
    low, high = float(values.min()), float(values.max())
    edges = _edges(values, low, high, axis or Axis(feature=name))
    counts, _ = np.histogram(values, bins=edges)
    quartiles = np.percentile(values, [25, 50, 75])
    return Distribution(
        name=name,
        edges=edges,
        counts=counts,
        quartiles=(float(quartiles[0]), float(quartiles[1]), float(quartiles[2])),
        mean=float(values.mean()),
        spread=float(values.std()),
        low=low,
        high=high,
        values=len(values),
        missing=len(cells) - len(values),
    )


def category_shares(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Count the customers of each category, most first; columns ``category, customers, share``.

    Examples
    --------
    >>> category_shares(pd.DataFrame({"c": ["x", "y", "x", ""]}), "c")["category"].tolist()
    ['x', '(missing)', 'y']
    """
    text = frame[name].astype("str").replace("", "(missing)")
    counts = text.value_counts().rename_axis("category").reset_index(name="customers")
    counts = counts.sort_values(["customers", "category"], ascending=[False, True])
    counts["share"] = counts["customers"] / max(len(frame), 1)
    return counts.reset_index(drop=True)


def correlations(
    frame: pd.DataFrame, columns: tuple[str, ...], method: Literal["pearson", "spearman"]
) -> pd.DataFrame:
    """Correlate numeric columns pair by pair, over the customers that have both values.

    Pearson measures how straight a relation is, Spearman (by ranks) how steadily one rises with
    the other. NaN where either is the same for all, or fewer than three customers have both: two
    points always lie on a line.
    """
    return frame[list(columns)].corr(method=method, min_periods=FEWEST_PAIRS)


def thin(rows: int, most: int) -> Bools:
    """Choose at most ``most`` of ``rows``, evenly spaced, for drawing; counts use all.

    Examples
    --------
    >>> thin(10, 3).sum(), thin(2, 3).sum()
    (np.int64(3), np.int64(2))
    """
    chosen = np.zeros(rows, dtype=bool)
    chosen[np.unique(np.linspace(0, rows - 1, min(rows, most)).astype(int))] = True
    return chosen if rows else np.zeros(0, dtype=bool)


def _edges(values: Floats, low: float, high: float, axis: Axis) -> Floats:
    largest = max(abs(low), abs(high))
    if (values % 1 == 0).all() and high - low < LARGEST_BINS and largest < LARGEST_COUNT:
        return np.arange(low - 0.5, high + 1)
    if low == high:
        # Beside a huge number, half a unit is nothing.
        margin = max(0.5, largest * 1e-9)
        return np.array([low - margin, high + margin])
    places = axis.place(values)
    edges = axis.back(np.linspace(places.min(), places.max(), _bins(places) + 1))
    edges[0], edges[-1] = low, high
    # Between numbers that hardly differ there is not room for every edge.
    return np.unique(np.clip(edges, low, high))


def _bins(values: Floats) -> int:
    lower, upper = np.percentile(values, [25, 75])
    width = 2 * (upper - lower) / len(values) ** (1 / 3)
    if width <= 0:
        return min(LARGEST_BINS, max(1, len(np.unique(values))))
    return int(np.clip(np.ceil((values.max() - values.min()) / width), 1, LARGEST_BINS))
