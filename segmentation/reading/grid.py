"""What every reader returns before the header is understood: a rectangle of text cells."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grid:
    """A rectangle of text, header included.

    Parameters
    ----------
    cells : pyarrow.Table
        Columns of strings without nulls; row 0 is the first line of the file that is not blank.
    encoding, delimiter : str or None
        Of a text file; None for a workbook.
    sheet : str or None
        The worksheet read; None for a text file.
    sheets : tuple of str
        All worksheets, in their order.
    short_rows : int
        Rows that had fewer cells than the header and were filled with empty ones.
    """

    cells: pa.Table
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    short_rows: int = 0
