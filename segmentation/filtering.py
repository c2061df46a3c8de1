"""Which customers a screen shows: by segment, category values and numeric ranges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segmentation.results import Customers, Run
from segmentation.values import Bools
from segmentation.vocabulary import label


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a customer must meet to be shown; what is left out lets all pass.

    Parameters
    ----------
    segments : tuple of int
        Segment ids, any of them.
    categories : tuple of (column, values)
        For each column, any of the values.
    ranges : tuple of (column, low, high)
        Both ends included; a customer without a value does not pass.

    Examples
    --------
    >>> Filter(ranges=(("age", 20.0, 30.0),)).describe({})
    ('age 20 to 30',)
    """

    segments: tuple[int, ...] = ()
    categories: tuple[tuple[str, tuple[str, ...]], ...] = ()
    ranges: tuple[tuple[str, float, float], ...] = ()

    def describe(self, names: dict[int, str]) -> tuple[str, ...]:
        """Say each condition in a reader's words; ``names`` maps segment ids to names."""
        said = [" or ".join(names.get(i, f"segment {i}") for i in self.segments)]
        said += [
            f"{label(column)}: {', '.join(v or '(missing)' for v in values)}"
            for column, values in self.categories
        ]
        said += [
            f"{label(column)} {low:,.12g} to {high:,.12g}" for column, low, high in self.ranges
        ]
        return tuple(text for text in said if text)


def passing(customers: Customers, chosen: Filter) -> Bools:
    """Tell which customers pass the categories and ranges, shape (customers,)."""
    keep = np.ones(len(customers.frame), dtype=bool)
    for column, values in chosen.categories:
        keep &= customers.frame[column].isin(values).to_numpy()
    for column, low, high in chosen.ranges:
        cells = customers.frame[column].to_numpy(dtype=float)
        with np.errstate(invalid="ignore"):
            keep &= (cells >= low) & (cells <= high)
    return keep


def passing_segmented(run: Run, chosen: Filter) -> Bools:
    """Tell which segmented customers pass, in the order of ``run.profiles.customers``."""
    keep = passing(run.loaded.customers, chosen)[run.profiles.customers]
    if chosen.segments:
        keep &= np.isin(run.profiles.labels, chosen.segments)
    return keep


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a range of a numeric column can be.

    Parameters
    ----------
    low, high : float
        Smallest and largest value.
    step : float
        A sensible step: 1 for whole numbers, else a power of ten with some hundreds of steps.
    """

    low: float
    high: float
    step: float


def bounds(customers: Customers, column: str) -> Bounds:
    """Return the bounds of a numeric column, which has at least two different values.

    Examples
    --------
    >>> from segmentation.pipeline import load
    >>> from segmentation.reading import Source
    >>> loaded = load(Source(name="a.csv", data=b"id,spend\\n1,0.5\\n2,90\\n3,7\\n"))
    >>> bounds(loaded.customers, "spend")
    Bounds(low=0.5, high=90.0, step=0.1)
    """
    values = customers.frame[column].to_numpy(dtype=float)
    values = values[~np.isnan(values)]
    low, high = float(values.min()), float(values.max())
    if (values % 1 == 0).all() and high - low < 1e6:
        return Bounds(low=low, high=high, step=1.0)
    return Bounds(low=low, high=high, step=float(10.0 ** np.floor(np.log10((high - low) / 100))))
