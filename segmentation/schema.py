"""What the table is, and what each column is for: guessed with reasons, settled by the user."""

from __future__ import annotations

import re

import numpy as np

from segmentation.errors import SchemaError
from segmentation.notation import MARKS, Notation, Written, find_notation
from segmentation.results import Column, ColumnType, Schema, Table
from segmentation.roles import (
    DATED,
    KEY_SHARE,
    NUMERIC,
    can_serve,
    guess_roles,
    own_share,
)
from segmentation.settings import Role, SchemaSettings
from segmentation.values import (
    Cells,
    Floats,
    NumberTexts,
    are_codes,
    is_called_a_date,
    missing,
    read_dates,
    read_numbers,
)
from segmentation.words import words

SAMPLE_ROWS = 20_000
NUMERIC_SHARE = 0.8
DATE_SHARE = 0.9
LABEL_SHARE = 0.5
CODE_VALUES = 3
CODED_SHARE = 0.2


def suggest_schema(table: Table, settings: SchemaSettings | None = None) -> Schema:
    """Say what a table is and what its columns are for.

    Parameters
    ----------
    table : Table
        Read with ``as_text=True``.
    settings : SchemaSettings, optional
        What the user has settled; the rest is guessed from names and from the first 20,000 rows.

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
    return _schema(table, settings or SchemaSettings(), complete=True)


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
    return _schema(table, settings, complete=False)


def _schema(table: Table, settings: SchemaSettings, *, complete: bool) -> Schema:
    require_rows(table)
    names = [str(name) for name in table.frame.columns]
    given = _given_roles(settings, names, table.report.name)
    counted = {name for name in names if is_called_a_date(name)} | {given.get("order_date", "")}
    sample = table.frame.iloc[:SAMPLE_ROWS]
    types = {name: _column_type(Cells.of(sample[name]), name in counted) for name in names}
    for name, found in types.items():
        # A file sorted by a column can start with one value for longer than the sample is.
        if found in ("constant", "empty") and len(sample) < len(table.frame):
            types[name] = _column_type(Cells.of(table.frame[name]), name in counted)
    guess = guess_roles(table.frame, types, given, settings.kind)
    if guess.kind == "customers":
        _refuse_order_roles(given, table.report.name)
    else:
        if complete:
            _require_transaction_roles(guess.roles, types, given, table.report.name)
    by_column = {column: role for role, column in guess.roles.items()}
    written = _written(table, guess.kind, types, guess.roles, counted)
    notation = find_notation(written, settings)
    columns = tuple(
        Column(
            name=name,
            type="id" if by_column.get(name) == "customer_id" else types[name],
            role=by_column.get(name),
            reason=guess.reasons[name],
            decimal=notation.decimal.get(name, "point"),
            dates=notation.dates.get(name, "dmy"),
            changes=notation.changes.get(name, ()),
        )
        for name in names
    )
    doubts = table.report.doubts + guess.doubts + notation.doubts
    if guess.kind == "customers":
        doubts += _doubts(table, columns, notation, written)
    return Schema(kind=guess.kind, columns=columns, doubts=doubts, questions=notation.questions)


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
    is_date = any(
        cells.count(~np.isnat(values)) >= max(enough * cells.count(~dates.missing), 1)
        for values in dates.values.values()
    )
    if is_date:
        return "date"
    if is_number:
        return "number"
    if distinct > max(2, LABEL_SHARE * cells.count(present)) or len(cells.codes) == 1:
        return "label"
    return "category"


def _number_share(cells: Cells) -> float:
    """Return the share of the cells that are numbers in the better notation."""
    found = [read_numbers(cells, mark) for mark in MARKS]
    read = max(cells.count(np.isfinite(numbers.values)) for numbers in found)
    return read / max(cells.count(~found[0].missing), 1)


def _written(
    table: Table,
    kind: str,
    types: dict[str, ColumnType],
    roles: dict[Role, str],
    counted: set[str],
) -> Written:
    """Gather the columns whose notation matters, from all rows."""
    by_column = {column: role for role, column in roles.items() if role != "country"}

    def cells(served: tuple[Role, ...], content: ColumnType) -> dict[str, Cells]:
        return {
            name: Cells.of(table.frame[name])
            for name, found in types.items()
            if by_column.get(name) in served
            or (found == content and by_column.get(name) in (None, "country"))
        }

    return Written(
        numbers=cells(NUMERIC, "number"),
        dates=cells(DATED, "date"),
        ids=cells(("customer_id", "order_id"), "id"),
        counted=counted | {roles.get("order_date", "")},
        used=set(by_column) if kind == "transactions" else set(types),
        from_workbook=table.report.sheet is not None,
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


def _doubts(
    table: Table, columns: tuple[Column, ...], notation: Notation, written: Written
) -> tuple[str, ...]:
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
            cells, numbers = written.numbers[name], notation.numbers[name]
            doubts.extend(_unusable_doubts(table, cells, numbers, name))
            doubts.extend(_range_doubts(cells.rows(numbers.values), name))
        elif column.type in ("category", "label"):
            cells = Cells.of(table.frame[name])
            share = _number_share(cells)
            if not are_codes(cells, CODED_SHARE) and share > 1 - NUMERIC_SHARE:
                doubts.append(
                    f"{name}: {share:.0%} of the cells are numbers and the rest are text; "
                    "it is taken for text. Mend the text cells to use it as a number."
                )
    return tuple(doubts)


def _unusable_doubts(table: Table, cells: Cells, numbers: NumberTexts, name: str) -> list[str]:
    doubts = []
    for mask, what in (
        (numbers.unreadable, "not a number"),
        (numbers.infinite, "infinite or beyond any real amount"),
    ):
        if mask.any():
            first = int(np.argmax(cells.rows(mask)))
            count = cells.count(mask)
            said = "1 cell is" if count == 1 else f"{count:,} cells are"
            doubts.append(
                f"{name}: {said} {what} (first in line {table.lines[first]:,}: "
                f"{str(table.frame[name].iloc[first])[:40]!r}); such cells count as missing."
            )
    return doubts


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
    distinct = np.unique(values[:SAMPLE_ROWS])
    if 2 <= len(distinct) <= CODE_VALUES < len(values) and (distinct % 1 == 0).all():
        listed = ", ".join(f"{value:g}" for value in distinct)
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
