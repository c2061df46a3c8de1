"""How a table's numbers, dates and ids are written: settled or asked, with what reading changes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from segmentation.notation.doubts import (
    currency_doubts,
    id_doubts,
    percent_doubts,
    swapped_doubts,
)
from segmentation.notation.kinds import (
    DATES,
    NUMBERS,
    changes_of,
    settle_kind,
    tells_mark,
    tells_order,
)
from segmentation.notation.pieces import MARKS, date_pieces, number_pieces, read_column
from segmentation.notation.wording import ORDERED
from segmentation.results import Change, Question, Schema, Table
from segmentation.settings import DateOrder, DecimalMark, SchemaSettings
from segmentation.values import Cells, Instants, Numbers, read_ids

__all__ = ["MARKS", "Notation", "Written", "find_notation", "orders_found", "read_column"]


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
    >>> table = read_table(Source(name="t.csv", data=b"a\\n1.234\\n5.678\\n"), as_text=True)
    >>> written = Written(numbers=("a",), dates=(), ids=(), counted=(), used=("a",))
    >>> (question,) = find_notation(table, written, SchemaSettings()).questions
    >>> question.option, [reading.examples[0] for reading in question.readings]
    ('--decimal', [('1.234', '1.234'), ('1.234', '1234')])
    """
    of_numbers = {name: number_pieces(table, name) for name in written.numbers}
    of_dates = {name: date_pieces(table, name, name in written.counted) for name in written.dates}
    several = len(table.report.files) > 1
    numbers = settle_kind(
        NUMBERS, of_numbers, settings.decimal, tells_mark(of_numbers), written.used, several
    )
    dates = settle_kind(
        DATES, of_dates, settings.dates, tells_order(of_dates), written.used, several
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
            *currency_doubts(of_numbers),
            *percent_doubts(of_numbers, numbers.changes),
            *swapped_doubts(of_dates),
            *id_doubts(ids),
        ),
    )


def orders_found(schema: Schema) -> tuple[DateOrder, ...]:
    """Return the orders that a table's dates are written in; none where the year comes first."""
    kinds = {change.kind for column in schema.columns for change in column.changes}
    return tuple(order for order, kind in ORDERED.items() if kind in kinds)


def _id_changes(cells: Cells) -> tuple[Change, ...]:
    ids, shortened = read_ids(cells)
    padded = np.asarray(pc.not_equal(cells.texts, cells.trimmed), dtype=bool)
    done = {"id without its .0": shortened, "spaces around taken off": padded}
    return changes_of(cells, done, lambda at: str(ids[at]))
