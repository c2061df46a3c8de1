"""Whatever is filtered and however it is grouped, nothing is lost and nothing counted twice."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation import sales
from segmentation.sales.customers import customer_revenue
from tests.counts import examples
from tests.sales.tables import kept, shop, tables

few = settings(max_examples=examples(50))


def come_to(frame: pd.DataFrame, column: str) -> float:
    return round(math.fsum(frame[column]), 6)


@few
@given(tables(), st.sampled_from(["gross", "net"]), st.integers(0, 2**20))
def test_every_grouping_comes_to_the_lines_of_the_customers_shown(
    table: pd.DataFrame, returns: str, chosen: int
) -> None:
    here = shop(table, returns=returns)
    lines = here.lines
    keep = np.array([bool(chosen >> i & 1) for i in range(lines.customer_count)])
    own = kept(here)
    own = own[keep[own["position"]]]
    revenue = round(math.fsum(own["amount"]), 6)
    gross = round(math.fsum(own.loc[own["sale"], "amount"]), 6)
    orders = len(own[own["sale"]].groupby(["customer_id", "order_id"]))
    found = sales.totals(lines, keep)
    assert (round(found.revenue, 6), round(found.gross, 6)) == pytest.approx((revenue, gross))
    assert found.returned == pytest.approx(gross - revenue)
    assert (found.orders, found.customers) == (orders, own["customer_id"].nunique())
    segments = np.where(keep, np.arange(len(keep)) % 3 + 1, 0)
    countries = sales.by_country(lines, keep)
    by_segment = sales.regions(lines, segments, 3)
    hours = sales.by_hour(lines, keep)
    assert countries is not None and by_segment is not None and hours is not None
    groupings = [
        *(sales.over_time(lines, keep, period).frame for period in ("day", "week", "month")),
        countries,
        sales.by_weekday(lines, keep),
        hours,
        sales.seasons(lines, segments, 3),
        by_segment,
    ]
    for frame in groupings:
        assert come_to(frame, "revenue") == pytest.approx(revenue, abs=1e-6)
        assert come_to(frame, "gross") == pytest.approx(gross, abs=1e-6)
        assert frame["orders"].sum() == orders
    for top in (None, 2):
        products = sales.by_product(lines, keep, top)
        assert products is not None
        assert come_to(products, "revenue") == pytest.approx(revenue, abs=1e-6)
        assert products["products"].sum() == own["product"].nunique()
    told = sales.new_and_returning(lines, keep)
    both = come_to(told, "new_revenue") + come_to(told, "returning_revenue")
    assert both == pytest.approx(revenue, abs=1e-6)
    assert told["new_customers"].sum() == found.customers
    assert sales.cohorts(lines, keep).sizes.sum() == found.customers


@few
@given(tables(), st.sampled_from(["gross", "net"]))
def test_the_order_of_the_rows_changes_nothing(table: pd.DataFrame, returns: str) -> None:
    one = shop(table, returns=returns)
    # An order that repeats its first moment is opened by the row that comes first in the file.
    if table.duplicated(["customer", "order", "date"]).any():
        return
    other = shop(table.sample(frac=1, random_state=1), returns=returns)
    for period in ("day", "month"):
        pd.testing.assert_frame_equal(
            sales.over_time(one.lines, one.everyone, period).frame,
            sales.over_time(other.lines, other.everyone, period).frame,
        )


@few
@given(tables(), st.sampled_from(["gross", "net"]))
def test_a_customer_brings_what_the_customers_table_says(table: pd.DataFrame, returns: str) -> None:
    here = shop(table, returns=returns)
    frame = here.loaded.customers.frame
    np.testing.assert_allclose(
        customer_revenue(here.lines), frame["monetary_total"], rtol=0, atol=2e-6
    )
    assert here.lines.order_count == frame["frequency_orders"].sum()


def test_amounts_of_any_size_add_up() -> None:
    table = pd.DataFrame(
        {
            "customer": ["a", "b", "c"] * 4,
            "date": ["2026-01-01", "2026-01-02", "2026-02-01"] * 4,
            "quantity": [1] * 12,
            "price": [1e14, 0.01, 1 / 3] * 4,
        }
    )
    here = shop(table)
    months = sales.over_time(here.lines, here.everyone, "month").frame
    assert math.fsum(months["revenue"]) == pytest.approx(4e14 + 0.04 + 4 / 3, rel=1e-15)
    assert months["revenue"].iloc[1] == pytest.approx(4 / 3, abs=1e-3)
