"""A workbook's sheet comes in as the cells a reader sees, and what was done is said."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pyarrow as pa
import pytest

from segmentation.errors import ReadError
from segmentation.reading import sandbox
from segmentation.reading.grid import Grid
from segmentation.reading.limits import ReadLimits
from segmentation.reading.merging import Area, with_merged_cells
from segmentation.reading.workbook import read_workbook
from tests.reading import books

ORDERS = [["id", "spend"], ["007", 1.5], ["b", 20.0], ["c", -3.25]]
PEOPLE = [["name", "city"], ["Zoë", "Köln"], ["Ann", "Rome"], ["Bob", "Oslo"]]


def rows(grid: Grid) -> list[list[str]]:
    return [list(row.values()) for row in grid.cells.to_pylist()]


def column(*cells: Any, change: Callable[[Any], None] | None = None) -> list[str]:
    """Read the cells, written below a header beside a column of text, back."""
    table = [["k", "value"], *[["x", cell] for cell in cells]]
    return [row[1] for row in rows(read_workbook(books.xlsx(("S", table), change=change), "b"))][1:]


@pytest.mark.parametrize("write", [books.xlsx, books.ods, books.xlsb, books.xls])
def test_every_format_reads_alike(write: Callable[..., bytes]) -> None:
    grid = read_workbook(write(("Notes", [["made by hand"]]), ("Orders", ORDERS)), "book")
    assert rows(grid) == [["id", "spend"], ["007", "1.5"], ["b", "20"], ["c", "-3.25"]]
    assert [(s.name, s.rows, s.columns, s.hidden) for s in grid.sheets] == [
        ("Notes", 1, 1, False),
        ("Orders", 4, 2, False),
    ]
    assert (grid.sheet, grid.questions, grid.notes) == ("Orders", (), ())
    assert {column.type for column in grid.cells.columns} == {pa.large_string()}
    assert not any(column.null_count for column in grid.cells.columns)


@pytest.mark.parametrize("write", [books.xlsx, books.ods, books.xlsb, books.xls])
def test_numbers_keep_their_digits_in_every_format(write: Callable[..., bytes]) -> None:
    numbers = [1 / 3, 0.1, 2.5e-7, 1e16, -1234567.123456789, 7.0]
    grid = read_workbook(write(("S", [["k", "n"], *[["x", n] for n in numbers]])), "b")
    read = [row[1] for row in rows(grid)[1:]]
    assert [float(cell) for cell in read] == numbers
    assert not any("e" in cell.lower() or cell.endswith(".0") for cell in read)


def test_a_column_of_long_numbers_reads_back_the_same() -> None:
    random = np.random.default_rng(3)
    exponents = random.integers(-6, 15, 500)
    numbers = [float(f"{x:.15g}") for x in random.random(500) * 10.0**exponents]
    read = column(1 / 3, *numbers)[1:]
    assert [float(cell) for cell in read] == numbers
    assert read == [format(Decimal(repr(n)), "f").removesuffix(".0") for n in numbers]


def test_text_stays_as_it_is_beside_long_numbers() -> None:
    texts = ["00123", "12345678901234567890", "1.10", "0.3333333333333333333", "1e5", " a ", "None"]
    assert column(1 / 3, *texts) == ["0.3333333333333333", *texts]


def test_dates_are_iso_text_and_days_have_no_time() -> None:
    days = column(date(2011, 12, 1), None, date(1999, 1, 31), "soon")
    assert days == ["2011-12-01", "", "1999-01-31", "soon"]
    moments = column(datetime(2011, 12, 1, 8, 26), datetime(2011, 12, 2), date(2012, 2, 29))
    assert moments == ["2011-12-01 08:26:00", "2011-12-02 00:00:00", "2012-02-29 00:00:00"]
    assert column(time(9, 30), time(23, 59, 59)) == ["09:30:00", "23:59:59"]


def test_a_serial_number_shown_as_a_date_is_one() -> None:
    def as_dates(book: Any) -> None:
        for cell in book["S"]["B"]:
            cell.number_format = "dd/mm/yyyy"

    assert column(40878, 40878.0, 43890, change=as_dates) == [
        "2011-12-01",
        "2011-12-01",
        "2020-02-29",
    ]


def test_the_table_is_found_where_it_stands() -> None:
    def place(book: Any) -> None:
        sheet = book.create_sheet("Far")
        for y, row in enumerate(PEOPLE):
            for x, cell in enumerate(row):
                sheet.cell(5 + y, 3 + x, cell)

    grid = read_workbook(books.xlsx(change=place), "b")
    assert rows(grid) == PEOPLE
    assert grid.lines[0] == 5
    assert [(sheet.rows, sheet.columns) for sheet in grid.sheets] == [(4, 2)]


# --- which sheet


def test_a_table_is_preferred_to_more_cells_that_are_none() -> None:
    figures = [[i, i * 2, i * 3] for i in range(20)]
    grid = read_workbook(books.xlsx(("Figures", figures), ("People", PEOPLE)), "b")
    assert grid.sheet == "People"


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_offered_and_taken_only_without_a_visible_table(state: str) -> None:
    def hide(book: Any) -> None:
        book["Old"].sheet_state = state

    old = ("Old", [*PEOPLE, *PEOPLE[1:]])
    grid = read_workbook(books.xlsx(old, ("People", PEOPLE), change=hide), "b")
    assert (grid.sheet, grid.questions, grid.notes) == ("People", (), ())
    assert [sheet.hidden for sheet in grid.sheets] == [True, False]
    asked_for = read_workbook(books.xlsx(old, ("People", PEOPLE), change=hide), "b", "Old")
    assert len(rows(asked_for)) == 7
    assert asked_for.notes == ("The sheet 'Old' is hidden in the workbook.",)


def test_sheets_alike_are_asked_about_with_their_own_values() -> None:
    march = [["id", "spend"], ["a", 1], ["b", 2]]
    april = [["id", "spend"], ["c", 3], ["d", 4], ["e", 5]]
    grid = read_workbook(books.xlsx(("Mar", march), ("Apr", april), ("Note", [["x"]])), "book.xlsx")
    (question,) = grid.questions
    assert (question.option, question.where) == ("--sheet", "book.xlsx")
    assert [reading.value for reading in question.readings] == ["Apr", "Mar"]
    assert question.readings[0].value == grid.sheet
    assert question.readings[1].examples == (("id", "a"), ("spend", "1"))
    assert "3 rows" in question.readings[1].label


def test_a_sheet_much_larger_than_the_others_is_no_question() -> None:
    many = [["id", "spend"], *[[f"a{i}", i] for i in range(50)]]
    assert read_workbook(books.xlsx(("People", PEOPLE), ("All", many)), "b").questions == ()


def test_a_sheet_asked_for_is_no_question_and_all_sizes_are_told() -> None:
    book = books.xlsx(("Mar", ORDERS), ("Apr", [*ORDERS, ["d", 1]]))
    grid = read_workbook(book, "b", "Mar")
    assert (grid.sheet, grid.questions) == ("Mar", ())
    assert [(sheet.rows, sheet.columns) for sheet in grid.sheets] == [(4, 2), (5, 2)]


@pytest.mark.parametrize(
    ("sheet", "message"),
    [
        ("Nope", r"no sheet 'Nope' \(book\.xlsx\)\. Choose one of 'Empty', 'Orders'"),
        ("Empty", r"sheet is empty \(book\.xlsx\)"),
    ],
)
def test_a_sheet_that_is_not_there_is_refused(sheet: str, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        read_workbook(books.xlsx(("Empty", []), ("Orders", ORDERS)), "book.xlsx", sheet)


def test_a_workbook_of_empty_sheets_is_refused() -> None:
    with pytest.raises(ReadError, match="No sheet of the workbook has a table"):
        read_workbook(books.xlsx(("A", []), ("B", [])), "book.xlsx")


# --- merged cells, hidden rows, errors, formulas


def test_merged_headers_fill_across_and_merged_records_fill_down() -> None:
    def merge(book: Any) -> None:
        for area in ("A1:E1", "A2:A3", "B2:C2", "D2:E2", "A4:A6", "B7:C7"):
            book["S"].merge_cells(area)

    table = [
        ["Sales report", None, None, None, None],
        ["Shop", "2023", None, "2024", None],
        [None, "spring", "autumn", "spring", "autumn"],
        ["Rome", 1, 2, 3, 4],
        [None, 5, 6, 7, 8],
        [None, 9, 10, 11, 12],
        ["Oslo", 13, None, 15, 16],
    ]
    grid = read_workbook(books.xlsx(("S", table), change=merge), "b")
    assert rows(grid) == [
        ["Sales report", "", "", "", ""],
        ["Shop", "2023", "2023", "2024", "2024"],
        ["", "spring", "autumn", "spring", "autumn"],
        ["Rome", "1", "2", "3", "4"],
        ["Rome", "5", "6", "7", "8"],
        ["Rome", "9", "10", "11", "12"],
        ["Oslo", "13", "", "15", "16"],
    ]
    assert grid.notes == ("2 cells below a merged cell got its text.",)


def test_areas_beyond_the_table_are_ignored() -> None:
    table = pa.table({"0": ["a", "x", ""], "1": ["b", "1", "2"]})
    areas = [
        Area(top=1, left=0, bottom=900, right=0),
        Area(top=9, left=0, bottom=10, right=0),
        Area(top=-1, left=0, bottom=1, right=0),
        Area(top=0, left=1, bottom=0, right=70),
    ]
    filled, count = with_merged_cells(table, areas)
    assert filled.to_pydict() == {"0": ["a", "x", "x"], "1": ["b", "1", "2"]}
    assert count == 1


def test_overlapping_areas_are_filled_once() -> None:
    table = pa.table({"0": ["a", "x", *[""] * 5_000], "1": ["b", *["1"] * 5_001]})
    areas = [Area(top=1, left=0, bottom=5_001, right=0)] * 50_000
    filled, count = with_merged_cells(table, areas)
    assert filled.column(0).to_pylist() == ["a", *["x"] * 5_001]
    assert count == 5_000


def test_hidden_rows_are_read_and_told() -> None:
    def hide(book: Any) -> None:
        for row in (2, 4):
            book["S"].row_dimensions[row].hidden = True
        book["S"].column_dimensions["A"].hidden = True

    grid = read_workbook(books.xlsx(("S", PEOPLE), change=hide), "b")
    assert rows(grid) == PEOPLE
    assert grid.notes == ("2 rows are hidden in the workbook; they were read.",)


def test_error_cells_are_empty_and_counted_by_kind() -> None:
    table = [["k", "n"], ["x", "#N/A"], ["y", 2], ["z", "#DIV/0!"], ["u", "#N/A"]]
    grid = read_workbook(books.xlsx(("S", table)), "b")
    assert [row[1] for row in rows(grid)] == ["n", "", "2", "", ""]
    assert grid.notes == ("Error cells of the workbook were read as empty: 1 × #DIV/0!, 2 × #N/A.",)


def test_formulas_come_by_their_stored_values_and_those_without_are_told() -> None:
    book = books.xlsx(("S", [["k", "n"], ["x", "=1+1"], ["y", "=2+2"]]))

    def store(xml: bytes) -> bytes:
        stored, count = re.subn(rb"(<f>1\+1</f>)<v ?/>", rb"\1<v>2</v>", xml)
        assert count == 1
        return stored

    grid = read_workbook(books.with_part(book, "xl/worksheets/sheet1.xml", store), "b")
    assert [row[1] for row in rows(grid)] == ["n", "2", ""]
    (note,) = grid.notes
    assert note.startswith("1 formula has no stored value")


def test_marks_are_seen_across_the_pieces_of_a_large_sheet() -> None:
    def mark(book: Any) -> None:
        sheet = book["S"]
        for row in range(2, 40_001, 40):
            sheet.row_dimensions[row].hidden = True
            sheet.merge_cells(start_row=row, end_row=row + 1, start_column=1, end_column=1)

    table = [["k", "n", "t"], *[[f"a{i}", i, "text " * 9] for i in range(40_000)]]
    grid = read_workbook(books.xlsx(("S", table), change=mark), "b")
    merged = len(range(2, 40_001, 40))
    assert grid.notes == (
        f"{merged:,} cells below a merged cell got its text.",
        f"{merged:,} rows are hidden in the workbook; they were read.",
    )
    column = grid.cells.column(0)
    assert column[39_961].as_py() == column[39_962].as_py() == "a39960"


# --- the child


@pytest.fixture
def child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put a script in the place of the child's."""

    def put(code: str) -> None:
        script = tmp_path / "child.py"
        script.write_text(code)
        monkeypatch.setattr(sandbox, "_CHILD", script)

    return put


@pytest.mark.parametrize(
    "behaviour",
    [
        "import sys; sys.exit(3)",
        "import os; os.abort()",
        "raise ValueError('inside')",
        "pass",
        "print('no answer')",
        "print('[1]')",
        'print(\'{"sheet": "a"}\')',
    ],
)
def test_whatever_the_child_does_is_a_read_error(
    behaviour: str, child: Callable[[str], None], capfd: pytest.CaptureFixture[str]
) -> None:
    child(behaviour)
    with pytest.raises(ReadError, match=r"memory or time.*\(book\.xlsx\)"):
        read_workbook(b"PK\x03\x04", "book.xlsx")
    assert capfd.readouterr() == ("", "")


def test_a_child_that_hangs_is_ended(child: Callable[[str], None]) -> None:
    child("import time; time.sleep(600)")
    children = psutil.Process().children()
    with pytest.raises(ReadError, match="longer than the 1 seconds"):
        read_workbook(b"PK\x03\x04", "book.xlsx", limits=ReadLimits(seconds=1))
    assert psutil.Process().children() == children


def test_progress_grows_and_its_exception_ends_the_child(child: Callable[[str], None]) -> None:
    child("import time; time.sleep(600)")
    children = psutil.Process().children()
    shares: list[float] = []

    class CancelledError(Exception):
        pass

    def progress(share: float) -> None:
        shares.append(share)
        if len(shares) == 5:
            raise CancelledError

    with pytest.raises(CancelledError):
        read_workbook(b"PK\x03\x04", "book.xlsx", progress=progress)
    assert shares == sorted(set(shares))
    assert shares[0] >= 0 and shares[-1] < 1
    assert psutil.Process().children() == children


@pytest.mark.skipif(os.name != "posix", reason="limits are set with the POSIX resource module")
def test_a_ceiling_set_from_outside_does_not_end_every_workbook() -> None:
    code = (
        "import resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))\n"
        "from segmentation.reading.workbook import read_workbook\n"
        "print(read_workbook(sys.stdin.buffer.read(), 'b.xlsx').cells.num_rows)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=books.xlsx(("S", PEOPLE)),
        capture_output=True,
        check=False,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert done.stdout.split() == [b"4"], done.stderr.decode()[-500:]


# --- what a number format shows


def formatted(code: str, *cells: Any) -> Grid:
    def change(book: Any) -> None:
        for (cell,) in book.active.iter_rows(min_row=2, min_col=2, max_col=2):
            cell.number_format = code

    table = [["k", "value"], *[["x", cell] for cell in cells]]
    return read_workbook(books.xlsx(("S", table), change=change), "b")


def values(grid: Grid) -> list[str]:
    return [row[-1] for row in rows(grid)[1:]]


@pytest.mark.parametrize("code", ["00000", "00000;@", "[$-407]00000"])
def test_leading_zeros_that_the_format_shows_are_kept_and_told(code: str) -> None:
    grid = formatted(code, 1067, 10115, 7, 2.5, None, "A 1")
    assert values(grid) == ["01067", "10115", "00007", "2.5", "", "A 1"]
    assert grid.notes == ("2 numbers got the leading zeros that the format shows.",)


@pytest.mark.parametrize("code", ["0", "0.00", "#,##0", "0000-00"])
def test_other_formats_change_no_number(code: str) -> None:
    grid = formatted(code, 1067, 7)
    assert (values(grid), grid.notes) == (["1067", "7"], ())


@pytest.mark.parametrize("code", ["[h]:mm", "[h]:mm:ss", "[mm]:ss"])
def test_a_length_of_time_is_no_day_of_1900(code: str) -> None:
    grid = formatted(code, 1.25, 0.5, 2 + 1 / 86400, None)
    assert values(grid) == ["30:00:00", "12:00:00", "48:00:01", ""]
    assert grid.notes == ("3 lengths of time are written as hours:minutes:seconds.",)


def test_formats_are_seen_where_the_table_stands_and_in_large_sheets() -> None:
    def change(book: Any) -> None:
        for (cell,) in book.active.iter_rows(min_row=5, min_col=4, max_col=4):
            cell.number_format = "00000"

    count = 80_000
    table = [[None, None, "k", "value"], *[[None, None, "x", i] for i in range(count)]]
    grid = read_workbook(books.xlsx(("S", [[None]] * 3 + table), change=change), "b")
    assert values(grid) == [f"{i:05}" for i in range(count)]


def test_ids_that_lost_their_digits_are_a_doubt_with_their_count() -> None:
    alike = [1234567890123456000 + i for i in range(20)]
    grid = read_workbook(books.xlsx(("S", [["k", "id"], *[["x", i] for i in alike]])), "b")
    (doubt,) = grid.doubts
    assert "Column B" in doubt and "20 numbers have more digits" in doubt
    assert "digits may be lost; 20 of them are equal" in doubt


def test_ids_kept_as_text_or_short_enough_are_no_doubt() -> None:
    texts = [["k", "id"], *[["x", f"1234567890123456789{i}"] for i in range(20)]]
    assert read_workbook(books.xlsx(("S", texts)), "b").doubts == ()
    short = [["k", "id"], *[["x", 4_000_000_000_000_001 + 2 * i] for i in range(4)]]
    assert read_workbook(books.xlsx(("S", short)), "b").doubts == ()
