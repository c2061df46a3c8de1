"""What the table is, and what each column is for: guessed with reasons, settled by the user."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

import numpy as np

from segmentation.errors import SchemaError
from segmentation.notation import MARKS, Notation, Written, find_notation
from segmentation.numerals import counted
from segmentation.results import Column, ColumnType, Question, Reading, Schema, Table
from segmentation.roles import (
    DATED,
    KEY_SHARE,
    NUMERIC,
    Guess,
    can_serve,
    guess_roles,
    means,
    own_share,
)
from segmentation.settings import Role, SchemaSettings
from segmentation.tallies import looks_coded
from segmentation.values import (
    Cells,
    Floats,
    are_codes,
    is_called_a_date,
    missing,
    names_a_date,
    read_dates,
    read_numbers,
)
from segmentation.words import words

SAMPLE_ROWS = 20_000
NUMERIC_SHARE = 0.8
DATE_SHARE = 0.9
LABEL_SHARE = 0.5
CODED_SHARE = 0.2
MOST_EXAMPLES = 3
BEYOND = "infinite or beyond any real amount"
_NO_DATES = ("number", "category", "label")


def suggest_schema(
    table: Table,
    settings: SchemaSettings | None = None,
    *,
    known: Mapping[str, ColumnType] | None = None,
) -> Schema:
    """Say what a table is and what its columns are for.

    Parameters
    ----------
    table : Table
        Read with ``as_text=True``.
    settings : SchemaSettings, optional
        What the user has settled; the rest is guessed from names and from the first 20,000 rows.
    known : mapping of column to type, optional
        What columns hold, whatever the cells look like.

    Raises
    ------
    SchemaError
        If the table has no row, if a settled role names a column that is not there or can't
        serve, or if the table is said to be transactions and a role they need has no column.

    Examples
    --------
    >>> from segmentation.reading import Source, read_table
    >>> data = b"CustomerID,Income\\n1,20\\n2,30\\n3,50\\n"
    >>> schema = suggest_schema(read_table(Source(name="a.csv", data=data), as_text=True))
    >>> schema.kind, schema.roles
    ('customers', {'customer_id': 'CustomerID'})
    """
    return _schema(table, settings or SchemaSettings(), known or {}, complete=True)


def guess_schema(table: Table, settings: SchemaSettings) -> Schema:
    """Say what the columns are for, also where order lines lack a role that they need.

    Unlike `suggest_schema` it leaves something to correct.

    Examples
    --------
    >>> from segmentation.reading import Source, read_table
    >>> table = read_table(Source(name="a.csv", data=b"client,day\\nx,1\\ny,2\\n"), as_text=True)
    >>> guess_schema(table, SchemaSettings(kind="transactions")).roles
    {'customer_id': 'client'}
    """
    return _schema(table, settings, {}, complete=False)


def _schema(
    table: Table, settings: SchemaSettings, known: Mapping[str, ColumnType], *, complete: bool
) -> Schema:
    require_rows(table)
    names = [str(name) for name in table.frame.columns]
    given = _given_roles(settings, names, table.report.name)
    dated = {name for name in names if is_called_a_date(name)} | {given.get("order_date", "")}
    sample = table.frame.iloc[:SAMPLE_ROWS]
    types = {name: _column_type(Cells.of(sample[name]), name in dated) for name in names}
    for name, found in types.items():
        # A file sorted by a column can start with one value for longer than the sample is.
        if found in ("constant", "empty") and len(sample) < len(table.frame):
            types[name] = _column_type(Cells.of(table.frame[name]), name in dated)
    types |= known
    guess = guess_roles(table.frame, types, given, settings.kind)
    if guess.kind == "customers":
        _refuse_order_roles(given, table.report.name)
    else:
        if complete:
            _require_transaction_roles(guess.roles, types, given, table.report.name)
    by_column = {column: role for role, column in guess.roles.items()}
    written = _written(guess.kind, types, guess.roles, dated)
    notation = find_notation(table, written, settings)
    columns = tuple(
        Column(
            name=name,
            type="id" if by_column.get(name) == "customer_id" else types[name],
            role=by_column.get(name),
            reason="; ".join(filter(None, (guess.reasons[name], notation.told.get(name)))),
            decimal=notation.decimal.get(name, "point"),
            dates=notation.dates.get(name, "dmy"),
            apart=notation.apart.get(name, ()),
            changes=notation.changes.get(name, ()),
        )
        for name in names
    )
    doubts = table.report.doubts + guess.doubts + notation.doubts
    doubts += tuple(_unusable_doubts(table, notation, written.used))
    if guess.kind == "customers":
        doubts += _doubts(table, columns, notation)
    unread = [c for c in columns if names_a_date(c.name) and c.type in _NO_DATES and not c.role]
    doubts += tuple(_unread_doubt(table, column) for column in unread)
    return Schema(
        kind=guess.kind,
        columns=columns,
        doubts=doubts,
        questions=(*_order_question(table, guess, types, given, settings), *notation.questions),
    )


def require_rows(table: Table) -> None:
    """Refuse a table that has no row.

    Raises
    ------
    SchemaError
        If it has none, or not even a header.
    """
    if table.report.columns == 0:
        raise SchemaError(
            "The file is empty", where=table.report.name, remedy="Choose a file with a header row"
        )
    if table.report.rows == 0:
        raise SchemaError(
            "There is a header but no row below it",
            where=table.report.name,
            remedy="Choose a file with one row a customer or an order line",
        )


def _column_type(cells: Cells, is_called_so: bool) -> ColumnType:
    """Tell what a column holds; bare numbers can be dates only where it is called so."""
    present = ~missing(cells, "category")
    if not present.any():
        return "empty"
    distinct = int(present.sum())
    if distinct == 1 < len(cells.codes):
        return "constant"
    is_number = _number_share(cells) >= NUMERIC_SHARE and not are_codes(cells, CODED_SHARE)
    # Among bare numbers only 20110131 can be told from a count, and only if all are like it.
    enough = 1 if is_number and not is_called_so else DATE_SHARE
    dates = read_dates(cells, counted=is_called_so)
    # Files of one table may differ in how they are written.
    read = ~np.logical_and.reduce([np.isnat(values) for values in dates.values.values()])
    if cells.count(read) >= max(enough * cells.count(~dates.missing), 1):
        return "date"
    if is_number:
        return "number"
    if distinct > max(2, LABEL_SHARE * cells.count(present)) or len(cells.codes) == 1:
        return "label"
    return "category"


def _number_share(cells: Cells) -> float:
    """Return the share of the cells that are numbers in one notation or the other."""
    found = [read_numbers(cells, mark) for mark in MARKS]
    read = np.logical_or.reduce([np.isfinite(numbers.values) for numbers in found])
    return cells.count(read) / max(cells.count(~found[0].missing), 1)


def _written(
    kind: str,
    types: dict[str, ColumnType],
    roles: dict[Role, str],
    dated: set[str],
) -> Written:
    """Gather the columns whose notation matters."""
    by_column = {column: role for role, column in roles.items() if role != "country"}
    ids = tuple(name for name in types if by_column.get(name) in ("customer_id", "order_id"))

    def columns(served: tuple[Role, ...], content: ColumnType) -> tuple[str, ...]:
        return tuple(
            name
            for name, found in types.items()
            if by_column.get(name) in served
            or (found == content and by_column.get(name) != "customer_id")
        )

    used = set(by_column) if kind == "transactions" else set(types)
    return Written(
        numbers=columns(NUMERIC, "number"),
        dates=columns(DATED, "date"),
        ids=ids,
        counted=dated | {roles.get("order_date", "")},
        used=used - set(ids) - {roles.get("product", "")},
    )


def _given_roles(settings: SchemaSettings, names: list[str], file: str) -> dict[Role, str]:
    given: dict[Role, str] = {}
    for role, column in settings.roles:
        if column and column not in names:
            raise SchemaError(
                f"There is no column {column!r} to take for {role}",
                where=file,
                remedy=f"Columns: {', '.join(names)}"[:400],
            )
        if column and column in given.values():
            raise SchemaError(
                f"The column {column!r} was given two roles", remedy="Give each role its own column"
            )
        given[role] = column  # type: ignore[index]
    return given


def _refuse_order_roles(given: dict[Role, str], file: str) -> None:
    for role, column in given.items():
        if column and role not in ("customer_id", "country"):
            raise SchemaError(
                f"A table of customers has no use for the role {role}",
                where=file,
                remedy="Leave the role out, or read the file as transactions",
            )


def _require_transaction_roles(
    roles: dict[Role, str], types: dict[str, ColumnType], given: dict[Role, str], file: str
) -> None:
    missing = [role for role in ("customer_id", "order_date") if role not in roles]
    if "amount" not in roles and not ("quantity" in roles and "unit_price" in roles):
        missing.append("amount (or quantity and unit_price)")
    if missing:
        raise SchemaError(
            f"Order lines need a column for {' and for '.join(missing)}",
            where=file,
            remedy="Say which column it is, or read the file as customers",
        )
    for role, column in given.items():
        if column and not can_serve(role, types[column]):
            kind = "dates" if role in DATED else "numbers"
            raise SchemaError(
                f"The column {column!r} can't be the {role}: most of its cells are not {kind}",
                where=file,
                remedy=f"Choose a column of {kind}",
            )


def _order_question(
    table: Table,
    guess: Guess,
    types: dict[str, ColumnType],
    given: dict[Role, str],
    settings: SchemaSettings,
) -> tuple[Question, ...]:
    """Ask, where order lines are no order lines only since their date can't be read."""
    if settings.kind != "auto" or guess.kind == "transactions" or "order_date" in given:
        return ()
    dates = [name for name in types if types[name] in _NO_DATES and means(name, "order_date")]
    for name in dates:
        as_if = guess_roles(table.frame, types | {name: "date"}, given, settings.kind)
        if as_if.kind != "transactions" or as_if.roles.get("order_date") != name:
            continue
        cells = Cells.of(table.frame[name])
        shown = [cell for _, cell in cells.first(~missing(cells, "date"), MOST_EXAMPLES)]
        taken = "a number" if types[name] == "number" else "a text"
        readings = (
            ("customers", "One row a customer", taken),
            ("transactions", "Orders", "no date"),
        )
        return (
            Question(
                setting="kind",
                text=f"Is a row a customer, although these look like orders? {name!r} can't be "
                "read as dates; for orders, write them like 2026-01-31.",
                where=name,
                readings=tuple(
                    Reading(value=kind, label=label, examples=tuple((cell, as_) for cell in shown))
                    for kind, label, as_ in readings
                ),
            ),
        )
    return ()


def _unread_doubt(table: Table, column: Column) -> str:
    cells = Cells.of(table.frame[column.name])
    (_, example), *_ = cells.first(~missing(cells, "date"), 1)
    return (
        f"{column.name}: its name says that it holds dates, but cells such as {example[:40]!r} "
        "can't be read as dates. Write them like 2026-01-31 to use them."
    )


def _doubts(table: Table, columns: tuple[Column, ...], notation: Notation) -> tuple[str, ...]:
    """Look at every row of a customer table's columns for what can't be meant."""
    doubts: list[str] = []
    for column in columns:
        name = column.name
        if column.role == "customer_id":
            share = own_share(table.frame[name])
            if 0 < share < KEY_SHARE:
                doubts.append(
                    f"{name}: only {share:.0%} of the rows have an id of their own; each "
                    "customer's first row is used. If the rows are order lines, say so."
                )
        elif column.type == "number" and name in notation.numbers:
            doubts.extend(_range_doubts(notation.numbers[name].values, name))
        elif column.type in ("category", "label"):
            cells = Cells.of(table.frame[name])
            share = _number_share(cells)
            if not are_codes(cells, CODED_SHARE) and share > 1 - NUMERIC_SHARE:
                doubts.append(
                    f"{name}: {share:.0%} of the cells are numbers and the rest are text; "
                    "it is taken for text. Mend the text cells to use it as a number."
                )
    return tuple(doubts)


def _unusable_doubts(table: Table, notation: Notation, used: Collection[str]) -> Iterator[str]:
    found = [
        *((name, read.unreadable, "not a number") for name, read in notation.numbers.items()),
        *((name, read.infinite, BEYOND) for name, read in notation.numbers.items()),
        *((name, read.unreadable, "not a date") for name, read in notation.moments.items()),
    ]
    for name, rows, what in found:
        if name in used and rows.any():
            first = int(np.argmax(rows))
            said = counted(int(rows.sum()), "cell is", "cells are")
            yield (
                f"{name}: {said} {what} (first in line {table.lines[first]:,}: "
                f"{str(table.frame[name].iloc[first])[:40]!r}); such cells count as missing."
            )


def _range_doubts(values: Floats, name: str) -> list[str]:
    doubts: list[str] = []
    values = values[np.isfinite(values)]
    if not len(values):
        return doubts
    low, high = score_range(name)
    outside = int(((values < low) | (values > high)).sum())
    if outside and np.isfinite(high):
        doubts.append(f"{name}: {outside:,} values lie outside {low:g} to {high:g}.")
    elif outside:
        doubts.append(f"{name}: {outside:,} values are below {low:g}.")
    if looks_coded(values):
        listed = ", ".join(f"{value:g}" for value in np.unique(values))
        doubts.append(
            f"{name}: it has only the values {listed}. If they are codes and not amounts, leave it "
            "out of the features."
        )
    return doubts


def score_range(name: str) -> tuple[float, float]:
    """Return the range a column's name promises: scores by their "(1-100)", incomes from 0.

    Examples
    --------
    >>> score_range("Spending Score (1-100)"), score_range("income"), score_range("balance")
    ((1.0, 100.0), (0.0, inf), (-inf, inf))
    """
    said = re.search(r"\(\s*(\d+)\s*[-–]\s*(\d+)\s*\)", name)
    parts = words(name)
    if said:
        return float(said[1]), float(said[2])
    if "score" in parts:
        return 0.0, 100.0
    if {"income", "age", "salary"} & set(parts):
        return 0.0, np.inf
    return -np.inf, np.inf
