"""How a table's numbers, dates and ids are written: settled or asked, with what reading changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Literal, TypeVar, get_args

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from segmentation.numerals import counted
from segmentation.results import (
    Change,
    Column,
    ColumnType,
    Question,
    Reading,
    ReadReport,
    Schema,
    Table,
    added_up,
)
from segmentation.settings import DateOrder, DecimalMark, SchemaSettings
from segmentation.values import (
    Bools,
    Cells,
    Dates,
    Evidence,
    Instants,
    Numbers,
    Place,
    Settled,
    is_called_a_date,
    lost_digits,
    matches,
    plain_numbers,
    read_dates,
    read_ids,
    read_numbers,
    settle,
    year_first,
)
from segmentation.words import and_more

Way = TypeVar("Way", bound=str)
Rows = slice | npt.NDArray[np.int64]

MOST_EXAMPLES = 3
MARKS: tuple[DecimalMark, ...] = get_args(DecimalMark)
# Columns of like size: half an order of magnitude.
LIKE_SIZE = 10**0.5
FEWEST_SWAPPED = 3

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DECIMAL_LABELS: dict[DecimalMark, str] = {"point": "Decimal point", "comma": "Decimal comma"}
_DATE_LABELS: dict[DateOrder, str] = {
    "dmy": "Day first",
    "mdy": "Month first",
    "ymd": "Year first",
}
_ORDERED: dict[DateOrder, str] = {
    "dmy": "dates written day-first",
    "mdy": "dates written month-first",
    "ymd": "dates written year-first",
}
_COMMA = "decimal comma read as point"
_PERCENT = "percent read as a fraction"
_PLAIN_NUMBER = "^-?[0-9]+(?:[.][0-9]+)?$"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Notation:
    """How the columns of a table are written.

    Parameters
    ----------
    decimal, dates : dict of column to str
        The decimal mark of each column of numbers, the order of each column of dates, in the
        first file.
    apart : dict of column to tuple of (file, str)
        Files in which it is otherwise.
    numbers : dict of column to Numbers
        The columns of numbers, read so.
    moments : dict of column to Instants
        The columns of dates, read so.
    changes : dict of column to tuple of Change
        What reading changes.
    told : dict of column to str
        What is not told by a column's own cells, or not the same in all files, in words.
    questions : tuple of Question
        What neither the cells nor other columns tell.
    doubts : tuple of str
        What the user should look at, in sentences.
    """

    decimal: dict[str, DecimalMark]
    dates: dict[str, DateOrder]
    apart: dict[str, tuple[tuple[str, DecimalMark | DateOrder], ...]]
    numbers: dict[str, Numbers]
    moments: dict[str, Instants]
    changes: dict[str, tuple[Change, ...]]
    told: dict[str, str]
    questions: tuple[Question, ...]
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Written:
    """The columns whose notation matters, by what they hold.

    Parameters
    ----------
    numbers, dates, ids : tuple of str
        Columns of each kind.
    counted : collection of str
        Columns of dates in which a bare number is a date, too.
    used : collection of str
        Columns worth a question; the others may still settle one.
    """

    numbers: tuple[str, ...]
    dates: tuple[str, ...]
    ids: tuple[str, ...]
    counted: Collection[str]
    used: Collection[str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Piece(Generic[Way]):
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Kind(Generic[Way]):
    """What settling numbers and settling dates have not in common."""

    setting: Literal["decimal", "dates"]
    asks: str
    labels: Mapping[Way, str]
    shown: Callable[[Any], str]
    written: Callable[[Any], str]
    unread: Any


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Found(Generic[Way]):
    """The columns of one kind, settled and read."""

    ways: dict[str, Way]
    apart: dict[str, tuple[tuple[str, Way], ...]]
    values: dict[str, npt.NDArray[Any]]
    missing: dict[str, Bools]
    infinite: dict[str, Bools]
    changes: dict[str, tuple[Change, ...]]
    told: dict[str, str]
    questions: tuple[Question, ...]
    doubts: tuple[str, ...]


def find_notation(table: Table, written: Written, settings: SchemaSettings) -> Notation:
    """Settle how each column is written, file by file, read it, and ask what can't be settled.

    What settles a column is its cells in one file; else another column of the file, if it is
    written alike. A cell that can be read in one way only is read so, whatever the others say.

    Parameters
    ----------
    table : Table
        Read with ``as_text=True``.
    written : Written
        Its columns.
    settings : SchemaSettings
        What the user has settled.

    Examples
    --------
    >>> from segmentation.reading import Source, read_table
    >>> table = read_table(Source(name="t.csv", data=b"a\n1.234\n5.678\n"), as_text=True)
    >>> written = Written(numbers=("a",), dates=(), ids=(), counted=(), used=("a",))
    >>> (question,) = find_notation(table, written, SchemaSettings()).questions
    >>> question.option, [reading.examples[0] for reading in question.readings]
    ('--decimal', [('1.234', '1.234'), ('1.234', '1234')])
    """
    of_numbers = {name: _number_pieces(table, name) for name in written.numbers}
    of_dates = {name: _date_pieces(table, name, name in written.counted) for name in written.dates}
    several = len(table.report.files) > 1
    numbers = _settled(
        _NUMBERS, of_numbers, settings.decimal, _tells_mark(of_numbers), written.used, several
    )
    dates = _settled(
        _DATES, of_dates, settings.dates, _tells_order(of_dates), written.used, several
    )
    ids = {name: Cells.of(table.frame[name]) for name in written.ids}
    return Notation(
        decimal=numbers.ways,
        dates=dates.ways,
        apart={**numbers.apart, **dates.apart},
        numbers={
            name: Numbers(
                values=values,
                missing=numbers.missing[name],
                unreadable=np.isnan(values) & ~numbers.missing[name] & ~numbers.infinite[name],
                infinite=numbers.infinite[name],
            )
            for name, values in numbers.values.items()
        },
        moments={
            name: Instants(
                values=values,
                missing=dates.missing[name],
                unreadable=np.isnat(values) & ~dates.missing[name],
            )
            for name, values in dates.values.items()
        },
        changes={
            **numbers.changes,
            **dates.changes,
            **{name: _id_changes(cells) for name, cells in ids.items()},
        },
        told=numbers.told | dates.told,
        questions=(*numbers.questions, *dates.questions),
        doubts=(
            *numbers.doubts,
            *dates.doubts,
            *_currency_doubts(of_numbers),
            *_percent_doubts(of_numbers, numbers.changes),
            *_swapped_doubts(of_dates),
            *_id_doubts(ids),
        ),
    )


def read_column(table: Table, column: Column, content: ColumnType) -> npt.NDArray[Any]:
    """Read a column as its schema says: numbers where that is the content, else dates.

    Examples
    --------
    >>> from segmentation.reading import Source, read_table
    >>> table = read_table(Source(name="t.csv", data=b"a;b\n1,5;x\n"), as_text=True)
    >>> column = Column(name="a", type="number", role=None, reason="", decimal="comma")
    >>> read_column(table, column, "number").tolist()
    [1.5]
    """
    if content == "number":
        values = plain_numbers(table.frame[column.name])
        if values is not None and column.decimal == "point":
            return values
        return _read(_number_pieces(table, column.name), column.decimal, column.apart, np.nan)
    counted_too = is_called_a_date(column.name) or column.role == "order_date"
    pieces = _date_pieces(table, column.name, counted_too)
    return _read(pieces, column.dates, column.apart, _DATES.unread)


def _read(
    pieces: list[_Piece[Way]],
    way: Way,
    apart: tuple[tuple[str, DecimalMark | DateOrder], ...],
    unread: Any,
) -> npt.NDArray[Any]:
    of_files: dict[str, Any] = dict(apart)
    values = np.full(_row_count(pieces), unread)
    for piece in pieces:
        values[piece.rows] = piece.cells.rows(piece.read(of_files.get(piece.place[1], way))[0])
    return values


def orders_found(schema: Schema) -> tuple[DateOrder, ...]:
    """Return the orders that a table's dates are written in; none where the year comes first."""
    kinds = {change.kind for column in schema.columns for change in column.changes}
    return tuple(order for order, kind in _ORDERED.items() if kind in kinds)


def number_text(value: float) -> str:
    """Write a number with all its digits and nothing else.

    Examples
    --------
    >>> number_text(1234.0), number_text(0.125)
    ('1234', '0.125')
    """
    return np.format_float_positional(value, trim="-")


def date_text(moment: np.datetime64) -> str:
    """Write a moment as ISO 8601 does, without a clock at midnight.

    Examples
    --------
    >>> date_text(np.datetime64("2011-12-01T08:26:00")), date_text(np.datetime64("2011-12-01"))
    ('2011-12-01 08:26:00', '2011-12-01')
    """
    return str(moment.astype("datetime64[s]")).replace("T", " ").removesuffix(" 00:00:00")


def _number_text(value: float) -> str:
    return "no number" if np.isnan(value) else number_text(value)


def _spoken(moment: np.datetime64) -> str:
    if np.isnat(moment):
        return "no date"
    year, month, day = str(moment)[:10].split("-")
    return f"{int(day)} {_MONTHS[int(month) - 1]} {year}"


_NUMBERS: _Kind[DecimalMark] = _Kind(
    setting="decimal",
    asks="Does the point or the comma mark the decimals in {}?",
    labels=_DECIMAL_LABELS,
    shown=_number_text,
    written=number_text,
    unread=np.nan,
)
_DATES: _Kind[DateOrder] = _Kind(
    setting="dates",
    asks="Does the day or the month come first in {}?",
    labels=_DATE_LABELS,
    shown=_spoken,
    written=date_text,
    unread=np.datetime64("NaT", "s"),
)


def _files(table: Table) -> Iterator[tuple[ReadReport, slice]]:
    start = 0
    for file in table.report.files:
        yield file, slice(start, start + file.rows)
        start += file.rows


def _number_pieces(table: Table, name: str) -> list[_Piece[DecimalMark]]:
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
) -> _Piece[DecimalMark]:
    marks: tuple[DecimalMark, ...] = ("point",) if stored else MARKS
    found = {mark: read_numbers(cells, mark) for mark in marks}
    values = {mark: found[mark if mark in found else "point"].values for mark in MARKS}
    return _Piece(
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


def _date_pieces(table: Table, name: str, bare_too: bool) -> list[_Piece[DateOrder]]:
    pieces = []
    for file, rows in _files(table):
        cells = Cells.of(table.frame[name].iloc[rows])
        found = read_dates(cells, counted=bare_too)
        values = found.values
        if _years(values["ymd"][found.ordered]) > _years(values["dmy"][found.ordered]):
            # The days of one year would be as many years.
            values["ymd"][found.ordered] = _DATES.unread
        pieces.append(
            _Piece(
                place=(name, file.name),
                rows=rows,
                cells=cells,
                values=values,
                missing=found.missing,
                infinite=np.zeros(len(cells), dtype=bool),
                evidence=Evidence.of(values),
                done={
                    way: {kind: found.ordered, **found.changes} for way, kind in _ORDERED.items()
                },
            )
        )
    return pieces


def _years(dates: Dates) -> int:
    return len(np.unique(dates[~np.isnat(dates)].astype("datetime64[Y]")))


def _tells_mark(
    columns: Mapping[str, list[_Piece[DecimalMark]]],
) -> Callable[[Place, Place, DecimalMark], bool]:
    by_place = _open_or_sure(columns)

    def tells(place: Place, other: Place, mark: DecimalMark) -> bool:
        piece, near = by_place[place], by_place[other]
        values = piece.values[mark][piece.evidence.differ]
        # Groups of thousands go with any decimals; three decimals only with numbers of their size.
        if (values % 1 == 0).all():
            return True
        sizes = [float(np.nanmedian(np.abs(v))) for v in (values, near.values[mark])]
        return max(sizes) <= LIKE_SIZE * min(sizes)

    return tells


def _tells_order(
    columns: Mapping[str, list[_Piece[DateOrder]]],
) -> Callable[[Place, Place, DateOrder], bool]:
    by_place = _open_or_sure(columns)

    def tells(place: Place, other: Place, _order: DateOrder) -> bool:
        return _signs(by_place[place]) <= _signs(by_place[other])

    return tells


def _open_or_sure(columns: Mapping[str, list[_Piece[Way]]]) -> dict[Place, _Piece[Way]]:
    return {
        piece.place: piece
        for pieces in columns.values()
        for piece in pieces
        if piece.evidence.is_open or piece.evidence.is_sure
    }


def _signs(piece: _Piece[DateOrder]) -> set[str]:
    """Return what stands between day, month and year."""
    ordered = next(iter(piece.done["dmy"].values()))
    days = pc.replace_substring_regex(piece.cells.trimmed.filter(pa.array(ordered)), "[ T].*", "")
    return set(pc.replace_substring_regex(days, "[0-9]", "").to_pylist())


def _settled(
    kind: _Kind[Way],
    columns: Mapping[str, list[_Piece[Way]]],
    said: Way | None,
    tells: Callable[[Place, Place, Way], bool],
    used: Collection[str],
    several: bool,
) -> _Found[Way]:
    """Settle the columns of one kind, and read them."""
    pieces = [piece for own in columns.values() for piece in own]
    settled = settle({piece.place: piece.evidence for piece in _deciding(pieces)}, said, tells)
    ways = dict(settled.ways)
    is_open = [p for p in _deciding(pieces) if p.place in settled.open and p.place[0] in used]
    questions: tuple[Question, ...] = ()
    if is_open:
        question = _question(kind, is_open, several)
        questions = (question,)
        for piece in is_open:
            if question.readings[0].value in piece.evidence.ways:
                ways[piece.place] = question.readings[0].value
    found: _Found[Way] = _Found(
        ways={},
        apart={},
        values={},
        missing={},
        infinite={},
        changes={},
        told={},
        questions=questions,
        doubts=(),
    )
    doubts = list(_unfit(kind, settled, said))
    for name, own in columns.items():
        rows = _row_count(own)
        values = np.full(rows, kind.unread)
        missing, infinite = np.zeros(rows, dtype=bool), np.zeros(rows, dtype=bool)
        changes: list[Change] = []
        for piece in own:
            way = ways.get(piece.place, next(iter(piece.values)))
            read, otherwise = piece.read(way)
            values[piece.rows] = piece.cells.rows(read)
            missing[piece.rows] = piece.cells.rows(piece.missing)
            infinite[piece.rows] = piece.cells.rows(piece.infinite & np.isnan(read))
            changes += _piece_changes(kind, piece, way, read, otherwise)
            if otherwise.any():
                doubts.append(_torn(kind, piece, way, otherwise, several))
        found.values[name], found.missing[name], found.infinite[name] = values, missing, infinite
        found.changes[name] = added_up(changes)
        found.told.update(_told(kind, name, own, ways, settled.like))
        of_files = {piece.place[1]: ways[piece.place] for piece in _deciding(own)}
        if of_files:
            first = found.ways[name] = next(iter(of_files.values()))
            found.apart[name] = tuple((f, way) for f, way in of_files.items() if way != first)
    return replace(found, doubts=tuple(doubts))


def _deciding(pieces: Iterable[_Piece[Way]]) -> list[_Piece[Way]]:
    return [piece for piece in pieces if not piece.stored]


def _row_count(pieces: Sequence[_Piece[Way]]) -> int:
    return sum(len(piece.cells.codes) for piece in pieces)


def _question(kind: _Kind[Way], pieces: list[_Piece[Way]], several: bool) -> Question:
    """Ask once for all columns that are open, each answer shown on their own cells."""
    listed, where = [], []
    for name in dict.fromkeys(piece.place[0] for piece in pieces):
        files = [piece.place[1] for piece in pieces if piece.place[0] == name]
        listed.append(f"{name!r} of {and_more(files)}" if several else repr(name))
        where.append(f"{name} ({and_more(files)})" if several else name)
    best = Counter(piece.evidence.best for piece in pieces).most_common(1)[0][0]
    possible = {way for piece in pieces for way in piece.evidence.ways}
    ways = sorted((way for way in kind.labels if way in possible), key=lambda way: way != best)
    examples = [
        (piece, at, cell)
        for piece in pieces
        for at, cell in piece.cells.first(piece.evidence.differ, MOST_EXAMPLES)
    ][:MOST_EXAMPLES]
    asks = kind.asks.format(", ".join(listed))
    if "ymd" in ways:
        asks = f"Which comes first in {', '.join(listed)}: the day, the month or the year?"
    clear = [text for piece in pieces for text in _clear(kind, piece)]
    return Question(
        setting=kind.setting,
        text=" ".join([asks, *clear]),
        where=", ".join(where),
        readings=tuple(
            Reading(
                value=way,
                label=kind.labels[way],
                examples=tuple(
                    (cell, kind.shown(piece.values[way][at])) for piece, at, cell in examples
                ),
            )
            for way in ways
        ),
    )


def _clear(kind: _Kind[Way], piece: _Piece[Way]) -> list[str]:
    """Say how many cells contradict each other in a column that does."""
    if not all(piece.evidence.misses.values()):
        return []
    said = []
    for way in piece.evidence.ways:
        others = [values for other, values in piece.values.items() if other != way]
        only = ~np.isnan(piece.values[way]) & np.logical_and.reduce([np.isnan(v) for v in others])
        for _, example in piece.cells.first(only, 1):
            cells = counted(piece.cells.count(only), "cell", "cells")
            said.append(f"{cells} can only be {kind.labels[way].lower()} ({example})")
    either = counted(piece.cells.count(piece.evidence.differ), "cell", "cells")
    return [f"{', '.join(said)}; {either} can be either."]


def _torn(kind: _Kind[Way], piece: _Piece[Way], way: Way, otherwise: Bools, several: bool) -> str:
    name, file = piece.place
    (_, example), *_ = piece.cells.first(otherwise, 1)
    number = piece.cells.count(otherwise)
    can = "1 cell can't" if number == 1 else f"{number:,} cells can't"
    of_file = f" of {file}" if several else ""
    they_are = "it is" if number == 1 else "they are"
    either = piece.cells.count(piece.evidence.differ)
    others = f" {counted(either, 'cell', 'cells')} could be read either way." if either else ""
    return (
        f"{name}{of_file}: {can} be read with “{kind.labels[way].lower()}” as the others are, such "
        f"as {example!r}; {they_are} read in the only way there is.{others}"
    )


def _told(
    kind: _Kind[Way],
    name: str,
    pieces: list[_Piece[Way]],
    ways: Mapping[Place, Way],
    like: Mapping[Place, str],
) -> dict[str, str]:
    deciding = _deciding(pieces)
    lenders = [like[piece.place] for piece in deciding if piece.place in like]
    if lenders:
        label = next(kind.labels[ways[piece.place]] for piece in deciding if piece.place in like)
        return {name: f"read with “{label.lower()}” like the column {lenders[0]!r}"}
    files: dict[Way, list[str]] = {}
    for piece in deciding:
        if piece.evidence.is_sure or piece.evidence.is_open:
            files.setdefault(ways[piece.place], []).append(piece.place[1])
    if len(files) < 2:
        return {}
    each = [f"“{kind.labels[way].lower()}” in {and_more(own)}" for way, own in files.items()]
    return {name: f"read with {' and with '.join(each)}"}


def _piece_changes(
    kind: _Kind[Way],
    piece: _Piece[Way],
    way: Way,
    values: npt.NDArray[Any],
    otherwise: Bools,
) -> Iterator[Change]:
    read = ~np.isnan(values)
    done = {what: where & read & ~otherwise for what, where in piece.done[way].items()}
    yield from _changes(piece.cells, done, lambda at: kind.written(values[at]))
    left = otherwise
    for other in piece.values:
        own = left & ~np.isnan(piece.values[other])
        left = left & ~own
        done = {what: where & own for what, where in piece.done[other].items()}
        yield from _changes(piece.cells, done, lambda at: kind.written(values[at]))


def _id_changes(cells: Cells) -> tuple[Change, ...]:
    ids, shortened = read_ids(cells)
    padded = np.asarray(pc.not_equal(cells.texts, cells.trimmed), dtype=bool)
    done = {"id without its .0": shortened, "spaces around taken off": padded}
    return _changes(cells, done, lambda at: str(ids[at]))


def _changes(
    cells: Cells, done: Mapping[str, Bools], read: Callable[[int], str]
) -> tuple[Change, ...]:
    return tuple(
        Change(
            kind=kind,
            count=cells.count(where),
            examples=tuple((text, read(at)) for at, text in cells.first(where, MOST_EXAMPLES)),
        )
        for kind, where in done.items()
        if where.any()
    )


def _unfit(kind: _Kind[Way], settled: Settled[Way], said: Way | None) -> Iterator[str]:
    if said is None:
        return
    for place in settled.unfit:
        yield (
            f"{place[0]}: most of its cells can't be read with “{kind.labels[said].lower()}”; it "
            f"is read with “{kind.labels[settled.ways[place]].lower()}”."
        )


def _id_doubts(ids: Mapping[str, Cells]) -> Iterator[str]:
    for name, cells in ids.items():
        rounded = lost_digits(cells)
        for _, example in cells.first(rounded, 1):
            yield (
                f"{name}: {cells.count(rounded):,} ids are written like {example!r}, which a "
                "spreadsheet makes of long numbers; digits may be lost. Export the ids as text."
            )


def _currency_doubts(columns: Mapping[str, list[_Piece[DecimalMark]]]) -> Iterator[str]:
    for name, pieces in columns.items():
        currencies = sorted({currency for piece in pieces for currency in piece.currencies})
        if len(currencies) > 1:
            yield (
                f"{name}: its amounts are in {' and '.join(currencies)}; they are used as they "
                "stand, without conversion."
            )


def _percent_doubts(
    columns: Mapping[str, list[_Piece[DecimalMark]]], changes: Mapping[str, tuple[Change, ...]]
) -> Iterator[str]:
    """Say so where only some numbers of a column are percent."""
    for name, pieces in columns.items():
        change = next((change for change in changes[name] if change.kind == _PERCENT), None)
        if change is None:
            continue
        for piece in pieces:
            value = piece.values[piece.evidence.best]
            bare = ~np.isnan(value) & (value != 0)
            bare &= ~np.asarray(pc.match_substring(piece.cells.texts, "%"), dtype=bool)
            for at, example in piece.cells.first(bare, 1):
                (written, read), *_ = change.examples
                yield (
                    f"{name}: {counted(change.count, 'cell is', 'cells are')} percent and others "
                    f"are not: {written} is read as {read}, and {example} as "
                    f"{number_text(value[at])}. Write all of them in one way."
                )
                break
            else:
                continue
            break


def _swapped_doubts(columns: Mapping[str, list[_Piece[DateOrder]]]) -> Iterator[str]:
    """Say so where a spreadsheet of another country took some dates for its own."""
    for name, pieces in columns.items():
        for piece in pieces:
            values = piece.values["dmy"]
            stored = year_first(piece.cells) & ~np.isnat(values)
            days = (values.astype("datetime64[D]") - values.astype("datetime64[M]")).astype(int)
            ordered = next(iter(piece.done["dmy"].values())) & ~np.isnat(piece.read("dmy")[0])
            if (
                stored.sum() >= FEWEST_SWAPPED
                and (days[stored] < 12).all()
                and ordered.any()
                and not (ordered & piece.evidence.differ).any()
            ):
                (_, date), *_ = piece.cells.first(stored, 1)
                (_, text), *_ = piece.cells.first(ordered, 1)
                yield (
                    f"{name}: none of the {piece.cells.count(stored):,} dates such as {date} has a "
                    f"day above 12, and {piece.cells.count(ordered):,} are text, such as {text}. A "
                    "spreadsheet set to another country leaves dates so: it has likely swapped day "
                    "and month of the first kind. Export the column again, as text."
                )
