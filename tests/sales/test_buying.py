"""What segments buy and what is bought together: intervals, support, and no claims by chance."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats.contingency import relative_risk

from segmentation import sales
from tests.sales.tables import shop

COUNT = st.integers(1, 60)


@given(COUNT, st.integers(0, 60), COUNT, st.integers(0, 60))
def test_the_interval_is_that_of_the_relative_risk_carried_over(
    own: int, group_more: int, others: int, rest_more: int
) -> None:
    group, rest = own + group_more, others + rest_more
    lift, low, high = sales.lift_interval(own, group, others, rest)
    assert lift == pytest.approx((own / group) / ((own + others) / (group + rest)))
    risk = relative_risk(own, group, others, rest)
    weight = group / (group + rest)
    ends = [end / (weight * end + 1 - weight) for end in risk.confidence_interval(0.95)]
    assert (low, high) == pytest.approx(tuple(ends))
    wide = sales.lift_interval(own, group, others, rest, comparisons=20)
    ends = [end / (weight * end + 1 - weight) for end in risk.confidence_interval(1 - 0.05 / 20)]
    assert wide[1:] == pytest.approx(tuple(ends))


def test_what_nobody_else_bought_has_an_interval_too() -> None:
    lift, low, high = sales.lift_interval(np.array([3, 300]), 1000, 0, 1000)
    assert lift.tolist() == [2, 2]
    assert low[0] < 1 < low[1] < 2 == high[0]


def baskets(owners: np.ndarray, bought: list[set[str]]) -> pd.DataFrame:
    rows = [
        (f"c{owner}", f"o{i}", f"2026-01-{i % 28 + 1:02}", product)
        for i, (owner, products) in enumerate(zip(owners, bought, strict=True))
        for product in sorted(products)
    ]
    table = pd.DataFrame(rows, columns=["customer", "order", "date", "product"])
    return table.assign(quantity=1, price=2.5)


def some_baskets(count: int, products: int, seed: int) -> tuple[np.ndarray, list[set[str]]]:
    random = np.random.default_rng(seed)
    bought = [
        {f"p{i}1" for i in np.flatnonzero(random.random(products) < 0.2)} | {"p01"}
        for _ in range(count)
    ]
    return random.integers(0, 150, count), bought


def test_lift_by_segment_as_counted_by_hand() -> None:
    owners, bought = some_baskets(500, 12, 4)
    here = shop(baskets(owners, bought))
    ids = here.loaded.customers.ids.tolist()
    segments = np.array([1 + int(name[1:]) % 3 for name in ids])
    found = sales.bought_by_segment(here.lines, segments, 3)
    assert found is not None and len(found)
    has: dict[str, set[str]] = {name: set() for name in ids}
    for owner, products in zip(owners, bought, strict=True):
        has[f"c{owner}"] |= products
    for row in found.itertuples():
        own = [name for name, i in zip(ids, segments, strict=True) if i == row.segment_id]
        count = sum(row.product in has[name] for name in own)
        everyone = sum(row.product in products for products in has.values())
        assert row.customers == count >= 5
        assert row.share == pytest.approx(count / len(own))
        assert row.lift == pytest.approx((count / len(own)) / (everyone / len(ids)))
    for _, rows in found.groupby("segment_id"):
        assert rows["low"].is_monotonic_decreasing


def test_shares_of_buyers_as_counted_by_hand() -> None:
    owners, bought = some_baskets(500, 12, 4)
    here = shop(baskets(owners, bought))
    ids = here.loaded.customers.ids.tolist()
    segments = np.array([int(name[1:]) % 3 for name in ids])
    found = sales.bought_by_segment(here.lines, segments, 3)
    assert found is not None
    names = sorted(set(found["product"]))[::-1]
    shares = sales.buying_shares(here.lines, segments, 3, names)
    for segment in (1, 2):
        own = {name for name, i in zip(ids, segments, strict=True) if i == segment}
        for place, product in enumerate(names):
            pairs = zip(owners, bought, strict=True)
            buyers = {f"c{owner}" for owner, products in pairs if product in products}
            assert shares[place, segment - 1] == pytest.approx(len(buyers & own) / len(own))
    assert np.isnan(shares[:, 2]).all()


def test_segments_drawn_by_lot_buy_nothing_special() -> None:
    random = np.random.default_rng(0)
    owners, bought = some_baskets(400, 60, 8)
    here = shop(baskets(owners, bought))
    claims = 0
    for _ in range(20):
        segments = random.integers(1, 4, here.lines.customer_count)
        found = sales.bought_by_segment(here.lines, segments, 3)
        assert found is not None
        claims += bool((found["low"] > 1).any())
    assert claims <= 2


def test_a_segment_alone_is_held_against_nobody() -> None:
    owners, bought = some_baskets(100, 5, 1)
    here = shop(baskets(owners, bought))
    found = sales.bought_by_segment(here.lines, np.ones(here.lines.customer_count, dtype=int), 1)
    assert found is not None and found.empty


def test_pairs_as_counted_by_hand() -> None:
    owners, bought = some_baskets(400, 9, 2)
    here = shop(baskets(owners, bought))
    found = sales.bought_together(here.lines, here.everyone)
    assert found is not None
    counts = Counter(pair for basket in bought for pair in combinations(sorted(basket), 2))
    singles = Counter(product for basket in bought for product in basket)
    expected = {pair for pair, count in counts.items() if count >= found.least_orders}
    assert {
        tuple(sorted(p)) for p in zip(found.frame["first"], found.frame["second"], strict=True)
    } == expected
    assert found.orders == len(bought)
    for row in found.frame.itertuples():
        both = counts[tuple(sorted((row.first, row.second)))]  # type: ignore[index]
        assert row.orders == both
        assert row.support == pytest.approx(both / len(bought))
        assert row.confidence == pytest.approx(both / singles[row.first])
        assert singles[row.first] <= singles[row.second]
        assert row.lift == pytest.approx(row.confidence / (singles[row.second] / len(bought)))


def test_postage_is_no_purchase() -> None:
    owners, bought = some_baskets(200, 12, 3)
    here = shop(baskets(owners, [products | {"POST"} for products in bought]))
    pairs = sales.bought_together(here.lines, here.everyone)
    segments = np.arange(here.lines.customer_count) % 2 + 1
    by_segment = sales.bought_by_segment(here.lines, segments, 2)
    assert pairs is not None and by_segment is not None
    assert "POST" not in {*pairs.frame["first"], *pairs.frame["second"], *by_segment["product"]}
    products = sales.by_product(here.lines, here.everyone)
    assert products is not None and "POST" in set(products["product"])


def test_categories_and_descriptions_are_found_in_the_file() -> None:
    owners, bought = some_baskets(300, 6, 5)
    table = baskets(owners, bought)
    kinds = {f"p{i}1": ("Garden", "Kitchen")[i % 2] for i in range(6)}
    table["Department"] = table["product"].map(kinds)
    table["Description"] = "the " + table["product"]
    table.loc[0, "Description"] = "a typing error"
    here = shop(table)
    assert here.lines.product is not None and here.lines.descriptions is not None
    assert set(here.lines.descriptions) == {f"the {name}" for name in here.lines.product.names}
    segments = np.arange(here.lines.customer_count) % 2 + 1
    found = sales.bought_by_segment(here.lines, segments, 2, "category")
    assert found is not None and set(found["category"]) == {"Garden", "Kitchen"}
