"""Which rows of a grid name the columns, which are records, and which are neither."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from segmentation.reading.ending import TAIL_ROWS, find_end
from segmentation.reading.grid import Grid
from segmentation.reading.header import find_header, first_row, table_width
from segmentation.reading.rows import blank_rows, is_drawn, kinds_below, take
from segmentation.results import LineReason

HEAD_ROWS = 200


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layout:
    """What each row of a grid is.

    Parameters
    ----------
    header : tuple of int
        Rows that name the columns; none if they have no names.
    records : ndarray of int
        Rows that are records.
    width : int
        Columns the table has by its header, or by its records if it has none.
    set_aside : tuple of (row, reason)
        Rows that are neither; blank lines are not listed.
    """

    header: tuple[int, ...]
    records: npt.NDArray[np.int64]
    width: int
    set_aside: tuple[tuple[int, LineReason], ...]


def find_layout(grid: Grid, header_rows: int | None = None) -> Layout:
    """Find the header, the records, and what stands around them.

    The first table of the grid is taken. What is text where its columns hold numbers, dates,
    addresses or codes of one form names them; lines above are a preamble; lines below that fill one
    cell are footnotes, and those that add up the columns are totals.

    Parameters
    ----------
    grid : Grid
        As read.
    header_rows : int, optional
        The number of header rows, if it is known.

    Examples
    --------
    >>> from segmentation.reading.delimited import read_delimited
    >>> from segmentation.settings import ReadSettings
    >>> data = b"Sales 2011\\n\\nshop,sales\\nA,5\\nB,7\\nTotal,12\\n"
    >>> found = find_layout(read_delimited(data, "a.csv", ReadSettings()))
    >>> found.header, found.records.tolist(), found.set_aside
    ((2,), [3, 4], ((0, 'preamble'), (5, 'total')))
    """
    blank = blank_rows(grid)
    present = np.flatnonzero(~blank)
    near_the_ends = np.union1d(present[:HEAD_ROWS], present[-TAIL_ROWS:])
    drawn = [row.index for row in take(grid, near_the_ends) if is_drawn(row)]
    if drawn:
        return _around(drawn, grid, header_rows)
    return _layout(grid, blank, header_rows)


def _layout(grid: Grid, blank: npt.NDArray[np.bool_], header_rows: int | None) -> Layout:
    present = np.flatnonzero(~blank)
    if not len(present):
        return Layout(header=(), records=np.empty(0, dtype=np.int64), width=0, set_aside=())
    head = take(grid, present[:HEAD_ROWS])
    width = table_width(head, grid)
    start = first_row(head, width)
    kinds = kinds_below(head[start + 1 :], width)
    if header_rows is None:
        first, count = find_header(head, start, width, kinds)
    else:
        first, count = (start, header_rows) if header_rows else (start, 0)
    header = tuple(row.index for row in head[first : first + count])
    begin = header[-1] + 1 if header else head[first].index
    kinds = kinds_below(head[first + count :], width)
    rest = present[np.searchsorted(present, begin) :]
    end, why_not = find_end(
        grid, rest, blank, kinds, width, [row.cells for row in head[first : first + count]]
    )
    named = max((row.width for row in head[first : first + count]), default=width)
    aside: list[tuple[int, LineReason]] = [(row.index, "preamble") for row in head[:first]]
    aside += why_not
    aside += [(int(row), "other_table") for row in rest[rest >= end]]
    is_record = np.zeros(len(blank), dtype=bool)
    is_record[begin:end] = grid.widths[begin:end] > 0
    out = [row for row, _ in why_not]
    is_record[out] = False
    if out or end < len(blank):
        # A row of delimiters alone is a record of empty cells, but not between a table and its
        # notes.
        filled = np.flatnonzero(is_record & ~blank)
        is_record[int(filled[-1]) + 1 if len(filled) else begin :] = False
    return Layout(
        header=header,
        records=np.flatnonzero(is_record),
        width=named,
        set_aside=tuple(sorted(aside)),
    )


def _around(drawn: list[int], grid: Grid, header_rows: int | None) -> Layout:
    """Find the layout as if some rows were not there."""
    kept = np.delete(np.arange(len(grid.lines)), drawn)
    edges = [-1, *drawn, len(grid.lines)]
    parts = [grid.cells.slice(a + 1, b - a - 1) for a, b in itertools.pairwise(edges)]
    rest = replace(
        grid, cells=pa.concat_tables(parts), lines=grid.lines[kept], widths=grid.widths[kept]
    )
    found = _layout(rest, blank_rows(rest), header_rows)
    aside = [(int(kept[row]), reason) for row, reason in found.set_aside]
    return Layout(
        header=tuple(int(kept[row]) for row in found.header),
        records=kept[found.records],
        width=found.width,
        set_aside=tuple(sorted([*aside, *((row, "page_mark") for row in drawn)])),
    )
