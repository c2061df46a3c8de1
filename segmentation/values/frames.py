"""A frame of text to a frame of numbers, dates and text."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.settings import DecimalMark
from segmentation.values.cells import Bools, Cells, Floats
from segmentation.values.dates import DateTexts, read_dates
from segmentation.values.ids import are_codes
from segmentation.values.numbers import NumberTexts, read_numbers
from segmentation.values.settling import Evidence, settle

_MARKS: tuple[DecimalMark, DecimalMark] = ("point", "comma")


def typed_frame(text: pd.DataFrame) -> pd.DataFrame:
    """Turn the columns that hold nothing but numbers, or nothing but dates, into such columns.

    Columns that can be read in two ways, which no other column settles, stay text; so do codes.

    Examples
    --------
    >>> frame = typed_frame(pd.DataFrame({"id": ["A1"], "n": ["2"], "x": ["1,234"]}, dtype="str"))
    >>> frame.dtypes.astype(str).tolist()
    ['str', 'int64', 'str']
    """
    typed: dict[Any, Any] = {name: text[name] for name in text.columns}
    numbers: dict[Any, dict[DecimalMark, NumberTexts]] = {}
    dates: dict[Any, DateTexts] = {}
    cells = {name: Cells.of(text[name]) for name in text.columns}
    for name, column in cells.items():
        by_mark = {mark: read_numbers(column, mark) for mark in _MARKS}
        if _reads_all([(n.values, n.missing) for n in by_mark.values()]):
            if not are_codes(column, 0):
                numbers[name] = by_mark
            continue
        found = read_dates(column)
        if _reads_all([(values, found.missing) for values in found.values.values()]):
            dates[name] = found
    marks = settle(
        {
            (name, ""): Evidence.of({mark: n.values for mark, n in found.items()})
            for name, found in numbers.items()
        }
    )
    for place, mark in marks.ways.items():
        name = place[0]
        if place not in marks.open:
            typed[name] = _narrowest(cells[name].rows(numbers[name][mark].values))
    orders = settle({(name, ""): Evidence.of(found.values) for name, found in dates.items()})
    for place, order in orders.ways.items():
        name = place[0]
        if place not in orders.open:
            typed[name] = cells[name].rows(dates[name].values[order])
    return pd.DataFrame(typed, index=text.index)


def _reads_all(readings: list[tuple[Any, Bools]]) -> bool:
    """Tell whether one of the readings leaves no text out, and reads any."""
    return any(
        not missing.all() and not np.isnan(values[~missing]).any() for values, missing in readings
    )


def _narrowest(values: Floats) -> Floats | npt.NDArray[np.int64]:
    whole = bool((values % 1 == 0).all()) and bool((np.abs(values) < 2**53).all())
    return values.astype(np.int64) if whole else values
