"""Every cell becomes a number or a date, or is said not to be one."""

from __future__ import annotations

import math
import re
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from segmentation.values import (
    LARGEST_NUMBER,
    Cells,
    Evidence,
    are_codes,
    is_missing,
    read_dates,
    read_numbers,
    to_dates,
    to_ids,
    to_numbers,
    typed_frame,
)
from tests.counts import examples


def series(cells: list[str]) -> pd.Series:
    return pd.Series(cells, dtype="str")


MARKS = ["", "  ", "NA", "na", "N/A", " n/a ", "#N/A", "NaN", "null", "NULL", "-", "--", "?", "."]


@pytest.mark.parametrize("cell", [*MARKS, "(blank)", "#DIV/0!"])
def test_missing_marks(cell: str) -> None:
    assert is_missing(series([cell])).tolist() == [True]
    assert to_numbers(series([cell])).missing.tolist() == [True]
    assert to_dates(series([cell])).missing.tolist() == [True]


@pytest.mark.parametrize("cell", ["0", "none", "None", "nano", "n a", "nil", "---"])
def test_other_cells_are_not_missing(cell: str) -> None:
    assert is_missing(series([cell])).tolist() == [False]


def test_none_stands_for_nothing_only_among_numbers_and_dates() -> None:
    assert to_numbers(series(["None", "1"])).missing.tolist() == [True, False]
    assert to_dates(series(["None", "2026-01-01"])).missing.tolist() == [True, False]


@pytest.mark.parametrize("zero", ["0000-00-00", "00/00/0000", "0000-00-00 00:00:00"])
def test_a_date_of_zeros_is_none(zero: str) -> None:
    assert to_dates(series([zero])).missing.tolist() == [True]


@pytest.mark.parametrize("name", ["None", "Null", "NULL", "NA", "-", "?"])
def test_a_customer_may_be_called_anything(name: str) -> None:
    assert to_ids(series(["Ann", name, "Bo"])).missing.tolist() == [False] * 3
    assert to_ids(series(["12", "13.0", "None"])).missing.tolist() == [False] * 3


@pytest.mark.parametrize("mark", ["", " ", "NaN", "#N/A", "n/a", "(blank)"])
def test_nobody_is_called_so(mark: str) -> None:
    assert to_ids(series(["Ann", mark, "Bo"])).missing.tolist() == [False, True, False]


@pytest.mark.parametrize("mark", ["NA", "null", "-"])
def test_a_word_among_numbered_customers_is_no_customer(mark: str) -> None:
    assert to_ids(series(["12", mark, "13.0"])).missing.tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("cells", "missing"),
    [
        (["DE", "NA", "ZA"], False),
        (["de", "na", "za"], False),
        (["Germany", "NA", "South Africa"], True),
        (["m", "NA", "f"], True),
        (["NA", "NA", ""], True),
    ],
)
def test_na_is_namibia_among_country_codes(cells: list[str], missing: bool) -> None:
    assert bool(is_missing(series(cells))[1]) is missing


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("5", 5.0),
        (" -5.25 ", -5.25),
        ("+7", 7.0),
        (".5", 0.5),
        ("-.5", -0.5),
        ("5.", 5.0),
        ("1e3", 1000.0),
        ("007", 7.0),
        ("-0", 0.0),
        ("1e100", 1e100),
        ("1,234.56", 1234.56),
        ("1 234.56", 1234.56),
        ("1\u00a0234.56", 1234.56),
        ("1\u202f234\u202f567.5", 1234567.5),
        ("1'234.56", 1234.56),
        ("1’234’567.5", 1234567.5),
        ("12,34,567.89", 1234567.89),
        ("12.5%", 0.125),
        ("12.5 %", 0.125),
        ("(1,234)", -1234.0),
        ("($ 12.50)", -12.5),
        ("$(12.50)", -12.5),
        ("-$12.50", -12.5),
        ("$-12.50", -12.5),
        ("12.50-", -12.5),
        ("12.50- €", -12.5),
        ("\u221212", -12.0),
        ("€ 5", 5.0),
        ("5 €", 5.0),
        ("£5", 5.0),
        ("¥5", 5.0),
        ("₹ 12,34,567", 1234567.0),
        ("CHF 5.-", 5.0),
        ("Fr. 5.50", 5.5),
        ("EUR5", 5.0),
        ("5 usd", 5.0),
        ("US$ 5", 5.0),
        ("R$ 5", 5.0),
        ("5 kr", 5.0),
        ("kr. 5", 5.0),
        ("5 zł", 5.0),
        ("Rs.500", 500.0),
        ("1.5E+05", 150_000.0),
    ],
)
def test_numbers(cell: str, value: float) -> None:
    assert to_numbers(series([cell]), "point").values.tolist() == [value]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1.234,56", 1234.56),
        ("1 234,56", 1234.56),
        ("1'234,56", 1234.56),
        ("1.234", 1234.0),
        ("1,234", 1.234),
        ("0,5", 0.5),
        (",5", 0.5),
        ("-1,5", -1.5),
        ("(1,5)", -1.5),
        ("12,5 %", 0.125),
        ("€ 1.234,56", 1234.56),
        ("5,- €", 5.0),
        ("5,–", 5.0),
        ("1,5e3", 1500.0),
        ("1.5", math.nan),
        ("0.123", math.nan),
        ("12.34.567", math.nan),
    ],
)
def test_numbers_with_a_decimal_comma(cell: str, value: float) -> None:
    np.testing.assert_array_equal(to_numbers(series([cell]), "comma").values, [value])


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("x", "unreadable"),
        ("1_000", "unreadable"),
        ("1,5", "unreadable"),
        ("1,2345", "unreadable"),
        ("0,123", "unreadable"),
        ("1,2,3", "unreadable"),
        ("1.2.3", "unreadable"),
        ("12-34", "unreadable"),
        ("12abc", "unreadable"),
        ("A5", "unreadable"),
        ("5A", "unreadable"),
        ("0x10", "unreadable"),
        ("5 6", "unreadable"),
        ("12 34", "unreadable"),
        ("2011-01-02", "unreadable"),
        ("01.02.2011", "unreadable"),
        ("8:26", "unreadable"),
        ("+49 30 123456", "unreadable"),
        ("(555) 123-4567", "unreadable"),
        ("030 123 456", "unreadable"),
        ("--5", "unreadable"),
        ("-5-", "unreadable"),
        ("-(5)", "unreadable"),
        ("(5", "unreadable"),
        ("5)", "unreadable"),
        ("$5€", "unreadable"),
        ("5%%", "unreadable"),
        ("1e3%", "unreadable"),
        ("$", "unreadable"),
        ("\u0661", "unreadable"),
        ("inf", "infinite"),
        ("-Infinity", "infinite"),
        ("1e400", "infinite"),
        ("-1.1e100", "infinite"),
        ("nan", "missing"),
    ],
)
def test_cells_that_are_no_usable_number_say_why(cell: str, kind: str) -> None:
    numbers = to_numbers(series([cell, "1"]), "point")
    assert math.isnan(numbers.values[0]) and numbers.values[1] == 1
    said = {name: getattr(numbers, name).tolist() for name in ("missing", "unreadable", "infinite")}
    assert said == {name: [name == kind, False] for name in said}


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1.234", "5"], [1.234, 5]),
        (["1,234", "5"], [1234, 5]),
        (["1,234", "0,5"], [1.234, 0.5]),
        (["1.234", "1.234.567"], [1234, 1_234_567]),
        (["1,5", "x", "y"], [1.5, math.nan, math.nan]),
    ],
)
def test_the_decimal_mark_is_the_one_that_reads_more_cells(
    cells: list[str], values: list[float]
) -> None:
    np.testing.assert_array_equal(to_numbers(series(cells)).values, values)


number_like = st.one_of(
    st.floats().map(repr),
    st.integers(-(10**20), 10**20).map(str),
    st.text(st.sampled_from("0123456789.,eE+-()%$€ '_infa\u0660\uff11"), max_size=7),
    st.sampled_from(["", "NA", "1e101", "-inf"]),
)


@given(st.lists(number_like, max_size=6))
@example(["1", "２"])
@example(["1e5", "0x1"])
def test_a_cell_reads_the_same_whatever_stands_beside_it(cells: list[str]) -> None:
    numbers = to_numbers(series(cells), "point")
    alone = [to_numbers(series([cell]), "point").values[0] for cell in cells]
    np.testing.assert_array_equal(numbers.values, np.array(alone, dtype=float))
    gaps = np.isnan(numbers.values)
    reasons = numbers.missing.astype(int) + numbers.unreadable + numbers.infinite
    np.testing.assert_array_equal(reasons, gaps.astype(int))
    assert (np.abs(numbers.values[~gaps]) <= LARGEST_NUMBER).all()


@given(st.lists(st.floats(-1e100, 1e100), min_size=1))
def test_written_numbers_read_back_to_the_bit(values: list[float]) -> None:
    assert to_numbers(series([repr(value) for value in values])).values.tolist() == values


# --- numbers in every notation

SIGNS = ["{}", "-{}", "({})", "{}-", "\u2212{}", "+{}"]
AROUND = ["{}", "${}", "€ {}", "{} €", "CHF {}", "{} kr", "R${}", "{}%", "{} %"]
GROUPS = ["", ",", ".", " ", "\u00a0", "\u202f", "'", "’", "indian"]


@st.composite
def written_numbers(draw: st.DrawFn) -> tuple[str, float, str]:
    """Return a number as somebody writes it, the number, and the decimal mark."""
    decimal, mark = draw(st.sampled_from([("point", "."), ("comma", ",")]))
    group = draw(st.sampled_from([g for g in GROUPS if g != mark]))
    group = group if decimal == "point" or group != "indian" else ""
    whole = draw(st.integers(0, 10**12))
    fraction = draw(st.text(st.sampled_from("0123456789"), max_size=4))
    sign, around = draw(st.sampled_from(SIGNS)), draw(st.sampled_from(AROUND))
    digits = str(whole)
    if group == "indian":
        head, tail = digits[:-3], digits[-3:]
        pairs = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)][::-1]
        digits = ",".join([*pairs, tail])
    elif group:
        digits = f"{whole:,}".replace(",", group)
    text = sign.format(around.format(digits + (mark + fraction if fraction else "")))
    exact = Decimal(f"{whole}.{fraction or 0}")
    exact = -exact if sign in ("-{}", "({})", "{}-", "\u2212{}") else exact
    return text, float(exact / 100 if "%" in around else exact), decimal


@settings(max_examples=examples(300))
@given(written_numbers())
def test_a_number_in_any_notation_reads_back(written: tuple[str, float, str]) -> None:
    text, value, decimal = written
    numbers = to_numbers(series([text]), decimal)  # type: ignore[arg-type]
    assert numbers.values.tolist() == [value]
    assert not numbers.missing.any()


@settings(max_examples=examples(200))
@given(st.lists(written_numbers(), min_size=1, max_size=5))
def test_without_being_told_a_number_reads_back_or_is_asked_about(
    written: list[tuple[str, float, str]],
) -> None:
    decimal = written[0][2]
    same = [(text, value) for text, value, mark in written if mark == decimal]
    cells = Cells.of(series([text for text, _ in same]))
    read = {mark: read_numbers(cells, mark).values for mark in ("point", "comma")}
    evidence = Evidence.of(read)
    if not evidence.is_open:
        assert cells.rows(read[evidence.best]).tolist() == [value for _, value in same]


def test_changes_are_counted_by_kind() -> None:
    texts = ["€ 1.234,50", "€ 1.234,50", "(5)", "7-", " 8 ", "9", "50%"]
    cells = Cells.of(series(texts))
    changes = read_numbers(cells, "comma").changes
    assert {kind: cells.count(where) for kind, where in changes.items()} == {
        "decimal comma read as point": 2,
        "thousands marks taken out": 2,
        "currency sign taken off": 2,
        "percent read as a fraction": 1,
        "brackets read as minus": 1,
        "trailing minus moved to the front": 1,
        "spaces around taken off": 1,
    }


# --- dates


@pytest.mark.parametrize(
    "form",
    [
        "%Y-%m-%d",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%dT%H:%M:%S.000Z",
        "%Y/%m/%d",
        "%Y.%m.%d %H:%M",
        "%Y%m%d",
        "%d/%m/%Y",
        "%d.%m.%Y %H:%M",
        "%d-%m-%Y",
        "%d %m %Y",
        "%d. %m. %Y",
        "%d.%m.%y",
        "%d.%m.%Y %H:%M Uhr",
        "%m/%d/%Y",
        "%m/%d/%y",
        "%m/%d/%Y %I:%M %p",
        "%m/%d/%Y %I:%M:%S %p",
        "%d %b %Y",
        "%d-%b-%y",
        "%b %d, %Y",
        "%B %d, %Y %I:%M%p",
        "%Y %b %d",
    ],
)
def test_date_forms(form: str) -> None:
    # The 25th tells days from months, so one order reads more.
    moments = [datetime(2011, 2, 25), datetime(2011, 12, 1), datetime(2012, 2, 29)]
    instants = to_dates(series([*(m.strftime(form) for m in moments), ""]))
    assert instants.values[:3].astype("datetime64[s]").tolist() == moments
    assert np.isnat(instants.values[3])
    assert instants.missing.tolist() == [False, False, False, True]


@pytest.mark.parametrize(
    "cell",
    [
        "3 Mar 2011",
        "3rd March 2011",
        "March 3rd, 2011",
        "Mar. 3, 2011",
        "3. März 2011",
        "3. Maerz 2011",
        "3 mars 2011",
        "03-mars-11",
        "3 de marzo de 2011",
        "3 de março de 2011",
        "3 marzo 2011",
        "3\u00a0mars\u00a02011",
        "3 ma\u0308rz 2011",
    ],
)
def test_month_names(cell: str) -> None:
    assert str(to_dates(series([cell])).values[0]) == "2011-03-03T00:00:00"


@pytest.mark.parametrize(
    ("names", "month"),
    [
        ("Jan January Januar janvier janv. ene enero jan janeiro gen gennaio Jänner", 1),
        ("Feb febrero févr. fev fevereiro febbraio", 2),
        ("May Mai mayo maio mag maggio", 5),
        ("Jun Juni juin junio junho giu giugno", 6),
        ("Jul Juli juil. juillet julio julho lug luglio", 7),
        ("Aug août aout ago agosto", 8),
        ("Sep Sept September septembre set setembro settembre", 9),
        ("Oct Okt Oktober octobre octubre out outubro ott ottobre", 10),
        ("Dec Dez Dezember déc. décembre dic diciembre dezembro dicembre", 12),
    ],
)
def test_months_of_six_languages(names: str, month: int) -> None:
    cells = [f"3 {name} 2011" for name in names.split()]
    assert to_dates(series(cells)).values.astype("datetime64[M]").astype(int).tolist() == [
        (2011 - 1970) * 12 + month - 1
    ] * len(cells)


def test_the_start_of_two_months_is_neither() -> None:
    assert to_dates(series(["3 jui 2011"])).unreadable.tolist() == [True]


@pytest.mark.parametrize(("year", "full"), [("00", 2000), ("68", 2068), ("69", 1969), ("99", 1999)])
def test_two_digit_years_turn_at_69(year: str, full: int) -> None:
    assert str(to_dates(series([f"25.12.{year}"])).values[0])[:4] == str(full)


@pytest.mark.parametrize(
    ("order", "values"),
    [("dmy", ["2011-02-01", "2011-04-13", "NaT"]), ("mdy", ["2011-01-02", "NaT", "2011-04-13"])],
)
def test_a_cell_that_does_not_fit_the_order_is_unreadable(order: Any, values: list[str]) -> None:
    instants = to_dates(series(["01/02/2011", "13/04/2011", "04/13/2011"]), order)
    assert [str(value)[:10] for value in instants.values] == values
    assert instants.unreadable.tolist() == [value == "NaT" for value in values]


@pytest.mark.parametrize(
    ("cell", "utc"),
    [
        ("2011-01-01T23:30:00-05:00", "2011-01-02T04:30:00"),
        ("2011-01-01T23:30:00Z", "2011-01-01T23:30:00"),
        ("2011-01-01 23:30:00.987+0200", "2011-01-01T21:30:00"),
        ("25/01/2011 01:30 +02:00", "2011-01-24T23:30:00"),
        ("25/01/2011 01:30 UTC", "2011-01-25T01:30:00"),
    ],
)
def test_times_with_a_zone_are_in_utc(cell: str, utc: str) -> None:
    assert str(to_dates(series([cell])).values[0]) == utc


@pytest.mark.parametrize(
    "cell",
    [
        *(
            "soon",
            "2011",
            "40000",
            "2011-13-01",
            "30/02/2011",
            "29.02.2011",
            "1-2-3",
            "1/2/2011 25:00",
        ),
        *(
            "1/2-2011",
            "1,2,2011",
            "1, 2, 2011",
            "06 12 34",
            "12/2011",
            "Mar 2011",
            "1/2/2011 13:00 PM",
        ),
        *("3 Foo 2011", "Mar Mar 2011", "1322697600", "1/2/2011 10:00 +99:00"),
    ],
)
def test_cells_that_are_no_date_are_unreadable(cell: str) -> None:
    assert to_dates(series([cell])).unreadable.tolist() == [True]


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("40513", "2010-12-01T00:00:00"),
        ("40513.351388889", "2010-12-01T08:26:00"),
        ("40513,5", "2010-12-01T12:00:00"),
        ("1291191960", "2010-12-01T08:26:00"),
        ("1291191960123", "2010-12-01T08:26:00"),
        ("19724", "NaT"),
        ("19725", "1954-01-01T00:00:00"),
        ("60267", "2064-12-31T00:00:00"),
        ("60268", "NaT"),
        ("12", "NaT"),
    ],
)
def test_numbers_are_dates_where_it_is_said(cell: str, moment: str) -> None:
    assert str(to_dates(series([cell]), counted=True).values[0]) == moment


@settings(max_examples=examples(300))
@given(
    st.datetimes(datetime(1970, 1, 1), datetime(2060, 12, 31)),
    st.sampled_from(["dmy", "mdy", "ymd"]),
    st.sampled_from("/.- "),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["", " %H:%M", " %H:%M:%S", " %I:%M %p", ", %I:%M:%S %p"]),
)
def test_a_date_in_any_form_reads_back_or_is_asked_about(
    moment: datetime, order: str, between: str, padded: bool, short: bool, clock: str
) -> None:
    short = short and order != "ymd" and between != " "
    moment = moment.replace(microsecond=0)
    units = {
        "y": f"{moment.year % 100:02}" if short else str(moment.year),
        "m": f"{moment.month:02}" if padded else str(moment.month),
        "d": f"{moment.day:02}" if padded else str(moment.day),
    }
    text = between.join(units[unit] for unit in order) + moment.strftime(clock)
    kept = {"": "D", " %H:%M": "m", " %I:%M %p": "m"}.get(clock, "s")
    expected = np.datetime64(moment, kept).astype("datetime64[s]")
    if short and not 1969 <= moment.year <= 2068:
        return
    cells = Cells.of(series([text]))
    read = read_dates(cells).values
    for way in ("dmy", "mdy") if order == "ymd" else (order,):
        assert read[way][0] == expected  # type: ignore[index]
    evidence = Evidence.of(read)
    if not evidence.is_open:
        assert read[evidence.best][0] == expected


@given(st.lists(st.text(max_size=12), max_size=5))
def test_every_date_cell_is_a_date_or_has_one_reason(cells: list[str]) -> None:
    instants = to_dates(series(cells), counted=True)
    reasons = instants.missing.astype(int) + instants.unreadable
    np.testing.assert_array_equal(reasons, np.isnat(instants.values).astype(int))


# --- ids


@given(st.lists(st.text(max_size=8), max_size=6))
def test_ids_never_change_but_for_a_zero_behind_the_point(texts: list[str]) -> None:
    ids = to_ids(series(texts))
    for written, read, shortened in zip(texts, ids.texts, ids.shortened, strict=True):
        stripped = written.strip()
        assert read == (re.sub(r"[.,]0$", "", stripped) if shortened else stripped)
        assert not shortened or re.fullmatch(r"[0-9]+[.,]0", stripped)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (["00123", "00124"], ["00123", "00124"]),
        (["12346.0", "12347.0", ""], ["12346", "12347", ""]),
        (["12346.0", "12347", "12348"], ["12346.0", "12347", "12348"]),
        (["1.2346E+04"], ["1.2346E+04"]),
        (["12345678901234567890"], ["12345678901234567890"]),
        (["9.0.0", "1.00"], ["9.0.0", "1.00"]),
    ],
)
def test_ids_stay_text(written: list[str], read: list[str]) -> None:
    assert to_ids(series(written)).texts.tolist() == read


@pytest.mark.parametrize(
    ("cells", "codes"),
    [
        (["01067", "10115", "20095", "30159", "50667", "80331"], True),
        (["00123", "7"], True),
        (["5", "10", "020", "30", "40", "50", "60"], False),
        (["0", "10", "20"], False),
        ([f"612 345 67{i}" for i in range(6)], True),
        (["612 345 678", "1 612 345 678", "12 345", "5", "7"], False),
        (["+493012345", "+493012346"], True),
        (["+4", "-3"], False),
    ],
)
def test_codes_and_phone_numbers_are_told_from_numbers(cells: list[str], codes: bool) -> None:
    assert are_codes(Cells.of(series(cells)), 0.2) is codes


# --- frames


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "2"], "i"),
        (["1", ""], "f"),
        (["1.5", "2"], "f"),
        (["1,5", "2"], "f"),
        (["1,234", "2"], "O"),
        (["007", "008"], "O"),
        (["1", "x"], "O"),
        (["", ""], "O"),
        (["25/01/2011", "01/02/2011"], "M"),
        (["01/02/2011", "03/02/2011"], "O"),
        (["2011-01-02", "NA"], "M"),
    ],
)
def test_what_a_column_of_text_turns_into(cells: list[str], kind: str) -> None:
    typed = typed_frame(pd.DataFrame({"a": cells}, dtype="str"))["a"]
    assert typed.dtype.kind == kind
    if kind == "O":
        assert typed.tolist() == cells


def test_a_neighbour_settles_how_a_column_is_written() -> None:
    typed = typed_frame(pd.DataFrame({"a": ["1.234"], "b": ["0,5"]}, dtype="str"))
    assert typed.iloc[0].tolist() == [1234.0, 0.5]


anything = st.one_of(
    st.text(max_size=12), st.text(st.sampled_from("0123456789.,-/:' TZ+()%€eamp"), max_size=20)
)


@settings(max_examples=examples(300))
@given(st.lists(anything, max_size=5))
def test_any_text_can_be_read(cells: list[str]) -> None:
    typed = typed_frame(pd.DataFrame({"a": cells}, dtype="str"))
    assert len(typed) == len(cells)
    for read in (to_numbers(series(cells)), to_dates(series(cells), counted=True)):
        assert not (read.missing & read.unreadable).any()


@pytest.mark.parametrize("rows", [0, 2])
def test_typing_a_frame_changes_neither_its_shape_nor_its_argument(rows: int) -> None:
    text = pd.DataFrame({"a": ["1"] * rows, "b": ["x"] * rows, "c": [""] * rows}, dtype="str")
    before = text.copy()
    typed = typed_frame(text)
    assert typed.shape == text.shape and list(typed.columns) == list(text.columns)
    pd.testing.assert_frame_equal(text, before)
