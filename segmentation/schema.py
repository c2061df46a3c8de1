"""What the table is, and what each column is for: guessed with reasons, settled by the user."""

from __future__ import annotations

import re
from typing import Any, Literal

import numpy as np
import pandas as pd

from segmentation.errors import SchemaError
from segmentation.results import Column, ColumnType, Schema, Table
from segmentation.settings import ROLES, Kind, Role, SchemaSettings
from segmentation.values import is_missing, to_dates, to_numbers
from segmentation.words import words

SAMPLE_ROWS = 20_000
NUMERIC_SHARE = 0.8
DATE_SHARE = 0.9
LABEL_SHARE = 0.5
CODE_VALUES = 3
KEY_SHARE = 0.8
KEY_WORDS = frozenset({"id", "number", "no", "code", "key"})


TRANSACTION_ROLES: tuple[Role, ...] = tuple(role for role in ROLES if role != "customer_id")

# Most telling first: where two columns answer to one role, the earlier name wins.
_ROLE_NAMES: dict[Role, str] = {
    "customer_id": (
        "customer_id customer_number customer_no customer_code customer_key cust_id client_id "
        "user_id account_id member_id shopper_id buyer_id customer client user member account id"
    ),
    "order_id": (
        "order_id order_number order_no invoice_no invoice_id invoice_number transaction_id "
        "transaction_no receipt_id receipt_no basket_id sales_id order invoice transaction receipt"
    ),
    "order_date": (
        "order_date invoice_date purchase_date transaction_date sale_date sales_date order_time "
        "order_datetime order_timestamp created_at purchased_at date datetime timestamp day"
    ),
    "quantity": "quantity qty units items item_count order_quantity pieces",
    "unit_price": "unit_price price item_price price_per_unit sales_price price_each",
    "amount": (
        "amount line_total line_amount total_amount order_amount order_total order_value "
        "net_amount sales_amount total_price total_sales gross_amount revenue sales turnover "
        "total spend value"
    ),
    "product": (
        "stock_code product_id product_code sku item_id item_code article article_no product item "
        "product_name item_name description"
    ),
    "country": "country country_code nation market",
}

_DATED: tuple[Role, ...] = ("order_date",)
_NUMERIC: tuple[Role, ...] = ("quantity", "unit_price", "amount")


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
        If a settled role names a column that is not there or can't serve, or if the table is said
        to be transactions and a role they need has no column.

    Examples
    --------
    >>> from segmentation.reading import Source, read_table
    >>> data = b"CustomerID,Income\\n1,20\\n2,30\\n3,50\\n"
    >>> schema = suggest_schema(read_table(Source(name="a.csv", data=data), as_text=True))
    >>> schema.kind, schema.roles
    ('customers', {'customer_id': 'CustomerID'})
    """
    return _schema(table, settings or SchemaSettings(), complete=True)


def guess_schema(table: Table, kind: Kind) -> Schema:
    """Say what the columns would be taken for if only the kind of table were settled.

    Unlike `suggest_schema` it also answers where order lines lack a role they need, so that there
    is something to correct.

    Examples
    --------
    >>> from segmentation.reading import Source, read_table
    >>> table = read_table(Source(name="a.csv", data=b"client,day\\nx,1\\ny,2\\n"), as_text=True)
    >>> guess_schema(table, "transactions").roles
    {'customer_id': 'client'}
    """
    return _schema(table, SchemaSettings(kind=kind), complete=False)


def _schema(table: Table, settings: SchemaSettings, *, complete: bool) -> Schema:
    names = [str(name) for name in table.frame.columns]
    sample = table.frame.iloc[:SAMPLE_ROWS]
    types = {name: _column_type(sample[name]) for name in names}
    for name, found in types.items():
        # A file sorted by a column can start with one value for longer than the sample is.
        if found in ("constant", "empty") and len(sample) < len(table.frame):
            types[name] = _column_type(table.frame[name])
    given = _given_roles(settings, names, table.report.name)
    roles = _guess_roles(types, given)
    kind = _kind(settings, given, roles, table)
    if kind == "customers":
        _refuse_order_roles(given, table.report.name)
        doubts = _order_line_doubts(settings, roles)
        roles = {r: c for r, c in roles.items() if r in ("customer_id", "country")}
        roles = _customer_key(roles, given, types, table)
    else:
        doubts = ()
        if complete:
            _require_transaction_roles(roles, types, given, table.report.name)
    reasons = _reasons(names, roles, given, types)
    by_column = {column: role for role, column in roles.items()}
    columns = tuple(
        Column(
            name=name,
            type="id" if by_column.get(name) == "customer_id" else types[name],
            role=by_column.get(name),
            reason=reasons[name],
        )
        for name in names
    )
    doubts += _doubts(table.frame, kind, columns)
    return Schema(kind=kind, columns=columns, doubts=doubts)


def _column_type(text: pd.Series[Any]) -> ColumnType:
    present = text[~is_missing(text)]
    if present.empty:
        return "empty"
    distinct = present.nunique()
    if distinct == 1 < len(text):
        return "constant"
    numbers = to_numbers(present)
    if not _is_coded(present) and np.isfinite(numbers.values).mean() >= NUMERIC_SHARE:
        return "number"
    dates = to_dates(present.iloc[:1000])
    if (~np.isnat(dates.values)).mean() >= DATE_SHARE:
        return "date"
    if distinct > max(2, LABEL_SHARE * len(present)) or len(text) == 1:
        return "label"
    return "category"


def _is_coded(text: pd.Series[Any]) -> bool:
    """Tell codes from numbers: a number has no leading zero, a code such as 00123 has."""
    return bool(text.str.match(r"\s*0\d+\s*$").mean() > 1 - NUMERIC_SHARE)


def _has_decimal_comma(text: pd.Series[Any]) -> bool:
    present = text[~is_missing(text)].iloc[:SAMPLE_ROWS]
    if present.empty or not present.str.contains(",", regex=False).any():
        return False
    fits = present.str.match(r"\s*-?(?:\d{1,3}(?:[. ']\d{3})+|\d+)(?:,\d+)?\s*$")
    return bool(fits.mean() >= NUMERIC_SHARE)


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


def _guess_roles(types: dict[str, ColumnType], given: dict[Role, str]) -> dict[Role, str]:
    roles = {role: column for role, column in given.items() if column}
    for role in ROLES:
        if role in given:
            continue
        for wanted in _ROLE_NAMES[role].split():
            fitting = [
                name
                for name in types
                if "_".join(words(name)) == wanted
                and name not in roles.values()
                and _can_serve(role, types[name])
            ]
            if fitting:
                roles[role] = fitting[0]
                break
    return roles


def _can_serve(role: Role, column_type: ColumnType) -> bool:
    if role in _DATED:
        return column_type in ("date", "constant")
    if role in _NUMERIC:
        return column_type in ("number", "constant")
    return column_type not in ("date", "empty")


def _kind(
    settings: SchemaSettings, given: dict[Role, str], roles: dict[Role, str], table: Table
) -> Literal["customers", "transactions"]:
    if settings.kind != "auto":
        return settings.kind
    if any(given.get(role) for role in TRANSACTION_ROLES if role != "country"):
        return "transactions"
    money = "amount" in roles or ("quantity" in roles and "unit_price" in roles)
    if "customer_id" in roles and "order_date" in roles and money:
        repeats = bool(table.frame[roles["customer_id"]].duplicated().mean() > 0.05)
        if repeats or "order_id" in roles:
            return "transactions"
    return "customers"


def _customer_key(
    roles: dict[Role, str], given: dict[Role, str], types: dict[str, ColumnType], table: Table
) -> dict[Role, str]:
    """Guess again for a customer table: a nearly unique id, else one that is plainly called so.

    An "account" that repeats is a column like any other; a "customer_id" that repeats is still no
    feature.
    """
    if "customer_id" in given:
        return roles
    candidates = [
        name
        for wanted in _ROLE_NAMES["customer_id"].split()
        for name in types
        if "_".join(words(name)) == wanted
        and name != roles.get("country")
        and _can_serve("customer_id", types[name])
    ]
    own = [name for name in candidates if _own_share(table.frame[name]) >= KEY_SHARE]
    called = [name for name in candidates if words(name)[-1] in KEY_WORDS]
    found: dict[Role, str] = {r: name for r, name in roles.items() if r != "customer_id"}
    for name in (own or called)[:1]:
        found["customer_id"] = name
    return found


def _own_share(text: pd.Series[Any]) -> float:
    """Distinct values a filled cell: 1 if every row has its own."""
    present = text[~is_missing(text)]
    return present.nunique() / max(len(present), 1)


def _refuse_order_roles(given: dict[Role, str], file: str) -> None:
    for role, column in given.items():
        if column and role not in ("customer_id", "country"):
            raise SchemaError(
                f"A table of customers has no use for the role {role}",
                where=file,
                remedy="Leave the role out, or read the file as transactions",
            )


def _order_line_doubts(settings: SchemaSettings, roles: dict[Role, str]) -> tuple[str, ...]:
    """Say so when everything but the customer speaks for order lines."""
    told = settings.kind != "auto" or "customer_id" in roles
    if told or not {"order_id", "order_date"} <= set(roles):
        return ()
    return (
        "This looks like order lines, but no column tells the customer; it was read as one row a "
        "customer. If a column names the customer, say which.",
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
        if column and not _can_serve(role, types[column]):
            kind = "dates" if role in _DATED else "numbers"
            raise SchemaError(
                f"The column {column!r} can't be the {role}: most of its cells are not {kind}",
                where=file,
                remedy=f"Choose a column of {kind}",
            )


def _reasons(
    names: list[str],
    roles: dict[Role, str],
    given: dict[Role, str],
    types: dict[str, ColumnType],
) -> dict[str, str]:
    said = {
        "id": "identifies the row",
        "number": "its cells are numbers",
        "date": "its cells are dates",
        "category": "its texts repeat from row to row",
        "label": "nearly every row has its own text",
        "constant": "it has the same value in every row",
        "empty": "it has no value",
    }
    reasons = {name: said[types[name]] for name in names}
    for role, column in roles.items():
        reasons[column] = (
            "chosen by you" if given.get(role) == column else f"by its name {column!r}"
        )
    return reasons


def _doubts(frame: pd.DataFrame, kind: str, columns: tuple[Column, ...]) -> tuple[str, ...]:
    """Look at every row of each numeric or dated column for what can't be meant."""
    doubts: list[str] = []
    for column in columns:
        if column.role == "order_date" or (column.type == "date" and kind == "customers"):
            if to_dates(frame[column.name]).ambiguous:
                doubts.append(
                    f"{column.name}: every date could be read day-first or month-first; it was "
                    "read day-first."
                )
        elif column.role == "customer_id" and kind == "customers":
            share = _own_share(frame[column.name])
            if 0 < share < KEY_SHARE:
                doubts.append(
                    f"{column.name}: only {share:.0%} of the rows have an id of their own; each "
                    "customer's first row is used. If the rows are order lines, say so."
                )
        elif column.type == "number" and kind == "customers" and column.role is None:
            doubts.extend(_number_doubts(frame[column.name], column.name))
        elif column.type in ("category", "label") and kind == "customers":
            share = float(np.isfinite(to_numbers(frame[column.name]).values).mean())
            if _has_decimal_comma(frame[column.name]):
                doubts.append(
                    f"{column.name}: its cells look like numbers with a decimal comma; they are "
                    "taken for text. Export the file with decimal points to use it as a number."
                )
            elif not _is_coded(frame[column.name]) and share > 1 - NUMERIC_SHARE:
                doubts.append(
                    f"{column.name}: {share:.0%} of the cells are numbers and the rest are text; "
                    "it is taken for text. Mend the text cells to use it as a number."
                )
    return tuple(doubts)


def _number_doubts(text: pd.Series[Any], name: str) -> list[str]:
    numbers = to_numbers(text)
    doubts = []
    for mask, what in (
        (numbers.unreadable, "not a number"),
        (numbers.infinite, "infinite or beyond any real amount"),
    ):
        if mask.any():
            first = int(np.argmax(mask))
            cells = "1 cell is" if mask.sum() == 1 else f"{int(mask.sum()):,} cells are"
            doubts.append(
                f"{name}: {cells} {what} (first in data row {first + 1:,}: "
                f"{str(text.iloc[first])[:40]!r}); such cells count as missing."
            )
    values = numbers.values[np.isfinite(numbers.values)]
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
