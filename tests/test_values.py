"""Every cell becomes a number or a date, or is said not to be one."""

from __future__ import annotations

import math
from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from segmentation.values import LARGEST_NUMBER, is_missing, to_dates, to_numbers, typed_frame


def series(cells: list[str]) -> pd.Series:
    return pd.Series(cells, dtype="str")


@pytest.mark.parametrize(
    "cell", ["", "  ", "NA", "na", "N/A", " n/a ", "#N/A", "NaN", "null", "NULL"]
)
def test_missing_marks(cell: str) -> None:
    assert is_missing(series([cell])).tolist() == [True]
    assert to_numbers(series([cell])).missing.tolist() == [True]
    assert to_dates(series([cell])).missing.tolist() == [True]


@pytest.mark.parametrize("cell", ["0", "none", "-", "nano", "n a", "nil"])
def test_other_cells_are_not_missing(cell: str) -> None:
    assert is_missing(series([cell])).tolist() == [False]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("5", 5.0),
        (" -5.25 ", -5.25),
        ("+7", 7.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e3", 1000.0),
        ("007", 7.0),
        ("-0", 0.0),
        ("1e100", 1e100),
    ],
)
def test_numbers(cell: str, value: float) -> None:
    assert to_numbers(series([cell])).values.tolist() == [value]


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("x", "unreadable"),
        ("1_000", "unreadable"),
        ("1,5", "unreadable"),
        ("$5", "unreadable"),
        ("0x10", "unreadable"),
        ("5 6", "unreadable"),
        ("inf", "infinite"),
        ("-Infinity", "infinite"),
        ("1e400", "infinite"),
        ("-1.1e100", "infinite"),
        ("nan", "missing"),
    ],
)
def test_cells_that_are_no_usable_number_say_why(cell: str, kind: str) -> None:
    numbers = to_numbers(series([cell, "1"]))
    assert math.isnan(numbers.values[0]) and numbers.values[1] == 1
    said = {name: getattr(numbers, name).tolist() for name in ("missing", "unreadable", "infinite")}
    assert said == {name: [name == kind, False] for name in said}


number_like = st.one_of(
    st.floats().map(repr),
    st.integers(-(10**20), 10**20).map(str),
    st.text(st.sampled_from("0123456789.eE+-_ infa\u0660\uff11"), max_size=6),
    st.sampled_from(["", "NA", "1e101", "-inf"]),
)


@given(st.lists(number_like, max_size=6))
@example(["1", "２"])
@example(["1e5", "0x1"])
def test_a_cell_reads_the_same_whatever_stands_beside_it(cells: list[str]) -> None:
    numbers = to_numbers(series(cells))
    alone = [to_numbers(series([cell])).values[0] for cell in cells]
    np.testing.assert_array_equal(numbers.values, np.array(alone, dtype=float))
    gaps = np.isnan(numbers.values)
    reasons = numbers.missing.astype(int) + numbers.unreadable + numbers.infinite
    np.testing.assert_array_equal(reasons, gaps.astype(int))
    assert (np.abs(numbers.values[~gaps]) <= LARGEST_NUMBER).all()


@given(st.lists(st.floats(-1e100, 1e100), min_size=1))
def test_written_numbers_read_back_to_the_bit(values: list[float]) -> None:
    assert to_numbers(series([repr(value) for value in values])).values.tolist() == values


@pytest.mark.parametrize(
    "form",
    [
        "%Y-%m-%d",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M:%S",
        "%d/%m/%Y",
        "%d.%m.%Y %H:%M",
        "%d-%m-%Y",
        "%m/%d/%Y",
        "%m/%d/%Y %I:%M %p",
        "%m/%d/%Y %I:%M:%S %p",
    ],
)
def test_date_forms(form: str) -> None:
    # The 25th tells days from months, so no form is ambiguous.
    moments = [datetime(2011, 2, 25), datetime(2011, 12, 1), datetime(2012, 2, 29)]
    instants = to_dates(series([*(m.strftime(form) for m in moments), ""]))
    assert instants.values[:3].astype("datetime64[s]").tolist() == moments
    assert np.isnat(instants.values[3])
    assert not instants.ambiguous
    assert instants.missing.tolist() == [False, False, False, True]


@pytest.mark.parametrize(
    ("cells", "ambiguous"),
    [
        (["01/02/2011", "03/04/2011"], True),
        (["01/02/2011", "13/04/2011"], False),
        (["01/02/2011", "04/13/2011"], False),
        (["01/01/2011", "02/02/2011"], False),
        (["01/01/2011", "", "02/02/2011"], False),
        (["2011-01-02", "2011-03-04"], False),
    ],
)
def test_dates_that_could_be_read_two_ways_are_said_to_be(
    cells: list[str], ambiguous: bool
) -> None:
    assert to_dates(series(cells)).ambiguous is ambiguous


def test_ambiguous_dates_are_read_day_first() -> None:
    assert str(to_dates(series(["01/02/2011"])).values[0]) == "2011-02-01T00:00:00"


def test_times_with_a_zone_are_in_utc() -> None:
    values = to_dates(series(["2011-01-01T23:30:00-05:00"])).values
    assert str(values[0]) == "2011-01-02T04:30:00"


@pytest.mark.parametrize("cell", ["soon", "2011", "40000", "2011-13-01", "30/02/2011", "1-2-3"])
def test_cells_that_are_no_date_are_unreadable(cell: str) -> None:
    assert to_dates(series([cell])).unreadable.tolist() == [True]


@given(st.lists(st.text(max_size=12), max_size=5))
def test_every_date_cell_is_a_date_or_has_one_reason(cells: list[str]) -> None:
    instants = to_dates(series(cells))
    reasons = instants.missing.astype(int) + instants.unreadable
    np.testing.assert_array_equal(reasons, np.isnat(instants.values).astype(int))


@pytest.mark.parametrize("rows", [0, 2])
def test_typing_a_frame_changes_neither_its_shape_nor_its_argument(rows: int) -> None:
    text = pd.DataFrame({"a": ["1"] * rows, "b": ["x"] * rows, "c": [""] * rows}, dtype="str")
    before = text.copy()
    typed = typed_frame(text)
    assert typed.shape == text.shape and list(typed.columns) == list(text.columns)
    pd.testing.assert_frame_equal(text, before)
