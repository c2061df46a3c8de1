"""Worksheets that hold numbers as numbers, and no text that could run."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from segmentation.exporting.sheet_rows import cell_text
from segmentation.exporting.zipped import zip_entry

WHOLE, GROUPED, DECIMAL, SMALL = "0", "#,##0", "#,##0.00", "0.0000"
PERCENT, DAY, TIME = "0.0%", "yyyy-mm-dd", "yyyy-mm-dd hh:mm"

BOLD = {"font": Font(name="Calibri", size=11, bold=True)}
TITLE = {"font": Font(name="Calibri", size=16, bold=True)}
INDENTED = {"alignment": Alignment(horizontal="left", indent=1, wrap_text=True, vertical="top")}
WRAPPED = {"alignment": Alignment(wrap_text=True, vertical="top")}
# In points: a line of text, and the most that a row can be.
LINE, TALLEST = 15, 409
# How many letters have room where a column is one wide; words are not broken.
LETTERS = 0.75
RIGHT = {"alignment": Alignment(horizontal="right", vertical="bottom", wrap_text=True)}
HEADER = {
    **BOLD,
    "alignment": Alignment(wrap_text=True, vertical="bottom"),
    "border": Border(bottom=Side(style="thin", color="7D8790")),
}

Body = Callable[[], Iterator[bytes]]


class Sheet:
    """A worksheet that is written row by row.

    Parameters
    ----------
    book : Workbook
        Write-only.
    title : str
        Of the sheet.
    widths : sequence of float
        Of its columns, in characters.
    frozen : str, optional
        The first cell that scrolls.
    """

    def __init__(
        self, book: Workbook, title: str, widths: Sequence[float], frozen: str | None = None
    ) -> None:
        self.sheet: Any = book.create_sheet(title)
        self.rows, self.widths = 0, widths
        self.sheet.freeze_panes = frozen
        self.sheet.page_setup.orientation, self.sheet.page_setup.fitToHeight = "landscape", 0
        self.sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        for i, width in enumerate(widths, start=1):
            self.sheet.column_dimensions[get_column_letter(i)].width = width

    def cell(self, value: str | float | None, form: str | None = None, **look: Any) -> Any:
        """Return a cell; text in it is made safe."""
        missing = isinstance(value, float) and not np.isfinite(value)
        cell: Any = WriteOnlyCell(self.sheet, None if missing else value)
        if isinstance(value, str):
            # Or a text such as #N/A would become an error.
            cell._value, cell.data_type = cell_text(value), "s"
        if form is not None:
            cell.number_format = form
        for name, style in look.items():
            setattr(cell, name, style)
        return cell

    def add(self, *values: Any, **look: Any) -> None:
        """Add a row of values, or of cells; it is as high as its wrapped text needs."""
        plain = (str, int, float, type(None))
        cells = [self.cell(value, **look) if isinstance(value, plain) else value
                 for value in values]  # fmt: skip
        self.rows += 1
        lines = [
            -(-len(cell.value) // (LETTERS * width))
            for cell, width in zip(cells, self.widths, strict=False)
            if isinstance(cell.value, str) and cell.alignment.wrap_text
        ]
        if max(lines, default=1) > 1:
            self.sheet.row_dimensions[self.rows].height = min(LINE * max(lines), TALLEST)
        self.sheet.append(cells)

    def head(self, names: Sequence[str], right: Iterable[int] = ()) -> None:
        """Add a row of column names, those of numbers at the right."""
        above = set(right)
        self.add(
            *(
                self.cell(name, **HEADER | (RIGHT if i in above else {}))
                for i, name in enumerate(names)
            )
        )


class BookArchive(zipfile.ZipFile):
    """The zip that a workbook is, without the time it was made.

    Parameters
    ----------
    file : file object
        To write to.
    bodies : dict of str to callable
        For sheets whose rows are made faster than cell by cell: by path, what gives their XML.
    """

    def __init__(self, file: IO[bytes], bodies: dict[str, Body]) -> None:
        super().__init__(file, "w", zipfile.ZIP_DEFLATED)
        self.bodies = bodies

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_: Any, **__: Any) -> None:
        """Add a part."""
        super().writestr(zip_entry(zinfo_or_arcname), data)

    def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:
        """Add a sheet, and its rows where they are made here."""
        head, end, tail = Path(filename).read_bytes().rpartition(b"</sheetData>")
        with self.open(zip_entry(arcname), "w", force_zip64=True) as part:
            part.write(head)
            for block in self.bodies.get(arcname, lambda: iter(()))():
                part.write(block)
            part.write(end + tail)


def formats_of(frame: pd.DataFrame, plain: Iterable[str]) -> list[str | None]:
    """Choose a number format for each column, None for texts; those named get no commas."""
    return [_format(frame[name], name in set(plain)) for name in frame.columns]


def _format(column: pd.Series[Any], plain: bool) -> str | None:
    if pd.api.types.is_datetime64_dtype(column):
        days = (column.isna() | (column == column.dt.normalize())).all()
        return DAY if days else TIME
    numbers: pd.Series[Any] = column
    if column.dtype == object:
        numbers = pd.Series([c for c in column if isinstance(c, float)], dtype=float)
    if not pd.api.types.is_numeric_dtype(numbers) or not len(numbers):
        return None
    values = numbers.to_numpy(dtype=float)
    values = values[np.isfinite(values)]
    largest = float(np.abs(values).max(initial=0.0))
    if bool((values % 1 == 0).all()):
        # A year has no comma.
        return WHOLE if plain or largest < 10_000 else GROUPED
    return DECIMAL if largest >= 1 else SMALL
