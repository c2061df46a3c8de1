"""Where a table ends, and what in it is no record: another table, the header again, footnotes."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from segmentation.reading.grid import Grid
from segmentation.reading.header import name_votes
from segmentation.reading.kinds import Kind, agreement, column_kinds, kind
from segmentation.reading.rows import (
    BODY_ROWS,
    FEWEST_FOR_A_TABLE,
    Row,
    form,
    kinds_below,
    take,
    typed_columns,
)
from segmentation.reading.totals import find_totals, names_a_page
from segmentation.results import LineReason

TAIL_ROWS = 12
MOST_HEADS = 5
MOST_WORDY = 0.01

_NOTE = re.compile(
    r"\W*(?:source|note|quelle|hinweis|nota|fuente|fonte|fonte|stand)\b|^[*#†]", re.I
)


def find_end(
    grid: Grid,
    rest: npt.NDArray[np.int64],
    blank: npt.NDArray[np.bool_],
    kinds: Sequence[Kind],
    width: int,
    header: list[list[str]],
) -> tuple[int, list[tuple[int, LineReason]]]:
    """Find where the first table ends, and what in it and behind it is no record."""
    aside: list[tuple[int, LineReason]] = []
    end = len(blank)
    for row in _breaks(grid, rest, blank, kinds, width, header):
        at = int(np.searchsorted(rest, row))
        here, *below = take(grid, rest[at : at + 2 + FEWEST_FOR_A_TABLE])
        if width > 1 and _is_header(here, header):
            aside += [(above, "page_mark") for above in _heads_a_page(grid, rest, at, width)]
            aside.append((row, "repeated_header"))
        elif at > 0 and (
            (_titles_a_table(here, below, width) and not any(_is_header(r, header) for r in below))
            or _starts_a_table(here, below[:FEWEST_FOR_A_TABLE], kinds, width, bool(blank[row - 1]))
        ):
            end = row
            break
    rest = _without(rest[: np.searchsorted(rest, end)], aside)
    totals = find_totals(grid, rest, kinds, width)
    rest = _without(rest, totals)
    notes = _tail(grid, rest[-TAIL_ROWS:].tolist(), rest, blank, kinds, width)
    return end, [*aside, *totals, *notes]


def _without(
    rows: npt.NDArray[np.int64], aside: list[tuple[int, LineReason]]
) -> npt.NDArray[np.int64]:
    return rows[~np.isin(rows, [row for row, _ in aside])] if aside else rows


def _breaks(
    grid: Grid,
    rest: npt.NDArray[np.int64],
    blank: npt.NDArray[np.bool_],
    kinds: Sequence[Kind],
    width: int,
    header: list[list[str]],
) -> list[int]:
    """List the rows where another table, or the header again, could begin."""
    fits = grid.widths == width
    found = set((np.flatnonzero(~blank[1:] & (blank[:-1] | (fits[:-1] & ~fits[1:]))) + 1).tolist())
    for i in (i for i, found_kind in enumerate(kinds) if found_kind in ("number", "date")):
        wordy = pc.match_substring_regex(grid.cells.column(i), r"^\s*\pL{2}").to_numpy() & ~blank
        # Months and currencies are words too; then another column tells headers from values.
        if wordy.sum() <= MOST_WORDY * len(wordy) + FEWEST_FOR_A_TABLE:
            found.update(np.flatnonzero(wordy).tolist())
            break
    if header and any(header[-1]):
        i, name = max(enumerate(header[-1]), key=lambda named: len(named[1]))
        found.update(np.flatnonzero(pc.equal(grid.cells.column(i), name).to_numpy()).tolist())
    rows = np.array(sorted(found), dtype=np.int64)
    places = np.minimum(np.searchsorted(rest, rows), len(rest) - 1)
    return [int(row) for row in rows[rest[places] == rows]] if len(rest) else []


def _starts_a_table(
    row: Row, below: list[Row], kinds: Sequence[Kind], width: int, after_blank: bool
) -> bool:
    """Tell the header of another table from a record of this one."""
    if not below or row.filled < 2:
        return False
    texts = [cell for cell in row.cells if cell.strip()]
    if len(set(texts)) < len(texts):
        return False
    wordy = all(kind(cell.strip()) in ("text", "torn") for cell in texts)
    same = row.width == width
    typed = typed_columns(kinds)
    if same and typed:
        broken = wordy and agreement(row.cells, kinds) == 0
        return broken and row.filled >= (width / 2 if after_blank else max(width, 3))
    if same:
        found = kinds_below(below, width)
        differ = [i for i in range(width) if (i in typed) != (i in typed_columns(found))]
        return after_blank and wordy and row.filled == width and len(differ) >= max(1, width / 3)
    # A record whose last cell is empty may have lost it: it was one too many for this table.
    longer = row.width > width and wordy and bool(typed) and agreement(row.cells, kinds) == 0
    steady = all(other.width == row.width or (longer and other.width == width) for other in below)
    return steady and (after_blank or (wordy and len(below) > 1))


def _is_header(row: Row, header: list[list[str]]) -> bool:
    return bool(header) and [c.strip() for c in row.cells] == [c.strip() for c in header[-1]]


def _heads_a_page(grid: Grid, rest: npt.NDArray[np.int64], at: int, width: int) -> list[int]:
    """List the rows right above a repeated header that hold a title or a page's number."""
    above = take(grid, rest[max(0, at - MOST_HEADS) : at])[::-1]
    heads = itertools.takewhile(
        lambda row: row.filled < width and (row.filled == 1 or names_a_page(row)), above
    )
    return [row.index for row in heads]


def _titles_a_table(row: Row, below: list[Row], width: int) -> bool:
    """Tell the title of another table, alone in its row above names and what they name."""
    if row.extent != 1 or width < 2 or len(below) < 2 or below[0].index > row.index + 1:
        return False
    names, *body = below
    texts = [cell.strip() for cell in names.cells if cell.strip()]
    if len(texts) < 2 or len(set(texts)) < len(texts):
        return False
    if any(kind(text) not in ("text", "torn") for text in texts):
        return False
    cells = [other.cells for other in body]
    return sum(name_votes(names.cells, cells, column_kinds(cells, names.extent))) > 0


def _tail(
    grid: Grid,
    rows: list[int],
    rest: npt.NDArray[np.int64],
    blank: npt.NDArray[np.bool_],
    kinds: Sequence[Kind],
    width: int,
) -> list[tuple[int, LineReason]]:
    """Tell footnotes at the table's end."""
    aside: list[tuple[int, LineReason]] = []
    taken = take(grid, np.array(rows, dtype=np.int64))
    single = len(taken)
    while single > 1 and _is_one_text(taken[single - 1], width):
        single -= 1
    codes = Counter(form(row.cells[0].strip()) for row in take(grid, rest[:BODY_ROWS]))
    common, count = codes.most_common(1)[0] if codes else ("", 0)
    coded = "9" in common and count >= 0.75 * codes.total()
    for at in range(single, len(taken)):
        row = taken[at]
        strange = coded and form(row.cells[0].strip()) != common
        if strange or blank[row.index - 1] or _is_footnote(row, kinds, width):
            aside += [(below.index, "footnote") for below in taken[at:]]
            del taken[at:]
            break
    return aside


def _is_one_text(row: Row, width: int) -> bool:
    """Tell a text alone in its row, or a sentence cut at its commas."""
    cut = row.width < width and all(cell[:1] == " " for cell in row.cells[1 : row.extent])
    return width > 1 and (row.extent == 1 or cut)


def _is_footnote(row: Row, kinds: Sequence[Kind], width: int) -> bool:
    """Tell a row with text in its first cell alone from a record."""
    cell = row.cells[0].strip()
    if kind(cell) in ("number", "date"):
        return False
    return bool(
        _NOTE.match(cell)
        or (row.width == 1 and width > 2)
        or (width > 2 and len(cell.split()) > 3)
        or kinds[0] not in ("text", "empty")
    )
