"""One row a customer: order lines are aggregated, customer tables are typed."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segmentation.grouping import DECIMALS, distinct_per, exact_sums, extremes, orders_of
from segmentation.results import Clean, Customers, Schema
from segmentation.values import is_missing, names_a_date
from segmentation.words import words

DEFAULT_TRANSACTION_FEATURES = ("recency_days", "frequency_orders", "monetary_total")
CONSTANT = "it has the same value for every customer"
EMPTY = "no customer has a value in it"


def build_features(clean: Clean, schema: Schema) -> Customers:
    """Make one row a customer.

    Order lines give, for each customer id (sorted: numbers by value, else as text):

    - ``recency_days``, ``tenure_days``: calendar days from the last and the first order to the
      as-of date;
    - ``frequency_orders``: distinct order ids; lines without one count by calendar date;
    - ``monetary_total``: sum of the amount, or of quantity × unit price, to 6 decimals;
    - ``quantity_total``, ``products_distinct``: where such a column exists;
    - ``average_order_value``: monetary_total / frequency_orders;
    - ``gross_total``, ``returned_total``, ``return_share`` (returned_total / gross_total): where
      returns are taken off, and then monetary_total and quantity_total are net of them;
    - ``country``: of the last order (the first in the alphabet if it names several).

    Returns are no orders: they change neither recency nor the number of orders, also where they
    take back all that was ordered. Sums are taken in a stated order, so that the order of the rows
    changes no bit.

    Parameters
    ----------
    clean : Clean
        Kept rows.
    schema : Schema
        What the columns are for.

    Examples
    --------
    >>> from segmentation.pipeline import load
    >>> from segmentation.reading import Source
    >>> lines = ["customer,date,amount", "A,2026-01-01,5", "A,2026-01-03,7", "B,2026-01-02,1"]
    >>> source = Source(name="a.csv", data="\\n".join(lines).encode())
    >>> load(source).customers.frame["recency_days"].tolist()
    [1.0, 2.0]
    """
    if schema.kind == "transactions":
        return _from_transactions(clean)
    return _from_customers(clean, schema)


def _from_customers(clean: Clean, schema: Schema) -> Customers:
    key = schema.roles.get("customer_id")
    columns: dict[str, Any] = {}
    unusable: dict[str, str] = {}
    numeric: list[str] = []
    categories: list[str] = []
    for column in schema.columns:
        text = clean.frame[column.name]
        if column.name == key:
            unusable[column.name] = "it is the customer id"
            continue
        if column.type == "number":
            values = clean.values[column.name][clean.frame.index.to_numpy()]
            columns[column.name] = values
            present = values[~np.isnan(values)]
            if len(present) == 0:
                unusable[column.name] = EMPTY
            elif present.min() == present.max():
                unusable[column.name] = CONSTANT
            elif names_a_date(column.name):
                unusable[column.name] = "its name says that it is a date"
            elif _is_identifier(column.name, values) or _is_row_number(column.name, values):
                unusable[column.name] = "it identifies and does not measure"
            else:
                numeric.append(column.name)
            continue
        nothing = is_missing(text, "name" if column.type in ("id", "label") else "category")
        present_text = text.str.strip().mask(nothing, "")
        columns[column.name] = present_text.to_numpy(dtype=object)
        distinct = present_text[~nothing].nunique()
        if distinct < 2:
            unusable[column.name] = CONSTANT if distinct else EMPTY
        elif column.type == "category":
            categories.append(column.name)
        else:
            unusable[column.name] = (
                "it is a date" if column.type == "date" else "nearly every row has its own text"
            )
    frame = pd.DataFrame(columns, index=range(len(clean.frame)))
    for name in frame.columns.difference(numeric):
        if frame[name].dtype == object:
            frame[name] = frame[name].astype("str")
    if key is None:
        ids = (clean.frame.index.to_numpy() + 1).astype(str).astype(object)
    else:
        ids = clean.frame[key].to_numpy(dtype=object)
    return Customers(
        frame=frame,
        ids=ids,
        id_column=key,
        rows=clean.frame.index.to_numpy(dtype=np.int64),
        kind="customers",
        numeric=tuple(numeric),
        categories=tuple(categories),
        default_features=tuple(numeric),
        unusable=unusable,
    )


def _is_identifier(name: str, values: npt.NDArray[np.float64]) -> bool:
    """Tell an id or running number from a measurement, by the last word of its name.

    Called an id is enough; called an index, row or number, its values must be whole and unique.
    """
    last = words(name)[-1:]
    if last == ("id",):
        return True
    unique = bool((values % 1 == 0).all()) and len(np.unique(values)) == len(values)
    return unique and bool({"index", "row", "no", "nr", "number"} & set(last))


def _is_row_number(name: str, values: npt.NDArray[np.float64]) -> bool:
    """Tell the nameless column of 0, 1, 2, ... that programs write before their tables."""
    if not re.fullmatch(r"column_\d+|unnamed:? \d+", name.lower()):
        return False
    count = np.arange(len(values)) + np.nan_to_num(values).min()
    return bool((np.sort(values) == count).all())


def _from_transactions(clean: Clean) -> Customers:
    assert clean.as_of is not None
    lines = clean.frame
    ids, codes = _sorted_codes(lines["customer_id"])
    count = len(ids)
    days = lines["order_date"].to_numpy(dtype="datetime64[D]")
    last, first = extremes(codes, days.astype(np.int64), count)
    as_of_day = np.datetime64(clean.as_of, "D").astype(np.int64)
    frequency = distinct_per(codes, orders_of(lines, days.astype(np.int64)), count)
    gross = exact_sums(codes, lines["amount"].to_numpy(), count)
    monetary = np.round(gross + _returned("amount", clean, ids), DECIMALS)
    columns: dict[str, Any] = {
        "recency_days": (as_of_day - last).astype(float),
        "frequency_orders": frequency.astype(float),
        "monetary_total": monetary,
    }
    if "quantity" in lines:
        bought = exact_sums(codes, lines["quantity"].to_numpy(), count)
        columns["quantity_total"] = np.round(bought + _returned("quantity", clean, ids), DECIMALS)
    columns["average_order_value"] = np.round(monetary / frequency, DECIMALS)
    columns["tenure_days"] = (as_of_day - first).astype(float)
    if "product" in lines:
        columns["products_distinct"] = distinct_per(codes, lines["product"], count).astype(float)
    if clean.refunds is not None:
        # Taken from zero, since the negative of nothing would be written -0.0.
        returned = 0.0 - _returned("amount", clean, ids)
        columns["gross_total"] = gross
        columns["returned_total"] = returned
        columns["return_share"] = np.divide(
            returned, gross, out=(returned > 0).astype(float), where=gross > 0
        )
    unusable = {name: CONSTANT for name, values in columns.items() if values.min() == values.max()}
    numeric = tuple(name for name in columns if name not in unusable)
    categories: tuple[str, ...] = ()
    if "country" in lines:
        columns["country"] = _country_of_last_order(codes, lines, count)
        if len(set(columns["country"])) > 1:
            categories = ("country",)
        else:
            unusable["country"] = CONSTANT
    return Customers(
        frame=pd.DataFrame(columns),
        ids=ids,
        id_column="customer_id",
        rows=np.empty(0, dtype=np.int64),
        kind="transactions",
        numeric=numeric,
        categories=categories,
        default_features=tuple(n for n in DEFAULT_TRANSACTION_FEATURES if n in numeric),
        unusable=unusable,
    )


def _returned(what: str, clean: Clean, ids: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Add up the returns of each customer, 0 or below."""
    if clean.refunds is None:
        return np.zeros(len(ids))
    lines = clean.refunds.lines
    codes = pd.Index(ids).get_indexer(lines["customer_id"])
    return exact_sums(codes, lines[what].to_numpy(), len(ids))


def _sorted_codes(ids: pd.Series[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]]:
    codes, uniques = pd.factorize(ids)
    names = [str(name) for name in uniques]
    if all(name.isascii() and name.isdigit() for name in names):
        # Not int(): Python refuses to read more than 4,300 digits.
        digits = [name.lstrip("0") for name in names]
        order = sorted(range(len(names)), key=lambda i: (len(digits[i]), digits[i], len(names[i])))
    else:
        order = sorted(range(len(names)), key=names.__getitem__)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return np.array([names[i] for i in order], dtype=object), rank[codes]


def _country_of_last_order(
    codes: npt.NDArray[np.int64], lines: pd.DataFrame, count: int
) -> npt.NDArray[Any]:
    moments = lines["order_date"].to_numpy(dtype="datetime64[s]").astype(np.int64)
    latest, _ = extremes(codes, moments, count)
    last_lines = moments == latest[codes]
    countries = lines["country"].to_numpy(dtype=object)[last_lines]
    owners = codes[last_lines]
    result = np.empty(count, dtype=object)
    order = np.lexsort((countries.astype(str), owners))[::-1]
    result[owners[order]] = countries[order]
    return result
