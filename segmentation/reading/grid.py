"""What every reader returns before the header is understood: a rectangle of text cells."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from segmentation.errors import ReadError
from segmentation.results import Question, Sheet

MOST_COLUMNS = 2_000
MOST_CELLS = 200_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grid:
    """A rectangle of text, header included.

    Parameters
    ----------
    cells : pyarrow.Table
        Columns of strings without nulls; row 0 is the first line of the file that is not blank.
    first_row : int
        Row of the sheet that row 0 is, from 1.
    encoding, delimiter : str or None
        Of a text file; None for a workbook.
    sheet : str or None
        The worksheet read; None for a text file.
    sheets : tuple of Sheet
        All worksheets, in their order.
    short_rows : int
        Rows that had fewer cells than the header and were filled with empty ones.
    overflow_columns : int
        Columns at the right that only rows longer than the header reach.
    questions : tuple of Question
        What the bytes alone don't tell.
    notes : tuple of str
        What a careful reader would want to be told, in sentences.
    """

    cells: pa.Table
    first_row: int = 1
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    sheets: tuple[Sheet, ...] = ()
    short_rows: int = 0
    overflow_columns: int = 0
    questions: tuple[Question, ...] = ()
    notes: tuple[str, ...] = ()


def check_extent(rows: int, columns: int, name: str) -> None:
    """Refuse a rectangle that no analyst's table has, before memory is spent on it.

    Raises
    ------
    ReadError
        If there are more than 2,000 columns or 200 million cells.

    Examples
    --------
    >>> check_extent(541_910, 8, "orders.csv")
    """
    if columns > MOST_COLUMNS or rows * columns > MOST_CELLS:
        raise ReadError(
            f"The table would have {rows:,} rows and {columns:,} columns, more than is read",
            where=name,
            remedy=f"Keep to {MOST_COLUMNS:,} columns and {MOST_CELLS:,} cells; look for a line "
            "with far too many delimiters",
        )
