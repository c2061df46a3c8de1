"""Which rows of a grid name the columns, which are records, and which are neither."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from segmentation.reading.grid import Grid
from segmentation.reading.kinds import Kind, agreement, column_kinds, kind
from segmentation.results import LineReason
from segmentation.settings import MOST_HEADER_ROWS

HEAD_ROWS = 200
TAIL_ROWS = 12
BODY_ROWS = 100
FEWEST_FOR_A_TABLE = 3
LONGEST_TITLE = 30
MOST_WORDY = 0.01

_TOTAL = re.compile(
    r"\W*(?:grand\s|sub|overall\s)?-?(?:totals?|totale[ns]?|totaux|gesamt\w*|insgesamt|summen?|sum|"
    r"somme|suma|soma|somma|zwischensumme|razem|celkem|toplam|totalt|yhteensä|итого)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_NOTE = re.compile(
    r"\W*(?:source|note|quelle|hinweis|nota|fuente|fonte|fonte|stand)\b|^[*#†]", re.I
)


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


@dataclass(frozen=True, slots=True)
class _Row:
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
    blank = _blank_rows(grid)
    present = np.flatnonzero(~blank)
    if not len(present):
        return Layout(header=(), records=np.empty(0, dtype=np.int64), width=0, set_aside=())
    head = _take(grid, present[:HEAD_ROWS])
    width = _width(head, grid)
    start = _start(head, width)
    kinds = _kinds(head[start + 1 :], width)
    if header_rows is None:
        first, count = _header(head, start, width, kinds)
    else:
        first, count = (start, header_rows) if header_rows else (start, 0)
    header = tuple(row.index for row in head[first : first + count])
    begin = header[-1] + 1 if header else head[first].index
    kinds = _kinds(head[first + count :], width)
    rest = present[present >= begin]
    end, why_not = _end(
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


def _take(grid: Grid, rows: npt.NDArray[np.int64]) -> list[_Row]:
    cells = grid.rows(rows.tolist())
    widths = grid.widths[rows].tolist()
    return [
        _Row(index, found, width)
        for index, found, width in zip(rows.tolist(), cells, widths, strict=True)
    ]


def _blank_rows(grid: Grid) -> npt.NDArray[np.bool_]:
    """Tell the rows without any text."""
    blank = np.ones(grid.cells.num_rows, dtype=bool)
    rows = np.arange(grid.cells.num_rows)
    for column in grid.cells.columns:
        if not len(rows):
            break
        part = column if len(rows) == len(blank) else column.take(pa.array(rows))
        empty = pc.equal(pc.utf8_trim_whitespace(part), "").to_numpy()
        blank[rows[~empty]] = False
        rows = rows[empty]
    return blank


def _width(head: list[_Row], grid: Grid) -> int:
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


def _start(head: list[_Row], width: int) -> int:
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


def _is_comment(head: list[_Row], at: int) -> bool:
    """Tell a line that is commented out from a first name that begins with the mark."""
    if not head[at].cells[0].lstrip().startswith("#") or at + 1 == len(head):
        return False
    below = [cell.strip() for cell in head[at + 1].cells if cell.strip()]
    return below[0].startswith("#") or all(kind(cell) == "text" for cell in below)


def _is_named_below(head: list[_Row], at: int, width: int, least: int) -> bool:
    """Tell whether the header comes after a row of another width."""
    later = [row for row in head[at + 1 : at + 6] if row.width == width and row.filled >= least]
    if not later:
        return False
    if abs(head[at].width - width) > 1:
        return True
    kinds = _kinds(head[at + 6 :], width)
    return bool(_typed(kinds)) and agreement(later[0].cells, kinds) == 0


def _kinds(below: list[_Row], width: int) -> list[Kind]:
    """Say what the columns hold, from the rows before the first gap if they are enough."""
    together = itertools.takewhile(
        lambda pair: pair[1].index == pair[0].index + 1, itertools.pairwise(below)
    )
    near = below[: 1 + sum(1 for _ in together)]
    body = [row.cells for row in (near if len(near) >= FEWEST_FOR_A_TABLE else below)]
    # The first rows may still belong to the header, the last ones to another table.
    skipped = MOST_HEADER_ROWS - 1 if len(body) > 2 * MOST_HEADER_ROWS else 0
    enough = min(BODY_ROWS, max(FEWEST_FOR_A_TABLE, len(body) // 2))
    return column_kinds(body[skipped : skipped + enough], width)


def _header(
    head: list[_Row],
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


def _typed(kinds: Sequence[Kind]) -> list[int]:
    return [i for i, found in enumerate(kinds) if found not in ("text", "empty")]


def _is_header(row: _Row, body: list[list[str]], kinds: Sequence[Kind]) -> bool:
    """Tell names from values: by the columns' kinds, else by their form, else names are assumed."""
    votes = 0.0
    cells = row.cells
    years = _is_series(cells, kinds)
    for i in _typed(kinds):
        cell = cells[i].strip() if i < len(cells) else ""
        if not cell or years:
            continue
        found = kind(cell)
        if _YEAR.fullmatch(cell) and not any(_YEAR.fullmatch(c) for c in _column(body, i)[:20]):
            continue
        votes += 1 if found in ("text", "torn", "empty") else -1 if found == kinds[i] else 0
    if votes:
        return votes > 0
    texts = [i for i, found in enumerate(kinds) if found == "text" and i < len(cells)]
    votes += sum(_vote_by_form(cells[i].strip(), _column(body, i)) for i in texts)
    # One name may also be a value below it.
    return votes > -max(1, len(texts) / 2)


def _column(body: list[list[str]], i: int) -> list[str]:
    return [row[i].strip() for row in body if i < len(row) and row[i].strip()]


def _vote_by_form(cell: str, column: list[str]) -> int:
    """Compare a cell with the texts below it: by how they are built, and whether it recurs."""
    if len(column) < 2 or not cell:
        return 0
    if column.count(cell) > 1:
        return -1
    forms = {_form(text) for text in column}
    if len(forms) == 1 and re.search("9", next(iter(forms))):
        return -1 if _form(cell) in forms else 1
    return 0


def _form(text: str) -> str:
    return re.sub(r"[^\W\d_]+", "A", re.sub(r"\d+", "9", text))


def _is_series(cells: Sequence[str], kinds: Sequence[Kind]) -> bool:
    """Tell years or months that name columns: whole numbers that go up by one."""
    numbers = [cells[i].strip() for i in _typed(kinds) if i < len(cells)]
    if len(numbers) < 3 or not all(re.fullmatch(r"\d{1,4}", number) for number in numbers):
        return False
    steps = {int(b) - int(a) for a, b in itertools.pairwise(numbers)}
    return steps in ({1}, {-1})


def _continues_header(rows: list[_Row], at: int, kinds: Sequence[Kind]) -> bool:
    """Tell whether a row below the first header row still names columns."""
    row = rows[at]
    names = [cell.strip() for cell in rows[at - 1].cells]
    cells = [cell.strip() for cell in row.cells]
    if cells == names and any(cells):
        return True
    if at + 1 >= len(rows) or len(kinds) < 2:
        return False
    typed = [i for i in _typed(kinds) if i < len(cells)]
    filled = [cells[i] for i in typed if cells[i]]
    # Units stand under some names only, but then a value stands below each of them.
    below = all(rows[at + 1].cells[i].strip() for i in typed if not cells[i])
    enough = len(filled) >= max(1, len(typed) / 2) or (bool(filled) and below)
    below_it = [other.cells for other in rows[at + 1 :]]
    recurs = any(cell in _column(below_it, i) for i, cell in enumerate(cells) if cell)
    return enough and not recurs and all(_could_be_name(cell) for cell in cells if cell)


def _could_be_name(cell: str) -> bool:
    return (
        kind(cell) == "text"
        and len(cell) <= 2 * LONGEST_TITLE
        and not cell[0].isdigit()
        and '"' not in cell
    )


def _is_super_header(head: list[_Row], first: int, width: int) -> bool:
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


def _end(
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
        here, *below = _take(grid, rest[at : at + 1 + FEWEST_FOR_A_TABLE])
        if (
            width > 1
            and header
            and [c.strip() for c in here.cells] == [c.strip() for c in header[-1]]
        ):
            aside.append((row, "repeated_header"))
        elif at > 0 and _starts_a_table(here, below, kinds, width, bool(blank[row - 1])):
            end = row
            break
    rest = rest[rest < end]
    gone = {row for row, _ in aside}
    aside += _tail(
        grid,
        [row for row in rest[-TAIL_ROWS:].tolist() if row not in gone],
        rest,
        blank,
        kinds,
        width,
    )
    return end, aside


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
    row: _Row, below: list[_Row], kinds: Sequence[Kind], width: int, after_blank: bool
) -> bool:
    """Tell the header of another table from a record of this one."""
    if not below or row.filled < 2:
        return False
    texts = [cell for cell in row.cells if cell.strip()]
    if len(set(texts)) < len(texts):
        return False
    wordy = all(kind(cell.strip()) in ("text", "torn") for cell in texts)
    same = row.width == width
    typed = _typed(kinds)
    if same and typed:
        broken = wordy and agreement(row.cells, kinds) == 0
        return broken and row.filled >= (width / 2 if after_blank else max(width, 3))
    if same:
        found = _kinds(below, width)
        differ = [i for i in range(width) if (i in typed) != (i in _typed(found))]
        return after_blank and wordy and row.filled == width and len(differ) >= max(1, width / 3)
    steady = all(other.width == row.width for other in below)
    return steady and (after_blank or (wordy and len(below) > 1))


def _tail(
    grid: Grid,
    rows: list[int],
    rest: npt.NDArray[np.int64],
    blank: npt.NDArray[np.bool_],
    kinds: Sequence[Kind],
    width: int,
) -> list[tuple[int, LineReason]]:
    """Tell footnotes and totals at the table's end."""
    aside: list[tuple[int, LineReason]] = []
    taken = _take(grid, np.array(rows, dtype=np.int64))
    single = len(taken)
    while single > 1 and taken[single - 1].extent == 1 < width:
        single -= 1
    codes = Counter(_form(row.cells[0].strip()) for row in _take(grid, rest[:BODY_ROWS]))
    form, count = codes.most_common(1)[0] if codes else ("", 0)
    coded = "9" in form and count >= 0.75 * codes.total()
    for at in range(single, len(taken)):
        row = taken[at]
        strange = coded and _form(row.cells[0].strip()) != form
        if strange or blank[row.index - 1] or _is_footnote(row, kinds, width):
            aside += [(below.index, "footnote") for below in taken[at:]]
            del taken[at:]
            break
    while len(taken) > 1 and _is_total(taken[-1], grid, rest, kinds, width):
        aside.append((taken.pop().index, "total"))
    return aside


def _is_footnote(row: _Row, kinds: Sequence[Kind], width: int) -> bool:
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


def _is_total(
    row: _Row, grid: Grid, rest: npt.NDArray[np.int64], kinds: Sequence[Kind], width: int
) -> bool:
    """Tell a row that is called a total and is one, or fills but its name and some numbers."""
    named = next((i for i, cell in enumerate(row.cells) if cell.strip()), None)
    if named is None or not _TOTAL.match(row.cells[named].strip()):
        return False
    others = [i for i in range(width) if i != named and i < len(row.cells)]
    blank = [i for i in others if not row.cells[i].strip()]
    if kinds[named] not in ("text", "empty") or len(blank) >= max(1, len(others) / 2):
        return True
    above = rest[rest < row.index]
    return any(
        _adds_up(grid.cells.column(i).take(pa.array(above)).to_pylist(), row.cells[i])
        for i in others
        if kinds[i] == "number"
    )


def _adds_up(cells: list[str], total: str) -> bool:
    try:
        return math.isclose(sum(float(c) for c in cells if c.strip()), float(total), rel_tol=1e-6)
    except ValueError:
        return False
