"""Rows of a grid near the head or the tail, and what stands below each other in them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from segmentation.reading.grid import Grid
from segmentation.reading.kinds import Kind, column_kinds
from segmentation.settings import MOST_HEADER_ROWS

BODY_ROWS = 100
FEWEST_FOR_A_TABLE = 3

_DRAWN = re.compile(r"[-=_+|: ]*[-=_]{2}[-=_+|: ]*")
_LINE = re.compile(r"([-=_])\1\1|:--|--:")


@dataclass(frozen=True, slots=True)
class Row:
    """A row near the head or the tail."""

    index: int
    cells: list[str]
    width: int

    @property
    def filled(self) -> int:
        return sum(bool(cell.strip()) for cell in self.cells)

    @property
    def extent(self) -> int:
        """Cells up to the last that is filled."""
        last = (i for i in range(len(self.cells), 0, -1) if self.cells[i - 1].strip())
        return next(last, 0)


def take(grid: Grid, rows: npt.NDArray[np.int64]) -> list[Row]:
    cells = grid.rows(rows.tolist())
    widths = grid.widths[rows].tolist()
    return [
        Row(index, found, width)
        for index, found, width in zip(rows.tolist(), cells, widths, strict=True)
    ]


def blank_rows(grid: Grid) -> npt.NDArray[np.bool_]:
    """Tell the rows without any text."""
    blank = np.ones(grid.cells.num_rows, dtype=bool)
    start = 0
    for batch in grid.cells.to_batches():
        here = blank[start : start + batch.num_rows]
        for column in batch.columns:
            rows = np.flatnonzero(here)
            if not len(rows):
                break
            part = column if len(rows) == len(here) else column.take(pa.array(rows))
            empty = pc.equal(pc.utf8_trim_whitespace(part), "")
            here[rows] = empty.to_numpy(zero_copy_only=False)
        start += batch.num_rows
    return blank


def kinds_below(below: list[Row], width: int) -> list[Kind]:
    """Say what the columns hold, from the rows before the first gap if they are enough."""
    together = itertools.takewhile(
        lambda pair: pair[1].index == pair[0].index + 1, itertools.pairwise(below)
    )
    near = below[: 1 + sum(1 for _ in together)]
    body = [row.cells for row in (near if len(near) >= FEWEST_FOR_A_TABLE else below)]
    # The first rows may still belong to the header, the last ones to another table.
    skipped = min(MOST_HEADER_ROWS - 1, max(0, len(body) - FEWEST_FOR_A_TABLE))
    enough = min(BODY_ROWS, max(FEWEST_FOR_A_TABLE, len(body) // 2))
    return column_kinds(body[skipped : skipped + enough], width)


def is_drawn(row: Row) -> bool:
    """Tell a line drawn with dashes, as between a header and its records."""
    texts = [cell.strip() for cell in row.cells if cell.strip()]
    return all(map(_DRAWN.fullmatch, texts)) and any(map(_LINE.search, texts))


def typed_columns(kinds: Sequence[Kind]) -> list[int]:
    return [i for i, found in enumerate(kinds) if found not in ("text", "empty")]


def filled_in(body: list[list[str]], i: int) -> list[str]:
    return [row[i].strip() for row in body if i < len(row) and row[i].strip()]


def form(text: str) -> str:
    return re.sub(r"[^\W\d_]+", "A", re.sub(r"\d+", "9", text))
