"""Lines to records, mending those that don't have the table's shape."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from segmentation.reading.cells import Dialect, Form, parse, regroup, unwrapped
from segmentation.reading.kinds import Kind, agreement, kind
from segmentation.settings import DELIMITERS

MOST_LINES_IN_A_CELL = 2_000
ALIKE = 0.75

Repair = Literal[
    "stray quotes kept as text",
    "a delimiter too many taken out",
    "another delimiter in one row",
    "a quote that never closes kept as text",
    "a line that ends in another way",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record as it was cut.

    Parameters
    ----------
    line : int
        Its first line in the file, from 1.
    cells : list of str
        Its cells; none for a blank line.
    repair : str or None
        What was mended in it.
    written : str
        The text of a mended record; empty for the others.
    """

    line: int
    cells: list[str]
    repair: Repair | None = None
    written: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a table's records look like, known from a sample.

    Parameters
    ----------
    width : int
        Cells in a record.
    kinds : sequence of Kind
        What each column holds.
    """

    width: int
    kinds: Sequence[Kind]


def records(
    lines: Iterable[str], dialect: Dialect, shape: Shape, *, from_start: bool = True
) -> Iterator[Record]:
    """Cut lines into records, mending those that don't have the table's shape.

    Parameters
    ----------
    lines : iterable of str
        Cut at the dialect's newline, without it.
    dialect, shape
        As found in a sample.
    from_start : bool
        Whether the first line is the text's first, which may name the columns.

    Yields
    ------
    Record
        In order; a blank line gives a record without cells.

    Examples
    --------
    >>> shape = Shape(width=2, kinds=["number", "text"])
    >>> [r.cells for r in records(["1,a", "2,,b", '3,"c', "", 'd"'], Dialect(delimiter=","), shape)]
    [['1', 'a'], ['2', 'b'], ['3', 'c\\n\\nd']]
    """
    ahead = _Ahead(lines, "\n" if dialect.newline == "\r" else "\r")
    first = from_start
    quote, width = dialect.quote, shape.width
    for number, raw in ahead:
        line = raw.removesuffix("\r")
        if ahead.inner_end in line and (several := _by_other_ends(line, ahead, dialect, width)):
            first = False
            for place, cells in enumerate(several):
                yield Record(
                    line=number + place,
                    cells=cells,
                    repair="a line that ends in another way" if place else None,
                    written=line if place else "",
                )
            continue
        if quote not in line and not dialect.backslash:
            cells = line.split(dialect.delimiter) if dialect.delimiter else [line]
            if line and len(cells) == width:
                first = False
                yield Record(line=number, cells=cells)
                continue
        if not line.strip(" "):
            yield Record(line=number, cells=[])
            continue
        cells, form = parse(line, dialect)
        if form == "open":
            yield _opened(number, raw, ahead, dialect, shape)
        else:
            record = _mended(number, line, cells, form, dialect, shape)
            if first and len(record.cells) == 1:
                record = _header_in_another_dialect(record, line, ahead, dialect, shape)
            yield record
        first = False


class _Ahead:
    """Numbered lines that can be looked at before they are taken."""

    def __init__(self, lines: Iterable[str], inner_end: str) -> None:
        self._lines = iter(lines)
        self.inner_end = inner_end
        self._held: list[str] = []
        self._taken = 0

    def __iter__(self) -> Iterator[tuple[int, str]]:
        while True:
            line = self._held.pop(0) if self._held else next(self._lines, None)
            if line is None:
                return
            number = self._taken + 1
            self._count(line)
            yield number, line

    def look(self) -> Iterator[str]:
        """Give the lines to come."""
        for i in itertools.count():
            if i == len(self._held):
                line = next(self._lines, None)
                if line is None:
                    return
                self._held.append(line)
            yield self._held[i]

    def skip(self, count: int) -> None:
        """Take lines that were looked at."""
        for line in self._held[:count]:
            self._count(line)
        del self._held[:count]

    def _count(self, line: str) -> None:
        # To an editor the other kind of line end, within a cell, ends a line too.
        inner = line.removesuffix("\r").removeprefix("\n")
        self._taken += 1 + inner.count(self.inner_end)


def _by_other_ends(
    line: str, ahead: _Ahead, dialect: Dialect, width: int
) -> list[list[str]] | None:
    """Cut a line at ends of the other kind where each part is a whole record."""
    if dialect.quote in line or width < 2:
        return None
    parts = [part.split(dialect.delimiter) for part in line.split(ahead.inner_end)]
    return parts if all(len(cells) == width for cells in parts) else None


def _opened(number: int, raw: str, ahead: _Ahead, dialect: Dialect, shape: Shape) -> Record:
    """Settle a quote that its line doesn't close: a cell of several lines, or a stray quote."""
    line = raw.removesuffix("\r")
    alone = regroup(line, dialect, shape.width)
    parts = [raw]
    like_records = 0
    for more in itertools.islice(ahead.look(), MOST_LINES_IN_A_CELL):
        parts.append(more)
        like_records += _is_like_a_record(more, dialect, shape)
        if dialect.quote not in more:
            continue
        text = dialect.newline.join(parts).removesuffix("\r")
        cells, form = parse(text, dialect)
        if form == "open":
            continue
        swallowed = like_records == len(parts) - 1
        if form == "right" and not (swallowed and alone):
            record = _mended(number, text, cells, form, dialect, shape)
            if len(record.cells) == shape.width or (alone is None and not like_records):
                ahead.skip(len(parts) - 1)
                return record
        break
    if alone is not None:
        return Record(
            line=number, cells=alone.cells, repair="stray quotes kept as text", written=line
        )
    bare = line.split(dialect.delimiter) if dialect.delimiter else [line]
    return Record(
        line=number,
        cells=[unwrapped(cell, dialect) for cell in bare],
        repair="a quote that never closes kept as text",
        written=line,
    )


def _is_like_a_record(line: str, dialect: Dialect, shape: Shape) -> bool:
    cut = regroup(line.removesuffix("\r"), dialect, shape.width) if shape.width > 1 else None
    return cut is not None and cut.loose == 0


def _mended(
    number: int, line: str, cells: list[str], form: Form, dialect: Dialect, shape: Shape
) -> Record:
    """Settle a record that may not have the width, or whose quotes may break the rules."""
    if form == "right" and len(cells) == shape.width:
        return Record(line=number, cells=cells)
    regrouped = regroup(line, dialect, shape.width) if dialect.quote in line else None
    if regrouped is not None and (form == "odd" or not regrouped.loose):
        return Record(
            line=number, cells=regrouped.cells, repair="stray quotes kept as text", written=line
        )
    if len(cells) > shape.width:
        shorter = _without_stray_delimiters(cells, shape)
        if shorter is not None:
            return Record(
                line=number, cells=shorter, repair="a delimiter too many taken out", written=line
            )
    if len(cells) < shape.width and shape.width > 2:
        other = _by_another_delimiter(line, dialect, shape)
        if other is not None:
            return Record(
                line=number, cells=other, repair="another delimiter in one row", written=line
            )
    return Record(line=number, cells=cells)


def _without_stray_delimiters(cells: list[str], shape: Shape) -> list[str] | None:
    """Take out empty cells that push the others out of their columns."""
    surplus = len(cells) - shape.width
    if not any(cell.strip() for cell in cells[shape.width :]):
        return cells[: shape.width]
    if surplus != 1:
        return None
    blanks = [i for i, cell in enumerate(cells) if not cell.strip()]
    if len(blanks) == 1 and all(kind(cell) in ("text", "empty") for cell in cells):
        return cells[: blanks[0]] + cells[blanks[0] + 1 :]
    ways = [cells[:i] + cells[i + 1 :] for i in blanks]
    fits = [agreement(way, shape.kinds) for way in ways]
    if not ways or max(fits) < agreement(cells, shape.kinds):
        return None
    return ways[fits.index(max(fits))]


def _by_another_delimiter(line: str, dialect: Dialect, shape: Shape) -> list[str] | None:
    typed = any(found not in ("text", "empty") for found in shape.kinds)
    for cells, delimiter in _cuts_by_others(line, dialect, shape):
        # A sentence has as many words as a table has columns by mere chance.
        whole = all(kind(cell) != "torn" for cell in cells)
        sure = typed or delimiter != " " or (whole and dialect.quote in line)
        if sure and agreement(cells, shape.kinds) >= ALIKE:
            return cells
    return None


def _cuts_by_others(line: str, dialect: Dialect, shape: Shape) -> Iterator[tuple[list[str], str]]:
    for delimiter in DELIMITERS:
        if delimiter not in (dialect.delimiter, ", "):
            other = Dialect(delimiter=delimiter, quote=dialect.quote)
            cut = regroup(line, other, shape.width)
            if cut is not None:
                yield cut.cells, delimiter


def _header_in_another_dialect(
    record: Record, line: str, ahead: _Ahead, dialect: Dialect, shape: Shape
) -> Record:
    """Take a first line for names if another delimiter cuts it so, and a record follows at once."""
    below, form = parse(next(ahead.look(), "").removesuffix("\r"), dialect)
    is_record = (
        (len(below) == shape.width > 2 or form == "open")
        and any(kind(cell) in ("number", "date", "address") for cell in below)
        and agreement(below, shape.kinds) >= ALIKE
    )
    for cells, _ in _cuts_by_others(line, dialect, shape):
        named = all(kind(cell) == "text" for cell in cells) and len(set(cells)) == len(cells)
        if is_record and named:
            return Record(
                line=record.line,
                cells=cells,
                repair="another delimiter in one row",
                written=line,
            )
    return record
