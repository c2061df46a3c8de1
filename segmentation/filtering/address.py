"""A filter as the end of an address, without a name, an id or a value of the file in it."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import date
from hashlib import sha256

from segmentation.filtering.conditions import Filter
from segmentation.filtering.index import FilterIndex
from segmentation.results import Run

LONGEST = 2_000
# What stands in an address as it is: letters, digits and these.
BETWEEN, WITHIN = "_", "~"

OTHER_FILE = "The address holds a filter of another file, or of this one read otherwise"
OTHER_RUN = "The address holds a choice of segments of another run"
UNKNOWN = "A part of the filter in the address can't be read"


def encode(chosen: Filter, index: FilterIndex, run: Run | None = None) -> str:
    """Write a filter as letters and digits; customers picked one by one are left out.

    Columns and values stand for their place among the others, segments for their id. What would
    make more than 2,000 characters is left out, too.

    Parameters
    ----------
    chosen : Filter
        The conditions; those that don't fit the customers are left out.
    index : FilterIndex
        The customers.
    run : Run, optional
        Whose segments may be chosen.

    Examples
    --------
    >>> from segmentation.pipeline import load
    >>> from segmentation.reading import Source
    >>> text = "id,age,town\\n1,20,Bern\\n2,30,Köln\\n3,40,Bern\\n4,25,Bern\\n5,31,Köln\\n"
    >>> index = FilterIndex(load(Source(name="a.csv", data=text.encode())))
    >>> chosen = Filter(categories=(("town", ("Köln",)),), ranges=(("age", 20.0, 30.5),))
    >>> encode(chosen, index).split("_", 1)[1]
    'c0~1_n0~20~30.5'
    >>> decode(encode(chosen, index), index)[0] == chosen
    True
    """
    customers, chosen = index.customers, chosen.fitting(index)
    parts = []
    if chosen.segments and run is not None:
        parts.append(_part("s", run_mark(run), *chosen.segments))
    for column, values in chosen.categories:
        places = index.category(column).places(values)
        parts.append(_part("c", customers.categories.index(column), *places))
    for column, low, high in chosen.ranges:
        parts.append(_part("n", customers.numeric.index(column), _number(low), _number(high)))
    for column, first, last in chosen.dates:
        days = (first.replace("-", ""), last.replace("-", ""))
        parts.append(_part("d", index.dates.index(column), *days))
    if chosen.products:
        parts.append(_part("p", *index.products.places(chosen.products)))
    while parts and sum(map(len, parts)) + len(parts) + len(index.mark) > LONGEST:
        parts.remove(max(parts, key=len))
    return BETWEEN.join([index.mark, *parts]) if parts else ""


def decode(text: str, index: FilterIndex, run: Run | None = None) -> tuple[Filter, tuple[str, ...]]:
    """Read a filter from an address; what can't be is left out, and said.

    Parameters
    ----------
    text : str
        Whatever stood there.
    index, run
        As for `encode`; without a run, segments are left out without a word.

    Returns
    -------
    tuple of (Filter, tuple of str)
        The conditions, and complaints in sentences without a full stop.
    """
    mark, *parts = text.split(BETWEEN, LONGEST)
    if len(text) > LONGEST or not re.fullmatch("[0-9a-f]{8}", mark):
        return Filter(), (UNKNOWN,)
    if mark != index.mark:
        return Filter(), (OTHER_FILE,)
    readers = {"c": _category, "n": _range, "d": _dates, "p": _products}
    chosen, complaints = Filter(), []
    for part in parts:
        kind, fields = part[:1], part[1:].split(WITHIN)
        if kind == "s":
            if run is not None:
                segments = _segments(fields, run)
                chosen = replace(chosen, segments=segments)
                complaints += [] if segments else [OTHER_RUN]
            continue
        try:
            chosen = readers[kind](chosen, fields, index)
        except (KeyError, ValueError, IndexError):
            complaints.append(UNKNOWN)
    return chosen, tuple(dict.fromkeys(complaints))


def only_segments(text: str) -> str:
    """Return what of an address is about segments, which wait for a run; nothing without any.

    Examples
    --------
    >>> only_segments("0123abcd_s77aa~1_n0~1~2"), only_segments("0123abcd_n0~1~2")
    ('0123abcd_s77aa~1', '')
    """
    mark, *parts = text.split(BETWEEN, LONGEST)
    segments = [part for part in parts if part.startswith("s")]
    return BETWEEN.join([mark, *segments]) if segments else ""


def run_mark(run: Run) -> str:
    """Return four digits that tell a run's segments from those of another."""
    return sha256(repr(run.segmentation.sizes()).encode()).hexdigest()[:4]


def _part(kind: str, *fields: object) -> str:
    return kind + WITHIN.join(map(str, fields))


def _number(value: float) -> str:
    return (str(int(value)) if value % 1 == 0 and abs(value) < 1e15 else repr(value)).replace(
        "+", ""
    )


def _place(text: str, most: int) -> int:
    if not re.fullmatch("[0-9]{1,9}", text) or int(text) >= most:
        raise IndexError
    return int(text)


def _values(fields: list[str], values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(values[i] for i in sorted({_place(field, len(values)) for field in fields}))


def _segments(fields: list[str], run: Run) -> tuple[int, ...]:
    if fields[0] != run_mark(run):
        return ()
    ids = {field for field in fields[1:] if re.fullmatch("[0-9]{1,3}", field)}
    return tuple(sorted(int(i) for i in ids if 1 <= int(i) <= run.segmentation.k))


def _category(chosen: Filter, fields: list[str], index: FilterIndex) -> Filter:
    column = index.customers.categories[_place(fields[0], len(index.customers.categories))]
    _only_once(column, chosen.categories)
    values = _values(fields[1:], index.category(column).values)
    if not values:
        raise ValueError
    return replace(chosen, categories=(*chosen.categories, (column, values)))


def _range(chosen: Filter, fields: list[str], index: FilterIndex) -> Filter:
    place, low, high = fields
    column = index.customers.numeric[_place(place, len(index.customers.numeric))]
    _only_once(column, chosen.ranges)
    if not all(re.fullmatch(r"-?[0-9]+(\.[0-9]+)?(e-?[0-9]+)?", end) for end in (low, high)):
        raise ValueError
    span = (float(low), float(high))
    if not all(map(math.isfinite, span)):
        raise ValueError
    return replace(chosen, ranges=(*chosen.ranges, (column, *span)))


def _dates(chosen: Filter, fields: list[str], index: FilterIndex) -> Filter:
    place, *days = fields
    column = index.dates[_place(place, len(index.dates))]
    _only_once(column, chosen.dates)
    if len(days) != 2 or not all(re.fullmatch("[0-9]{8}", day) for day in days):
        raise ValueError
    first, last = (date.fromisoformat(day).isoformat() for day in days)
    if first > last:
        raise ValueError
    return replace(chosen, dates=(*chosen.dates, (column, first, last)))


def _products(chosen: Filter, fields: list[str], index: FilterIndex) -> Filter:
    if not index.has_products or chosen.products:
        raise ValueError
    return replace(chosen, products=_values(fields, index.products.values))


def _only_once(column: str, met: tuple[tuple[object, ...], ...]) -> None:
    if any(column == one[0] for one in met):
        raise ValueError
