"""Columns cut into what one hand wrote, each piece read in every way."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, get_args

import numpy as np
import numpy.typing as npt

from segmentation.notation.wording import ORDERED
from segmentation.results import Column, ColumnType, ReadReport, Table
from segmentation.settings import DateOrder, DecimalMark
from segmentation.values import (
    Bools,
    Cells,
    Dates,
    Evidence,
    Place,
    is_called_a_date,
    matches,
    plain_numbers,
    read_dates,
    read_numbers,
)

Way = TypeVar("Way", bound=str)
Rows = slice | npt.NDArray[np.int64]
MARKS: tuple[DecimalMark, ...] = get_args(DecimalMark)
NO_DATE = np.datetime64("NaT", "s")
_PLAIN_NUMBER = "^-?[0-9]+(?:[.][0-9]+)?$"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Piece(Generic[Way]):
    """Cells of a column that one hand wrote: those of one file, in each way."""

    place: Place
    rows: Rows
    cells: Cells
    values: dict[Way, npt.NDArray[Any]]
    missing: Bools
    infinite: Bools
    evidence: Evidence[Way]
    # Done to the texts, by the way they are read in.
    done: dict[Way, dict[str, Bools]]
    currencies: Collection[str] = ()
    # A workbook's own numbers, in which nothing can be in doubt.
    stored: bool = False

    def read(self, way: Way) -> tuple[npt.NDArray[Any], Bools]:
        """Read the texts in a way, and those that it can't as they only can be."""
        values = self.values[way].copy()
        otherwise = np.zeros(len(values), dtype=bool)
        for other in self.values.values():
            rescued = np.isnan(values) & ~np.isnan(other)
            values[rescued] = other[rescued]
            otherwise |= rescued
        return values, otherwise


def read_column(table: Table, column: Column, content: ColumnType) -> npt.NDArray[Any]:
    """Read a column as its schema says: numbers where that is the content, else dates.

    Examples
    --------
    >>> from segmentation.reading import Source, read_table
    >>> table = read_table(Source(name="t.csv", data=b"a;b\\n1,5;x\\n"), as_text=True)
    >>> column = Column(name="a", type="number", role=None, reason="", decimal="comma")
    >>> read_column(table, column, "number").tolist()
    [1.5]
    """
    if content == "number":
        values = plain_numbers(table.frame[column.name])
        if values is not None and column.decimal == "point":
            return values
        return _read(number_pieces(table, column.name), column.decimal, column.apart, np.nan)
    counted_too = is_called_a_date(column.name) or column.role == "order_date"
    pieces = date_pieces(table, column.name, counted_too)
    return _read(pieces, column.dates, column.apart, NO_DATE)


def _read(
    pieces: list[Piece[Way]],
    way: Way,
    apart: tuple[tuple[str, DecimalMark | DateOrder], ...],
    unread: Any,
) -> npt.NDArray[Any]:
    of_files: dict[str, Any] = dict(apart)
    values = np.full(row_count(pieces), unread)
    for piece in pieces:
        values[piece.rows] = piece.cells.rows(piece.read(of_files.get(piece.place[1], way))[0])
    return values


def _files(table: Table) -> Iterator[tuple[ReadReport, slice]]:
    start = 0
    for file in table.report.files:
        yield file, slice(start, start + file.rows)
        start += file.rows


def number_pieces(table: Table, name: str) -> list[Piece[DecimalMark]]:
    """Cut a column of numbers into files, and a workbook's into its texts and its numbers."""
    pieces = []
    for file, rows in _files(table):
        cells = Cells.of(table.frame[name].iloc[rows])
        if file.sheet is None:
            pieces.append(_number_piece((name, file.name), rows, cells))
            continue
        # What a workbook stores as a number comes with a point; only its texts can be in doubt.
        is_text = cells.rows(~matches(cells.trimmed, _PLAIN_NUMBER))
        if name in table.texts:
            is_text |= table.texts[name][rows]
        for chosen in (is_text, ~is_text):
            if chosen.any():
                own = np.flatnonzero(chosen) + rows.start
                own_cells = Cells.of(table.frame[name].iloc[own])
                stored = chosen is not is_text
                pieces.append(_number_piece((name, file.name), own, own_cells, stored=stored))
    return pieces


def _number_piece(
    place: Place, rows: Rows, cells: Cells, *, stored: bool = False
) -> Piece[DecimalMark]:
    marks: tuple[DecimalMark, ...] = ("point",) if stored else MARKS
    found = {mark: read_numbers(cells, mark) for mark in marks}
    values = {mark: found[mark if mark in found else "point"].values for mark in MARKS}
    return Piece(
        place=place,
        rows=rows,
        cells=cells,
        values=values,
        missing=found["point"].missing,
        infinite=np.logical_and.reduce([each.infinite for each in found.values()]),
        evidence=Evidence.of(values),
        done={mark: found[mark if mark in found else "point"].changes for mark in MARKS},
        currencies={currency for each in found.values() for currency in each.currencies},
        stored=stored,
    )


def date_pieces(table: Table, name: str, bare_too: bool) -> list[Piece[DateOrder]]:
    """Cut a column of dates into files."""
    pieces = []
    for file, rows in _files(table):
        cells = Cells.of(table.frame[name].iloc[rows])
        found = read_dates(cells, counted=bare_too)
        values = found.values
        if _years(values["ymd"][found.ordered]) > _years(values["dmy"][found.ordered]):
            # The days of one year would be as many years.
            values["ymd"][found.ordered] = NO_DATE
        pieces.append(
            Piece(
                place=(name, file.name),
                rows=rows,
                cells=cells,
                values=values,
                missing=found.missing,
                infinite=np.zeros(len(cells), dtype=bool),
                evidence=Evidence.of(values),
                done={way: {kind: found.ordered, **found.changes} for way, kind in ORDERED.items()},
            )
        )
    return pieces


def _years(dates: Dates) -> int:
    return len(np.unique(dates[~np.isnat(dates)].astype("datetime64[Y]")))


def row_count(pieces: Sequence[Piece[Way]]) -> int:
    """Count the rows of a whole column."""
    return sum(len(piece.cells.codes) for piece in pieces)
