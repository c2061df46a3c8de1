"""Text cells to numbers and dates, with every cell that would not turn accounted for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

MISSING_MARKS = frozenset({"", "na", "n/a", "#n/a", "nan", "null"})
LARGEST_NUMBER = 1e100
DAY_FIRST = ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y")
MONTH_FIRST = ("%m/%d/%Y", "%m.%d.%Y", "%m-%d-%Y")
TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Dates = npt.NDArray[np.datetime64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Numbers:
    """A column read as numbers.

    Parameters
    ----------
    values : ndarray of float, shape (rows,)
        NaN where there is no usable number; all others are finite, at most 1e100 in size.
    missing, unreadable, infinite : ndarray of bool, shape (rows,)
        Why a value is NaN: an empty cell or a missing mark; text; infinite or beyond 1e100.
    """

    values: Floats
    missing: Bools
    unreadable: Bools
    infinite: Bools


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Instants:
    """A column read as dates.

    Parameters
    ----------
    values : ndarray of datetime64[s], shape (rows,)
        NaT where there is no date. Times with a zone are in UTC.
    missing, unreadable : ndarray of bool, shape (rows,)
        Why a value is NaT.
    ambiguous : bool
        True if every date could be read day-first and month-first; then day-first was taken.
    """

    values: Dates
    missing: Bools
    unreadable: Bools
    ambiguous: bool


def is_missing(text: pd.Series[Any]) -> Bools:
    """Tell the cells that are empty or hold a missing mark (NA, N/A, #N/A, NaN, null).

    Examples
    --------
    >>> is_missing(pd.Series(["", " n/a", "None", "0"], dtype="str")).tolist()
    [True, True, False, False]
    """
    codes, uniques = _dictionary(text)
    return _take(np.array([_is_mark(value) for value in uniques], dtype=bool), codes)


def to_numbers(text: pd.Series[Any]) -> Numbers:
    """Read text cells as numbers with a decimal point.

    Parameters
    ----------
    text : Series of str, shape (rows,)
        The cells; it is not changed.

    Examples
    --------
    >>> to_numbers(pd.Series(["1.5", "", "x", "inf"], dtype="str")).values.tolist()
    [1.5, nan, nan, nan]
    """
    try:
        values = np.array(pc.cast(_arrow(text), pa.float64()).to_numpy(), dtype=float)
        infinite = ~np.isfinite(values) | (np.abs(values) > LARGEST_NUMBER)
        nothing = np.zeros(len(values), dtype=bool)
        if not infinite.any():
            return Numbers(values=values, missing=nothing, unreadable=nothing, infinite=nothing)
    except pa.ArrowInvalid:
        # Arrow takes all or nothing; below, each distinct cell gets its own verdict.
        pass
    codes, uniques = _dictionary(text)
    parsed = np.array([_number(value) for value in uniques], dtype=float)
    marks = np.array([_is_mark(value) for value in uniques], dtype=bool)
    unreadable = np.isnan(parsed) & ~marks
    infinite = np.abs(parsed) > LARGEST_NUMBER
    parsed[infinite] = np.nan
    return Numbers(
        values=_take(parsed, codes),
        missing=_take(marks, codes),
        unreadable=_take(unreadable, codes),
        infinite=_take(infinite, codes),
    )


def to_dates(text: pd.Series[Any]) -> Instants:
    """Read text cells as dates: ISO 8601, else the day-first or month-first form that fits most.

    Parameters
    ----------
    text : Series of str, shape (rows,)
        The cells; it is not changed.

    Examples
    --------
    >>> to_dates(pd.Series(["13/01/2011 8:26", "02/01/2011 9:00"], dtype="str")).values[1]
    np.datetime64('2011-01-02T09:00:00')
    """
    codes, uniques = _dictionary(text)
    cells = pd.Series(uniques, dtype="str").str.strip()
    marks = np.array([_is_mark(value) for value in uniques], dtype=bool)
    parsed, ambiguous = _best_dates(cells, int((~marks).sum()))
    parsed[marks] = np.datetime64("NaT")
    unreadable = np.isnat(parsed) & ~marks
    return Instants(
        values=_take(parsed, codes),
        missing=_take(marks, codes),
        unreadable=_take(unreadable, codes),
        ambiguous=ambiguous,
    )


def typed_frame(text: pd.DataFrame) -> pd.DataFrame:
    """Turn the columns that hold nothing but numbers, or nothing but dates, into such columns.

    Examples
    --------
    >>> frame = typed_frame(pd.DataFrame({"id": ["A1"], "n": ["2"]}, dtype="str"))
    >>> frame.dtypes.astype(str).tolist()
    ['str', 'int64']
    """
    return pd.DataFrame({name: _typed(text[name]) for name in text.columns})


def _typed(text: pd.Series[Any]) -> Any:
    numbers = to_numbers(text)
    if not numbers.missing.all() and not (numbers.unreadable | numbers.infinite).any():
        whole = not numbers.missing.any() and bool((numbers.values % 1 == 0).all())
        small = whole and bool((np.abs(numbers.values) < 2**53).all())
        return numbers.values.astype(np.int64) if small else numbers.values
    dates = to_dates(text)
    if not dates.missing.all() and not dates.unreadable.any() and not dates.ambiguous:
        return dates.values
    return text


def _arrow(text: pd.Series[Any]) -> pa.Array:
    array = pa.array(text, from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _dictionary(text: pd.Series[Any]) -> tuple[npt.NDArray[np.int32], list[str]]:
    encoded = pc.fill_null(_arrow(text), "").dictionary_encode()
    return encoded.indices.to_numpy(), encoded.dictionary.to_pylist()


def _take(values: npt.NDArray[Any], codes: npt.NDArray[np.int32]) -> npt.NDArray[Any]:
    return values[codes] if len(values) else np.empty(0, dtype=values.dtype)


def _is_mark(value: str) -> bool:
    return value.strip().lower() in MISSING_MARKS


def _number(value: str) -> float:
    stripped = value.strip()
    if "_" in stripped or _is_mark(stripped):
        return math.nan
    try:
        return float(stripped)
    except ValueError:
        return math.nan


def _best_dates(cells: pd.Series[Any], wanted: int) -> tuple[Dates, bool]:
    """Parse distinct cells by each form in turn; the first that reads them all wins."""
    best = _iso_dates(cells)
    if wanted == 0 or (~np.isnat(best)).sum() == wanted:
        return best, False
    day_first = _by_forms(cells, DAY_FIRST)
    month_first = _by_forms(cells, MONTH_FIRST)
    read = [int((~np.isnat(dates)).sum()) for dates in (best, day_first, month_first)]
    ambiguous = read[1] == read[2] > read[0] and not np.array_equal(
        day_first, month_first, equal_nan=True
    )
    return (best, day_first, month_first)[int(np.argmax(read))], ambiguous


def _iso_dates(cells: pd.Series[Any]) -> Dates:
    # A bare number is a quantity or a serial number, which ISO 8601 would take for a year.
    plausible = cells.where(cells.str.contains("-", regex=False) & (cells.str.len() >= 8), "")
    parsed = pd.to_datetime(plausible, format="ISO8601", errors="coerce", utc=True)
    return np.array(parsed.dt.tz_localize(None).to_numpy(dtype="datetime64[s]"))


def _by_forms(cells: pd.Series[Any], days: tuple[str, ...]) -> Dates:
    result = np.full(len(cells), np.datetime64("NaT"), dtype="datetime64[s]")
    for day in days:
        for time in TIMES:
            parsed = pd.to_datetime(cells, format=day + time, errors="coerce")
            values = parsed.to_numpy(dtype="datetime64[s]")
            result = np.where(np.isnat(result), values, result)
    return result
