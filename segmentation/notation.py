"""How a table's numbers, dates and ids are written: settled or asked, with what reading changes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args

import numpy as np
import pyarrow.compute as pc

from segmentation.results import Change, Question, Reading, Schema
from segmentation.settings import DateOrder, DecimalMark, SchemaSettings
from segmentation.values import (
    Bools,
    Cells,
    DateTexts,
    Evidence,
    NumberTexts,
    Settled,
    lost_digits,
    read_dates,
    read_ids,
    read_numbers,
    settle,
)

Way = TypeVar("Way", bound=str)

MOST_EXAMPLES = 3
MARKS: tuple[DecimalMark, ...] = get_args(DecimalMark)

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DECIMAL_LABELS: dict[DecimalMark, str] = {"point": "Decimal point", "comma": "Decimal comma"}
_DATE_LABELS: dict[DateOrder, str] = {"dmy": "Day first", "mdy": "Month first"}
_ORDERED: dict[DateOrder, str] = {
    "dmy": "dates written day-first",
    "mdy": "dates written month-first",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Notation:
    """How the columns of a table are written.

    Parameters
    ----------
    decimal, dates : dict of column to str
        The decimal mark of each column of numbers, the order of each column of dates.
    numbers : dict of column to NumberTexts
        The columns of numbers, read so.
    changes : dict of column to tuple of Change
        What reading changes.
    questions : tuple of Question
        What neither the cells nor other columns tell.
    doubts : tuple of str
        What the user should look at, in sentences.
    """

    decimal: dict[str, DecimalMark]
    dates: dict[str, DateOrder]
    numbers: dict[str, NumberTexts]
    changes: dict[str, tuple[Change, ...]]
    questions: tuple[Question, ...]
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Written:
    """The columns whose notation matters, by what they hold.

    Parameters
    ----------
    numbers, dates, ids : dict of column to Cells
        Columns of each kind.
    counted : collection of str
        Columns of dates in which a bare number is a date, too.
    used : collection of str
        Columns worth a question; the others may still settle one.
    from_workbook : bool
        Whether numbers come as a workbook stores them: with a decimal point.
    """

    numbers: Mapping[str, Cells]
    dates: Mapping[str, Cells]
    ids: Mapping[str, Cells]
    counted: Collection[str]
    used: Collection[str]
    from_workbook: bool


def find_notation(written: Written, settings: SchemaSettings) -> Notation:
    """Settle how each column is written, and ask what can't be settled.

    Parameters
    ----------
    written : Written
        The columns.
    settings : SchemaSettings
        What the user has settled.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = Cells.of(pd.Series(["1.234", "5.678"], dtype="str"))
    >>> written = Written(
    ...     numbers={"a": cells}, dates={}, ids={}, counted=(), used=("a",), from_workbook=False
    ... )
    >>> (question,) = find_notation(written, SchemaSettings()).questions
    >>> question.option, [reading.examples[0] for reading in question.readings]
    ('--decimal', [('1.234', '1.234'), ('1.234', '1234')])
    """
    numbers = {
        name: {mark: read_numbers(cells, mark) for mark in MARKS}
        for name, cells in written.numbers.items()
    }
    dates = {
        name: read_dates(cells, counted=name in written.counted)
        for name, cells in written.dates.items()
    }
    mark_evidence = {
        name: _mark_evidence(readings, written.numbers[name], written.from_workbook)
        for name, readings in numbers.items()
    }
    order_evidence = {name: Evidence.of(found.values) for name, found in dates.items()}
    marks = settle(mark_evidence, settings.decimal)
    orders = settle(order_evidence, settings.dates)
    chosen = {name: numbers[name][mark] for name, mark in marks.ways.items()}
    changes = {
        name: _number_changes(written.numbers[name], found) for name, found in chosen.items()
    }
    changes |= {
        name: _date_changes(written.dates[name], dates[name], order)
        for name, order in orders.ways.items()
    }
    changes |= {name: _id_changes(cells) for name, cells in written.ids.items()}
    questions = (
        *_question(
            "decimal",
            [name for name in marks.open if name in written.used],
            "Does the point or the comma mark the decimals in {}?",
            _DECIMAL_LABELS,
            lambda name: (written.numbers[name], mark_evidence[name].differ),
            lambda name, mark, at: number_text(numbers[name][mark].values[at]),
        ),
        *_question(
            "dates",
            [name for name in orders.open if name in written.used],
            "Does the day or the month come first in {}?",
            _DATE_LABELS,
            lambda name: (written.dates[name], order_evidence[name].differ),
            lambda name, order, at: _spoken(dates[name].values[order][at]),
        ),
    )
    return Notation(
        decimal=marks.ways,
        dates=orders.ways,
        numbers=chosen,
        changes=changes,
        questions=questions,
        doubts=(
            *_unfit(marks, settings.decimal, _DECIMAL_LABELS),
            *_unfit(orders, settings.dates, _DATE_LABELS),
            *_currency_doubts(chosen),
            *_id_doubts(written),
        ),
    )


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


def _mark_evidence(
    readings: dict[DecimalMark, NumberTexts], cells: Cells, from_workbook: bool
) -> Evidence[DecimalMark]:
    evidence = Evidence.of({mark: found.values for mark, found in readings.items()})
    if from_workbook and evidence.is_open:
        pointed = np.asarray(pc.match_substring(cells.trimmed, "."), dtype=bool)
        if pointed[evidence.differ].all():
            return Evidence(reads={**evidence.reads, "comma": 0}, differ=evidence.differ)
    return evidence


def _question(
    setting: Literal["decimal", "dates"],
    names: list[str],
    text: str,
    labels: Mapping[Way, str],
    doubtful: Callable[[str], tuple[Cells, Bools]],
    shown: Callable[[str, Way, int], str],
) -> tuple[Question, ...]:
    """Ask once for all columns that are open, each answer shown on their own cells."""
    if not names:
        return ()
    found = [
        (name, at, cell)
        for name in names
        for cells, differ in [doubtful(name)]
        for at, cell in cells.first(differ, MOST_EXAMPLES)
    ][:MOST_EXAMPLES]
    readings = tuple(
        Reading(
            value=way,
            label=label,
            examples=tuple((cell, shown(name, way, at)) for name, at, cell in found),
        )
        for way, label in labels.items()
    )
    listed = ", ".join(repr(name) for name in names)
    return (
        Question(
            setting=setting, text=text.format(listed), where=", ".join(names), readings=readings
        ),
    )


def _spoken(moment: np.datetime64) -> str:
    if np.isnat(moment):
        return "no date"
    year, month, day = str(moment)[:10].split("-")
    return f"{int(day)} {_MONTHS[int(month) - 1]} {year}"


def _number_changes(cells: Cells, found: NumberTexts) -> tuple[Change, ...]:
    return _changes(cells, found.changes, lambda at: number_text(found.values[at]))


def _date_changes(cells: Cells, found: DateTexts, order: DateOrder) -> tuple[Change, ...]:
    values = found.values[order]
    read = ~np.isnat(values)
    done = {_ORDERED[order]: found.ordered, **found.changes}
    return _changes(
        cells,
        {kind: where & read for kind, where in done.items()},
        lambda at: date_text(values[at]),
    )


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


def _unfit(settled: Settled[Way], said: Way | None, labels: Mapping[Way, str]) -> tuple[str, ...]:
    return tuple(
        f"{name}: most of its cells can't be read with “{labels[said].lower()}”; it is read with "
        f"“{labels[settled.ways[name]].lower()}”."
        for name in settled.unfit
        if said is not None
    )


def _id_doubts(written: Written) -> tuple[str, ...]:
    doubts = []
    for name, cells in written.ids.items():
        rounded = lost_digits(cells)
        for _, example in cells.first(rounded, 1):
            doubts.append(
                f"{name}: {cells.count(rounded):,} ids are written like {example!r}, which a "
                "spreadsheet makes of long numbers; digits may be lost. Export the ids as text."
            )
    return tuple(doubts)


def _currency_doubts(numbers: Mapping[str, NumberTexts]) -> tuple[str, ...]:
    return tuple(
        f"{name}: its amounts are in {' and '.join(found.currencies)}; they are used as they "
        "stand, without conversion."
        for name, found in numbers.items()
        if len(found.currencies) > 1
    )
