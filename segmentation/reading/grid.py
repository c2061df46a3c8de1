"""What every reader returns before the header is understood: a rectangle of text cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from segmentation.errors import ReadError
from segmentation.results import Change, Question, SetAsideLine, Sheet

MOST_COLUMNS = 2_000
MOST_CELLS = 200_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grid:
    """A rectangle of text, header included.

    Parameters
    ----------
    cells : pyarrow.Table
        Columns of strings without nulls.
    lines : ndarray of int, shape (rows,)
        Line of the text file, or row of the sheet, each row begins on, from 1.
    widths : ndarray of int, shape (rows,)
        Cells each row had in the file; 0 for a blank line.
    width : int or None
        Cells that most rows have; None if the reader does not know.
    encoding, delimiter : str or None
        Of a text file; None for a workbook.
    sheet : str or None
        The worksheet read; None for a text file.
    sheets : tuple of Sheet
        All worksheets, in their order.
    texts : dict of column to ndarray of bool, shape (rows,)
        Of a workbook, by position: the text cells of columns with cells such as 1.234.
    set_aside, changes, questions, notes, doubts
        As for `ReadReport`, as far as the reader knows.
    """

    cells: pa.Table
    lines: npt.NDArray[np.int64]
    widths: npt.NDArray[np.int32]
    width: int | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    sheets: tuple[Sheet, ...] = ()
    texts: dict[int, npt.NDArray[np.bool_]] = field(default_factory=dict)
    set_aside: tuple[SetAsideLine, ...] = ()
    changes: tuple[Change, ...] = ()
    questions: tuple[Question, ...] = ()
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    def rows(self, indices: Sequence[int]) -> list[list[str]]:
        """Return rows as lists of text."""
        if not len(indices):
            return []
        if self.cells.num_columns == 0:
            return [[] for _ in indices]
        # Taking from all of a large table copies much of it.
        first, last = min(indices), max(indices)
        near = self.cells.slice(first, last - first + 1)
        taken = near.take(pa.array([index - first for index in indices], pa.int64()))
        columns = [column.to_pylist() for column in taken.columns]
        return [list(row) for row in zip(*columns, strict=True)]


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
            f"The table would have {columns:,} columns"
            + ("" if columns > MOST_COLUMNS else f" and {rows:,} rows")
            + ", more than is read",
            where=name,
            remedy=f"Keep to {MOST_COLUMNS:,} columns and {MOST_CELLS:,} cells; look for a line "
            "with far too many delimiters",
        )
