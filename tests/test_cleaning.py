"""Every row is kept, or set aside by one named rule; nothing vanishes and nothing is changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from segmentation.cleaning import clean
from segmentation.errors import DataError, SegmentationError
from segmentation.exporting import set_aside_rows
from segmentation.features import build_features
from segmentation.pipeline import run
from segmentation.reading import Source, read_table
from segmentation.results import LINE_REASONS, REASONS, Clean, Loaded, SetAsideLine, Table
from segmentation.schema import suggest_schema
from segmentation.set_aside import set_aside_table
from segmentation.settings import (
    ChooseSettings,
    CleanSettings,
    PrepareSettings,
    Recipe,
    SchemaSettings,
)
from tests.counts import examples

MakeSource = Callable[..., Source]

ORDERS = "customer_id,order_id,date,quantity,price,product,country"
ROLES = tuple(
    zip(
        ("customer_id", "order_id", "order_date", "quantity", "unit_price", "product", "country"),
        ORDERS.split(","),
        strict=True,
    )
)


def orders(*rows: str, header: str = ORDERS) -> Table:
    text = "\n".join([header, *rows]) + "\n"
    return read_table(Source(name="orders.csv", data=text.encode()), as_text=True)


def cleaned(table: Table, kind: str = "transactions", **settings: object) -> Clean:
    schema = suggest_schema(table, SchemaSettings(kind=kind))  # type: ignore[arg-type]
    return clean(table, schema, CleanSettings(**settings))  # type: ignore[arg-type]


def assert_nothing_vanished(table: Table, result: Clean) -> None:
    rows = np.concatenate([result.frame.index.to_numpy(), *result.set_aside.values()])
    assert sorted(rows.tolist()) == list(range(table.report.rows))
    left = table.report.rows
    for entry in result.ledger:
        assert entry.rows_in == left
        assert entry.set_aside == len(result.set_aside.get(entry.rule, ()))
        left -= entry.set_aside
    assert left == len(result.frame)
    told = set_aside_table(table, result.set_aside)
    assert len(told) == table.report.rows - left
    for rule, numbers in result.set_aside.items():
        part = set_aside_table(table, result.set_aside, rule)
        assert set(part["reason"]) == {REASONS[rule]}
        assert part["line"].tolist() == table.lines[numbers].tolist()
        as_read = table.frame.iloc[numbers].reset_index(drop=True)
        pd.testing.assert_frame_equal(part.iloc[:, 2:], as_read)


GOOD = "A,o1,2026-01-05,2,5.0,p,Norway"


@pytest.mark.parametrize(
    ("row", "rule", "settings"),
    [
        (",,,,,,", "empty_row", {}),
        (" , ,,,,,", "empty_row", {}),
        (",o1,2026-01-05,2,5.0,p,Norway", "no_customer_id", {}),
        ("  ,o1,2026-01-05,2,5.0,p,Norway", "no_customer_id", {}),
        ("NaN,o1,2026-01-05,2,5.0,p,Norway", "no_customer_id", {}),
        ("B,o1,,2,5.0,p,Norway", "no_order_date", {}),
        ("B,o1,soon,2,5.0,p,Norway", "no_order_date", {}),
        ("B,o1,2026-01-05,x,5.0,p,Norway", "no_quantity", {}),
        ("B,o1,2026-01-05,inf,5.0,p,Norway", "no_quantity", {}),
        ("B,o1,2026-01-05,0,5.0,p,Norway", "quantity_not_positive", {}),
        ("B,o1,2026-01-05,-2,5.0,p,Norway", "quantity_not_positive", {}),
        ("B,o1,2026-01-05,2,,p,Norway", "no_unit_price", {}),
        ("B,o1,2026-01-05,1e90,1e90,p,Norway", "no_amount", {}),
        ("B,o1,2026-01-05,2,0,p,Norway", None, {}),
        ("B,o1,2026-01-05,2,0,p,Norway", "unit_price_not_positive", {"drop_zero_price": True}),
        ("B,o1,2026-01-05,2,-1,p,Norway", "unit_price_not_positive", {"drop_zero_price": True}),
        (GOOD, None, {}),
        (GOOD, "exact_duplicate", {"drop_duplicates": True}),
        (GOOD.replace("p,N", "q,N"), None, {"drop_duplicates": True}),
        ("B,o1,2026-01-07,2,5.0,p,Norway", "after_as_of_date", {"as_of": "2026-01-06"}),
        ("B,o1,2026-01-06 23:59,2,5.0,p,Norway", None, {"as_of": "2026-01-06"}),
        ("B,o1,2026-01-05,2,5.0,p,Norway,more", "row_longer_than_header", {}),
        ("B,o1,2026-01-05,2,5.0,p,Norway,", None, {}),
        ("B,o1,2026-01-05,2,5.0", None, {}),
    ],
)
def test_each_rule_takes_its_rows_and_no_others(
    row: str, rule: str | None, settings: dict[str, object]
) -> None:
    # A day apart in form or not, all dates here must read; hence enough plain ones.
    table = orders(GOOD, *(GOOD.replace("A,o1", f"C,o{i}") for i in range(20)), row)
    result = cleaned(table, **settings)
    assert {name: rows.tolist() for name, rows in result.set_aside.items()} == (
        {rule: [21]} if rule else {}
    )
    assert_nothing_vanished(table, result)


def test_an_amount_needs_no_price_beside_it() -> None:
    header = "customer_id,date,quantity,price,amount"
    table = orders("A,2026-01-01,1,,7", "A,2026-01-02,2,x,8", "B,2026-01-03,1,5,", header=header)
    schema = suggest_schema(
        table, SchemaSettings(kind="transactions", roles=(("unit_price", ""), ("amount", "amount")))
    )
    assert {k: v.tolist() for k, v in clean(table, schema).set_aside.items()} == {"no_amount": [2]}


def test_negative_amounts_stay_and_are_told() -> None:
    header = "customer_id,order_id,date,amount"
    result = cleaned(orders("A,1,2026-01-01,5", "A,2,2026-01-02,-2", header=header))
    assert len(result.frame) == 2
    assert "1 lines have a negative amount" in " ".join(result.notes)


def test_free_lines_can_not_be_told_without_a_price() -> None:
    header = "customer_id,order_id,date,amount"
    with pytest.raises(DataError, match=r"no unit price.*orders\.csv.*Say which column"):
        cleaned(orders("A,1,2026-01-01,5", header=header), drop_zero_price=True)


@pytest.mark.parametrize(
    ("as_of", "expected"), [(None, "2026-02-01"), ("2026-03-15", "2026-03-15")]
)
def test_the_as_of_date_is_the_day_after_the_last_order_unless_said(
    as_of: str | None, expected: str
) -> None:
    table = orders(GOOD, GOOD.replace("2026-01-05", "2026-01-31 23:59:59"))
    assert cleaned(table, as_of=as_of).as_of.isoformat() == expected  # type: ignore[union-attr]


def test_rows_that_are_set_aside_do_not_move_the_as_of_date() -> None:
    table = orders(GOOD, GOOD.replace("2026-01-05,2", "2027-01-31,-2"))
    assert cleaned(table).as_of.isoformat() == "2026-01-06"  # type: ignore[union-attr]


def test_an_as_of_date_before_every_order_is_refused() -> None:
    with pytest.raises(DataError, match=r"No row is left: 1 of 1 rows.*after the as-of date"):
        cleaned(orders(GOOD), as_of="2020-01-01")


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        (["1,5", "1,6", "2,7", "3,8", "4,9", "5,1"], [0, 2, 3, 4, 5]),
        (["1,5", " 1 ,6", "2,7", "3,8", "4,9", "5,1"], [0, 2, 3, 4, 5]),
        (["1,5", "01,6", "2,7", "3,8", "4,9", "5,1"], [0, 1, 2, 3, 4, 5]),
        (["1,5", ",6", "NA,7", "3,8", "4,9", "5,1"], [0, 3, 4, 5]),
        (["1,5", ",", "2,7", "3,8", "4,9", "5,1"], [0, 2, 3, 4, 5]),
    ],
    ids=["repeated", "repeated but for spaces", "other text", "no id", "empty row"],
)
def test_customer_tables_keep_the_first_row_of_each_id(rows: list[str], kept: list[int]) -> None:
    table = orders(*rows, header="customer_id,spend")
    result = cleaned(table, kind="customers")
    assert result.frame.index.tolist() == kept
    assert_nothing_vanished(table, result)


def test_without_an_id_equal_rows_are_customers_unless_duplicates_are_to_go() -> None:
    table = orders("5,1", "5,1", "6,2", header="spend,visits")
    assert len(cleaned(table, kind="customers").frame) == 3
    dropped = cleaned(table, kind="customers", drop_duplicates=True)
    assert dropped.set_aside["exact_duplicate"].tolist() == [1]


def test_reason_and_row_number_find_room_beside_columns_of_their_name() -> None:
    table = orders("1,a,5", "1,b,6", *(f"{i},c,7" for i in range(2, 9)), header="id,reason,line")
    told = set_aside_table(table, cleaned(table, kind="customers").set_aside)
    assert list(told.columns) == ["line_", "reason_", "id", "reason", "line"]
    assert told.iloc[0].tolist() == [3, REASONS["repeated_customer_id"], "1", "b", "6"]


def test_ids_without_their_zero_are_the_same_customer() -> None:
    table = orders("7.0,5", "8.0,6", " 8 ,7", "9.0,8", header="customer_id,spend")
    result = cleaned(table, kind="customers")
    assert result.frame["customer_id"].tolist() == ["7", "8", "9"]
    assert result.set_aside["repeated_customer_id"].tolist() == [2]
    assert table.frame["customer_id"].tolist() == ["7.0", "8.0", " 8 ", "9.0"]


def test_ids_of_order_lines_lose_their_zero() -> None:
    header = "customer_id,order_id,date,amount"
    table = orders(
        "7.0,1.0,2026-01-01,5", "7,1,2026-01-02,6", "8.0,2.0,2026-01-02,7", header=header
    )
    frame = cleaned(table).frame
    assert frame["customer_id"].tolist() == ["7", "7", "8"]
    assert frame["order_id"].tolist() == ["1", "1", "2"]


@pytest.mark.parametrize("name", ["None", "Null", "NA"])
def test_a_customer_of_any_name_stays(name: str) -> None:
    rows = [f"{who},{i}" for i, who in enumerate(["Ann", name, "Bo", "Cy"])]
    assert len(cleaned(orders(*rows, header="customer_id,spend"), kind="customers").frame) == 4


@pytest.mark.parametrize("mark", ["", " ", "NA", "-", "None"])
def test_lines_without_an_order_id_are_orders_by_day(mark: str) -> None:
    table = orders(
        f"A,{mark},2026-01-05 08:00,5",
        f"A,{mark},2026-01-05 09:00,5",
        f"A,{mark},2026-01-06,5",
        "A,o1,2026-01-06,5",
        "A,o1,2026-01-07,5",
        f"B,{mark},2026-01-05,5",
        "C,o2,2026-01-05,7",
        header="customer_id,order_id,date,amount",
    )
    schema = suggest_schema(table, SchemaSettings(kind="transactions"))
    result = clean(table, schema)
    assert "4 lines have no order id" in " ".join(result.notes)
    frequency = build_features(result, schema).frame["frequency_orders"]
    assert frequency.tolist() == [3.0, 1.0, 1.0]


def with_reader_lines(table: Table) -> Table:
    """Return the table as if title, note and totals had been found around it."""
    lines = (
        SetAsideLine(line=1, reason="preamble", cells=("Orders of May", "", "secret")),
        SetAsideLine(line=2, reason="preamble", cells=()),
        SetAsideLine(line=6, reason="total", cells=("Sum", "12")),
        SetAsideLine(line=7, reason="footnote", cells=("a", "b", "c", "d")),
    )
    report = replace(table.report, set_aside=lines, header_line=3)
    return replace(table, report=report, lines=np.array([4, 5, 8]))


def test_lines_of_the_file_are_header_used_or_set_aside() -> None:
    table = with_reader_lines(orders("1,5", "1,6", "2,7", header="id,spend"))
    result = cleaned(table, kind="customers")
    told = set_aside_table(table, result.set_aside)
    used = table.lines[result.frame.index]
    header = table.report.header_line
    assert sorted([header, *used, *told["line"]]) == list(range(1, 9))
    assert told["line"].is_monotonic_increasing
    assert told.iloc[0].tolist() == [1, LINE_REASONS["preamble"], "Orders of May", "", "secret", ""]
    assert told.iloc[2].tolist() == [5, REASONS["repeated_customer_id"], "1", "6", "", ""]
    assert told.iloc[-1].tolist() == [7, LINE_REASONS["footnote"], "a", "b", "c", "d"]


def test_lines_of_one_reason_alone() -> None:
    table = with_reader_lines(orders("1,5", "1,6", "2,7", header="id,spend"))
    aside = cleaned(table, kind="customers").set_aside
    assert set_aside_table(table, aside, "total")["line"].tolist() == [6]
    assert set_aside_table(table, aside, "repeated_customer_id")["line"].tolist() == [5]


# --- for any table

cell = st.sampled_from(
    ["", " ", "A", "B", "1", "2", "-1", "0", "x", "2026-01-01", "2026-02-01", "inf", "1e99", "NA"]
)


@st.composite
def order_tables(draw: st.DrawFn) -> Table:
    good = st.tuples(
        st.sampled_from("ABC"),
        st.sampled_from(["o1", "o2"]),
        st.sampled_from(["2026-01-01", "2026-02-01"]),
        st.sampled_from(["1", "2"]),
        st.sampled_from(["0", "1"]),
        st.just("p"),
        st.just("Norway"),
    )
    any_row = st.lists(cell, min_size=1, max_size=9)
    rows = draw(st.lists(st.one_of(good, good, good, any_row), min_size=1, max_size=25))
    return orders(*(",".join(row) or '""' for row in rows))


clean_settings = st.builds(
    CleanSettings,
    drop_duplicates=st.booleans(),
    drop_zero_price=st.booleans(),
    as_of=st.sampled_from([None, "2026-01-15"]),
)


@settings(max_examples=examples(40))
@given(order_tables(), st.sampled_from(["customers", "transactions"]), clean_settings)
def test_rows_read_are_rows_kept_and_rows_set_aside(
    table: Table, kind: str, choice: CleanSettings
) -> None:
    if kind == "customers":
        choice = replace(choice, drop_zero_price=False)
    before = table.frame.copy()
    try:
        schema = suggest_schema(
            table,
            SchemaSettings(kind=kind, roles=ROLES if kind == "transactions" else ()),  # type: ignore[arg-type]
        )
        result = clean(table, schema, choice)
    except SegmentationError:
        assume(False)
    assert_nothing_vanished(table, result)
    pd.testing.assert_frame_equal(table.frame, before)


@settings(max_examples=20)
@given(order_tables(), clean_settings)
def test_cleaning_what_is_clean_sets_nothing_aside(table: Table, choice: CleanSettings) -> None:
    try:
        schema = suggest_schema(table, SchemaSettings(kind="transactions", roles=ROLES))
        kept = clean(table, schema, choice).frame.index
        again = Table(
            frame=table.frame.loc[kept].reset_index(drop=True),
            report=replace(table.report, rows=len(kept)),
            lines=table.lines[: len(kept)],
        )
        second = clean(again, schema, choice)
    except SegmentationError:
        assume(False)
    assert second.set_aside == {}


@pytest.mark.parametrize("missing", ["median", "drop"])
@pytest.mark.parametrize("outliers", ["keep", "cap", "set-aside"])
def test_a_whole_run_accounts_for_every_row(
    source_of: MakeSource, missing: str, outliers: str
) -> None:
    rows = [
        f"{i % 45},{'' if i % 9 == 4 else i * 7 % 11},{'9e6' if i == 3 else i % 5}"
        for i in range(50)
    ]
    source = source_of("\n".join(["id,spend,age", *rows, "1,2,3,4", ",,"]))
    finished = run(
        source,
        Recipe(
            prepare=PrepareSettings(missing=missing, outliers=outliers, transform="none"),  # type: ignore[arg-type]
            choose=ChooseSettings(k=2),
        ),
    )
    aside = set_aside_rows(finished)
    read = finished.loaded.table.report.rows
    assert read == 52 == len(finished.profiles.customers) + len(aside)
    assert aside["line"].is_unique
    assert {52, 53} <= set(aside["line"])
    reasons = set(aside["reason"])
    assert (REASONS["missing_feature"] in reasons) == (missing == "drop")
    assert (REASONS["outlier"] in reasons) == (outliers == "set-aside")


# --- the tables of ../shared


def test_online_retail_roles_are_found_unaided(online_retail: Loaded) -> None:
    assert online_retail.schema.kind == "transactions"
    assert online_retail.schema.roles == {
        "customer_id": "CustomerID",
        "order_id": "InvoiceNo",
        "order_date": "InvoiceDate",
        "quantity": "Quantity",
        "unit_price": "UnitPrice",
        "product": "StockCode",
        "country": "Country",
    }


def test_online_retail_rows_are_set_aside_as_counted(online_retail: Loaded) -> None:
    taken = [
        (entry.rule, entry.set_aside) for entry in online_retail.clean.ledger if entry.set_aside
    ]
    assert online_retail.table.report.rows == 541_909
    assert taken == [("no_customer_id", 135_080), ("quantity_not_positive", 8_905)]
    assert len(online_retail.clean.frame) == 397_924
    assert str(online_retail.clean.as_of) == "2011-12-10"
    told = set_aside_table(online_retail.table, online_retail.clean.set_aside)
    assert len(told) == 541_909 - 397_924


@pytest.mark.parametrize(
    ("settings", "rows"),
    [
        (CleanSettings(drop_zero_price=True), 397_884),
        (CleanSettings(drop_zero_price=True, drop_duplicates=True), 392_692),
    ],
)
def test_online_retail_with_more_rules(
    online_retail: Loaded, settings: CleanSettings, rows: int
) -> None:
    result = clean(online_retail.table, online_retail.schema, settings)
    assert len(result.frame) == rows
    assert result.frame["customer_id"].nunique() == 4_338


def test_online_retail_customers(online_retail: Loaded) -> None:
    frame = online_retail.customers.frame
    assert len(frame) == 4_339
    assert frame["monetary_total"].sum() == pytest.approx(8_911_407.904, abs=0.001)
    assert frame["frequency_orders"].sum() == 18_536
    ids = online_retail.customers.ids
    assert ids.tolist() == sorted(ids, key=int)
