"""Rows that add up others or mark a page, wherever in the table they stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from segmentation.reading.grid import Grid
from segmentation.reading.kinds import Kind
from segmentation.reading.rows import Row, take
from segmentation.results import LineReason
from segmentation.values import to_numbers

# More rows called a total than this share are records of a table of totals.
MOST_CALLED = 0.5
MOST_TOTALS = 20_000
BLOCK_ROWS = 200_000
CLOSE = 1e-6
HALF_A_CENT = 0.006
# A total of rounded cells, or one rounded itself, is so near the sum.
ROUNDED = 0.01

_TOTAL = (
    "total totals totale totali totales totais totaux subtotal subtotals subtotale subtotali "
    "subtotales subtotais sum sums summe summen zwischensumme zwischensummen teilsumme endsumme "
    "somme sommes suma sumas soma somas somma gesamt gesamtsumme gesamtergebnis gesamtwert "
    "gesamtbetrag gesamtumsatz insgesamt ergebnis teilergebnis übertrag uebertrag saldovortrag "
    "riporto razem celkem toplam totalt yhteensä итого"
)
_BESIDE = (
    "sub sous grand general général générale générales generale generali geral overall all partial "
    "parcial parciais parziale parziali intermédiaire der des die von aller of the for de du di do "
    "da del la le per par por carried brought forward"
)
_TOTAL_WORDS, _BESIDE_WORDS = (frozenset(words.split()) for words in (_TOTAL, _BESIDE))
_LABEL_COLUMNS = 3
_PAGES = "page|seite|blatt|página|pagina|pág|pag|folio"
# To the engine that looks through a column only ASCII letters have a word's edge.
_WORDED = rf"(?i)\b(?:{'|'.join(filter(str.isascii, _TOTAL_WORDS))}|{_PAGES})\b|" + "|".join(
    word for word in _TOTAL_WORDS if not word.isascii()
)
_NUMBERED = rf"(?:{_PAGES})\W{{0,2}}(?:n[ro°º]\W{{0,2}})?\d+"
_OF_ALL = r"\s*(?:/|of|von|de|di|sur)\s*\d+\W*"
_PAGE = re.compile(rf"\W*{_NUMBERED}\W*|(?:.*\b)?{_NUMBERED}{_OF_ALL}", re.IGNORECASE)


def find_totals(
    grid: Grid, rows: npt.NDArray[np.int64], kinds: Sequence[Kind], width: int
) -> list[tuple[int, LineReason]]:
    """Find the rows that are called a total and are one, and those that mark a page.

    A total adds up all rows above it, or those since a total before it. One that has little more
    than its name and numbers may be rounded, and if it names no group it need not add up at all, as
    much may have been left out of a file. A customer may be called "Total Energies": then the
    numbers decide.

    Parameters
    ----------
    grid : Grid
        As read.
    rows : ndarray of int
        The rows below the header that belong to the table.
    kinds : sequence of Kind
        What its columns hold.
    width : int
        Columns it has.

    Examples
    --------
    >>> from segmentation.reading.delimited import read_delimited
    >>> from segmentation.settings import ReadSettings
    >>> data = b"A;DE;1\\nB;DE;2\\nSumme DE;;3\\nC;FR;4\\nD;FR;5\\nSumme FR;;9\\nPage 1;;\\n"
    >>> grid = read_delimited(data, "a.csv", ReadSettings())
    >>> find_totals(grid, np.arange(7), ["text", "text", "number"], 3)
    [(2, 'total'), (5, 'total'), (6, 'page_mark')]
    """
    labels = [i for i in range(min(width, len(kinds))) if i == 0 or kinds[i] == "text"]
    labels = labels[:_LABEL_COLUMNS]
    # A page's number may stand at the right.
    others = [i for i in range(min(width, len(kinds))) if i not in labels]
    either = _perhaps_called(grid, rows, [*labels, *others])
    if not 0 < len(either) <= min(MOST_CALLED * len(rows), MOST_TOTALS):
        return []
    near = take(grid, either)
    pages = [row.index for row in near if row.filled == 1 < width and names_a_page(row)]
    called = either[~np.isin(either, pages)]
    found: list[tuple[int, LineReason]] = [(row, "page_mark") for row in pages]
    found += [(row, "total") for row in _totals(grid, rows, called, kinds, width)]
    # What is left must be a table.
    return sorted(found) if len(found) < len(rows) else []


def _perhaps_called(
    grid: Grid, rows: npt.NDArray[np.int64], columns: Sequence[int]
) -> npt.NDArray[np.int64]:
    """Find the rows whose first filled cell has a total's or a page's word in it."""
    found: list[npt.NDArray[np.int64]] = []
    for i in columns:
        if not len(rows):
            break
        part = _taken(grid, rows, i)
        blank = pc.equal(part, "").to_numpy()
        # Most cells of a large table are ids, and an expression takes long over each.
        worded = ~blank & ~pc.utf8_is_decimal(part).to_numpy()
        matches = pc.match_substring_regex(part.filter(pa.array(worded)), _WORDED)
        found.append(rows[worded][matches.to_numpy()])
        rows = rows[blank]
    return np.sort(np.concatenate(found)) if found else rows


def _totals(
    grid: Grid,
    rows: npt.NDArray[np.int64],
    called: npt.NDArray[np.int64],
    kinds: Sequence[Kind],
    width: int,
) -> list[int]:
    places = np.searchsorted(rows, called)
    records = places - np.arange(len(places))
    sums = {
        i: _sums(grid, rows, i, places)
        for i in range(min(width, len(kinds)))
        if kinds[i] == "number"
    }
    # Where sums may start: at the top, and behind each total that no later one has taken in.
    starts = [-1]
    totals: list[int] = []
    above = take(grid, rows[np.maximum(places - 1, 0)])
    for at, (row, before) in enumerate(zip(take(grid, called), above, strict=True)):
        label = _label(row)
        if label is None:
            # Called so in another column than the first that is filled.
            continue
        named, rest = label
        filled = [sums[i] for i in sums if i != named and row.cells[i].strip()]
        bare = _is_bare(row, named, kinds, width)
        start = _start(filled, starts[::-1], at, nearly=bare)
        span = 0 if start is None else records[at] - (records[start] if start >= 0 else 0)
        if (
            span > 1
            or (span == 1 and (not rest or rest <= _tokens(" ".join(before.cells))))
            or (not rest and bare)
        ):
            totals.append(row.index)
            if start is not None:
                starts = [kept for kept in starts if kept <= start]
            starts.append(at)
    return totals


def _start(columns: list[_Sums], starts: list[int], at: int, *, nearly: bool) -> int | None:
    """Find where the rows start that a row adds up: exactly in one column, or nearly in all."""
    for start in starts:
        if any(column.add_up(start, at) for column in columns):
            return start
    for start in starts if nearly and columns else ():
        if all(column.add_up(start, at, ROUNDED) for column in columns):
            return start
    return None


def names_a_page(row: Row) -> bool:
    """Tell a row in which a cell numbers a page.

    Examples
    --------
    >>> names_a_page(Row(0, ["Sales 2026", "", "Page 2 of 9"], 3))
    True
    """
    return any(map(_PAGE.fullmatch, row.cells))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Sums:
    """A column's numbers in the rows called a total, and the sums of all others above each."""

    own: npt.NDArray[np.float64]
    above: npt.NDArray[np.float64]

    def add_up(self, start: int, at: int, share: float = CLOSE) -> bool:
        total = self.above[at] - (self.above[start] if start >= 0 else 0)
        return bool(abs(total - self.own[at]) <= max(share * abs(self.own[at]), HALF_A_CENT))


def _sums(grid: Grid, rows: npt.NDArray[np.int64], i: int, places: npt.NDArray[np.int64]) -> _Sums:
    own, above = np.empty(len(places)), np.empty(len(places))
    total = 0.0
    for start in range(0, len(rows), BLOCK_ROWS):
        texts = _taken(grid, rows[start : start + BLOCK_ROWS], i).to_pandas()
        numbers = np.nan_to_num(to_numbers(pd.Series(texts, dtype="str")).values)
        first, last = np.searchsorted(places, (start, start + BLOCK_ROWS))
        here = places[first:last] - start
        own[first:last] = numbers[here]
        numbers[here] = 0
        sums = total + np.cumsum(numbers)
        above[first:last] = sums[here]
        total = sums[-1]
    return _Sums(own=own, above=above)


def _taken(grid: Grid, rows: npt.NDArray[np.int64], i: int) -> pa.ChunkedArray:
    """Take a column's cells in rows, without a copy where they stand together."""
    first, last = int(rows[0]), int(rows[-1])
    part = grid.cells.column(i).slice(first, last - first + 1)
    if len(part) == len(rows):
        return part
    wanted = np.zeros(len(part), dtype=bool)
    wanted[rows - first] = True
    return part.filter(pa.array(wanted))


def _label(row: Row) -> tuple[int, frozenset[str]] | None:
    """Find the cell that calls a row a total, and what else it says."""
    for i, cell in enumerate(row.cells[: _LABEL_COLUMNS + 1]):
        tokens = re.findall(r"[^\W\d_]+", cell.casefold())
        if tokens and _TOTAL_WORDS.intersection((tokens[0], tokens[-1], *tokens[1:2])):
            return i, frozenset(tokens) - _TOTAL_WORDS - _BESIDE_WORDS
    return None


def _tokens(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W\d_]+", text.casefold()))


def _is_bare(row: Row, named: int, kinds: Sequence[Kind], width: int) -> bool:
    """Tell a row with little but its name and numbers."""
    others = [i for i in range(width) if i != named and i < len(row.cells)]
    blank = [i for i in others if not row.cells[i].strip()]
    return kinds[named] not in ("text", "empty") or len(blank) >= max(1, len(others) / 2)
