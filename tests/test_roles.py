"""Which column is for what, on the headers that systems and people of five countries write."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.results import ColumnType, ReadReport, Schema, Table
from segmentation.roles import guess_roles
from segmentation.roles.names import ROLE_NAMES, spellings
from segmentation.schema import suggest_schema
from segmentation.settings import ROLES, SchemaSettings

TABLES: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("role_headers.toml").read_text(encoding="utf-8")
)["table"]


def frame_of(text: str) -> pd.DataFrame:
    mark = "|" if "|" in text else ";"
    header, *rows = [line.split(mark) for line in text.strip().splitlines()]
    return pd.DataFrame(rows, columns=header, dtype="str")


def schema_of(frame: pd.DataFrame, **settings: Any) -> Schema:
    report = ReadReport(
        name="t.csv",
        sha256="",
        rows=len(frame),
        columns=len(frame.columns),
        encoding="utf-8",
        delimiter=",",
        sheet=None,
        sheets=(),
        header_rows=1,
        header_line=1,
        overflow_columns=0,
    )
    table = Table(frame=frame, report=report, lines=np.arange(len(frame)) + 2)
    return suggest_schema(table, SchemaSettings(**settings))


def reasons(schema: Schema) -> dict[str, str]:
    return {column.name: column.reason for column in schema.columns}


each_table = pytest.mark.parametrize("table", TABLES, ids=[table["what"] for table in TABLES])


@each_table
def test_a_table_is_taken_for_what_it_is(table: dict[str, Any]) -> None:
    schema = schema_of(frame_of(table["text"]))
    assert (schema.kind, dict(schema.roles)) == (table["kind"], table["roles"])


@cache
def types_of(text: str) -> dict[str, ColumnType]:
    """What the columns hold; told once a table, for it depends on no name and takes long."""
    columns = schema_of(frame_of(text)).columns
    return {column.name: "label" if column.type == "id" else column.type for column in columns}


def parts(name: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return re.findall(r"[^\W_]+", spaced)


SPELLINGS: dict[str, Callable[[str], str]] = {
    "upper": str.upper,
    "lower": str.lower,
    "snake": lambda name: "_".join(parts(name)).lower(),
    "spaced": lambda name: " ".join(parts(name)),
    "kebab": lambda name: "-".join(parts(name)),
    "camel": lambda name: "".join(part[:1].upper() + part[1:] for part in parts(name)),
    "run together": lambda name: "".join(parts(name)).lower(),
    "decomposed": lambda name: unicodedata.normalize("NFD", name),
    "without accents": lambda name: "".join(
        sign for sign in unicodedata.normalize("NFD", name) if not unicodedata.combining(sign)
    ),
    "umlauts in ASCII": lambda name: name.translate(
        str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
    ),
}


@each_table
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_roles_do_not_depend_on_spelling(table: dict[str, Any], spelling: str) -> None:
    frame, types = frame_of(table["text"]), types_of(table["text"])
    names = {name: SPELLINGS[spelling](name) for name in frame.columns}
    assert len(set(names.values())) == len(names)
    guess = guess_roles(
        frame.rename(columns=names), {names[name]: found for name, found in types.items()}, {}
    )
    expected = {role: names[column] for role, column in table["roles"].items()}
    assert (guess.kind, guess.roles) == (table["kind"], expected)


@each_table
@settings(max_examples=8)
@given(data=st.data())
def test_roles_do_not_depend_on_the_order_of_columns(
    table: dict[str, Any], data: st.DataObject
) -> None:
    frame, types = frame_of(table["text"]), types_of(table["text"])
    order = data.draw(st.permutations(list(frame.columns)))
    turned = guess_roles(frame[order], {name: types[name] for name in order}, {})
    assert turned == guess_roles(frame, types, {})


def test_between_equal_names_the_first_wins() -> None:
    frame = frame_of("Kunden-Nr|KundenNr|x\n1|2|3\n4|5|6\n7|8|9")
    assert schema_of(frame).roles == {"customer_id": "Kunden-Nr"}
    assert schema_of(frame[["x", "KundenNr", "Kunden-Nr"]]).roles == {"customer_id": "KundenNr"}


# --- reasons


@pytest.mark.parametrize(
    ("what", "column", "reason"),
    [
        ("UCI Online Retail", "InvoiceNo", "by its name 'InvoiceNo'"),
        ("UCI Online Retail", "Quantity", "by its name 'Quantity'"),
        (
            "German customers",
            "Kunden-Nr.",
            "by its name 'Kunden-Nr.' (German: customer number)",
        ),
        (
            "French invoices",
            "N° client",
            "by its name 'N° client' (French: customer number); passed over: 'Nom du client'",
        ),
        (
            "SAP billing documents, field names",
            "KUNAG",
            "by its name 'KUNAG' (SAP: customer number)",
        ),
        ("Italian orders", "Paese", "by its name 'Paese' (Italian: country)"),
        ("Portuguese invoices, Portugal", "data", "by its name 'data' (Portuguese: date)"),
        ("Italian receipts", "data", "by its name 'data' (Italian: date)"),
        (
            "Stripe payments: a payment's description is no product",
            "id",
            "by its name 'id' (Stripe's payments export)",
        ),
        (
            "Kaggle Pakistan e-commerce: the grand total repeats",
            "grand_total",
            "it is the total of the order, not of the line; qty_ordered × price tells the lines "
            "apart",
        ),
        (
            "Kaggle REES46 purchases",
            "price",
            "by its name 'price'; without a quantity, a line is one item",
        ),
        ("PrestaShop order list", "Delivery", "by its content: names of countries"),
        ("Mailchimp audience", "CC", "by its content: names or codes of countries"),
    ],
)
def test_each_guess_has_its_reason(what: str, column: str, reason: str) -> None:
    (table,) = [table for table in TABLES if table["what"] == what]
    assert reasons(schema_of(frame_of(table["text"])))[column] == reason


# --- by content


def lines_of(names: str, rows: int = 60, seed: int = 3) -> pd.DataFrame:
    """Order lines of a few customers: order, customer, date, quantity, price, amount."""
    random = np.random.default_rng(seed)
    orders = np.sort(random.integers(0, rows // 3, rows))
    customers = random.integers(0, 8, rows)[orders]
    days = np.datetime64("2024-01-01") + orders
    quantity = random.integers(1, 9, rows)
    price = random.integers(100, 3000, rows) / 100
    columns = (
        [f"B{order:04}" for order in orders],
        [f"K{customer:03}" for customer in customers],
        days.astype(str),
        quantity.astype(str),
        [f"{value:.2f}" for value in price],
        [f"{value:.2f}" for value in quantity * price],
    )
    return pd.DataFrame(dict(zip(names.split("|"), columns, strict=True)), dtype="str")


def test_quantity_times_price_proves_all_three() -> None:
    schema = schema_of(lines_of("order_id|customer_id|date|aa|bb|cc"))
    found = {role: schema.roles[role] for role in ("quantity", "unit_price", "amount")}
    assert found == {"quantity": "aa", "unit_price": "bb", "amount": "cc"}
    assert reasons(schema)["cc"] == "by its content: aa × bb gives cc in 100% of rows"


def test_a_product_is_found_in_spite_of_a_few_wrong_rows_and_its_share_is_said() -> None:
    frame = lines_of("order_id|customer_id|date|aa|bb|cc", rows=300)
    telling = frame.index[frame["aa"] != "1"]
    frame.loc[telling[:5], "cc"] = "9999.99"
    share = 1 - 5 / len(telling)
    assert reasons(schema_of(frame))["aa"].endswith(f"in {share:.0%} of rows")


def test_three_columns_that_are_no_product_are_not_taken() -> None:
    frame = lines_of("order_id|customer_id|date|aa|bb|cc")
    frame["cc"] = frame["cc"].to_numpy()[::-1]
    schema = schema_of(frame)
    assert not {"quantity", "unit_price", "amount"} & set(schema.roles)
    assert schema.kind == "customers"


@pytest.mark.parametrize(
    ("names", "found", "reason"),
    [
        (
            "order_id|klient|date|quantity|price|amount",
            {"customer_id": "klient"},
            "by its content: a code that comes back on several dates",
        ),
        (
            "order_id|customer_id|kiedy|quantity|price|amount",
            {"order_date": "kiedy"},
            "by its content: the only column of dates",
        ),
        (
            "order_id|customer_id|date|sztuk|price|zzz",
            {"quantity": "sztuk"},
            "by its content: sztuk × price gives zzz in 100% of rows",
        ),
    ],
)
def test_cells_fill_one_gap(names: str, found: dict[str, str], reason: str) -> None:
    schema = schema_of(lines_of(names))
    assert schema.kind == "transactions"
    ((role, column),) = found.items()
    assert schema.roles[role] == column  # type: ignore[index]
    assert reasons(schema)[column] == reason


def test_small_whole_numbers_beside_a_price_are_the_quantity() -> None:
    frame = lines_of("belegnr|kundennr|datum|sztuk|preis|zzz").drop(columns=["zzz", "belegnr"])
    schema = schema_of(frame)
    assert (schema.kind, schema.roles["quantity"]) == ("transactions", "sztuk")
    assert reasons(schema)["sztuk"] == "by its content: small whole numbers beside a price"


@pytest.mark.parametrize("name", ["age", "rating", "line_no", "discount", "Filiale"])
def test_a_column_whose_name_says_otherwise_is_no_quantity(name: str) -> None:
    frame = lines_of(f"belegnr|kundennr|datum|{name}|preis|zzz").drop(columns=["zzz", "belegnr"])
    assert schema_of(frame).roles.get("quantity") is None


def test_email_addresses_tell_the_customer() -> None:
    frame = lines_of("order_id|who|date|quantity|price|amount")
    frame["who"] = frame["who"].str.lower() + "@example.com"
    schema = schema_of(frame)
    assert (schema.kind, schema.roles["customer_id"]) == ("transactions", "who")
    assert reasons(schema)["who"] == "by its content: e-mail addresses"


def test_email_addresses_tell_the_rows_of_a_customer_table_apart() -> None:
    rows = "\n".join(f"p{i}@example.com|{i * 7 % 11}" for i in range(12))
    schema = schema_of(frame_of(f"who|visits\n{rows}"))
    assert (schema.kind, schema.roles) == ("customers", {"customer_id": "who"})


@pytest.mark.parametrize(
    ("name", "cells", "found"),
    [
        ("where", ["Germany", "France", "Germany", "Italy"], True),
        ("where", ["Deutschland", "Österreich", "Deutschland", "Schweiz"], True),
        ("where", ["DE", "FR", "IT", "DE"], True),
        ("where", ["DEU", "FRA", "ITA", "DEU"], True),
        ("where", ["TX", "CA", "NY", "FL"], False),
        ("where", ["en", "de", "fr", "de"], False),
        ("state", ["CA", "GA", "CO", "CA"], False),
        ("where", ["Bonn", "Paris", "Bonn", "Rome"], False),
        ("where", ["DE", "FR", "DE", "FR"], False),
    ],
)
def test_countries_are_known_by_their_names_and_codes(
    name: str, cells: list[str], found: bool
) -> None:
    rows = "\n".join(f"{i}|{cell}|{i * 3 % 7}" for i, cell in enumerate(cells * 3))
    assert ("country" in schema_of(frame_of(f"id|{name}|spend\n{rows}")).roles) == found


def test_a_table_without_a_header_is_told_by_its_cells() -> None:
    names = "|".join(f"column_{i}" for i in range(1, 7))
    schema = schema_of(lines_of(names, rows=300))
    roles = ("order_id", "customer_id", "order_date", "quantity", "unit_price", "amount")
    assert schema.kind == "transactions"
    assert schema.roles == dict(zip(roles, names.split("|"), strict=True))


def test_cells_alone_do_not_make_orders_of_a_table_with_a_header() -> None:
    schema = schema_of(lines_of("aaa|bbb|kiedy|ddd|eee|fff", rows=300))
    assert schema.kind == "customers"


def test_told_that_rows_are_order_lines_the_cells_are_asked_for_the_rest() -> None:
    frame = lines_of("aaa|klient|kiedy|sztuk|cena|razem", rows=300).drop(columns="aaa")
    found = schema_of(frame, kind="transactions").roles
    assert found == {
        "customer_id": "klient",
        "order_date": "kiedy",
        "quantity": "sztuk",
        "unit_price": "cena",
        "amount": "razem",
    }


def test_a_date_that_never_differs_within_a_customer_is_no_order_date() -> None:
    frame = lines_of("order_id|customer_id|kiedy|quantity|price|amount")
    frame["kiedy"] = "1970-01-" + (frame["customer_id"].str[-1].astype(int) + 10).astype(str)
    assert "order_date" not in schema_of(frame).roles


# --- amounts


def orders_with_totals(**first: str) -> pd.DataFrame:
    frame = lines_of("order_id|customer_id|date|quantity|price|line")
    worth = frame["line"].astype(float).groupby(frame["order_id"]).transform("sum")
    frame["Total"] = [f"{value + 5:.2f}" for value in worth]
    return frame.drop(columns="line").rename(columns=first)


@pytest.mark.parametrize("blank", [False, True], ids=["on every line", "on the first"])
def test_an_orders_total_is_no_amount_of_its_lines(blank: bool) -> None:
    frame = orders_with_totals()
    if blank:
        frame.loc[frame["order_id"].duplicated(), "Total"] = ""
    schema = schema_of(frame)
    assert schema.kind == "transactions"
    assert "amount" not in schema.roles
    assert schema.roles["unit_price"] == "price"


def test_a_total_of_the_line_stays_the_amount_also_where_lines_are_alike() -> None:
    frame = lines_of("order_id|customer_id|date|quantity|price|Total")
    frame["quantity"], frame["price"], frame["Total"] = "2", "15.00", "30.00"
    assert schema_of(frame).roles["amount"] == "Total"


def test_an_orders_total_beside_no_prices_is_doubted() -> None:
    frame = orders_with_totals().drop(columns=["quantity", "price"])
    (doubt,) = schema_of(frame).doubts
    assert doubt.startswith("Total: it is the same on all lines of an order")
    lines = lines_of("order_id|customer_id|date|x|y|Total").drop(columns=["x", "y"])
    assert schema_of(lines).doubts == ()


@pytest.mark.parametrize(
    ("without", "said"),
    [(["customer_id"], "no column tells the customer"), (["q", "p", "a"], "what a line is worth")],
)
def test_order_lines_that_lack_one_thing_are_doubted(without: list[str], said: str) -> None:
    frame = lines_of("order_id|customer_id|date|q|p|a").drop(columns=without)
    frame["p"] = "?"
    schema = schema_of(frame)
    assert schema.kind == "customers"
    assert any(said in doubt for doubt in schema.doubts)
    assert not any("looks like" in d for d in schema_of(frame, kind="customers").doubts)


def test_what_the_user_settles_is_not_passed_over() -> None:
    schema = schema_of(orders_with_totals(), roles=(("amount", "Total"),))
    assert schema.roles["amount"] == "Total"
    assert reasons(schema)["Total"] == "chosen by you"
    without = schema_of(orders_with_totals(), roles=(("country", ""), ("order_id", "")))
    assert "order_id" not in without.roles


def test_a_column_that_is_mostly_empty_gives_way_to_a_filled_one() -> None:
    frame = lines_of("order_id|customer_id|date|quantity|price|amount")
    frame["email"] = frame["customer_id"] + "@example.com"
    frame.loc[frame.index[: len(frame) * 3 // 4], "customer_id"] = ""
    assert schema_of(frame).roles["customer_id"] == "email"


# --- the list of names


def test_a_name_stands_for_one_role_unless_it_is_a_bare_id() -> None:
    raw = tomllib.loads(ROLE_NAMES.read_text(encoding="utf-8"))
    seen: dict[str, set[str]] = {}
    for role in ROLES:
        for names in raw[role].values():
            for pattern in " ".join(v for v in names.values() if isinstance(v, str)).split():
                for name in expanded(pattern):
                    for key in spellings(name):
                        seen.setdefault(key, set()).add(role)
    assert {key for key, roles in seen.items() if len(roles) > 1} == {"id", "recordid"}


def expanded(pattern: str) -> list[str]:
    """Write out ``{a,b}`` one choice at a time."""
    opened = re.search(r"\{([^}]*)\}", pattern)
    if not opened:
        return [pattern]
    before, after = pattern[: opened.start()], pattern[opened.end() :]
    return [name for choice in opened[1].split(",") for name in expanded(before + choice + after)]


def test_the_list_names_only_roles_there_are() -> None:
    raw = tomllib.loads(ROLE_NAMES.read_text(encoding="utf-8"))
    named = [
        role for part in ("prefix", "suffix", "export") for e in raw[part] for role in e["roles"]
    ]
    assert set(named) <= set(ROLES) <= set(raw)
