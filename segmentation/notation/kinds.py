"""The columns of one kind settled file by file, asked about, and read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from segmentation.notation.pieces import NO_DATE, Piece, Way, row_count
from segmentation.notation.wording import (
    DATE_LABELS,
    DECIMAL_LABELS,
    ORDERED,
    date_text,
    number_or_none,
    number_text,
    spoken,
)
from segmentation.numerals import counted
from segmentation.results import Change, Question, Reading, added_up
from segmentation.settings import DateOrder, DecimalMark
from segmentation.values import Bools, Cells, Place, Settled, settle
from segmentation.words import and_more

MOST_EXAMPLES = 3
# Columns of like size: half an order of magnitude.
LIKE_SIZE = 10**0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kind(Generic[Way]):
    """What settling numbers and settling dates have not in common."""

    setting: Literal["decimal", "dates"]
    asks: str
    labels: Mapping[Way, str]
    shown: Callable[[Any], str]
    written: Callable[[Any], str]
    unread: Any


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Found(Generic[Way]):
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


NUMBERS: Kind[DecimalMark] = Kind(
    setting="decimal",
    asks="Does the point or the comma mark the decimals in {}?",
    labels=DECIMAL_LABELS,
    shown=number_or_none,
    written=number_text,
    unread=np.nan,
)
DATES: Kind[DateOrder] = Kind(
    setting="dates",
    asks="Does the day or the month come first in {}?",
    labels=DATE_LABELS,
    shown=spoken,
    written=date_text,
    unread=NO_DATE,
)


def tells_mark(
    columns: Mapping[str, list[Piece[DecimalMark]]],
) -> Callable[[Place, Place, DecimalMark], bool]:
    """Return what says whether one column can be read with the decimal mark of another."""
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


def tells_order(
    columns: Mapping[str, list[Piece[DateOrder]]],
) -> Callable[[Place, Place, DateOrder], bool]:
    """Return what says whether one column can be read in the order of another."""
    by_place = _open_or_sure(columns)

    def tells(place: Place, other: Place, _order: DateOrder) -> bool:
        return _signs(by_place[place]) <= _signs(by_place[other])

    return tells


def _open_or_sure(columns: Mapping[str, list[Piece[Way]]]) -> dict[Place, Piece[Way]]:
    return {
        piece.place: piece
        for pieces in columns.values()
        for piece in pieces
        if piece.evidence.is_open or piece.evidence.is_sure
    }


def _signs(piece: Piece[DateOrder]) -> set[str]:
    """Return what stands between day, month and year."""
    ordered = piece.done["dmy"][ORDERED["dmy"]]
    days = pc.replace_substring_regex(piece.cells.trimmed.filter(pa.array(ordered)), "[ T].*", "")
    return set(pc.replace_substring_regex(days, "[0-9]", "").to_pylist())


def settle_kind(
    kind: Kind[Way],
    columns: Mapping[str, list[Piece[Way]]],
    said: Way | None,
    tells: Callable[[Place, Place, Way], bool],
    used: Collection[str],
    several: bool,
) -> Found[Way]:
    """Settle the columns of one kind, and read them."""
    pieces = [piece for own in columns.values() for piece in own]
    settled = settle({piece.place: piece.evidence for piece in deciding(pieces)}, said, tells)
    ways = dict(settled.ways)
    is_open = [p for p in deciding(pieces) if p.place in settled.open and p.place[0] in used]
    questions: tuple[Question, ...] = ()
    if is_open:
        question = _question(kind, is_open, several)
        questions = (question,)
        for piece in is_open:
            if question.readings[0].value in piece.evidence.ways:
                ways[piece.place] = question.readings[0].value
    found: Found[Way] = Found(
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
        rows = row_count(own)
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
        of_files = {piece.place[1]: ways[piece.place] for piece in deciding(own)}
        if of_files:
            first = found.ways[name] = next(iter(of_files.values()))
            found.apart[name] = tuple((f, way) for f, way in of_files.items() if way != first)
    return replace(found, doubts=tuple(doubts))


def deciding(pieces: Iterable[Piece[Way]]) -> list[Piece[Way]]:
    """Leave out what can't be in doubt."""
    return [piece for piece in pieces if not piece.stored]


def _question(kind: Kind[Way], pieces: list[Piece[Way]], several: bool) -> Question:
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


def _clear(kind: Kind[Way], piece: Piece[Way]) -> list[str]:
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


def _torn(kind: Kind[Way], piece: Piece[Way], way: Way, otherwise: Bools, several: bool) -> str:
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
    kind: Kind[Way],
    name: str,
    pieces: list[Piece[Way]],
    ways: Mapping[Place, Way],
    like: Mapping[Place, str],
) -> dict[str, str]:
    own = deciding(pieces)
    lenders = [like[piece.place] for piece in own if piece.place in like]
    if lenders:
        label = next(kind.labels[ways[piece.place]] for piece in own if piece.place in like)
        return {name: f"read with “{label.lower()}” like the column {lenders[0]!r}"}
    files: dict[Way, list[str]] = {}
    for piece in own:
        if piece.evidence.is_sure or piece.evidence.is_open:
            files.setdefault(ways[piece.place], []).append(piece.place[1])
    if len(files) < 2:
        return {}
    each = [f"“{kind.labels[way].lower()}” in {and_more(names)}" for way, names in files.items()]
    return {name: f"read with {' and with '.join(each)}"}


def _piece_changes(
    kind: Kind[Way],
    piece: Piece[Way],
    way: Way,
    values: npt.NDArray[Any],
    otherwise: Bools,
) -> Iterator[Change]:
    read = ~np.isnan(values)
    done = {what: where & read & ~otherwise for what, where in piece.done[way].items()}
    yield from changes_of(piece.cells, done, lambda at: kind.written(values[at]))
    left = otherwise
    for other in piece.values:
        own = left & ~np.isnan(piece.values[other])
        left = left & ~own
        done = {what: where & own for what, where in piece.done[other].items()}
        yield from changes_of(piece.cells, done, lambda at: kind.written(values[at]))


def changes_of(
    cells: Cells, done: Mapping[str, Bools], read: Callable[[int], str]
) -> tuple[Change, ...]:
    """Count what was done to cells by its kind, with examples."""
    return tuple(
        Change(
            kind=kind,
            count=cells.count(where),
            examples=tuple((text, read(at)) for at, text in cells.first(where, MOST_EXAMPLES)),
        )
        for kind, where in done.items()
        if where.any()
    )


def _unfit(kind: Kind[Way], settled: Settled[Way], said: Way | None) -> Iterator[str]:
    if said is None:
        return
    for place in settled.unfit:
        yield (
            f"{place[0]}: most of its cells can't be read with “{kind.labels[said].lower()}”; it "
            f"is read with “{kind.labels[settled.ways[place]].lower()}”."
        )
