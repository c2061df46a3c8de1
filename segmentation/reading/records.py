"""Lines to records: quotes that follow the rules, and quotes, delimiters and rows that don't."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from segmentation.reading.kinds import Kind, agreement, kind
from segmentation.settings import DELIMITERS

MOST_LINES_IN_A_CELL = 2_000
WIDEST_REGROUPED = 500
ALIKE = 0.75

Repair = Literal[
    "stray quotes kept as text",
    "a delimiter too many taken out",
    "another delimiter in one row",
    "a quote that never closes kept as text",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How lines are cut into cells.

    Parameters
    ----------
    delimiter : str
        One of `DELIMITERS`; empty if a line is one cell.
    quote : {'"', "'"}
        What cells may be wrapped in.
    backslash : bool
        Whether a backslash, and not a second quote, comes before a quote within a cell.
    newline : {"\\n", "\\r"}
        What ends a line; a carriage return before a line feed belongs to the line's end.
    """

    delimiter: str
    quote: str = '"'
    backslash: bool = False
    newline: str = "\n"


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


Form = Literal["right", "odd", "open"]


def parse(text: str, dialect: Dialect) -> tuple[list[str], Form]:
    """Cut one record by the rules of RFC 4180, and say whether it keeps them.

    Returns
    -------
    cells, form
        ``odd`` if text follows a closing quote; ``open`` if a quote never closes.

    Examples
    --------
    >>> parse('a,"b ""c"", d"', Dialect(delimiter=","))
    (['a', 'b "c", d'], 'right')
    """
    delimiter, quote = dialect.delimiter, dialect.quote
    if quote not in text and not (dialect.backslash and "\\" in text):
        return (text.split(delimiter) if delimiter else [text]), "right"
    cells: list[str] = []
    form: Form = "right"
    start = 0
    while True:
        opening = start
        while text.startswith(" ", opening) and delimiter != " ":
            opening += 1
        if text.startswith(quote, opening):
            cell, end = _quoted(text, opening + 1, dialect)
            if end < 0:
                return [*cells, cell], "open"
            behind = end
            while text.startswith(" ", behind) and delimiter != " ":
                behind += 1
            if behind == len(text):
                return [*cells, cell], form
            if delimiter and text.startswith(delimiter, behind):
                cells.append(cell)
                start = behind + len(delimiter)
                continue
            form = "odd"
        end = text.find(delimiter, start) if delimiter else -1
        cell = text[start:] if end < 0 else text[start:end]
        cells.append(_unescaped(cell, dialect))
        if end < 0:
            return cells, form
        start = end + len(delimiter)


def _quoted(text: str, start: int, dialect: Dialect) -> tuple[str, int]:
    """Take a cell from behind its opening quote to behind its closing one, -1 if there is none."""
    quote = dialect.quote
    i = start
    while True:
        i = text.find(quote, i)
        if i < 0:
            return text[start:], -1
        if dialect.backslash and _is_escaped(text, i, start):
            i += 1
        elif text.startswith(quote, i + 1) and not dialect.backslash:
            i += 2
        else:
            return _inner(text[start:i], dialect), i + 1


def _is_escaped(text: str, i: int, start: int) -> bool:
    slashes = 0
    while i - slashes > start and text[i - slashes - 1] == "\\":
        slashes += 1
    return slashes % 2 == 1


def _inner(text: str, dialect: Dialect) -> str:
    """Undo what a writer does to the text within quotes."""
    if dialect.backslash:
        return _unescaped(text, dialect)
    return text.replace(dialect.quote * 2, dialect.quote)


def _unescaped(text: str, dialect: Dialect) -> str:
    if not dialect.backslash or "\\" not in text:
        return text
    out: list[str] = []
    marks = {"\\", dialect.quote, dialect.delimiter}
    i = 0
    while i < len(text):
        if text[i] == "\\" and i + 1 < len(text) and text[i + 1] in marks:
            i += 1
        out.append(text[i])
        i += 1
    return "".join(out)


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrouped:
    """Cells that were cut against the rules, and in how many of them loose quotes are left."""

    cells: list[str]
    loose: int


def regroup(text: str, dialect: Dialect, width: int) -> Regrouped | None:
    """Cut a line into exactly so many cells although its quotes break the rules.

    The line is cut at every delimiter; neighbouring pieces are joined again where the first begins
    and the last ends with a quote. Of the ways that give the width, the one that leaves the fewest
    loose quotes is taken; loose quotes are text.

    Examples
    --------
    >>> regroup('1,"a "b", c",x', Dialect(delimiter=","), 3).cells
    ['1', 'a "b", c', 'x']
    >>> regroup('1,"ab,x', Dialect(delimiter=","), 3).cells
    ['1', '"ab', 'x']
    """
    delimiter, quote = dialect.delimiter, dialect.quote
    pieces = text.split(delimiter) if delimiter else [text]
    if len(pieces) < width or len(pieces) > WIDEST_REGROUPED:
        return None
    opens = [piece.lstrip(" ").startswith(quote) for piece in pieces]
    closes = [piece.rstrip(" ").endswith(quote) and piece.strip(" ") != quote for piece in pieces]
    lone = [piece.strip(" ") == quote for piece in pieces]
    slack = len(pieces) - width
    # best[cells][pieces used] = (loose quotes, where the last cell starts); only near the diagonal.
    best: list[dict[int, tuple[int, int]]] = [{0: (0, 0)}]
    for cells in range(1, width + 1):
        reached: dict[int, tuple[int, int]] = {}
        for start, (loose, _) in best[-1].items():
            for end in range(start + 1, min(start + 2 + slack, len(pieces) - width + cells + 1)):
                wrapped = (
                    opens[start] and closes[end - 1]
                    if end == start + 1
                    else (opens[start] and (closes[end - 1] or lone[end - 1]))
                )
                if not wrapped and end > start + 1:
                    continue
                cell = delimiter.join(pieces[start:end]).strip(" ")
                bad = _loose(cell[1:-1], quote) if wrapped else int(quote in cell)
                if end not in reached or loose + bad < reached[end][0]:
                    reached[end] = (loose + bad, start)
        best.append(reached)
    if len(pieces) not in best[width]:
        return None
    found: list[str] = []
    end = len(pieces)
    for cells in range(width, 0, -1):
        start = best[cells][end][1]
        found.append(_unwrapped(delimiter.join(pieces[start:end]), dialect))
        end = start
    return Regrouped(cells=found[::-1], loose=best[width][len(pieces)][0])


def _loose(text: str, quote: str) -> int:
    """Count the quotes that are not doubled."""
    return text.replace(quote * 2, "").count(quote)


def _unwrapped(text: str, dialect: Dialect) -> str:
    inside = text.strip(" ")
    if len(inside) >= 2 and inside.startswith(dialect.quote) and inside.endswith(dialect.quote):
        return _inner(inside[1:-1], dialect)
    return text


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


def records(lines: Iterable[str], dialect: Dialect, shape: Shape) -> Iterator[Record]:
    """Cut lines into records, mending those that don't have the table's shape.

    Parameters
    ----------
    lines : iterable of str
        Cut at the dialect's newline, without it.
    dialect, shape
        As found in a sample.

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
    first = True
    quote, width = dialect.quote, shape.width
    for number, raw in ahead:
        line = raw.removesuffix("\r")
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
        self._inner_end = inner_end
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
        self._taken += 1 + inner.count(self._inner_end)


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
        cells=[_unwrapped(cell, dialect) for cell in bare],
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
