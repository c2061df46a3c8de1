"""A frame of text to a frame of numbers, dates and text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from segmentation.settings import DateOrder, DecimalMark
from segmentation.values.cells import Bools, Cells
from segmentation.values.dates import read_dates
from segmentation.values.ids import are_codes
from segmentation.values.numbers import read_numbers
from segmentation.values.settling import Evidence, settle

_MARKS: tuple[DecimalMark, DecimalMark] = ("point", "comma")

Way = TypeVar("Way", bound=str)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Read(Generic[Way]):
    """What is needed again of a column: the texts of a large one take much."""

    codes: npt.NDArray[np.int32]
    values: dict[Way, npt.NDArray[Any]]
    evidence: Evidence[Way]

    @classmethod
    def of(cls, cells: Cells, values: dict[Way, npt.NDArray[Any]]) -> _Read[Way]:
        return cls(codes=cells.codes, values=values, evidence=Evidence.of(values))


def typed_frame(text: pd.DataFrame) -> pd.DataFrame:
    """Turn the columns that hold nothing but numbers, or nothing but dates, into such columns.

    Columns that can be read in two ways, which no other column settles, stay text; so do codes.

    Examples
    --------
    >>> frame = typed_frame(pd.DataFrame({"id": ["A1"], "n": ["2"], "x": ["1,234"]}, dtype="str"))
    >>> frame.dtypes.astype(str).tolist()
    ['str', 'int64', 'str']
    """
    columns = dict(text.items())
    make_typed(columns)
    return pd.DataFrame(columns, index=text.index)


def make_typed(columns: dict[Any, Any]) -> None:
    """Do with a dict of columns what `typed_frame` does, letting go of each text once it is read.

    A large table is not to be held as text and as numbers at once.
    """
    numbers: dict[Any, _Read[DecimalMark]] = {}
    dates: dict[Any, _Read[DateOrder]] = {}
    for name in columns:
        cells = Cells.of(columns[name])
        if (number := _numbers(cells)) is not None:
            numbers[name] = number
        elif (date := _dates(cells)) is not None:
            dates[name] = date
        read = number or date
        if read is not None and not read.evidence.is_open:
            columns[name] = None
        del cells
        pa.default_memory_pool().release_unused()
    _settle(columns, numbers)
    _settle(columns, dates)


def _settle(columns: dict[Any, Any], read: dict[Any, _Read[Way]]) -> None:
    settled = settle({(name, ""): found.evidence for name, found in read.items()})
    for place, way in settled.ways.items():
        found = read.pop(place[0])
        if place not in settled.open:
            columns[place[0]] = _narrowest(found.values[way])[found.codes]


def _numbers(cells: Cells) -> _Read[DecimalMark] | None:
    found = {mark: read_numbers(cells, mark) for mark in _MARKS}
    if not _reads_all([(n.values, n.missing) for n in found.values()]) or are_codes(cells, 0):
        return None
    return _Read.of(cells, {mark: n.values for mark, n in found.items()})


def _dates(cells: Cells) -> _Read[DateOrder] | None:
    found = read_dates(cells)
    if not _reads_all([(values, found.missing) for values in found.values.values()]):
        return None
    return _Read.of(cells, dict(found.values))


def _reads_all(readings: list[tuple[Any, Bools]]) -> bool:
    """Tell whether one of the readings leaves no text out, and reads any."""
    return any(
        not missing.all() and not np.isnan(values[~missing]).any() for values, missing in readings
    )


def _narrowest(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Make whole numbers integers; other numbers, and dates, are as they should be."""
    is_number = values.dtype.kind == "f"
    whole = is_number and bool(((values % 1 == 0) & (np.abs(values) < 2**53)).all())
    return values.astype(np.int64) if whole else values
