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

_PERIOD = re.compile(
    r"(?:19|20)\d\d(?:[-/.](?:0?[1-9]|1[0-2])(?:-\d\d)?)?"
    r"|(?:\d\d?[-/.])?(?:0?[1-9]|1[0-2])[-/.](?:19|20)\d\d"
)


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
            and (
                row.filled < width or width < 3 or typed_columns(kinds_below(head[i + 2 :], width))
            )
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
    votes = name_votes(row.cells, body, kinds)
    typed = sum(votes[i] for i in typed_columns(kinds) if i < len(votes))
    if typed:
        return typed > 0
    texts = [i for i, found in enumerate(kinds) if found == "text" and i < len(votes)]
    # One name may also be a value below it.
    return sum(votes[i] for i in texts) > -max(1, len(texts) / 2)


def name_votes(cells: Sequence[str], body: list[list[str]], kinds: Sequence[Kind]) -> list[int]:
    """Weigh each cell of a row against what stands below it.

    Returns
    -------
    list of int
        1 for a name, -1 for one more value, 0 for what may be either, as a year above amounts.

    Examples
    --------
    >>> name_votes(["id", "2025", "7"], [["1", "10", "8"], ["2", "20", "9"]], ["number"] * 3)
    [1, 0, -1]
    """
    steps = _is_series(cells, kinds)
    votes = []
    for i, (written, found) in enumerate(zip(cells, kinds, strict=False)):
        cell = written.strip()
        if found == "text":
            votes.append(_vote_by_form(cell, filled_in(body, i)))
        elif not cell or found == "empty" or steps or _names_a_period(cell, filled_in(body, i)):
            votes.append(0)
        else:
            kept = kind(cell)
            votes.append(1 if kept in ("text", "torn", "empty") else -1 if kept == found else 0)
    return votes


def _names_a_period(cell: str, below: list[str]) -> bool:
    """Tell a year or month that names a column from one among others of its kind."""
    return bool(_PERIOD.fullmatch(cell)) and not any(_PERIOD.fullmatch(c) for c in below[:20])


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
    columns = [filled_in(below_it, i) for i in range(len(cells))]
    recurs = any(cell in column for cell, column in zip(cells, columns, strict=True) if cell)
    periods = [i for i in typed if _names_a_period(cells[i], columns[i])]
    if not enough or recurs:
        return False
    if periods:
        # A first record may hold years too: then nothing else in it is a name.
        votes = name_votes(cells, below_it, kinds)
        incomplete = len(set(filter(None, names))) < len(names)
        if min(votes) < 0 or not (incomplete or sum(votes) > 0):
            return False
    return all(_could_be_name(cell) for i, cell in enumerate(cells) if cell and i not in periods)


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
    if row.index + 1 != below.index or row.width != below.width or row.filled >= below.filled:
        return False
    if any(len(cell) > LONGEST_TITLE for cell in row.cells):
        return False
    # A title stands at the left or in the middle, but not over years or months alone.
    over = [cell.strip() for cell in below.cells[_first_filled(row) :] if cell.strip()]
    over_periods = _first_filled(row) > 0 and all(map(_PERIOD.fullmatch, over))
    return over_periods or (row.filled >= 2 and row.extent > width / 2)


def _first_filled(row: Row) -> int:
    return next(i for i, cell in enumerate(row.cells) if cell.strip())
