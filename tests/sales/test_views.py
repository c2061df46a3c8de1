"""Periods, cohorts, rhythms and spreads, each held against a computation of its own."""

from __future__ import annotations

import itertools
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from segmentation import sales
from segmentation.errors import DataError
from segmentation.pipeline import load
from segmentation.reading import Source
from tests.sales.tables import kept, shop, tables


def orders(*rows: tuple[str, str, float], **clean: object):  # type: ignore[no-untyped-def]
    table = pd.DataFrame(rows, columns=["customer", "date", "price"])
    return shop(table.assign(quantity=1), **clean)


def test_customers_have_no_single_sales() -> None:
    table = load(Source(name="a.csv", data=b"id,spend\n1,2\n2,3\n3,9\n"))
    with pytest.raises(DataError, match="one row an order line"):
        sales.sales_lines(table)


def complete(period: str, *days: str, **clean: object) -> list[bool]:
    here = orders(*((f"c{i}", day, 1.0) for i, day in enumerate(days)), **clean)
    found = sales.over_time(here.lines, here.everyone, period).frame  # type: ignore[arg-type]
    return found["complete"].tolist()


@pytest.mark.parametrize(
    ("period", "days", "expected"),
    [
        ("month", ("2026-01-01", "2026-02-28"), [True, True]),
        ("month", ("2026-01-02", "2026-02-27"), [False, False]),
        ("month", ("2026-01-15",), [False]),
        ("week", ("2026-01-05", "2026-01-11"), [True]),
        ("week", ("2026-01-05", "2026-01-12", "2026-01-17"), [True, False]),
        ("day", ("2026-01-05", "2026-01-07"), [True, True, True]),
    ],
)
def test_which_periods_are_complete(
    period: str, days: tuple[str, ...], expected: list[bool]
) -> None:
    assert complete(period, *days) == expected


def test_the_as_of_date_says_that_the_file_is_complete_to_the_day_before() -> None:
    days = ("2026-01-01", "2026-01-30")
    assert complete("month", *days) == [False]
    assert complete("month", *days, as_of="2026-02-01") == [True]
    assert complete("month", *days, as_of="2026-03-15") == [True, True, False]


def test_a_day_that_ends_at_noon_is_cut() -> None:
    full = [f"2026-01-{day:02} {hour}:00:00" for day in (5, 6, 7) for hour in ("09", "18")]
    assert complete("day", *full, "2026-01-08 12:00:00") == [True, True, True, False]
    assert complete("day", *full, "2026-01-08 18:00:00") == [True] * 4


def test_an_order_counts_once_where_its_first_line_stands() -> None:
    table = pd.DataFrame(
        {
            "customer": ["a"] * 3 + ["b"],
            "order": ["7", "7", "8", "7"],
            "date": [
                "2026-01-31 23:00",
                "2026-02-01 01:00",
                "2026-02-02 09:00",
                "2026-02-03 09:00",
            ],
            "quantity": [1, 1, 1, 1],
            "price": [1.0, 2.0, 4.0, 8.0],
            "country": ["Norway", "Chile", "Chile", "Chile"],
        }
    )
    here = shop(table)
    months = sales.over_time(here.lines, here.everyone, "month").frame
    assert months["orders"].tolist() == [1, 2]
    assert months["revenue"].tolist() == [1.0, 14.0]
    found = sales.by_country(here.lines, here.everyone)
    assert found is not None
    assert found.set_index("country")["orders"].to_dict() == {"Chile": 2, "Norway": 1}


@given(tables())
def test_cohorts_as_counted_one_by_one(table: pd.DataFrame) -> None:
    here = shop(table)
    own = kept(here)
    month = own["when"].dt.year * 12 + own["when"].dt.month
    active: dict[str, set[int]] = month.groupby(own["customer_id"]).agg(set).to_dict()
    first = int(month.min())
    found = sales.cohorts(here.lines, here.everyone)
    for cohort, later in itertools.product(range(len(found.months)), repeat=2):
        cell = found.counts[cohort, later]
        if cohort + later >= len(found.months):
            assert np.isnan(cell)
            continue
        came = [m for m in active.values() if min(m) == first + cohort]
        assert cell == sum(first + cohort + later in m for m in came)
    shares = found.shares[found.sizes > 0]
    assert (shares[:, 0] == 1).all()
    assert len(found.frame()) == np.isfinite(found.counts).sum()


@given(tables())
def test_rhythms_as_told_customer_by_customer(table: pd.DataFrame) -> None:
    here = shop(table, returns="net")
    own = kept(here)
    found = sales.rhythms(here.lines, here.everyone)
    by_position = found.frame.set_index("position")
    as_of = here.loaded.clean.as_of
    assert as_of is not None and found.customers == here.lines.customer_count
    days = own[own["sale"]].groupby("position")["when"].agg(lambda w: sorted({d.date() for d in w}))
    for position, dates in days.items():
        if len(dates) < 3:
            assert position not in by_position.index
            continue
        gaps = [(after - before).days for before, after in itertools.pairwise(dates)]
        since = (as_of - dates[-1]).days
        told = by_position.loc[position]
        assert told["median_gap_days"] == np.median(gaps)
        assert told["times"] == since / np.median(gaps)
        expected = (
            "in rhythm"
            if since <= 2 * np.median(gaps)
            else "late"
            if since <= max(gaps)
            else "slipping away"
        )
        assert told["rhythm"] == expected


def test_who_is_slipping_away_adds_up_by_segment() -> None:
    rows = [("a", f"2026-01-{day:02}", 5.0) for day in (1, 3, 5)]
    rows += [("b", f"2026-01-{day:02}", 7.0) for day in (1, 15, 29)]
    here = orders(*rows, ("c", "2026-01-30", 1.0))
    found = sales.rhythms(here.lines, here.everyone)
    table = sales.rhythms_by_segment(found, np.array([1, 2, 2]), 2)
    assert table["told"].tolist() == [1, 1]
    assert table["customers"].tolist() == [1, 2]
    assert table["slipping away"].tolist() == [1, 0]
    assert table["revenue"].tolist() == [15.0, 0.0]


@given(tables())
def test_gini_is_the_mean_difference_of_two_customers(table: pd.DataFrame) -> None:
    here = shop(table)
    revenue = kept(here).groupby("position")["amount"].sum().to_numpy()
    differences = np.abs(revenue[:, None] - revenue[None, :]).mean()
    found = sales.pareto(here.lines, here.everyone)
    assert found.gini == pytest.approx(differences / (2 * revenue.mean()))
    assert found.curve["revenue"].iloc[-1] == pytest.approx(1)


def test_returns_of_more_than_was_bought_leave_no_gini() -> None:
    table = pd.DataFrame(
        {
            "customer": ["a", "a", "b"],
            "date": ["2026-01-01", "2026-01-02", "2026-01-03"],
            "quantity": [1, -9, 1],
            "price": [5.0, 5.0, 1.0],
        }
    )
    here = shop(table, returns="net")
    found = sales.pareto(here.lines, here.everyone)
    assert found.gini is None and found.negative == 1
    assert sales.totals(here.lines, here.everyone).revenue == -39


def test_nobody_shown_comes_to_nothing() -> None:
    here = orders(("a", "2026-01-01", 5.0), ("b", "2026-02-01", 5.0))
    nobody = ~here.everyone
    found = sales.totals(here.lines, nobody)
    assert (found.revenue, found.orders, found.average_order) == (0, 0, None)
    assert len(sales.rhythms(here.lines, nobody).frame) == 0
    assert sales.pareto(here.lines, nobody).gini is None
    assert sales.over_time(here.lines, nobody, "month").frame["revenue"].sum() == 0
    assert sales.by_product(here.lines, nobody) is None


def test_a_wrong_year_makes_no_giant_table() -> None:
    rows = [(f"c{i}", f"2026-0{i % 3 + 1}-0{i % 9 + 1}", 5.0) for i in range(30)]
    here = orders(*rows, ("z", "9998-01-01", 7.0))
    found = sales.cohorts(here.lines, here.everyone)
    assert len(found.months) <= 240 and found.sizes.sum() == 30
    days = sales.over_time(here.lines, here.everyone, "day").frame
    assert len(days) <= 31 and days["revenue"].sum() == 157


def test_the_report_counts_to_the_days_that_customers_are_counted_to() -> None:
    here = orders(*(("a", f"2026-01-0{day}", 5.0) for day in (1, 2, 3)), as_of="2026-01-09")
    assert here.loaded.clean.as_of == date(2026, 1, 9)
    assert sales.rhythms(here.lines, here.everyone).frame["days_since"].tolist() == [6]
