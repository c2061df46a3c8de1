"""Ordered, named rules: every row is kept, or set aside with its reason."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.charges import are_charges
from segmentation.errors import DataError
from segmentation.notation import read_column
from segmentation.results import Clean, LedgerEntry, Refunds, Rule, Schema, Table
from segmentation.returns import are_returns, below_zero, settle
from segmentation.settings import CleanSettings
from segmentation.values import LARGEST_NUMBER, Bools, to_ids

_NO_VALUE: dict[str, Rule] = {
    "quantity": "no_quantity",
    "unit_price": "no_unit_price",
    "amount": "no_amount",
}


@dataclass(slots=True)
class _Sieve:
    """Rows still in, and what was taken out so far."""

    kept: npt.NDArray[np.int64]
    ledger: list[LedgerEntry] = field(default_factory=list)
    set_aside: dict[Rule, npt.NDArray[np.int64]] = field(default_factory=dict)

    def apply(self, rule: Rule, bad: Bools) -> None:
        """Set aside the rows still in for which ``bad``, given for every row, is true."""
        hit = bad[self.kept]
        self.ledger.append(LedgerEntry(rule=rule, rows_in=len(self.kept), set_aside=int(hit.sum())))
        if hit.any():
            self.set_aside[rule] = self.kept[hit]
            self.kept = self.kept[~hit]


def clean(table: Table, schema: Schema, settings: CleanSettings | None = None) -> Clean:
    """Set aside the rows that can't be used, rule by rule.

    Parameters
    ----------
    table : Table
        Read with ``as_text=True``; it is not changed.
    schema : Schema
        What the columns are for.
    settings : CleanSettings, optional
        Which further rows to set aside.

    Raises
    ------
    DataError
        If no row is left.

    Examples
    --------
    >>> from segmentation.reading import Source, read_table
    >>> from segmentation.schema import suggest_schema
    >>> data = b"id,spend\\n1,5\\n1,6\\n2,7\\n3,9\\n4,2\\n5,3\\n"
    >>> table = read_table(Source(name="a.csv", data=data), as_text=True)
    >>> [(e.rule, e.set_aside) for e in clean(table, suggest_schema(table)).ledger if e.set_aside]
    [('repeated_customer_id', 1)]
    """
    settings = settings or CleanSettings()
    sieve = _Sieve(kept=np.arange(len(table.frame)))
    overflow = table.report.overflow_columns
    if overflow:
        beyond = table.frame.iloc[:, -overflow:]
        sieve.apply("row_longer_than_header", ~_blank_rows(beyond))
    sieve.apply("empty_row", _blank_rows(_own_cells(table)))
    if schema.kind == "transactions":
        return _clean_transactions(table, schema, settings, sieve)
    if settings != CleanSettings(drop_duplicates=settings.drop_duplicates):
        raise DataError(
            "A table of customers has no order lines to clean by price or product, to take "
            "returns off or to count days from",
            where=table.report.name,
            remedy="Leave zero-price, non-products, net returns and the as-of date out, or read "
            "the file as transactions",
        )
    return _clean_customers(table, schema, settings, sieve)


def _clean_customers(table: Table, schema: Schema, settings: CleanSettings, sieve: _Sieve) -> Clean:
    key = schema.roles.get("customer_id")
    frame = table.frame
    if key is not None:
        ids = to_ids(frame[key])
        sieve.apply("no_customer_id", ids.missing)
        repeated = np.zeros(len(frame), dtype=bool)
        repeated[sieve.kept] = ids.texts.iloc[sieve.kept].duplicated(keep="first").to_numpy()
        sieve.apply("repeated_customer_id", repeated)
        if ids.shortened.any():
            frame = frame.assign(**{key: ids.texts})
    if settings.drop_duplicates:
        _drop_duplicates(_own_cells(table), sieve)
    _refuse_empty(sieve, table)
    return Clean(
        frame=frame.iloc[sieve.kept],
        ledger=tuple(sieve.ledger),
        set_aside=sieve.set_aside,
        values={
            column.name: read_column(table, column, column.type)
            for column in schema.columns
            if column.type in ("number", "date")
        },
    )


def _clean_transactions(
    table: Table, schema: Schema, settings: CleanSettings, sieve: _Sieve
) -> Clean:
    roles = schema.roles
    frame = table.frame
    notes: list[str] = []
    columns: dict[str, Any] = {}
    net = settings.returns == "net"
    written = {column.role: column for column in schema.columns}
    ids = to_ids(frame[roles["customer_id"]])
    sieve.apply("no_customer_id", ids.missing)
    dates = read_column(table, written["order_date"], "date")
    columns["order_date"] = dates
    sieve.apply("no_order_date", np.isnat(dates))
    if settings.as_of is not None:
        late = dates.astype("datetime64[D]") > np.datetime64(settings.as_of, "D")
        sieve.apply("after_as_of_date", late)
    for name, values in _money_columns(table, schema):
        columns[name] = values
        if name != "unit_price" or "amount" not in roles:
            sieve.apply(_NO_VALUE[name], np.isnan(values))
        if name == "quantity" and net:
            sieve.apply("quantity_zero", values == 0)
        elif name == "quantity":
            sieve.apply("quantity_not_positive", values <= 0)
    if settings.drop_zero_price:
        if "unit_price" not in columns:
            raise DataError(
                "There is no unit price to tell free lines by",
                where=table.report.name,
                remedy="Say which column is the unit price, or keep free lines",
            )
        sieve.apply("unit_price_not_positive", columns["unit_price"] <= 0)
    if settings.drop_non_products:
        if "product" not in roles:
            raise DataError(
                "There is no product to tell postage and fees by",
                where=table.report.name,
                remedy="Say which column is the product, or keep lines that are no products",
            )
        sieve.apply("non_product", are_charges(frame[roles["product"]]))
    if settings.drop_duplicates:
        _drop_duplicates(_own_cells(table), sieve)
    if "amount" not in columns:
        columns["amount"] = columns["quantity"] * columns["unit_price"]
        too_large = np.abs(columns["amount"]) > LARGEST_NUMBER
        if too_large[sieve.kept].any():
            sieve.apply("no_amount", too_large)
    _refuse_empty(sieve, table)
    kept = {name: values[sieve.kept] for name, values in columns.items()}
    kept["customer_id"] = ids.texts.iloc[sieve.kept].array
    if "order_id" in roles:
        orders = to_ids(frame[roles["order_id"]], "number")
        kept["order_id"] = orders.texts.mask(orders.missing, "").iloc[sieve.kept].array
    for role in ("product", "country"):
        if role in roles:
            kept[role] = frame[roles[role]].iloc[sieve.kept].str.strip().array
    lines = pd.DataFrame(kept, index=sieve.kept)
    refunds: Refunds | None = None
    if net:
        lines, refunds = _without_returns(lines, sieve)
        _refuse_empty(sieve, table)
    negative = int((lines["amount"] < 0).sum())
    if negative:
        notes.append(f"{negative:,} lines have a negative amount; they lower the totals.")
    nameless = int(lines["order_id"].eq("").sum()) if "order_id" in lines else 0
    if nameless:
        notes.append(
            f"{nameless:,} lines have no order id; those of one customer and one day count as one "
            "order."
        )
    last = lines["order_date"].max().date()
    as_of = date.fromisoformat(settings.as_of) if settings.as_of else last + timedelta(days=1)
    return Clean(
        frame=lines,
        ledger=tuple(sieve.ledger),
        set_aside=sieve.set_aside,
        as_of=as_of,
        refunds=refunds,
        notes=tuple(notes),
    )


def _without_returns(lines: pd.DataFrame, sieve: _Sieve) -> tuple[pd.DataFrame, Refunds]:
    """Take returns out of the lines, and set aside those of customers who ordered nothing."""
    back = are_returns(lines)
    sales, returns = lines[~back], below_zero(lines[back])
    refunds = settle(sales, returns, valid_lines=math.fsum([*sales["amount"], *returns["amount"]]))
    only = np.zeros(int(sieve.kept.max()) + 1, dtype=bool)
    only[refunds.others.index] = True
    sieve.apply("returns_only", only)
    return sales, refunds


def _money_columns(table: Table, schema: Schema) -> Iterator[tuple[str, npt.NDArray[np.float64]]]:
    """Yield the numbers a line's worth is computed from; an amount needs no price beside it."""
    written = {column.role: column for column in schema.columns}
    for role in ("quantity", "unit_price", "amount"):
        if role in written:
            yield role, read_column(table, written[role], "number")


def _own_cells(table: Table) -> pd.DataFrame:
    """Leave out what reading added: each row's file."""
    added = table.report.source_column
    return table.frame if added is None else table.frame.drop(columns=added)


def _drop_duplicates(frame: pd.DataFrame, sieve: _Sieve) -> None:
    repeated = np.zeros(len(frame), dtype=bool)
    # Codes compare much faster than text, row by row.
    rows = frame.iloc[sieve.kept]
    codes = pd.DataFrame({i: pd.factorize(rows[name])[0] for i, name in enumerate(rows)})
    repeated[sieve.kept] = codes.duplicated(keep="first").to_numpy()
    sieve.apply("exact_duplicate", repeated)


def _blank_rows(frame: pd.DataFrame) -> Bools:
    blank = np.ones(len(frame), dtype=bool)
    for name in frame.columns:
        if not blank.any():
            break
        blank &= frame[name].str.strip().eq("").to_numpy()
    return blank


def _refuse_empty(sieve: _Sieve, table: Table) -> None:
    if len(sieve.kept):
        return
    worst = max(sieve.ledger, key=lambda entry: entry.set_aside)
    raise DataError(
        f"No row is left: {worst.set_aside:,} of {table.report.rows:,} rows were set aside "
        f"because of this: {worst.reason}",
        where=table.report.name,
        # What the reader doubted tells more.
        remedy=" ".join(table.report.doubts).removesuffix(".")
        or "Check which column is which, or choose another file",
    )
