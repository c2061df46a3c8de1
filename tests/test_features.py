"""Order lines become customers as a plain group-by says, whatever the order of the lines."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.cleaning import clean
from segmentation.features import build_features
from segmentation.pipeline import load
from segmentation.reading import Source
from segmentation.results import Customers, Loaded
from segmentation.settings import CleanSettings, Recipe, SchemaSettings
from tests.counts import examples

MakeSource = Callable[..., Source]

HEADER = [
    "customer_id",
    "order_id",
    "order_date",
    "quantity",
    "unit_price",
    "amount",
    "sku",
    "country",
]

TRANSACTION_FEATURES = (
    "recency_days",
    "frequency_orders",
    "monetary_total",
    "quantity_total",
    "average_order_value",
    "tenure_days",
    "products_distinct",
)


@st.composite
def order_lines(draw: st.DrawFn) -> pd.DataFrame:
    """Lines with whole cents, so that a plain sum is exact enough to be compared with."""
    count = draw(st.integers(1, 40))

    def column(values: st.SearchStrategy[object]) -> list[object]:
        return draw(st.lists(values, min_size=count, max_size=count))

    days = column(st.integers(0, 30))
    # One country an order day, so that the last order has one.
    return pd.DataFrame(
        {
            "customer_id": column(st.sampled_from(["7", "10", "9", "00", "123"])),
            "order_id": column(st.sampled_from(["o1", "o2", "o3", "o4"])),
            "order_date": [
                f"{date(2026, 1, 1) + timedelta(days=int(day))} {hour:02}:15:00"  # type: ignore[call-overload]
                for day, hour in zip(days, column(st.integers(0, 23)), strict=True)
            ],
            "quantity": column(st.integers(1, 20)),
            "unit_price": [cents / 100 for cents in column(st.integers(0, 5000))],  # type: ignore[operator]
            "amount": [cents / 100 for cents in column(st.integers(-500, 9000))],  # type: ignore[operator]
            "sku": column(st.sampled_from(["p", "q", "r"])),
            "country": [("Norway", "Sweden", "Chile")[int(day) % 3] for day in days],  # type: ignore[call-overload]
        }
    )


def customers_of(lines: pd.DataFrame, **clean: object) -> Customers:
    source = Source(name="orders.csv", data=lines.to_csv(index=False).encode())
    roles = {
        name: name if name in lines else ""
        for name in (
            "customer_id",
            "order_id",
            "order_date",
            "quantity",
            "unit_price",
            "amount",
            "country",
        )
    }
    recipe = Recipe(
        schema=SchemaSettings(kind="transactions", roles=tuple(roles.items())),
        clean=CleanSettings(**clean),  # type: ignore[arg-type]
    )
    return load(source, recipe).customers


def by_hand(lines: pd.DataFrame, as_of: date) -> pd.DataFrame:
    lines = lines.assign(
        moment=pd.to_datetime(lines["order_date"]),
        worth=lines["amount"] if "amount" in lines else lines["quantity"] * lines["unit_price"],
    )
    lines["day"] = lines["moment"].dt.normalize()
    rows = {}
    for customer, own in lines.groupby("customer_id"):
        orders = own["order_id" if "order_id" in own else "day"].nunique()
        last = own[own["moment"] == own["moment"].max()]
        rows[customer] = {
            "recency_days": (pd.Timestamp(as_of) - own["day"].max()).days,
            "frequency_orders": orders,
            "monetary_total": own["worth"].sum(),
            "quantity_total": own["quantity"].sum(),
            "average_order_value": own["worth"].sum() / orders,
            "tenure_days": (pd.Timestamp(as_of) - own["day"].min()).days,
            "products_distinct": own["sku"].nunique(),
            "country": last["country"].min(),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


@settings(max_examples=examples(50))
@given(
    order_lines(),
    st.sampled_from([[], ["amount"], ["order_id"], ["amount", "order_id"], ["unit_price"]]),
    st.sampled_from([None, date(2026, 1, 31), date(2027, 5, 1)]),
)
def test_features_are_what_a_plain_group_by_gives(
    lines: pd.DataFrame, without: list[str], as_of: date | None
) -> None:
    lines = lines.drop(columns=without)
    last_day = pd.to_datetime(lines["order_date"]).max().date()
    expected = by_hand(lines, as_of or last_day + timedelta(days=1))
    customers = customers_of(lines, as_of=as_of.isoformat() if as_of else None)
    assert customers.ids.tolist() == sorted(expected.index, key=lambda name: (int(name), name))
    expected = expected.loc[customers.ids]
    assert list(customers.frame.columns) == [*TRANSACTION_FEATURES, "country"]
    assert customers.frame["country"].tolist() == expected["country"].tolist()
    for name in TRANSACTION_FEATURES:
        np.testing.assert_allclose(
            customers.frame[name], expected[name].astype(float), rtol=0, atol=1e-6, err_msg=name
        )


@settings(max_examples=examples(40))
@given(order_lines(), st.randoms(use_true_random=False))
def test_the_order_of_the_lines_changes_no_bit(lines: pd.DataFrame, random: object) -> None:
    # Products of binary fractions, where the order of a plain sum would show.
    lines = lines.drop(columns="amount").assign(unit_price=lines["unit_price"] * 1.1 + 0.1)
    order = list(range(len(lines)))
    random.shuffle(order)  # type: ignore[attr-defined]
    one, other = customers_of(lines), customers_of(lines.iloc[order])
    assert one.ids.tolist() == other.ids.tolist()
    pd.testing.assert_frame_equal(one.frame, other.frame, check_exact=True)


def test_sums_of_many_lines_do_not_depend_on_their_order() -> None:
    rng = np.random.default_rng(3)
    count = 5_000
    lines = pd.DataFrame(
        {
            "customer_id": rng.integers(1, 4, count),
            "order_date": "2026-01-01",
            "quantity": rng.integers(1, 9, count),
            # So large that the totals' last bits lie above the six decimals they are rounded to.
            "unit_price": np.round(1e8 * rng.lognormal(0, 3, count), 2),
        }
    )
    totals = [
        customers_of(lines.sample(frac=1, random_state=seed)).frame["monetary_total"].tolist()
        for seed in range(3)
    ]
    assert totals[0] == totals[1] == totals[2]


def test_the_country_of_an_order_that_names_several_is_the_first_in_the_alphabet() -> None:
    lines = pd.DataFrame(
        {
            "customer_id": ["A", "A", "A", "B"],
            "order_date": ["2026-01-01", "2026-01-02", "2026-01-02", "2026-01-01"],
            "amount": [1, 2, 3, 4],
            "country": ["Chile", "Sweden", "Norway", "Peru"],
        }
    )
    assert customers_of(lines).frame["country"].tolist() == ["Norway", "Peru"]


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (["10", "9", "100"], ["9", "10", "100"]),
        (["2", "02", "1"], ["1", "2", "02"]),
        (["10", "9", "b"], ["10", "9", "b"]),
        (["0", "00", "1"], ["0", "00", "1"]),
        (["9" * 5000, "1"], ["1", "9" * 5000]),
        ([" 5", "5 ", "4"], ["4", "5"]),
        (["2²", "10"], ["10", "2²"]),
    ],
    ids=["numbers", "leading zeros", "text", "zeros", "very long", "spaces", "no plain digits"],
)
def test_customers_come_out_by_id(ids: list[str], expected: list[str]) -> None:
    lines = pd.DataFrame({"customer_id": ids, "order_date": "2026-01-01", "amount": 5})
    assert customers_of(lines).ids.tolist() == expected


def test_what_can_not_be_computed_is_left_out() -> None:
    lines = pd.DataFrame(
        {"customer_id": ["A", "B"], "order_date": ["2026-01-01", "2026-01-03"], "amount": [3, 5]}
    )
    customers = customers_of(lines)
    assert "quantity_total" not in customers.frame
    assert "products_distinct" not in customers.frame
    assert customers.unusable["frequency_orders"] == "it has the same value for every customer"
    assert customers.default_features == ("recency_days", "monetary_total")


# --- customer tables


def test_columns_of_a_customer_table_are_sorted_by_what_they_can_do(source_of: MakeSource) -> None:
    rows = [f"C{i},{'fm'[i % 2]},{i * 7 % 11},x,note {i},2026-01-{i + 1:02},5" for i in range(20)]
    source = source_of("\n".join(["id,gender,spend,same,note,joined,flat", *rows]))
    customers = load(source).customers
    assert customers.numeric == customers.default_features == ("spend",)
    assert customers.categories == ("gender",)
    assert set(customers.unusable) == {"id", "same", "note", "joined", "flat"}
    assert customers.ids.tolist() == [f"C{i}" for i in range(20)]
    assert "id" not in customers.frame


def test_a_row_number_stands_in_for_an_id_and_counts_rows_of_the_file(
    source_of: MakeSource,
) -> None:
    customers = load(source_of("spend,age\n5,1\n,\n6,2\n7,9\n")).customers
    assert customers.ids.tolist() == ["1", "3", "4"]
    assert customers.id_column is None


@settings(max_examples=25)
@given(st.permutations(list(range(12))))
def test_reordered_rows_give_the_same_customers(order: list[int]) -> None:
    rows = [f"C{i},{i * 7 % 11},{'fm'[i % 2]},{'' if i == 3 else i}" for i in range(12)]

    def made(rows: list[str]) -> pd.DataFrame:
        text = "\n".join(["id,spend,gender,age", *rows])
        customers = load(Source(name="a.csv", data=text.encode())).customers
        return customers.frame.set_index(customers.ids).sort_index()

    pd.testing.assert_frame_equal(made(rows), made([rows[i] for i in order]))


# --- the tables of ../shared


@pytest.mark.parametrize("zero_price", [True, False])
def test_online_retail_features_are_the_anchors(
    shared: Path, online_retail: Loaded, zero_price: bool
) -> None:
    anchors = json.loads((shared / "anchors.json").read_text())["online_retail"]
    kept = clean(
        online_retail.table, online_retail.schema, CleanSettings(drop_zero_price=zero_price)
    )
    frame = build_features(kept, online_retail.schema).frame
    rfm = anchors["rfm_snapshot_2011_12_10"]
    assert frame["monetary_total"].sum() == pytest.approx(anchors["revenue"], abs=0.001)
    assert len(frame) == anchors["customers" if zero_price else "customers_qty_pos"]
    one_order = int((frame["frequency_orders"] == 1).sum())
    assert one_order == rfm["one_order"] + (0 if zero_price else 1)
    if zero_price:
        assert frame["frequency_orders"].sum() == anchors["invoices"]
        for column, short in (
            ("recency_days", "rec"),
            ("frequency_orders", "freq"),
            ("monetary_total", "mon"),
        ):
            found = frame[column].agg(["mean", "median", "max"]).round(3).tolist()
            wanted = [rfm[f"{short}_{what}"] for what in ("mean", "median", "max")]
            assert found == pytest.approx(wanted, abs=0.001), column
