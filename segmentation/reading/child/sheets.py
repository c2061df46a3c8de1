"""The sheets of a workbook, read by calamine."""

from __future__ import annotations

import re
import struct
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

from segmentation.errors import ReadError
from segmentation.reading.child.looking import Look, Marks, check_sheets
from segmentation.reading.child.shown import A_SPAN, Styled, with_spans, with_zeros
from segmentation.reading.child.zips import damaged, protected
from segmentation.reading.limits import ReadLimits

HEAD_ROWS = 30
WINDOW_ROWS = 1_000
# The shortest text of a number that calamine may have cut, and shorter than any date.
SHORTEST_DOUBTFUL = 11
SHOWN_COLUMNS = 5
LONGEST_SHOWN = 80
# Each reserves address space, which is bounded.
WORKERS = 4

DATE = r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$"
# Calamine's text of a number stops at nine decimals, and has digits beyond what a number holds.
PERHAPS_CUT = r"^-?\d+\.\d{9}$|^-?\d{16,}$"
GROUPED = r"^\s*[-+]?[1-9]\d{0,2}(?:\.\d{3})+\s*$"
CELL_ERROR = re.compile(r"Error\((\w+)\)")

ENCRYPTED_PACKAGE = re.compile("EncryptedPackage".encode("utf-16-le"))
XLS_START = re.compile(rb"\x09\x08\x10\x00\x00[\x05\x06]\x05\x00.{12}", re.DOTALL)
XLS_FILE_PASS, XLS_SHEET = 0x2F, 0x85

ERRORS = {
    "Div0": "#DIV/0!",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
}


def read_workbook(
    content: memoryview,
    limits: ReadLimits,
    wanted: str | None,
    refuse: Callable[[ReadError], None],
) -> tuple[dict[str, object], Any]:
    """Give the sheet that is wanted, or the one that looks most like a table, and what is in it.

    What is found while calamine is at work goes to `refuse`, which doesn't return.
    """
    look = None
    if bytes(content[:2]) == b"PK":
        look = Look(content, limits, refuse)
    elif re.search(ENCRYPTED_PACKAGE, content) or has_encrypted_records(content):
        raise protected()
    # Needed once calamine is done, which works without the interpreter's lock.
    threading.Thread(target=import_module, args=("pyarrow.compute",), daemon=True).start()
    import fastexcel

    try:
        # By its path calamine reads the file as it goes; given bytes it makes a copy.
        own = Path("/dev/stdin")
        reader = fastexcel.read_excel(own if own.exists() else bytes(content))
    except fastexcel.FastExcelError as error:
        if "assword" in str(error):
            raise protected() from None
        raise damaged() from None
    names = reader.sheet_names
    check_sheets(len(names), limits)
    if wanted is not None and wanted not in names:
        listed = ", ".join(repr(name) for name in names[:20])
        raise ReadError(f"There is no sheet {wanted!r}", remedy=f"Choose one of {listed}")
    sheets = []
    best: Sheet | None = None
    for index, name in enumerate(names):
        try:
            sheet = Sheet(reader, index, head_only=wanted not in (None, name))
        except fastexcel.FastExcelError:
            if name == wanted:
                raise damaged() from None
            continue
        sheets.append(sheet)
        if wanted in (None, name) and sheet.rows and (best is None or sheet.score > best.score):
            if best is not None:
                del best.batch
            best = sheet
        else:
            del sheet.batch
    if not sheets:
        raise damaged()
    if best is None:
        none = "No sheet of the workbook has a table" if wanted is None else "The sheet is empty"
        raise ReadError(none, remedy="Choose one with a header row and data")
    import pyarrow as pa

    columns = best.tidy(reader)
    texts = best.texts(reader, columns)
    marks = Marks(limits)
    if look is not None:
        look.thread.join()
        if len(look.marks) == len(names):
            marks = look.marks[best.index]
    columns, zeros, spans = best.as_shown(reader, columns, marks.styled)
    said = {
        "sheet": best.name,
        "alike": [sheet.name for sheet in sheets if sheet.is_like(best)] if wanted is None else [],
        "sheets": [sheet.described for sheet in sheets],
        "first_row": best.first_row,
        "first_column": best.first_column,
        "merges": marks.merges,
        "hidden_rows": marks.hidden_rows,
        "uncomputed": marks.uncomputed,
        "errors": best.errors,
        "texts": list(texts),
        "zeros": zeros,
        "spans": spans,
        "long": best.long,
    }
    columns += texts.values()
    return said, pa.table(columns, names=[str(i) for i in range(len(columns))])


def has_encrypted_records(content: memoryview) -> bool:
    """Whether an XLS says before its list of sheets that it is encrypted; calamine doesn't ask."""
    start = XLS_START.search(content)
    at = start.end() if start else len(content)
    kind = 0
    while kind not in (XLS_FILE_PASS, XLS_SHEET) and at + 4 <= len(content):
        kind, size = struct.unpack_from("<HH", content, at)
        at += 4 + size
    return kind == XLS_FILE_PASS


class Sheet:
    """One sheet: its size, its first rows, its cells as text."""

    def __init__(self, reader: Any, index: int, *, head_only: bool) -> None:
        loaded = self.load(reader, index, "string", HEAD_ROWS if head_only else None)
        self.batch, errors = loaded.to_arrow_with_errors()
        self.index = index
        self.name = loaded.name
        self.hidden = loaded.visible != "visible"
        blank = self.blank_rows_above()
        self.first_row = blank + 1
        columns = loaded.selected_columns
        self.first_column = columns[0].absolute_index + 1 if columns else 1
        self.rows = max(0, loaded.total_height - blank) if columns else 0
        self.columns = len(columns)
        self.filled = sum(len(column) - column.null_count for column in self.batch.columns)
        self.errors: dict[str, int] = {}
        self.long: list[tuple[int, int, int]] = []
        for error in errors.errors if errors is not None else ():
            if found := CELL_ERROR.search(error.detail):
                text = ERRORS.get(found[1], found[1])
                self.errors[text] = self.errors.get(text, 0) + 1
        self.header, self.first = self.head()

    @staticmethod
    def load(reader: Any, index: int, dtypes: str, rows: int | None = None) -> Any:
        return reader.load_sheet(index, header_row=None, skip_rows=0, dtypes=dtypes, n_rows=rows)

    def blank_rows_above(self) -> int:
        """Count the rows before the first that has anything in it."""
        import pyarrow.compute as pc

        for start in range(0, self.batch.num_rows, WINDOW_ROWS):
            window = self.batch.slice(start, WINDOW_ROWS)
            firsts = [pc.index(pc.is_valid(column), True).as_py() for column in window.columns]
            first: int = min((found for found in firsts if found >= 0), default=-1)
            if first >= 0:
                return start + first
        return 0

    def head(self) -> tuple[list[str], list[str]]:
        """Find the first row that could be a header, and the row below it."""
        top = self.batch.slice(self.first_row - 1, HEAD_ROWS)
        rows = [[cell or "" for cell in row.values()] for row in top.to_pylist()]
        for row, below in pairwise(rows):
            filled = [cell for cell in row if cell]
            if (
                len(filled) > 1
                and len(set(filled)) == len(filled)
                and not any(is_number(cell) for cell in filled)
                and sum(map(bool, below)) > 1
            ):
                return row, below
        return [], []

    @property
    def score(self) -> tuple[bool, bool, int]:
        return not self.hidden, bool(self.header), self.filled

    def is_like(self, other: Sheet) -> bool:
        """Whether it might be meant as well as the other."""
        return self.score[:2] == other.score[:2] == (True, True) and (
            self.header == other.header or 2 * self.filled >= other.filled
        )

    @property
    def described(self) -> dict[str, object]:
        return {
            "name": self.name,
            "rows": self.rows,
            "columns": self.columns,
            "hidden": self.hidden,
            "header": [cell[:LONGEST_SHOWN] for cell in self.header[:SHOWN_COLUMNS]],
            "first": [cell[:LONGEST_SHOWN] for cell in self.first[:SHOWN_COLUMNS]],
        }

    def tidy(self, reader: Any) -> list[Any]:
        """Give the columns as large strings without nulls, dates and long numbers put right."""
        import pyarrow as pa
        import pyarrow.compute as pc

        columns, cut = list(self.batch.columns), []
        del self.batch
        for i, (column, perhaps_cut) in enumerate(side_by_side(with_short_dates, columns)):
            columns[i] = column
            if perhaps_cut:
                cut.append(i)
        if cut:
            numbers = self.load(reader, self.index, "float").to_arrow()
            for i in cut:
                columns[i] = with_all_digits(columns[i], numbers.column(i))
                count, alike = rounded(columns[i], numbers.column(i))
                if count:
                    self.long.append((i + self.first_column, count, alike))
        for i, column in enumerate(columns):
            column = column.slice(self.first_row - 1)
            columns[i] = pc.fill_null(column.cast(pa.large_string()), "")
        return columns

    def texts(self, reader: Any, columns: list[Any]) -> dict[int, Any]:
        """Tell the text cells of columns in which a text 1.234 looks like a number."""
        import pyarrow as pa
        import pyarrow.compute as pc

        doubtful = [i for i, found in enumerate(side_by_side(has_grouped, columns)) if found]
        if not doubtful:
            return {}
        # Only numbers, and truth values, become truth values.
        truths = self.load(reader, self.index, "boolean").to_arrow()
        return {
            i: pc.and_(
                pc.is_null(truths.column(i).slice(self.first_row - 1)),
                pc.not_equal(columns[i], pa.scalar("", pa.large_string())),
            )
            for i in doubtful
        }

    def as_shown(
        self, reader: Any, columns: list[Any], styled: dict[int, Styled]
    ) -> tuple[list[Any], int, int]:
        """Give the columns as their formats show them; say how many cells that changed, by kind."""
        lengths = None
        zeros = spans = 0
        for number, cells in styled.items():
            i = number - self.first_column
            if not 0 <= i < len(columns):
                continue
            columns[i], count = with_zeros(columns[i], cells, self.first_row)
            zeros += count
            if A_SPAN in cells.digits:
                if lengths is None:
                    lengths = self.load(reader, self.index, "duration").to_arrow()
                own = lengths.column(i).slice(self.first_row - 1)
                columns[i], count = with_spans(columns[i], own, cells, self.first_row)
                spans += count
        return columns, zeros, spans


def is_number(text: str) -> bool:
    """Whether a cell is one; ``nan`` and the like are words."""
    return bool(re.fullmatch(r"[-+]?[\d.,]*\d[\d.,]*(?:[eE][-+]?\d+)?%?", text.strip()))


def side_by_side(do: Callable[[Any], Any], columns: list[Any]) -> Iterator[Any]:
    """Do it to several columns at once; Arrow works without the interpreter's lock."""
    with ThreadPoolExecutor(WORKERS) as pool:
        return pool.map(do, columns)


def any_match(texts: Any, pattern: str) -> bool:
    """Whether a regular expression fits any text."""
    import pyarrow.compute as pc

    return bool(pc.any(pc.match_substring_regex(texts, pattern)).as_py())


def has_grouped(texts: Any) -> bool:
    """Whether a text looks like a number in groups of thousands."""
    import numpy as np

    # Most columns have no point anywhere, which the bytes tell at once.
    written = np.frombuffer(texts.buffers()[2] or b"", dtype=np.uint8)
    return bool((written == ord(".")).any()) and any_match(texts, GROUPED)


def with_short_dates(column: Any) -> tuple[Any, bool]:
    """Write its dates as short as they are, and say whether it has numbers that may be cut."""
    import pyarrow.compute as pc

    lengths = pc.binary_length(column)
    if (pc.max(lengths).as_py() or 0) < SHORTEST_DOUBTFUL:
        return column, False
    long = column.filter(pc.greater_equal(lengths, SHORTEST_DOUBTFUL))
    return without_midnight(column, long), any_match(long, PERHAPS_CUT)


def without_midnight(column: Any, long: Any) -> Any:
    """Write days as days in a column without times, and times of no day as times.

    `long` holds those of its cells that are long enough to be dates.
    """
    import pyarrow.compute as pc

    midnight, timeless = pc.ends_with(long, " 00:00:00"), pc.starts_with(long, "1899-12-31 ")
    if not (pc.any(midnight).as_py() or pc.any(timeless).as_py()):
        return column
    is_moment = pc.match_substring_regex(long, DATE)
    if pc.all(pc.or_(timeless, pc.invert(is_moment))).as_py():
        kept = {"start": 11}
    elif pc.all(pc.or_(midnight, pc.invert(is_moment))).as_py():
        kept = {"start": 0, "stop": 10}
    else:
        return column
    is_moment = pc.fill_null(pc.match_substring_regex(column, DATE), False)
    return pc.if_else(is_moment, pc.utf8_slice_codeunits(column, **kept), column)


def rounded(texts: Any, numbers: Any) -> tuple[int, int]:
    """Count whole numbers longer than a workbook keeps digits, and those equal to another."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    values = np.asarray(pc.fill_null(numbers, 0.0))
    whole = np.asarray(pc.fill_null(pc.match_substring_regex(texts, r"^-?\d{16,}$"), False))
    # Typed in, the digits beyond the fifteenth become 0; a program writes all that a float holds.
    lost = (np.abs(values) >= 2.0**53) | (values % 10 == 0)
    # Ids that are stored as text look like numbers too, but have digits of their own.
    longest = values[whole & lost]
    written = texts.filter(pa.array(whole & lost)).to_pylist()
    stored = zip(longest.tolist(), written, strict=True)
    values = longest[[shortest(number) == text for number, text in stored]]
    _, counts = np.unique(values, return_counts=True)
    return len(values), int(counts[counts > 1].sum())


def shortest(number: float) -> str:
    """Write a number with the fewest digits that read back the same, without an exponent."""
    from decimal import Decimal

    return format(Decimal(repr(number)), "f").removesuffix(".0")


def with_all_digits(texts: Any, numbers: Any) -> Any:
    """Write the numbers with the fewest digits that read back the same; leave text alone."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    differs = pc.fill_null(pc.not_equal(numbers.cast(pa.string()), texts), False)
    mask = differs.to_numpy(zero_copy_only=False).copy()
    written = []
    for row in np.flatnonzero(mask):
        text, number = texts[row].as_py(), numbers[row].as_py()
        # Text that looks like a number is in `numbers` too; calamine's own writing tells.
        if f"{number:.9f}".rstrip("0").rstrip(".") == text:
            written.append(shortest(number))
        else:
            mask[row] = False
    return pc.replace_with_mask(texts, pa.array(mask), pa.array(written, pa.string()))
