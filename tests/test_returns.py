"""Returns come off what was sold, all of them and no more than once; the money adds up."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.charges import are_charges, charged
from segmentation.cleaning import clean
from segmentation.errors import DataError, SettingsError
from segmentation.features import build_features
from segmentation.pipeline import load
from segmentation.reading import Source
from segmentation.results import Loaded, Refunds
from segmentation.set_aside import set_aside_table, unmatched_returns
from segmentation.settings import CleanSettings, Recipe, SchemaSettings
from tests.counts import examples

ROLES = (
    "customer_id",
    "order_id",
    "order_date",
    "quantity",
    "unit_price",
    "amount",
    "product",
)


def loaded(lines: pd.DataFrame, returns: str = "net", **said: object) -> Loaded:
    source = Source(name="orders.csv", data=lines.to_csv(index=False).encode())
    roles = tuple((name, name if name in lines else "") for name in ROLES)
    recipe = Recipe(
        schema=SchemaSettings(kind="transactions", roles=roles),
        clean=CleanSettings(returns=returns, **said),  # type: ignore[arg-type]
    )
    return load(source, recipe)


def refunds_of(found: Loaded) -> Refunds:
    assert found.clean.refunds is not None
    return found.clean.refunds


def by_customer(found: Loaded) -> pd.DataFrame:
    return found.customers.frame.set_index(found.customers.ids)


@st.composite
def order_lines(draw: st.DrawFn) -> pd.DataFrame:
    """Few customers, products, prices and moments, so that returns meet sales often."""
    count = draw(st.integers(1, 40))

    def column(values: st.SearchStrategy[object]) -> list[object]:
        return draw(st.lists(values, min_size=count, max_size=count))

    quantities = column(st.integers(-6, 6).filter(bool))
    days = column(st.integers(0, 12))
    return pd.DataFrame(
        {
            "customer_id": column(st.sampled_from(["7", "10", "9"])),
            "order_id": [
                f"{'C' if quantity < 0 else ''}{number}"  # type: ignore[operator]
                for quantity, number in zip(quantities, column(st.integers(100, 103)), strict=True)
            ],
            "order_date": [(date(2026, 1, 1) + timedelta(days=int(d))).isoformat() for d in days],  # type: ignore[call-overload]
            "quantity": quantities,
            "unit_price": [cents / 100 for cents in column(st.sampled_from([0, 199, 250]))],  # type: ignore[operator]
            "product": column(st.sampled_from(["p1", "q2"])),
        }
    )


def any_sale(lines: pd.DataFrame) -> bool:
    return bool((lines["quantity"] > 0).any())


def in_turn(lines: pd.DataFrame) -> tuple[dict[int, int], set[int]]:
    """Go through the lines one by one: what came back of each sale, and the returns matched."""
    ordered = lines.assign(back=lines["quantity"] < 0, size=lines["quantity"].abs())
    ordered = ordered.sort_values(["order_date", "back", "order_id", "size"], kind="stable")
    piles: dict[tuple[object, ...], list[list[int]]] = defaultdict(list)
    taken: dict[int, int] = defaultdict(int)
    matched = set()
    for line in ordered.itertuples():
        pile = piles[line.customer_id, line.product, line.unit_price]
        if not line.back:
            pile.append([line.Index, line.size])
            continue
        if line.size > sum(left for _, left in pile):
            continue
        matched.add(line.Index)
        wanted = line.size
        for sale in reversed(pile):
            part = min(wanted, sale[1])
            sale[1] -= part
            taken[sale[0]] += part
            wanted -= part
    return taken, matched


@settings(max_examples=examples(120))
@given(order_lines().filter(any_sale))
def test_matching_is_what_going_through_the_lines_one_by_one_gives(lines: pd.DataFrame) -> None:
    found = loaded(lines)
    refunds = refunds_of(found)
    kept = lines[lines["customer_id"].isin(lines["customer_id"][lines["quantity"] > 0])]
    taken, matched = in_turn(kept)
    assert set(refunds.lines.index[refunds.lines["matched"]]) == matched
    per_pile = ["customer_id", "product", "unit_price", "order_date", "order_id", "quantity"]
    # Lines alike in all of these can stand for each other.
    sales = kept[kept["quantity"] > 0]
    expected = sales.assign(taken=[taken[i] for i in sales.index]).groupby(per_pile)["taken"].sum()
    given = sales.assign(taken=pd.Series(refunds.taken_back, index=found.clean.frame.index))
    pd.testing.assert_series_equal(
        given.groupby(per_pile)["taken"].sum(), expected, check_dtype=False
    )


@settings(max_examples=examples(100))
@given(order_lines().filter(any_sale))
def test_money_is_conserved(lines: pd.DataFrame) -> None:
    found = loaded(lines)
    refunds = refunds_of(found)
    worth = lines["quantity"] * lines["unit_price"]
    buyers = lines["customer_id"].isin(lines["customer_id"][lines["quantity"] > 0])
    assert math.isclose(refunds.total, worth.sum(), abs_tol=1e-6)
    assert math.isclose(refunds.gross, worth[lines["quantity"] > 0].sum(), abs_tol=1e-6)
    assert math.isclose(refunds.returns_only, worth[~buyers].sum(), abs_tol=1e-6)
    frame = by_customer(found)
    own = worth.groupby(lines["customer_id"]).sum()
    np.testing.assert_allclose(frame["monetary_total"], own[frame.index], atol=1e-6)
    np.testing.assert_allclose(
        frame["gross_total"] - frame["returned_total"], frame["monetary_total"], atol=1e-6
    )
    quantity = lines["quantity"].groupby(lines["customer_id"]).sum()
    assert frame["quantity_total"].tolist() == quantity[frame.index].tolist()


@settings(max_examples=examples(100))
@given(order_lines().filter(any_sale))
def test_never_more_comes_back_than_was_sold(lines: pd.DataFrame) -> None:
    found = loaded(lines)
    refunds = refunds_of(found)
    sold = found.clean.frame["quantity"].to_numpy()
    assert ((refunds.taken_back >= 0) & (refunds.taken_back <= sold)).all()
    matched = refunds.lines[refunds.lines["matched"]]
    assert refunds.taken_back.sum() == -matched["quantity"].sum()
    assert math.isclose(
        (refunds.taken_back * found.clean.frame["unit_price"]).sum(), refunds.matched, abs_tol=1e-6
    )


@settings(max_examples=examples(100))
@given(order_lines().filter(any_sale))
def test_a_return_is_no_order(lines: pd.DataFrame) -> None:
    """Recency, orders and products are those of the sales alone, also with returns afterwards."""
    net = by_customer(loaded(lines, as_of="2026-02-01"))
    gross = by_customer(loaded(lines, "gross", as_of="2026-02-01"))
    same = ["recency_days", "frequency_orders", "tenure_days", "products_distinct"]
    pd.testing.assert_frame_equal(net[same], gross[same])
    assert net["gross_total"].tolist() == gross["monetary_total"].tolist()


@settings(max_examples=examples(60))
@given(order_lines().filter(any_sale), st.randoms(use_true_random=False))
def test_the_order_of_the_lines_changes_nothing(lines: pd.DataFrame, random: object) -> None:
    order = list(range(len(lines)))
    random.shuffle(order)  # type: ignore[attr-defined]
    one, other = loaded(lines), loaded(lines.iloc[order])
    pd.testing.assert_frame_equal(one.customers.frame, other.customers.frame, check_exact=True)
    assert refunds_of(one).to_dict() == refunds_of(other).to_dict()


@settings(max_examples=examples(60))
@given(order_lines().filter(any_sale))
def test_every_line_is_kept_returned_or_set_aside(lines: pd.DataFrame) -> None:
    found = loaded(lines).clean
    assert found.refunds is not None
    rows = [found.frame.index, found.refunds.lines.index, *found.set_aside.values()]
    assert sorted(np.concatenate(rows).tolist()) == list(range(len(lines)))


HEAD = "customer_id,order_id,order_date,quantity,unit_price,product"


def frame_of(*rows: str, header: str = HEAD) -> pd.DataFrame:
    return pd.DataFrame([row.split(",") for row in rows], columns=header.split(","))


@pytest.mark.parametrize(
    ("rows", "matched", "taken"),
    [
        (["A,1,2026-01-01,5,2,p1", "A,C2,2026-01-02,-5,2,p1"], [True], [5]),
        (["A,1,2026-01-02,5,2,p1", "A,C2,2026-01-01,-5,2,p1"], [False], [0]),
        (["A,1,2026-01-01,5,2,p1", "A,C2,2026-01-02,-6,2,p1"], [False], [0]),
        (["A,1,2026-01-01,5,2,p1", "A,C2,2026-01-02,-5,3,p1"], [False], [0]),
        (["A,1,2026-01-01,5,2,p1", "A,C2,2026-01-02,-5,2,q2"], [False], [0]),
        (
            ["B,1,2026-01-01,5,2,p1", "A,C2,2026-01-02,-5,2,p1", "A,3,2026-01-01,1,1,p1"],
            [False],
            [0, 0],
        ),
        (
            ["A,1,2026-01-01,5,2,p1", "A,2,2026-01-03,5,2,p1", "A,C3,2026-01-04,-7,2,p1"],
            [True],
            [2, 5],
        ),
        (
            [
                "A,1,2026-01-01,10,2,p1",
                "A,C2,2026-01-02,-6,2,p1",
                "A,C3,2026-01-03,-6,2,p1",
                "A,C4,2026-01-04,-4,2,p1",
            ],
            [True, False, True],
            [10],
        ),
        (["A,1,2026-01-01,0.3,2,p1", *["A,C2,2026-01-02,-0.1,2,p1"] * 3], [True] * 3, [0.3]),
        (
            ["A,1,2026-01-01,1e15,2,p1", "A,1,2026-01-01,.3,2,q2", "A,C2,2026-01-02,-.3,2,q2"],
            [True],
            [0, 0.3],
        ),
    ],
    ids=[
        "its sale",
        "before its sale",
        "more than was sold",
        "another price",
        "another product",
        "another customer",
        "latest first",
        "what is not found leaves more",
        "fractions",
        "beside a huge one",
    ],
)
def test_which_sale_a_return_takes_back(
    rows: list[str], matched: list[bool], taken: list[float]
) -> None:
    refunds = refunds_of(loaded(frame_of(*rows)))
    assert refunds.lines["matched"].tolist() == matched
    assert refunds.taken_back.tolist() == taken


def test_lines_without_a_quantity_are_matched_by_their_amount() -> None:
    header = "customer_id,order_date,amount"
    rows = ["A,2026-01-01,20", "A,2026-01-02,30", "A,2026-01-03,-20", "A,2026-01-04,-15"]
    found = loaded(frame_of(*rows, header=header))
    assert refunds_of(found).taken_back.tolist() == [20, 0]
    assert refunds_of(found).lines["matched"].tolist() == [True, False]
    assert by_customer(found).loc["A", ["monetary_total", "frequency_orders"]].tolist() == [15, 2]


def test_a_cancelled_order_without_its_sign_is_taken_off() -> None:
    header = "customer_id,order_id,order_date,quantity,amount"
    rows = ["A,1,2026-01-01,4,20", "A,2,2026-01-02,2,9", "A,C3,2026-01-03,4,20"]
    found = loaded(frame_of(*rows, header=header))
    assert refunds_of(found).lines["matched"].tolist() == [True]
    assert by_customer(found).loc["A", "monetary_total"] == 9


def test_a_shop_whose_orders_all_begin_with_c_cancels_none() -> None:
    rows = ["A,C1,2026-01-01,4,20,p1", "A,C2,2026-01-02,2,9,p1", "A,C3,2026-01-03,-2,9,p1"]
    found = loaded(frame_of(*rows))
    assert len(found.clean.frame) == 2 and len(refunds_of(found).lines) == 1


def test_customers_with_returns_only_are_set_aside_with_their_money() -> None:
    rows = ["A,1,2026-01-01,5,2,p1", "B,C2,2026-01-02,-5,3,p1", "B,C3,2026-01-02,-1,4,q2"]
    found = loaded(frame_of(*rows))
    assert found.customers.ids.tolist() == ["A"]
    refunds = refunds_of(found)
    assert (refunds.net, refunds.returns_only, refunds.total) == (10, -19, -9)
    assert refunds.customers_set_aside().values.tolist() == [["B", 2, -19.0]]
    told = set_aside_table(found.table, found.clean.set_aside, "returns_only")
    assert told["line"].tolist() == [3, 4]


def test_returns_without_their_sale_are_listed_with_their_lines() -> None:
    rows = ["A,1,2026-01-01,5,2,p1", "A,C2,2026-01-02,-5,2,p1", "A,C3,2026-01-02,-1,2,p1"]
    found = loaded(frame_of(*rows))
    listed = unmatched_returns(found.table, found.clean)
    assert listed["line"].tolist() == [4] and listed["order_id"].tolist() == ["C3"]
    assert unmatched_returns(found.table, loaded(frame_of(*rows), "gross").clean).empty


def test_a_file_of_returns_alone_is_refused() -> None:
    with pytest.raises(DataError, match="the customer has returns and no order"):
        loaded(frame_of("A,C1,2026-01-01,-5,2,p1", "B,C2,2026-01-01,-5,2,p1"))


def test_returns_need_order_lines() -> None:
    source = Source(name="a.csv", data=b"id,spend\n1,2\n2,3\n3,5\n")
    with pytest.raises(DataError, match="no order lines"):
        load(source, Recipe(clean=CleanSettings(returns="net")))


def test_a_recipe_with_other_returns_is_refused() -> None:
    text = '{"recipe_version": 1, "clean": {"returns": "none"}}'
    with pytest.raises(SettingsError, match=r"clean\.returns"):
        Recipe.from_json(text)


@pytest.fixture(scope="module")
def net_retail(online_retail: Loaded) -> Loaded:
    kept = clean(
        online_retail.table,
        online_retail.schema,
        CleanSettings(drop_zero_price=True, returns="net"),
    )
    customers = build_features(kept, online_retail.schema)
    return Loaded(
        table=online_retail.table, schema=online_retail.schema, clean=kept, customers=customers
    )


def test_online_retail_net_of_cancellations(shared: Path, net_retail: Loaded) -> None:
    anchors = json.loads((shared / "anchors.json").read_text())["online_retail"]
    refunds = refunds_of(net_retail)
    frame = by_customer(net_retail)
    assert round(refunds.gross, 3) == anchors["revenue"]
    assert round(refunds.total, 3) == anchors["net_revenue_with_cancellations"]
    assert round(refunds.returns_only, 2) == -10_411.24
    assert round(math.fsum(frame["monetary_total"]), 3) == round(refunds.net, 3) == 8_310_477.054
    assert len(refunds.lines) + len(refunds.others) == anchors["cancel_rows_with_id"]
    assert len(frame) == anchors["customers"]
    assert (frame["frequency_orders"] == 1).sum() == 1_493
    for customer, trap in anchors["refund_traps"].items():
        assert frame.loc[customer, "gross_total"] == trap["gross"]
        assert frame.loc[customer, "monetary_total"] == trap["net"]


def test_online_retail_charges(shared: Path, net_retail: Loaded) -> None:
    anchors = json.loads((shared / "anchors.json").read_text())["online_retail"]
    told = charged(net_retail.clean.frame).set_index("product")["amount"]
    assert {code: round(told[code], 2) for code in anchors["non_product_codes"]} == anchors[
        "non_product_codes"
    ]
    kept = clean(
        net_retail.table,
        net_retail.schema,
        CleanSettings(drop_zero_price=True, drop_non_products=True),
    )
    gone = set(net_retail.clean.frame["product"]) - set(kept.frame["product"])
    assert gone == set(anchors["non_product_codes"])
    assert math.isclose(kept.frame["amount"].sum(), anchors["revenue"] - told.sum(), abs_tol=1e-4)


# --- charges


@pytest.mark.parametrize(
    ("products", "expected"),
    [
        (["Milk", "Bread", "M", "D"], []),
        (["Milk", "Bread", "Discount", " BANK  charges "], ["Discount", " BANK  charges "]),
        ([*(f"{i}" for i in range(30)), "DOT", "c2", ""], ["DOT", "c2"]),
        ([""], []),
    ],
    ids=["names", "names with charges", "codes", "nothing"],
)
def test_what_is_no_product(products: list[str], expected: list[str]) -> None:
    told = are_charges(pd.Series(products, dtype="str"))
    assert [p for p, is_charge in zip(products, told, strict=True) if is_charge] == expected


def test_charges_need_a_product() -> None:
    lines = frame_of("A,2026-01-01,5", header="customer_id,order_date,amount")
    with pytest.raises(DataError, match="no product to tell postage"):
        loaded(lines, drop_non_products=True)
