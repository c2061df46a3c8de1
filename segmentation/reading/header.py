"""Which rows name the columns: those that hold text where the columns hold something else."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Sequence

from segmentation.reading.grid import Grid
from segmentation.reading.kinds import Kind, agreement, kind
from segmentation.reading.rows import (
    BODY_ROWS,
    FEWEST_FOR_A_TABLE,
    Row,
    filled_in,
    form,
    kinds_below,
    typed_columns,
)
from segmentation.settings import MOST_HEADER_ROWS

LONGEST_TITLE = 30

_YEAR = re.compile(r"(?:19|20)\d\d")


def table_width(head: list[Row], grid: Grid) -> int:
    """Tell the width of the first table: of the first run of rows alike that is no preamble."""
    known = grid.width is not None
    widths = [row.width if known else row.extent for row in head]
    common = grid.width or Counter(widths).most_common(1)[0][0]
    if not known:
        return max(common, _quantile(widths))
    runs: list[tuple[int, int]] = []
    for width in widths:
        if runs and runs[-1][0] == width:
            runs[-1] = (width, runs[-1][1] + 1)
        else:
            runs.append((width, 1))
    large = 0.2 * sum(widths)
    for width, count in runs:
        if width == common:
            return common
        if width > 1 and count >= FEWEST_FOR_A_TABLE and count * width >= large:
            return width
    return common


def _quantile(widths: Sequence[int]) -> int:
    """A sheet's rows end where their last cell is filled, so most of them may be too short."""
    return sorted(widths)[math.ceil(0.9 * (len(widths) - 1))]


def first_row(head: list[Row], width: int) -> int:
    """Find the first row that is wide enough to belong to the table."""
    least = width if width <= 2 else math.ceil(width / 2)
    for i, row in enumerate(head):
        if row.filled < least or _is_comment(head, i):
            continue
        if row.width != width and _is_named_below(head, i, width, least):
            continue
        below = head[i + 1] if i + 1 < len(head) and width > 1 else None
        if (
            below is not None
            and below.index > row.index + 1
            and below.filled >= least
            and all(kind(cell.strip()) in ("text", "empty") for cell in below.cells)
        ):
            continue
        return i
    return 0


def _is_comment(head: list[Row], at: int) -> bool:
    """Tell a line that is commented out from a first name that begins with the mark."""
    if not head[at].cells[0].lstrip().startswith("#") or at + 1 == len(head):
        return False
    below = [cell.strip() for cell in head[at + 1].cells if cell.strip()]
    return below[0].startswith("#") or all(kind(cell) == "text" for cell in below)


def _is_named_below(head: list[Row], at: int, width: int, least: int) -> bool:
    """Tell whether the header comes after a row of another width."""
    later = [row for row in head[at + 1 : at + 6] if row.width == width and row.filled >= least]
    if not later:
        return False
    if abs(head[at].width - width) > 1:
        return True
    kinds = kinds_below(head[at + 6 :], width)
    return bool(typed_columns(kinds)) and agreement(later[0].cells, kinds) == 0


def find_header(
    head: list[Row],
    start: int,
    width: int,
    kinds: Sequence[Kind],
) -> tuple[int, int]:
    """Tell which row is the header's first, and how many rows it has."""
    rows = head[start:]
    if len(rows) == 1:
        typed = any(kind(cell.strip()) in ("number", "date") for cell in rows[0].cells)
        return start, 0 if typed and width > 1 else 1
    repeated = [cell.strip() for cell in rows[0].cells] == [c.strip() for c in rows[1].cells]
    if not repeated and not _is_header(
        rows[0], [row.cells for row in rows[1 : BODY_ROWS + 1]], kinds
    ):
        return start, 0
    count = 1
    while count < min(MOST_HEADER_ROWS, len(rows)) and _continues_header(rows, count, kinds):
        count += 1
    first = start
    while first > 0 and count < MOST_HEADER_ROWS and _is_super_header(head, first, width):
        first -= 1
        count += 1
    return first, count


def _is_header(row: Row, body: list[list[str]], kinds: Sequence[Kind]) -> bool:
    """Tell names from values: by the columns' kinds, else by their form, else names are assumed."""
    votes = 0.0
    cells = row.cells
    years = _is_series(cells, kinds)
    for i in typed_columns(kinds):
        cell = cells[i].strip() if i < len(cells) else ""
        if not cell or years:
            continue
        found = kind(cell)
        if _YEAR.fullmatch(cell) and not any(_YEAR.fullmatch(c) for c in filled_in(body, i)[:20]):
            continue
        votes += 1 if found in ("text", "torn", "empty") else -1 if found == kinds[i] else 0
    if votes:
        return votes > 0
    texts = [i for i, found in enumerate(kinds) if found == "text" and i < len(cells)]
    votes += sum(_vote_by_form(cells[i].strip(), filled_in(body, i)) for i in texts)
    # One name may also be a value below it.
    return votes > -max(1, len(texts) / 2)


def _vote_by_form(cell: str, column: list[str]) -> int:
    """Compare a cell with the texts below it: by how they are built, and whether it recurs."""
    if len(column) < 2 or not cell:
        return 0
    if column.count(cell) > 1:
        return -1
    forms = {form(text) for text in column}
    if len(forms) == 1 and re.search("9", next(iter(forms))):
        return -1 if form(cell) in forms else 1
    return 0


def _is_series(cells: Sequence[str], kinds: Sequence[Kind]) -> bool:
    """Tell years or months that name columns: whole numbers that go up by one."""
    numbers = [cells[i].strip() for i in typed_columns(kinds) if i < len(cells)]
    if len(numbers) < 3 or not all(re.fullmatch(r"\d{1,4}", number) for number in numbers):
        return False
    steps = {int(b) - int(a) for a, b in itertools.pairwise(numbers)}
    return steps in ({1}, {-1})


def _continues_header(rows: list[Row], at: int, kinds: Sequence[Kind]) -> bool:
    """Tell whether a row below the first header row still names columns."""
    row = rows[at]
    names = [cell.strip() for cell in rows[at - 1].cells]
    cells = [cell.strip() for cell in row.cells]
    if cells == names and any(cells):
        return True
    if at + 1 >= len(rows) or len(kinds) < 2:
        return False
    typed = [i for i in typed_columns(kinds) if i < len(cells)]
    filled = [cells[i] for i in typed if cells[i]]
    # Units stand under some names only, but then a value stands below each of them.
    below = all(rows[at + 1].cells[i].strip() for i in typed if not cells[i])
    enough = len(filled) >= max(1, len(typed) / 2) or (bool(filled) and below)
    below_it = [other.cells for other in rows[at + 1 :]]
    recurs = any(cell in filled_in(below_it, i) for i, cell in enumerate(cells) if cell)
    return enough and not recurs and all(_could_be_name(cell) for cell in cells if cell)


def _could_be_name(cell: str) -> bool:
    return (
        kind(cell) == "text"
        and len(cell) <= 2 * LONGEST_TITLE
        and not cell[0].isdigit()
        and '"' not in cell
    )


def _is_super_header(head: list[Row], first: int, width: int) -> bool:
    """Tell a row of few names, each over several columns, from a title."""
    row, below = head[first - 1], head[first]
    return (
        row.index + 1 == below.index
        and row.width == below.width
        and row.filled >= 2
        and row.extent > width / 2
        and all(len(cell) <= LONGEST_TITLE for cell in row.cells)
        and below.filled > row.filled
    )
