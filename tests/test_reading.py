"""Bytes come in as the cells they hold, or are refused in a sentence; nothing ends the process."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from segmentation.errors import ReadError
from segmentation.exporting import raw_csv
from segmentation.pipeline import read
from segmentation.reading import Source, read_table
from segmentation.results import Table
from segmentation.settings import ReadSettings, Recipe

MakeSource = Callable[..., Source]


def text_table(data: bytes, name: str = "table.csv", sheet: str | None = None) -> Table:
    return read_table(Source(name=name, data=data), ReadSettings(sheet=sheet), as_text=True)


def cells(table: Table) -> list[list[str]]:
    return [list(table.frame.columns), *table.frame.to_numpy().tolist()]


def workbook_bytes(*sheets: tuple[str, list[list[Any]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_csv(rows: list[list[str]], **dialect: Any) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, **dialect).writerows(rows)
    return out.getvalue()


# --- encodings and delimiters


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("cp1252", "cp1252"),
    ],
)
def test_encoding_is_found_and_no_mark_is_left_in_the_header(
    source_of: MakeSource, encoding: str, found: str
) -> None:
    source = source_of("Straße,Preis\nZoë,5 €\n", encoding=encoding)
    table = read_table(source, as_text=True)
    assert cells(table) == [["Straße", "Preis"], ["Zoë", "5 €"]]
    assert table.report.encoding == found


def test_big_endian_utf_16_is_read_by_its_mark() -> None:
    assert cells(text_table(b"\xfe\xff" + "a,b\né,2\n".encode("utf-16-be")))[1] == ["é", "2"]


def test_bytes_that_no_windows_code_page_has_still_read() -> None:
    table = text_table(b"name,n\n\x81\xe9,1\n")
    assert table.report.rows == 1


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_delimiter_and_line_ending_are_found(delimiter: str, ending: str) -> None:
    rows = [["id", "note", "spend"], ["1", "a b", "2.5"], ["2", "", "3"]]
    text = as_csv(rows, delimiter=delimiter, lineterminator=ending)
    table = text_table(text.encode())
    assert cells(table) == rows
    assert table.report.delimiter == delimiter


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("id;spend\n1;2,5\n2;3,5\n", ";"),
        ("id\tname\n1\tLee, Ann\n2\tRay\n", "\t"),
        ('id,note\n1,"a;b;c;d"\n2,"e;f;g;h"\n', ","),
        ("spend\n1\n2\n", None),
    ],
    ids=["decimal commas", "commas in names", "semicolons in quotes", "one column"],
)
def test_the_delimiter_is_the_one_that_cuts_evenly(text: str, delimiter: str | None) -> None:
    assert text_table(text.encode()).report.delimiter == delimiter


# --- the shape of rows


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a,b\n1,"two\nlines"\n', [["1", "two\nlines"]]),
        ('a,b\r\n1,"two\r\nlines"\r\n', [["1", "two\r\nlines"]]),
        ('a,b\n1,"say ""hi"""\n', [["1", 'say "hi"']]),
        ('a,b\n1,"x,y"\n', [["1", "x,y"]]),
        ('a,b\n1,5" pipe\n', [["1", '5" pipe']]),
        ('a,b\n"",""\n1,""\n', [["", ""], ["1", ""]]),
        ("a,b\n1,2", [["1", "2"]]),
        ("\n\r\na,b\n\n1,2\n\n\n3,4\n\n", [["1", "2"], ["3", "4"]]),
        ('a\n""\n1\n\n2\n', [[""], ["1"], ["2"]]),
        ("a,b\n 1 ,NA\n007,1e5\n", [[" 1 ", "NA"], ["007", "1e5"]]),
    ],
    ids=[
        "newline in quotes",
        "CRLF in quotes",
        "doubled quotes",
        "delimiter in quotes",
        "lone quote within a cell",
        "quoted empties",
        "no last newline",
        "blank lines skipped",
        "an empty cell is no blank line",
        "text untouched",
    ],
)
def test_cells_are_read_as_they_stand(text: str, expected: list[list[str]]) -> None:
    assert cells(text_table(text.encode()))[1:] == expected


def test_short_rows_are_filled_and_long_rows_widen_the_table() -> None:
    table = text_table(b"a,b\n1\n2,3\n4,5,6,7\n")
    assert cells(table) == [
        ["a", "b", "column_3", "column_4"],
        ["1", "", "", ""],
        ["2", "3", "", ""],
        ["4", "5", "6", "7"],
    ]
    assert table.report.overflow_columns == 2
    assert any(note.startswith("1 row has fewer cells") for note in table.report.notes)


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ("a,a,a", ["a", "a_2", "a_3"]),
        ("a,a,a_2", ["a", "a_3", "a_2"]),
        (" a ,a ,b", ["a", "a_2", "b"]),
        (",b,c", ["column_1", "b", "c"]),
        ("column_2,,c", ["column_2", "column_2_2", "c"]),
    ],
)
def test_every_column_gets_a_name_of_its_own_and_changes_are_noted(
    header: str, names: list[str]
) -> None:
    table = text_table(f"{header}\n1,2,3\n".encode())
    assert list(table.frame.columns) == names
    given_names = [name.strip() for name in header.split(",")]
    changed = sum(old != new for old, new in zip(given_names, names, strict=True))
    assert len(table.report.notes) == changed > 0
    assert cells(table)[1] == ["1", "2", "3"]


def test_empty_columns_without_a_name_are_cut_off_the_right_only() -> None:
    table = text_table(b"a,,b,,\n1,,2,,\n")
    assert list(table.frame.columns) == ["a", "column_2", "b"]
    assert table.report.overflow_columns == 0


def test_the_report_tells_where_the_table_comes_from(tmp_path: Path) -> None:
    data = b"a;b\n1;2\n3;4\n"
    path = tmp_path / "my file.csv"
    path.write_bytes(data)
    report = read_table(path, as_text=True).report
    assert (report.name, report.rows, report.columns) == ("my file.csv", 2, 2)
    assert report.sha256 == hashlib.sha256(data).hexdigest()
    assert report.to_dict()["notes"] == []


# --- round trips

# Without the other delimiters: a writer leaves them unquoted, and a reader can't know.
plain_text = st.text(
    st.characters(exclude_characters=";|\t\x00", exclude_categories=("Cs",)), max_size=8
)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(1, 4))
    body = draw(
        st.lists(st.lists(plain_text, min_size=width, max_size=width), min_size=1, max_size=8)
    )
    return [[f"name {i}" for i in range(width)], *body]


@given(
    tables(), st.sampled_from(["\n", "\r\n"]), st.booleans(), st.sampled_from(["utf-8", "utf-16"])
)
@example([["name 0"], ["a\rb"]], "\r\n", False, "utf-8")
@example([["name 0"], ['"']], "\n", True, "utf-8")
@example([["name 0", "name 1"], ["x", '""\n"']], "\n", False, "utf-8")
@example([["name 0"], ["\ufeff"]], "\n", False, "utf-8")
@example([["name 0", "name 1"], ["", ""]], "\n", False, "utf-8")
def test_what_the_csv_module_writes_reads_back_cell_for_cell(
    rows: list[list[str]], ending: str, quote_all: bool, encoding: str
) -> None:
    quoting = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    # Before Python 3.13 the writer leaves a bare CR unquoted unless its line ending has one.
    text = as_csv(rows, lineterminator="\r\n", quoting=quoting)
    if not any("\r" in cell for row in rows for cell in row):
        text = text.replace("\r\n", ending)
    assert cells(text_table(text.encode(encoding))) == rows


@given(tables())
@example([["name 0", "name 1"], ["a\rb", "\r"]])
@example([["name 0"], ["=1+1"]])
def test_the_raw_table_written_out_reads_back_the_same(rows: list[list[str]]) -> None:
    table = text_table(as_csv(rows).encode())
    assert cells(text_table(b"".join(raw_csv(table.frame)))) == cells(table)


messy = st.lists(
    st.lists(st.text(st.sampled_from('ab1 "'), max_size=4), min_size=1, max_size=4).map(",".join),
    min_size=2,
    max_size=8,
)


@given(messy)
@example(["a,b", '1,"x"y', '2,"x,3'])
@example(["a,b", '1,x"y', "2"])
def test_untidy_quotes_lose_no_text(lines: list[str]) -> None:
    text = "a,b,c\n1,2,3\n" + "\n".join(lines) + "\n"
    table = text_table(text.encode())
    set_aside = [cell for line in table.report.set_aside for cell in line.cells]
    read = "".join([*table.frame.columns, *table.frame.to_numpy().ravel(), *set_aside])
    for mark in "ab1":
        assert read.count(mark) >= text.count(mark)


def test_the_fast_and_the_patient_parser_agree() -> None:
    body = 'x, y ,"a ""b"""\r\n" 1","",é\n"l1\nl2",,\n'
    fast = text_table(f"a,b,c\n{body}".encode())
    patient = text_table(f"a,b,c\n{body}1,2,3,4\n".encode())
    assert patient.report.overflow_columns == 1, "the second file must take the other path"
    assert patient.frame.iloc[:-1, :3].to_numpy().tolist() == fast.frame.to_numpy().tolist()


# --- refusals of text


@pytest.mark.parametrize("tail", ["", "\n", "\n2,x\n3,y\n", "\n2,x,9\n"])
def test_a_quote_that_never_closes_swallows_no_row_and_is_told_with_its_line(tail: str) -> None:
    table = text_table(f'a,b\n0,ok\n1,"open{tail}'.encode())
    assert table.frame.iloc[1].tolist()[:2] == ["1", '"open']
    assert len(table.frame) == 2 + len(tail.split())
    assert table.report.changes[0].examples[0][0] == 'line 3: 1,"open'


@pytest.mark.parametrize(
    ("data", "read"),
    [
        (b'a,b\n1,"""\n2,x\n', [["1", '"'], ["2", "x"]]),
        (b'a,b\n1,"2\n3,"4"\n5,"6\n', [["1", '"2'], ["3", "4"], ["5", '"6']]),
    ],
)
def test_no_row_is_lost_in_a_cell(data: bytes, read: list[list[str]]) -> None:
    assert text_table(data).frame.to_numpy().tolist() == read


def test_a_missing_file_says_its_path(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"can't be opened.*nowhere\.csv"):
        read_table(tmp_path / "nowhere.csv")


def test_a_text_file_has_no_sheets(source_of: MakeSource) -> None:
    with pytest.raises(ReadError, match="no sheets"):
        read_table(source_of("a,b\n1,2\n"), ReadSettings(sheet="Data"))


# --- typed reading


def test_without_as_text_full_columns_of_numbers_and_dates_are_typed(
    source_of: MakeSource,
) -> None:
    text = "whole,part,day,mixed,words\n1,0.5,2026-01-31,1,a\n2,,2026-02-01,x,b\n"
    frame = read_table(source_of(text)).frame
    assert [str(kind) for kind in frame.dtypes] == [
        "int64",
        "float64",
        "datetime64[s]",
        "str",
        "str",
    ]
    as_text = read_table(source_of(text), as_text=True).frame
    assert {str(kind) for kind in as_text.dtypes} == {"str"}
    assert as_text.to_numpy().tolist()[1] == ["2", "", "2026-02-01", "x", "b"]


@pytest.mark.parametrize("guarded", ['="{}"', "'{}", ' ="{}" '])
def test_ids_guarded_for_a_spreadsheet_are_used_bare_but_kept_as_written(guarded: str) -> None:
    written = [guarded.format(f"{i:05}") for i in (123, 124, 7)]
    source = Source(name="a.csv", data="\n".join(["id;x", *(f"{w};a" for w in written)]).encode())
    assert read_table(source, as_text=True).frame["id"].tolist() == written
    assert read_table(source).frame["id"].tolist() == ["00123", "00124", "00007"]
    (table,) = read(source, Recipe())
    assert table.frame["id"].tolist() == ["00123", "00124", "00007"]
    assert [change.count for change in table.report.changes] == [3]


def test_a_formula_around_a_text_is_taken_off_wherever_it_stands() -> None:
    text = '="id",="year"\n7,\'99\n8,"="\'98"""\n="007",\'97\n'
    (table,) = read(Source(name="a.csv", data=text.encode()), Recipe())
    assert table.frame.to_dict("list") == {"id": ["7", "8", "007"], "year": ["'99", "'98", "'97"]}


# --- workbooks


@pytest.fixture(scope="module")
def book() -> bytes:
    return workbook_bytes(
        ("Empty", []),
        (
            "Zoë's data",
            [
                ["id", "whole", "part", "day", "moment", "note"],
                ["00123", 5, 2.55, date(2011, 1, 2), datetime(2011, 1, 2, 9, 30), 'x, "y"'],
                ["00124", -7, 0.1, None, datetime(2011, 12, 31, 23, 59, 59), "two\nlines"],
                [None] * 6,
                ["A", 12345678901, None, None, None, "ü"],
            ],
        ),
        ("Other", [["a"], [1]]),
    )


def test_a_workbook_reads_as_text_from_the_sheet_that_looks_most_like_a_table(book: bytes) -> None:
    table = text_table(book, "book.xlsx")
    assert cells(table) == [
        ["id", "whole", "part", "day", "moment", "note"],
        ["00123", "5", "2.55", "2011-01-02", "2011-01-02 09:30:00", 'x, "y"'],
        ["00124", "-7", "0.1", "", "2011-12-31 23:59:59", "two\nlines"],
        [""] * 6,
        ["A", "12345678901", "", "", "", "ü"],
    ]
    report = table.report
    assert report.sheet == "Zoë's data"
    assert [sheet.name for sheet in report.sheets] == ["Empty", "Zoë's data", "Other"]
    assert (report.encoding, report.delimiter) == (None, None)


def test_a_sheet_is_chosen_by_name(book: bytes) -> None:
    assert cells(text_table(book, "book.xlsx", "Other")) == [["a"], ["1"]]


def test_the_same_table_reads_the_same_from_a_workbook_and_from_text() -> None:
    rows = [["id", "spend", "note"], ["007", "x", "a"], ["008", "y", ""], ["9", "", "c"]]
    from_book = text_table(workbook_bytes(("S", [*map(list, rows)])), "b.xlsx")
    assert cells(from_book) == cells(text_table(as_csv(rows).encode()))


@pytest.mark.parametrize(
    ("sheet", "message"),
    [
        ("Nope", r"no sheet 'Nope'.*'Empty', \"Zoë's data\", 'Other'"),
        ("Empty", "sheet is empty"),
    ],
)
def test_a_sheet_that_can_not_be_read_is_named(book: bytes, sheet: str, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        text_table(book, "book.xlsx", sheet)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (lambda book: book[: len(book) // 2], "damaged"),
        (lambda book: book[:-30], "damaged"),
        (lambda _: bytes(range(256)) * 40, "not text"),
        (lambda _: workbook_bytes(("A", []), ("B", [])), "No sheet of the workbook has a table"),
    ],
    ids=["half of it", "no end", "random", "all sheets empty"],
)
def test_a_workbook_that_can_not_be_read_is_refused(
    book: bytes, data: Callable[[bytes], bytes], message: str
) -> None:
    with pytest.raises(ReadError, match=message):
        text_table(data(book), "book.xlsx")


def test_columns_without_a_name_that_every_row_fills_are_columns() -> None:
    table = text_table(b"id,spend,,\n1,5,x,u\n2,6,y,v\n3,7,z,w\n")
    assert list(table.frame.columns) == ["id", "spend", "column_3", "column_4"]
    assert table.report.overflow_columns == 0


def test_a_header_alone_is_a_table_without_rows() -> None:
    table = text_table(b"id,spend\n")
    assert list(table.frame.columns) == ["id", "spend"] and table.report.rows == 0


@pytest.mark.parametrize("data", [b"", b"\n", b"\xef\xbb\xbf\r\n\r\n"])
def test_nothing_is_a_table_without_columns(data: bytes) -> None:
    assert text_table(data).frame.shape == (0, 0)


def test_a_backslash_may_be_the_last_of_a_cell() -> None:
    """Found by the fuzzer: where there is no delimiter, nothing after the backslash was a mark."""
    table = text_table(b'note\n"say \\"x\\""\n"y"\nend\\\n')
    assert table.frame["note"].tolist() == ['say "x"', "y", "end\\"]


@pytest.mark.parametrize(
    ("total", "is_total"),
    [
        ("Summe;3.244,75", True),
        ("Gesamt 2025:;3.244,75", True),
        ("Total Energies;3.244,75", True),
        ("Total Energies;12,00", False),
        ("Summe;12,00", False),
    ],
)
def test_a_total_is_told_by_adding_up(total: str, is_total: bool) -> None:
    rows = ["Kunde;Umsatz", "A;1.234,50", "B;2.000,25", "C;10,00", total]
    table = text_table("\n".join(rows).encode())
    assert [line.reason for line in table.report.set_aside] == ["total"] * is_total
    assert table.report.rows == 4 - is_total


def test_a_repair_is_told_with_its_line_in_a_long_file() -> None:
    lines = ["a,b,c", *(f"{i},x{i},{i}" for i in range(60_000)), '1,"x,2', "", '3,"y,4']
    (change,) = text_table("\n".join(["sep=,", *lines]).encode()).report.changes
    assert [example for example, _ in change.examples] == [
        'line 60,003: 1,"x,2',
        'line 60,005: 3,"y,4',
    ]
