"""Lines to records, mending those that don't have the table's shape."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from segmentation.reading.cells import Dialect, Form, parse, regroup, unwrapped
from segmentation.reading.kinds import Kind, agreement, kind
from segmentation.settings import DELIMITERS

MOST_LINES_IN_A_CELL = 2_000
ALIKE = 0.75
OTHER_QUOTE = {'"': "'", "'": '"'}

Repair = Literal[
    "stray quotes kept as text",
    "a delimiter too many taken out",
    "another delimiter in one row",
    "other quotes in one row",
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
            if line and len(cells) == width and not _is_dressed(line, cells, dialect):
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
            record = _mended(number, line, cells, form, dialect, shape, ahead)
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

    def put_back(self, part: str) -> None:
        """Let the last part of the line taken last come once more, as a line."""
        self._held.insert(0, part)
        self._taken -= 1

    def _count(self, line: str) -> None:
        # To an editor the other kind of line end, within a cell, ends a line too.
        inner = line.removesuffix("\r").removeprefix("\n")
        self._taken += 1 + inner.count(self.inner_end)


def _by_other_ends(
    line: str, ahead: _Ahead, dialect: Dialect, width: int
) -> list[list[str]] | None:
    """Cut a line at ends of the other kind where each part is a whole record."""
    if width < 2:
        return None
    *parts, last = line.split(ahead.inner_end)
    cuts = [parse(part, dialect) for part in (*parts, last)]
    if cuts[-1][1] == "open" and len(cuts[-1][0]) <= width:
        cuts.pop()
    if any(form != "right" or len(cells) != width for cells, form in cuts):
        return None
    if len(cuts) == len(parts):
        ahead.put_back(last)
    return [cells for cells, _ in cuts]


def _opened(number: int, raw: str, ahead: _Ahead, dialect: Dialect, shape: Shape) -> Record:
    """Settle a quote that its line doesn't close: a cell of several lines, or a stray quote."""
    line = raw.removesuffix("\r")
    alone = regroup(line, dialect, shape.width)
    odd, odd_text, odd_lines = None, "", 0
    for text, more, like_records in _longer(raw, ahead, dialect, shape):
        upper, _, lower = text.partition(ahead.inner_end)
        if lower and _is_whole(upper, dialect, shape):
            ahead.skip(more)
            ahead.put_back(lower)
            return Record(line=number, cells=parse(upper, dialect)[0])
        cells, form = parse(text, dialect)
        if form != "right" and odd is None and not like_records:
            whole = regroup(text, dialect, shape.width)
            if whole is not None and (alone is None or whole.loose <= alone.loose):
                odd, odd_text, odd_lines = whole, text, more
        if form == "open":
            continue
        if form == "right" and not (like_records == more and alone):
            record = _mended(number, text, cells, form, dialect, shape)
            if len(record.cells) == shape.width or not like_records:
                ahead.skip(more)
                return record
        break
    related = _by_a_related_dialect(number, line, [], "open", dialect, shape, ahead)
    if related is not None:
        return related
    if odd is not None:
        ahead.skip(odd_lines)
        return Record(
            line=number, cells=odd.cells, repair="stray quotes kept as text", written=odd_text
        )
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


def _is_whole(text: str, dialect: Dialect, shape: Shape) -> bool:
    cells, form = parse(text, dialect)
    return form == "right" and len(cells) == shape.width > 1


def _longer(
    raw: str, ahead: _Ahead, dialect: Dialect, shape: Shape
) -> Iterator[tuple[str, int, int]]:
    """Join a line with those to come, up to each that has a quote.

    Yields
    ------
    text, lines, like_records
        How many lines were joined to the first, and how many of them could stand alone.
    """
    parts = [raw]
    like_records = 0
    for more in itertools.islice(ahead.look(), MOST_LINES_IN_A_CELL):
        parts.append(more)
        alone = _stands_alone(more, dialect, shape)
        if dialect.quote in more:
            yield (
                dialect.newline.join(parts).removesuffix("\r"),
                len(parts) - 1,
                like_records + alone,
            )
        # The line that closes a quote may look as if it opened one.
        like_records += alone or _opens_its_last_cell(more, dialect, shape)


def _stands_alone(line: str, dialect: Dialect, shape: Shape) -> bool:
    if shape.width < 2:
        return False
    cut = regroup(line.removesuffix("\r"), dialect, shape.width)
    return cut is not None and cut.loose == 0


def _opens_its_last_cell(line: str, dialect: Dialect, shape: Shape) -> bool:
    cells, form = parse(line.removesuffix("\r"), dialect)
    return form == "open" and len(cells) == shape.width > 1


def _mended(
    number: int,
    line: str,
    cells: list[str],
    form: Form,
    dialect: Dialect,
    shape: Shape,
    ahead: _Ahead | None = None,
) -> Record:
    """Settle a record that may not have the width, or whose quotes may break the rules."""
    fits = form == "right" and len(cells) == shape.width
    related = _by_a_related_dialect(number, line, cells, form, dialect, shape, ahead)
    if related is not None:
        return related
    if fits:
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
        other = _by_another_delimiter(number, line, dialect, shape, ahead)
        if other is not None:
            return other
    return Record(line=number, cells=cells)


def _is_dressed(line: str, cells: Sequence[str], dialect: Dialect) -> bool:
    """Tell a row that is written in another way although it has the right width."""
    other = OTHER_QUOTE[dialect.quote]
    return _is_spaced(line, cells, dialect) or (
        other in line and is_in_other_quotes(cells, dialect)
    )


def _is_spaced(line: str, cells: Sequence[str], dialect: Dialect) -> bool:
    return dialect.delimiter == "," and line.count(", ") >= len(cells) - 1 > 1


def is_in_other_quotes(cells: Sequence[str], dialect: Dialect) -> bool:
    """Tell whether all cells of a row are in the quotes that the others are not in.

    Examples
    --------
    >>> is_in_other_quotes(["'1'", "", "'a'"], Dialect(delimiter=","))
    True
    """
    other = OTHER_QUOTE[dialect.quote]
    filled = [cell for cell in cells if cell]
    return len(filled) > 1 and all(
        len(cell) > 1 and cell[0] == cell[-1] == other for cell in filled
    )


def _by_a_related_dialect(
    number: int,
    line: str,
    cells: list[str],
    form: Form,
    dialect: Dialect,
    shape: Shape,
    ahead: _Ahead | None,
) -> Record | None:
    """Cut a row by the rules of a dialect that differs in one thing, into just the width."""
    other = OTHER_QUOTE[dialect.quote]
    fits = form == "right" and len(cells) == shape.width
    escaped = dialect.quote * 2 if dialect.backslash else f"\\{dialect.quote}"
    ways: list[tuple[Dialect, Repair]] = []
    if not fits and (escaped in line or form == "open"):
        ways.append((replace(dialect, backslash=not dialect.backslash), "other quotes in one row"))
    opens = any(cell.lstrip(" ")[:1] == other for cell in cells)
    if is_in_other_quotes(cells, dialect) if fits else opens:
        ways.append((replace(dialect, quote=other), "other quotes in one row"))
    if _is_spaced(line, cells, dialect):
        ways.append((replace(dialect, delimiter=", "), "another delimiter in one row"))
    for way, repair in ways:
        text, more = _whole(line, ahead, way, dialect, shape)
        found, found_form = parse(text, way)
        padded = way.delimiter == ", " and any(cell[:1] == " " for cell in found)
        if found_form == "right" and len(found) == shape.width > 2 and not padded:
            if ahead is not None:
                ahead.skip(more)
            return Record(line=number, cells=found, repair=repair, written=text)
    return None


def _whole(
    line: str, ahead: _Ahead | None, way: Dialect, dialect: Dialect, shape: Shape
) -> tuple[str, int]:
    """Join a line with those to come if it takes them to close its last quote another way."""
    if ahead is not None and parse(line, way)[1] == "open":
        for text, more, like_records in _longer(
            line, ahead, replace(dialect, quote=way.quote), shape
        ):
            if like_records:
                break
            if parse(text, way)[1] == "right":
                return text, more
    return line, 0


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


def _by_another_delimiter(
    number: int, line: str, dialect: Dialect, shape: Shape, ahead: _Ahead | None
) -> Record | None:
    typed = any(found not in ("text", "empty") for found in shape.kinds)
    for way in _others(dialect):
        text, more = _whole(line, ahead, way, dialect, shape)
        cut = regroup(text, way, shape.width)
        if cut is None:
            continue
        # A sentence has as many words as a table has columns by mere chance.
        whole = all(kind(cell) != "torn" for cell in cut.cells)
        sure = typed or way.delimiter != " " or (whole and dialect.quote in line)
        if sure and agreement(cut.cells, shape.kinds) >= ALIKE:
            if ahead is not None:
                ahead.skip(more)
            return Record(
                line=number, cells=cut.cells, repair="another delimiter in one row", written=text
            )
    return None


def _others(dialect: Dialect) -> list[Dialect]:
    """List the dialects of other delimiters, what another begins with behind it."""
    others = sorted((d for d in DELIMITERS if d != dialect.delimiter), key=lambda d: -len(d))
    return [replace(dialect, delimiter=delimiter, backslash=False) for delimiter in others]


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
    cuts = (regroup(line, way, shape.width) for way in _others(dialect))
    for cells in (cut.cells for cut in cuts if cut is not None):
        named = all(kind(cell) == "text" for cell in cells) and len(set(cells)) == len(cells)
        if is_record and named:
            return Record(
                line=record.line,
                cells=cells,
                repair="another delimiter in one row",
                written=line,
            )
    return record
