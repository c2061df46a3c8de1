"""What a table and its columns are taken for, and what the user can correct."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from segmentation.errors import SchemaError, SettingsError
from segmentation.pipeline import load
from segmentation.reading import Source, read_table
from segmentation.results import Change, Column, Schema
from segmentation.schema import score_range, suggest_schema, words
from segmentation.settings import ROLES, Recipe, SchemaSettings

MakeSource = Callable[..., Source]


def schema_of(text: str, **settings: object) -> Schema:
    table = read_table(Source(name="t.csv", data=text.encode()), as_text=True)
    return suggest_schema(table, SchemaSettings(**settings))  # type: ignore[arg-type]


def lines(header: str, *rows: str) -> str:
    return "\n".join([header, *rows]) + "\n"


ORDER_ROWS = (
    "A,o1,2026-01-01,2,5.0,p,Norway",
    "A,o1,2026-01-01,1,3.0,q,Norway",
    "B,o2,2026-01-03,4,1.0,p,Sweden",
)


@pytest.mark.parametrize(
    "header",
    [
        "customer_id,order_id,order_date,quantity,unit_price,product,country",
        "CustomerID,InvoiceNo,InvoiceDate,Quantity,UnitPrice,StockCode,Country",
        "Customer ID,Order ID,Order Date,Qty,Price,SKU,Nation",
        "client,receipt,date,units,item price,article,market",
        "user-id,TRANSACTION_ID,Created At,PIECES,price each,item,Country Code",
    ],
)
def test_roles_are_found_by_name_in_any_spelling(header: str) -> None:
    schema = schema_of(lines(header, *ORDER_ROWS))
    assert schema.kind == "transactions"
    wanted = ("customer_id", "order_id", "order_date", "quantity", "unit_price")
    names = header.split(",")
    assert schema.roles == dict(zip((*wanted, "product", "country"), names, strict=True))


def test_roles_do_not_depend_on_the_order_of_columns() -> None:
    header = "customer_id,order_id,order_date,quantity,unit_price,product,country"
    turned = [",".join(reversed(row.split(","))) for row in (header, *ORDER_ROWS)]
    assert schema_of(lines(*turned)).roles == schema_of(lines(header, *ORDER_ROWS)).roles


def test_a_column_that_can_not_serve_is_passed_over_for_the_next_name() -> None:
    text = lines("customer_id,order_date,date,amount", "A,soon,2026-01-01,3", "A,late,2026-01-02,4")
    assert schema_of(text).roles["order_date"] == "date"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (lines("customer_id,spend,age", "1,5,30", "2,7,40"), "customers"),
        (lines("customer_id,date,amount", "A,2026-01-01,3", "A,2026-01-02,4"), "transactions"),
        (lines("customer_id,date,amount", "A,2026-01-01,3", "B,2026-01-02,4"), "customers"),
        (
            lines("customer_id,order_id,date,amount", "A,1,2026-01-01,3", "B,2,2026-01-02,4"),
            "transactions",
        ),
        (lines("customer_id,date,note", "A,2026-01-01,x", "A,2026-01-02,y"), "customers"),
    ],
    ids=["no date", "ids repeat", "last purchase", "has order ids", "no money"],
)
def test_the_kind_is_guessed(text: str, kind: str) -> None:
    assert schema_of(text).kind == kind


def test_what_the_user_says_comes_first() -> None:
    text = lines(
        "customer_id,order_id,date,amount,other", "A,1,2026-01-01,3,9", "A,2,2026-01-02,4,8"
    )
    assert schema_of(text, kind="customers").kind == "customers"
    corrected = schema_of(text, roles=(("amount", "other"), ("order_id", "")))
    assert corrected.roles["amount"] == "other"
    assert "order_id" not in corrected.roles
    reasons = {column.name: column.reason for column in corrected.columns}
    assert reasons["other"] == "chosen by you"


@pytest.mark.parametrize("role", ROLES)
def test_a_column_can_be_named_for_every_role(role: str) -> None:
    header = "c,o,d,q,u,a,p,l"
    text = lines(header, "A,1,2026-01-01,2,5,9,p,N", "B,2,2026-01-03,4,1,8,q,S")
    given = dict(zip(ROLES, header.split(","), strict=True))
    schema = schema_of(text, roles=tuple(given.items()))
    assert schema.kind == "transactions"
    assert schema.roles[role] == given[role]  # type: ignore[index]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"roles": (("amount", "Amuont"),)}, r"no column 'Amuont'.*t\.csv.*Columns: customer_id"),
        ({"roles": (("amount", "date"), ("order_date", "date"))}, "'date' was given two roles"),
        (
            {"roles": (("amount", "note"),)},
            "'note' can't be the amount.*Choose a column of numbers",
        ),
        ({"roles": (("order_date", "note"),)}, "'note' can't be the order_date"),
        ({"roles": (("order_date", ""), ("amount", "amount"))}, "need a column for order_date"),
        ({"kind": "transactions", "roles": (("amount", ""),)}, r"amount \(or quantity and unit"),
    ],
)
def test_roles_that_can_not_be_are_refused(settings: dict[str, object], message: str) -> None:
    text = lines("customer_id,date,amount,note", "A,2026-01-01,3,x", "A,2026-01-02,4,y")
    with pytest.raises(SchemaError, match=message):
        schema_of(text, **settings)


def test_an_unknown_role_is_a_wrong_setting() -> None:
    with pytest.raises(SettingsError, match="no role 'colour'"):
        SchemaSettings(roles=(("colour", "a"),))


# --- ids


@pytest.mark.parametrize("name", ["customer_id", "CustomerID", "Customer No", "client", "id"])
def test_an_id_is_no_feature(source_of: MakeSource, name: str) -> None:
    rows = "\n".join(f"{i},{i * 7 % 11}" for i in range(20))
    customers = load(source_of(f"{name},spend\n{rows}\n")).customers
    assert (customers.id_column, customers.default_features) == (name, ("spend",))


@pytest.mark.parametrize("times", [1, 2, 10])
def test_a_customer_id_that_repeats_is_still_one(source_of: MakeSource, times: int) -> None:
    rows = [f"{i},{i * 7 % 11}" for i in range(12)] * times
    loaded = load(source_of("\n".join(["customer_id,spend", *rows])))
    assert loaded.customers.default_features == ("spend",)
    assert loaded.customers.ids.tolist() == [str(i) for i in range(12)]
    doubted = [doubt for doubt in loaded.schema.doubts if doubt.startswith("customer_id")]
    assert bool(doubted) == (times > 1)


def test_among_ids_the_one_that_tells_rows_apart_is_the_customers(source_of: MakeSource) -> None:
    rows = [f"{i // 4},C{i},{i * 7 % 11}" for i in range(20)]
    schema = load(source_of("\n".join(["account_id,id,spend", *rows]))).schema
    assert schema.roles == {"customer_id": "id"}


def test_a_word_that_merely_could_be_an_id_must_tell_rows_apart(source_of: MakeSource) -> None:
    rows = [f"{('yes', 'no')[i % 2]},{i * 7 % 11}" for i in range(20)]
    customers = load(source_of("\n".join(["member,spend", *rows]))).customers
    assert customers.id_column is None
    assert customers.categories == ("member",)


@pytest.mark.parametrize("name", ["", "Unnamed: 0", "index", "row_no", "StoreID"])
@pytest.mark.parametrize("start", [0, 1])
def test_running_numbers_are_no_feature(source_of: MakeSource, name: str, start: int) -> None:
    rows = [f"{i + start},{i * 7 % 11},{i % 5}" for i in reversed(range(20))]
    customers = load(source_of("\n".join([f"{name},spend,age", *rows]))).customers
    assert customers.default_features == ("spend", "age")
    assert customers.unusable[name or "column_1"] == "it identifies and does not measure"


@pytest.mark.parametrize(
    "header", ["Visits,spend", ",spend"], ids=["named like a measurement", "not running"]
)
def test_other_whole_numbers_are_features(source_of: MakeSource, header: str) -> None:
    rows = [f"{i * i},{i * 7 % 11}" for i in range(20)]
    assert len(load(source_of("\n".join([header, *rows]))).customers.default_features) == 2


# --- types


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["1", "2", "3", "4", "5"], "number"),
        (["1", "2", "3", "4", "x"], "number"),
        (["1", "2", "3", "x", "y"], "label"),
        (["1", "", "NA", "2", "3"], "number"),
        (["a", "b", "a", "b", "a"], "category"),
        (["a", "b", "c", "d", "a"], "label"),
        (["a", "a", "", "a", "a"], "constant"),
        (["7", "7", "7", "7", "7"], "constant"),
        (["", "NA", "", "", ""], "empty"),
        (["2026-01-01", "2026-01-02", "", "2026-01-04", "2026-01-05"], "date"),
    ],
)
def test_column_types(cells: list[str], found: str) -> None:
    rows = [f"{i},{cell}" for i, cell in enumerate(cells)]
    (column,) = [c for c in schema_of(lines("k,x", *rows)).columns if c.name == "x"]
    assert column.type == found


@pytest.mark.parametrize("first", ["30", ""], ids=["one value", "nothing"])
def test_a_column_that_starts_alike_for_long_is_still_a_feature(
    source_of: MakeSource, first: str
) -> None:
    rows = (f"{i},{first if i < 20_500 else i % 50},{i * 7 % 11}" for i in range(21_000))
    customers = load(source_of("\n".join(["id,age,spend", *rows]))).customers
    assert customers.default_features == ("age", "spend")


# --- doubts


@pytest.mark.parametrize(
    ("header", "cells", "doubt"),
    [
        ("income", ["-5", "20", "30", "40", "50"], "income: 1 values are below 0"),
        ("Annual Income (k$)", ["-5", "-1", "3", "4", "5"], "2 values are below 0"),
        ("Spending Score (1-100)", ["0", "20", "101", "4", "5"], "2 values lie outside 1 to 100"),
        ("spending_score", ["-1", "20", "30", "4", "5"], "1 values lie outside 0 to 100"),
        ("spend", ["1", "2", "3", "4", "inf"], r"1 cell is infinite.*line 6: 'inf'"),
        ("spend", ["1", "lots", "3", "4", "5"], r"1 cell is not a number.*line 3: 'lots'"),
        ("spend", ["1", "lots", "3", "few", "5"], "60% of the cells are numbers"),
        ("Channel", ["1", "2", "1", "2", "1"], "only the values 1, 2"),
        ("income", ["€5", "$20", "30", "40", "50"], "its amounts are in EUR and USD"),
    ],
)
def test_doubts_are_said(header: str, cells: list[str], doubt: str) -> None:
    rows = [f"{i},{cell}" for i, cell in enumerate(cells)]
    (said,) = schema_of(lines(f"id,{header}", *rows)).doubts
    assert re.search(doubt, said)


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("income", ["5", "20", "30", "40", "50"]),
        ("spending_score", ["0", "20", "30", "4", "100"]),
        ("balance", ["-5", "20", "30", "-40", "50"]),
        ("gender", ["f", "m", "f", "m", "f"]),
    ],
)
def test_a_sound_column_raises_no_doubt(header: str, cells: list[str]) -> None:
    rows = [f"{i},{cell}" for i, cell in enumerate(cells)]
    assert schema_of(lines(f"id,{header}", *rows)).doubts == ()


def test_a_doubt_is_found_in_the_last_of_many_rows() -> None:
    rows = (f"{i},{'-1' if i == 20_999 else i % 50}" for i in range(21_000))
    assert "1 values are below 0" in " ".join(schema_of(lines("id,income", *rows)).doubts)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("CustomerID", ("customer", "id")),
        ("IDNumber", ("id", "number")),
        ("unit_price", ("unit", "price")),
        ("Größe (cm)", ("größe", "cm")),
        ("", ()),
    ],
)
def test_names_are_cut_into_words(name: str, parts: tuple[str, ...]) -> None:
    assert words(name) == parts


def test_a_range_in_the_name_beats_the_word_score() -> None:
    assert score_range("Score (1–5)") == (1.0, 5.0)


# --- the tables of ../shared


@pytest.mark.parametrize(
    ("file", "roles", "numeric"),
    [
        (
            "mall-customers.csv",
            {"customer_id": "CustomerID"},
            ("Age", "Annual Income (k$)", "Spending Score (1-100)"),
        ),
        (
            "wholesale-customers.csv",
            {},
            (
                "Channel",
                "Region",
                "Fresh",
                "Milk",
                "Grocery",
                "Frozen",
                "Detergents_Paper",
                "Delicassen",
            ),
        ),
        (
            "customer-segmentation-1000.csv",
            {"customer_id": "id"},
            (
                "age",
                "income",
                "spending_score",
                "membership_years",
                "purchase_frequency",
                "last_purchase_amount",
            ),
        ),
    ],
)
def test_real_customer_tables_need_no_help(
    shared: Path, file: str, roles: dict[str, str], numeric: tuple[str, ...]
) -> None:
    loaded = load(shared / "data" / file, Recipe())
    assert loaded.schema.kind == "customers"
    assert loaded.schema.roles == roles
    assert loaded.customers.default_features == numeric


def test_codes_with_leading_zeros_are_no_numbers() -> None:
    rows = [f"{i:05},{i * 7 % 40},{i % 9}" for i in range(40)]
    found = schema_of(lines("Kundennr,spend,visits", *rows))
    assert found.of_type("number") == ("spend", "visits")


def test_rounded_ids_are_doubted() -> None:
    text = lines("customer_id,spend", "1.2346E+04,5", "1.2347E+04,6", "12,7", "13,8", "14,9")
    (said,) = schema_of(text).doubts
    assert "customer_id: 2 ids are written like '1.2346E+04'" in said


# --- notation


def column(schema: Schema, name: str) -> Column:
    (found,) = [column for column in schema.columns if column.name == name]
    return found


def test_a_decimal_comma_is_read() -> None:
    rows = [f"{i};{i * 7 % 40},5;1.{i:03},50" for i in range(40)]
    schema = schema_of(lines("id;Einkommen;Ausgaben", *rows))
    assert schema.of_type("number") == ("Einkommen", "Ausgaben")
    assert (schema.doubts, schema.questions) == ((), ())
    kinds = {change.kind: change.count for change in column(schema, "Ausgaben").changes}
    assert kinds == {"decimal comma read as point": 40, "thousands marks taken out": 40}


AMBIGUOUS = ("1;1.234;01/02/2026", "2;5.678;03/04/2026", "3;9.012;05/06/2026")


def test_what_can_be_read_two_ways_is_asked_on_the_own_values() -> None:
    schema = schema_of(lines("id;spend;joined", *AMBIGUOUS))
    decimal, dates = schema.questions
    assert (decimal.setting, decimal.where, decimal.option) == ("decimal", "spend", "--decimal")
    assert {r.value: r.examples[0] for r in decimal.readings} == {
        "point": ("1.234", "1.234"),
        "comma": ("1.234", "1234"),
    }
    assert (dates.setting, dates.where) == ("dates", "joined")
    assert {r.value: r.examples[0] for r in dates.readings} == {
        "dmy": ("01/02/2026", "1 February 2026"),
        "mdy": ("01/02/2026", "2 January 2026"),
    }


@pytest.mark.parametrize("decimal", ["point", "comma"])
@pytest.mark.parametrize("dates", ["dmy", "mdy"])
def test_what_is_settled_is_not_asked(decimal: str, dates: str) -> None:
    schema = schema_of(lines("id;spend;joined", *AMBIGUOUS), decimal=decimal, dates=dates)
    assert schema.questions == ()
    assert column(schema, "spend").decimal == decimal
    assert column(schema, "joined").dates == dates


def test_many_columns_make_one_question() -> None:
    rows = [f"{i};1.{i}34;2.{i}45" for i in range(1, 6)]
    (question,) = schema_of(lines("id;spend;income", *rows)).questions
    assert question.where == "spend, income"


@pytest.mark.parametrize(
    ("neighbour", "decimal"),
    [("0,5", "comma"), ("2.50", "point"), ("7", None), ("1.234,5", "comma")],
)
def test_a_neighbour_settles_the_decimal_mark(neighbour: str, decimal: str | None) -> None:
    rows = [f"{i};1.{i}34;{neighbour};{i}" for i in range(1, 6)]
    schema = schema_of(lines("id;spend;rate;n", *rows, "6;1.734;0;6"))
    assert bool(schema.questions) == (decimal is None)
    assert column(schema, "spend").decimal == (decimal or "point")


@pytest.mark.parametrize(("neighbour", "dates"), [("25/01/2026", "dmy"), ("01/25/2026", "mdy")])
def test_a_neighbour_settles_the_order_of_dates(neighbour: str, dates: str) -> None:
    rows = [f"{i};0{i}/02/2026;{neighbour}" for i in range(1, 6)]
    schema = schema_of(lines("id;joined;left", *rows, "6;06/02/2026;02/02/2026"))
    assert schema.questions == ()
    assert column(schema, "joined").dates == column(schema, "left").dates == dates


def test_neighbours_that_disagree_settle_nothing() -> None:
    rows = [f"{i};1.{i}34;0,{i};2.{i}" for i in range(1, 6)]
    (question,) = schema_of(lines("id;spend;a;b", *rows)).questions
    assert question.where == "spend"


def test_a_setting_that_does_not_fit_a_column_is_said() -> None:
    rows = [f"{i};{10 + i}/01/2026;0.{i}" for i in range(1, 9)]
    schema = schema_of(lines("id;joined;rate", *rows), dates="mdy", decimal="comma")
    assert (column(schema, "joined").dates, column(schema, "rate").decimal) == ("dmy", "point")
    assert [doubt.split(":")[0] for doubt in schema.doubts] == ["rate", "joined"]


def test_a_workbook_stores_numbers_with_a_point(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in [("id", "spend"), *((i, 1 + i * 0.111) for i in range(1, 8))]:
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    schema = load(tmp_path / "t.xlsx").schema
    assert (schema.questions, column(schema, "spend").decimal) == ((), "point")


def test_order_lines_in_any_notation_give_the_same_customers() -> None:
    plain = ["A;o1;2026-01-05;1234.5", "A;o2;2026-01-20;6", "B;o3;2026-02-01;7.25"]
    other = ["A;o1;05.01.2026;1.234,50 €", "A;o2;20. Januar 2026;6,00 €", "B;o3;1.2.26;7,25 €"]
    header = "customer_id;order_id;date;amount"
    one, two = (
        load(Source(name="t.csv", data=lines(header, *rows).encode())).customers.frame
        for rows in (plain, other)
    )
    pd.testing.assert_frame_equal(one, two)


@pytest.mark.parametrize(
    ("name", "cells", "found"),
    [
        ("last_seen_at", ["40513", "40514", "40999.5"], "date"),
        ("visits", ["40513", "40514", "40999"], "number"),
        ("date", ["12", "14", "99"], "number"),
        ("stamp", ["20110131", "20120229", "20111201"], "date"),
        ("stamp", ["20110131", "20120230", "20111201"], "number"),
        ("created", ["1291191960", "1291191961", "1291191969"], "number"),
        ("created at", ["1291191960", "1291191961", "1291191969"], "date"),
    ],
)
def test_bare_numbers_that_are_dates(name: str, cells: list[str], found: str) -> None:
    rows = [f"{i},{cell}" for i, cell in enumerate(cells)]
    assert column(schema_of(lines(f"k,{name}", *rows)), name).type == found


def test_serial_numbers_of_a_column_said_to_be_the_order_date() -> None:
    text = lines("customer_id,order_id,when,amount", "A,1,40513,5", "B,2,40514.5,6")
    schema = schema_of(text, roles=(("order_date", "when"),))
    (change,) = column(schema, "when").changes
    assert change == Change(
        kind="Excel serial numbers turned into dates",
        count=2,
        examples=(("40513", "2010-12-01"), ("40514.5", "2010-12-02 12:00:00")),
    )


def test_what_an_order_id_and_a_customer_id_lose_is_counted() -> None:
    text = lines("customer_id,order_id,date,amount", "7.0,1.0,2026-01-01,5", "8.0,2.0,2026-01-02,6")
    schema = schema_of(text)
    for name, example in (("customer_id", ("7.0", "7")), ("order_id", ("1.0", "1"))):
        (change,) = column(schema, name).changes
        assert (change.kind, change.count) == ("id without its .0", 2)
        assert change.examples[0] == example


@pytest.mark.parametrize(
    "cells", [["01067", "10115", "20095", "30159", "50667"], [f"612 345 67{i}" for i in range(5)]]
)
def test_postal_codes_and_phone_numbers_are_no_numbers(cells: list[str]) -> None:
    rows = [f"{i},{cell}" for i, cell in enumerate(cells)]
    assert column(schema_of(lines("k,x", *rows)), "x").type == "label"
