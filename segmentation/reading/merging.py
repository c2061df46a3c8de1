"""Merged cells: what a reader sees in an area is written in the cells it stands for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# Headers are near the top; merged cells farther down are records that share a value.
HEADER_WITHIN_ROWS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A merged area.

    Parameters
    ----------
    top, left, bottom, right : int
        Its outermost cells in the grid, from 0, all of them within.
    """

    top: int
    left: int
    bottom: int
    right: int


def with_merged_cells(cells: pa.Table, areas: Sequence[Area]) -> tuple[pa.Table, int]:
    """Fill merged areas with the text of their first cell, where that says what a reader sees.

    In a header row the text fills its row, so that every column under it has it; a header that is
    merged downwards stays in its first row, so that its name is not said twice. Among the records
    the text fills down. A title, alone in its row, and an area across several columns of a record
    stay as they are.

    Parameters
    ----------
    cells : pyarrow.Table
        Columns of strings.
    areas : sequence of Area
        The merged areas; parts outside the table are ignored, and areas that overlap others.

    Returns
    -------
    cells, filled
        The table, and how many cells of records got a text.

    Examples
    --------
    >>> table = pa.table({"0": ["2024", "spring"], "1": ["", "autumn"], "2": ["all", "all"]})
    >>> with_merged_cells(table, [Area(top=0, left=0, bottom=0, right=1)])[0].column(1).to_pylist()
    ['2024', 'autumn']
    """
    rows, columns = cells.num_rows, cells.num_columns
    areas = [area for area in areas if 0 <= area.top < rows and 0 <= area.left < columns]
    headers = _header_rows(cells, areas)
    fills: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
    filled = 0
    # No program writes areas that overlap, and filling a cell over and over could take for ever.
    free_column: dict[int, int] = {}
    free_row: dict[int, int] = {}
    for area in sorted(areas, key=lambda area: (area.top, area.left)):
        text = cells.column(area.left)[area.top].as_py()
        if not text:
            continue
        if area.top in headers and area.left >= free_column.get(area.top, 0):
            free_column[area.top] = area.right + 1
            for column in range(area.left + 1, min(area.right + 1, columns)):
                fills[column].append((area.top, area.top + 1, text))
        elif (
            area.left == area.right
            and area.top > max(headers, default=-1)
            and area.top >= free_row.get(area.left, 0)
        ):
            free_row[area.left] = bottom = min(area.bottom + 1, rows)
            fills[area.left].append((area.top, bottom, text))
            filled += bottom - area.top - 1
    for column, spans in fills.items():
        cells = cells.set_column(
            column, cells.schema.field(column), _filled(cells.column(column), spans)
        )
    return cells, filled


def _header_rows(cells: pa.Table, areas: Sequence[Area]) -> set[int]:
    """Find the first row of more than one text, and rows near it with areas across columns."""
    near = cells.slice(0, HEADER_WITHIN_ROWS).to_pylist()
    texts = [sum(map(bool, row.values())) for row in near]
    first = next((row for row, count in enumerate(texts) if count > 1), None)
    if first is None:
        return set()
    headers = {first}
    across = Counter(area.top for area in areas if area.right > area.left)
    # A second header row with areas of its own follows at once, if at all.
    while across[max(headers) + 1] > 1:
        headers.add(max(headers) + 1)
    return headers


def _filled(column: pa.ChunkedArray, spans: list[tuple[int, int, str]]) -> pa.ChunkedArray:
    source = np.full(len(column), -1)
    for number, (start, stop, _) in enumerate(spans):
        source[start:stop] = number
    texts = pa.array([text for _, _, text in spans], column.type)
    given = texts.take(pa.array(source, mask=source < 0))
    return pc.coalesce(given, column)
