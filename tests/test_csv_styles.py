"""CSV as each reader wants it, and one file a segment."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from typing import Any, get_args

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.errors import SettingsError
from segmentation.exporting import (
    EXCEL,
    EXCEL_COMMA,
    CsvStyle,
    customers_csv,
    customers_frame,
    file_name,
    segments_zip,
    to_csv,
    typed_customers,
)
from segmentation.exporting.delimited import DecimalSign, Separator
from segmentation.pipeline import run
from segmentation.reading import Source
from segmentation.results import Run
from segmentation.settings import ChooseSettings, NameSettings, Recipe

STYLES = [
    CsvStyle(separator=separator, decimal=decimal, byte_order_mark=mark)
    for separator in get_args(Separator)
    for decimal in get_args(DecimalSign)
    for mark in (False, True)
    if separator != decimal
]

GERMAN = """id;seit;PLZ;Umsatz;Notiz;Punkte
1;31.12.2025;01234;1.234,50;=1+1;n/a
2;01.02.2024;04567;2.000,25;"b;c";3,5
3;05.06.2023;12345;99,5;c;viel
10;15.07.2023;99999;88,25;-5;7,25
11;16.07.2023;99999;88,25;;7,5
12;16.07.2023;99999;88;d;7,5
"""


def read_back(data: bytes, style: CsvStyle) -> list[list[str]]:
    text = data.decode("utf-8-sig" if style.byte_order_mark else "utf-8")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=style.separator))


cells = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=6)


@given(
    st.sampled_from(STYLES),
    st.lists(st.tuples(cells, st.floats(allow_infinity=False)), min_size=1, max_size=6),
)
def test_every_style_reads_back(style: CsvStyle, rows: list[tuple[str, float]]) -> None:
    frame = pd.DataFrame(
        {"a;b,c\t": pd.Series([text for text, _ in rows], dtype="str"), "n": [n for _, n in rows]}
    )
    data = to_csv(frame, style)
    assert data.startswith(b"\xef\xbb\xbf") == style.byte_order_mark
    header, *body = read_back(data, style)
    assert header == list(frame.columns)
    for (told, written), (text, number) in zip(body, rows, strict=True):
        assert told in (text, "'" + text)
        if np.isnan(number):
            assert written == ""
        else:
            assert style.decimal == "," or "," not in written
            assert float(written.replace(style.decimal, ".")) == number


@given(st.lists(cells, min_size=1, max_size=5))
def test_a_lone_column_loses_no_row(texts: list[str]) -> None:
    frame = pd.DataFrame({"a": pd.Series(texts, dtype="str")})
    assert len(read_back(to_csv(frame), CsvStyle())) == 1 + len(texts)


numbers = st.floats(allow_nan=True, allow_infinity=False) | st.floats(-1e6, 1e6)


@given(st.lists(numbers, min_size=1, max_size=20))
def test_numbers_are_written_as_python_writes_them(values: list[float]) -> None:
    known = [value for value in values if value == value]
    whole = all(value % 1 == 0 and abs(value) < 2**53 for value in known)
    expected = [
        "" if value != value else str(int(value)) if whole else repr(value) for value in values
    ]
    rows = read_back(to_csv(pd.DataFrame({"a": values, "b": 1})), CsvStyle())
    assert [row[0] for row in rows[1:]] == expected


def test_commas_can_not_part_cells_and_decimals() -> None:
    with pytest.raises(SettingsError, match="semicolon or a tab"):
        CsvStyle(separator=",", decimal=",")


@pytest.fixture
def german(source_of: Callable[..., Source]) -> Run:
    return run(source_of(GERMAN), Recipe(choose=ChooseSettings(k=2)))


@pytest.mark.parametrize(
    ("style", "umsatz", "punkte"),
    [
        (CsvStyle(), ["1.234,50", "2.000,25", "99,5"], ["n/a", "3,5", "viel"]),
        (EXCEL, ["1234.5", "2000.25", "99.5"], ["", "3.5", "viel"]),
        (EXCEL_COMMA, ["1234,5", "2000,25", "99,5"], ["", "3,5", "viel"]),
    ],
)
def test_numbers_come_in_the_notation_of_their_reader(
    german: Run, style: CsvStyle, umsatz: list[str], punkte: list[str]
) -> None:
    header, *rows = read_back(customers_csv(german, style=style), style)
    columns = dict(zip(header, zip(*rows, strict=True), strict=True))
    assert list(columns["Umsatz"][:3]) == umsatz
    assert list(columns["Punkte"][:3]) == punkte
    assert list(columns["PLZ"][:3]) == ["01234", "04567", "12345"]
    assert columns["seit"][0] == ("2025-12-31" if style.rewritten else "31.12.2025")
    assert list(columns["Notiz"][:4]) == ["'=1+1", "b;c", "c", "-5"]


def test_typed_customers_say_the_same(german: Run) -> None:
    typed, read = typed_customers(german), customers_frame(german)
    assert list(typed.columns) == list(read.columns)
    assert typed["Umsatz"].tolist() == [1234.5, 2000.25, 99.5, 88.25, 88.25, 88.0]
    assert typed["seit"].dt.strftime("%d.%m.%Y").tolist() == read["seit"].tolist()
    assert typed["Punkte"].tolist()[1:] == [3.5, "viel", 7.25, 7.5, 7.5]
    for column in ("PLZ", "Notiz", "segment"):
        assert typed[column].tolist() == read[column].tolist()


def test_raw_is_offered_as_it_is(german: Run) -> None:
    rows = read_back(customers_csv(german, style=CsvStyle(guarded=False)), CsvStyle())
    assert rows[1][4] == "=1+1"
    assert read_back(customers_csv(german), CsvStyle())[1][4] == "'=1+1"


# --- one file a segment


def test_the_files_of_a_zip_are_the_customers(german: Run) -> None:
    labels = german.profiles.labels
    header, *rows = read_back(customers_csv(german), CsvStyle())
    told: list[tuple[float, str]] = []
    data = segments_zip(german, progress=lambda share, words: told.append((share, words)))
    assert data == segments_zip(german)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert [name.split("-")[0] for name in names] == ["1", "2"]
        for segment_id, name in enumerate(names, start=1):
            own = [row for row, label in zip(rows, labels, strict=True) if label == segment_id]
            assert read_back(archive.read(name), CsvStyle()) == [header, *own]
    assert [share for share, _ in told] == [0.5, 1.0]


def test_a_segment_that_is_filtered_away_has_no_file(german: Run) -> None:
    keep = german.profiles.labels == 2
    with zipfile.ZipFile(io.BytesIO(segments_zip(german, keep))) as archive:
        assert [name[0] for name in archive.namelist()] == ["2"]


def test_names_that_are_equal_once_cleaned_stay_apart(
    source_of: Callable[..., Source],
) -> None:
    naming = NameSettings(names=((1, "=A/B 🎉"), (2, "a\\b 🎈")))
    done = run(source_of(GERMAN), Recipe(choose=ChooseSettings(k=2), naming=naming))
    with zipfile.ZipFile(io.BytesIO(segments_zip(done))) as archive:
        assert archive.namelist() == ["1-a-b.csv", "2-a-b.csv"]


RESERVED = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))}


@given(
    st.integers(1, 50),
    st.text(max_size=60)
    | st.sampled_from(["x" * 10_000, "🎉" * 400, "..", "CON", "a\0b", "﷽" * 99]),
)
def test_file_names_are_safe_everywhere(segment_id: int, name: str) -> None:
    found = file_name(segment_id, name)
    stem, ending = found.rsplit(".", 1)
    assert ending == "csv" and len(found.encode("utf-8")) <= 120
    assert not set(stem) & set('/\\:*?"<>|\0.') and stem.isprintable()
    assert stem not in RESERVED and stem == stem.strip(" .-")
    assert stem.split("-")[0] == str(segment_id)
    other: Any = file_name(segment_id + 1, name)
    assert other.casefold() != found.casefold()
