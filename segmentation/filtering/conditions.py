"""Which customers a screen shows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.filtering.index import ORDERED, FilterIndex
from segmentation.numerals import counted
from segmentation.results import Run
from segmentation.values import Bools
from segmentation.vocabulary import label

MOST_SAID = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picked:
    """Customers chosen one by one, as in a map.

    Parameters
    ----------
    ids : ndarray of str
        Their ids.
    turn : int
        Tells this choice from others of the session.
    """

    ids: npt.NDArray[Any] = field(repr=False)
    turn: int


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
    dates : tuple of (column, first, last)
        ISO days, both included. Of orders (``order_date``), one on any of these days is enough.
    products : tuple of str
        Any of which the customer bought.
    picked : Picked or None
        Customers chosen in a map.

    Examples
    --------
    >>> Filter(ranges=(("age", 20.0, 30.0),)).describe({})
    ('age 20 to 30',)
    """

    segments: tuple[int, ...] = ()
    categories: tuple[tuple[str, tuple[str, ...]], ...] = ()
    ranges: tuple[tuple[str, float, float], ...] = ()
    dates: tuple[tuple[str, str, str], ...] = ()
    products: tuple[str, ...] = ()
    picked: Picked | None = None

    def conditions(self, names: dict[int, str]) -> tuple[tuple[str, Filter], ...]:
        """Say each condition in a reader's words, with the filter that is left without it."""
        said = []
        if self.picked is not None:
            chosen = counted(len(self.picked.ids), "customer", "customers")
            said.append((f"{chosen} chosen in the map", replace(self, picked=None)))
        if self.segments:
            told = [names.get(i, f"segment {i}") for i in self.segments]
            said.append((_some(told, " or "), replace(self, segments=())))
        said += [
            (
                f"{label(one[0])}: {_some([v or '(missing)' for v in one[1]], ', ')}",
                replace(self, categories=tuple(c for c in self.categories if c != one)),
            )
            for one in self.categories
        ]
        said += [
            (
                f"{label(span[0])} {span[1]:,.12g} to {span[2]:,.12g}",
                replace(self, ranges=tuple(r for r in self.ranges if r != span)),
            )
            for span in self.ranges
        ]
        said += [
            (
                f"{date_label(days[0])} {days[1]} to {days[2]}",
                replace(self, dates=tuple(d for d in self.dates if d != days)),
            )
            for days in self.dates
        ]
        if self.products:
            bought = _some(list(self.products), " or ")
            said.append((f"bought {bought}", replace(self, products=())))
        return tuple(said)

    def describe(self, names: dict[int, str]) -> tuple[str, ...]:
        """Say each condition in a reader's words; ``names`` maps segment ids to names."""
        return tuple(text for text, _ in self.conditions(names))

    def upside_down(self) -> tuple[str, ...]:
        """Return the labels of columns whose range begins above its end, which nobody meets.

        Examples
        --------
        >>> Filter(ranges=(("age", 60.0, 40.0), ("spend", 1.0, 9.0))).upside_down()
        ('age',)
        """
        return tuple(label(column) for column, low, high in self.ranges if low > high)

    def fitting(self, index: FilterIndex) -> Filter:
        """Leave out what these customers have no column for."""
        customers = index.customers
        return replace(
            self,
            categories=tuple(c for c in self.categories if c[0] in customers.categories),
            ranges=tuple(r for r in self.ranges if r[0] in customers.numeric),
            dates=tuple(d for d in self.dates if d[0] in index.dates),
            products=self.products if index.has_products else (),
        )


def _some(said: list[str], between: str) -> str:
    more = len(said) - MOST_SAID
    shown = said[:MOST_SAID] if more > 1 else said
    return between.join(shown) + (f" and {more} more" if more > 1 else "")


def date_label(column: str) -> str:
    """Return what a date column says of a customer.

    Examples
    --------
    >>> date_label("order_date"), date_label("signed_up")
    ('ordered', 'signed up')
    """
    return "ordered" if column == ORDERED else label(column)


def passing(index: FilterIndex, chosen: Filter) -> Bools:
    """Tell which customers pass, segments left aside, shape (customers,)."""
    keep = np.ones(len(index.customers.ids), dtype=bool)
    for column, values in chosen.categories:
        keep &= index.category(column).among(values)
    for column, low, high in chosen.ranges:
        cells = index.numbers(column)
        with np.errstate(invalid="ignore"):
            keep &= (cells >= low) & (cells <= high)
    for column, first, last in chosen.dates:
        keep &= index.dated(column, first, last)
    if chosen.products:
        keep &= index.bought(chosen.products)
    if chosen.picked is not None:
        keep &= pd.Index(index.customers.ids).isin(chosen.picked.ids)
    return keep


def passing_segmented(run: Run, chosen: Filter, index: FilterIndex | None = None) -> Bools:
    """Tell which segmented customers pass, in the order of ``run.profiles.customers``.

    Parameters
    ----------
    run : Run
        A finished run.
    chosen : Filter
        The conditions.
    index : FilterIndex, optional
        Of the run's customers; made anew by default.
    """
    keep = passing(index or FilterIndex(run.loaded), chosen)[run.profiles.customers]
    if chosen.segments:
        keep &= _among(run, chosen.segments)
    return keep


def of_segments(run: Run, segments: tuple[int, ...]) -> Bools:
    """Tell which of all customers are in one of some segments, shape (customers,)."""
    found = np.zeros(len(run.loaded.customers.ids), dtype=bool)
    found[run.profiles.customers] = _among(run, segments)
    return found


def _among(run: Run, segments: tuple[int, ...]) -> Bools:
    table = np.zeros(run.segmentation.k + 1, dtype=bool)
    table[[i for i in segments if i <= run.segmentation.k]] = True
    return np.asarray(table[run.profiles.labels])


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


def bounds(index: FilterIndex, column: str) -> Bounds:
    """Return the bounds of a numeric column, which has at least two different values.

    Examples
    --------
    >>> from segmentation.pipeline import load
    >>> from segmentation.reading import Source
    >>> loaded = load(Source(name="a.csv", data=b"id,spend\\n1,0.5\\n2,90\\n3,7\\n"))
    >>> bounds(FilterIndex(loaded), "spend")
    Bounds(low=0.5, high=90.0, step=0.1)
    """
    values = index.numbers(column)
    values = values[~np.isnan(values)]
    low, high = float(values.min()), float(values.max())
    if (values % 1 == 0).all() and high - low < 1e6:
        return Bounds(low=low, high=high, step=1.0)
    return Bounds(low=low, high=high, step=float(10.0 ** np.floor(np.log10((high - low) / 100))))
