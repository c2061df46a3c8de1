"""The Sales screen, what the Data screen says of returns, and the Compare screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from segmentation.reading import Source
from tests.pages.visiting import (
    choose,
    every_view,
    figures,
    go,
    healthy,
    run,
    said,
    segment_names,
    take,
    take_sample,
    widget,
)

ORDERS = Path(__file__).parents[2] / "data" / "orders.csv"
BEFORE_A_RUN = [
    "Over time",
    "Countries",
    "Products",
    "Hours",
    "Returning",
    "Best customers",
    "Slipping away",
]


def returns_table() -> Source:
    rows = ["customer,order,date,quantity,price,product"]
    rows += [
        f"c{i % 9},o{i},2026-0{i % 3 + 1}-{i % 27 + 1:02},{i % 4 + 1},2.5,p{i % 12 + 10}"
        for i in range(80)
    ]
    rows += [
        "c1,C900,2026-03-28,-1,2.5,p11",
        "c2,C901,2026-03-28,-99,7,p11",
        "c77,C902,2026-03-28,-2,5,p11",
    ]
    rows += ["c3,o99,2026-03-02,1,4,POST"]
    return Source(name="shop.csv", data="\n".join(rows).encode())


def test_customers_are_told_what_sales_need(app: AppTest) -> None:
    go(take_sample(app, "mall"), "sales")
    assert "one row an order line" in said(app)
    assert not figures(app) and not app.error


def test_every_view_before_a_run_and_after(app: AppTest) -> None:
    go(take_sample(app, "orders"), "sales")
    drawn: set[str] = set()

    def look(view: str) -> None:
        assert "nan" not in said(app)
        assert figures(app) or view in ("Slipping away", "Products")
        drawn.update(figures(app))

    assert every_view(app, "sales-view", look) == BEFORE_A_RUN
    choose(app, "sales-view", "Products")
    choose(app, "sales-products", "Bought together")
    assert "share an order" in said(app) and len(app.dataframe[0].value)
    choose(app, "sales-view", "Returning")
    choose(app, "sales-returning", "Cohorts")
    assert "sales-cohorts" in figures(app)
    run(app, k=3)
    go(app, "sales")
    assert every_view(app, "sales-view", look) == [*BEFORE_A_RUN, "By segment"]
    assert "sales-rhythms" in drawn
    choose(app, "sales-view", "By segment")
    for view in ("When they buy", "Where they are", "What they buy"):
        healthy(choose(app, "sales-segments", view))
    assert "sales-seasons" in drawn


@pytest.mark.parametrize("period", ["Months", "Weeks", "Days"])
def test_the_chart_and_the_table_come_to_the_file(app: AppTest, period: str) -> None:
    go(take_sample(app, "orders"), "sales")
    choose(app, "sales-period", period)
    lines = pd.read_csv(ORDERS)
    lines = lines[lines["CustomerID"].notna() & (lines["Quantity"] > 0)]
    revenue = (lines["Quantity"] * lines["UnitPrice"]).sum()
    shown = app.dataframe[0].value
    whole = go(app, "sales").dataframe[0].value
    if len(shown) < 200:
        assert shown["revenue"].sum() == pytest.approx(revenue)
        assert shown["orders"].sum() == lines.groupby("CustomerID")["InvoiceNo"].nunique().sum()
    assert not whole["complete"].all() or period == "Days"


def test_the_currency_is_told_on_axis_and_in_hover(app: AppTest) -> None:
    go(take_sample(app, "orders"), "sales")
    choose(app, "currency-", "€")
    drawn = figures(app)["sales-time"]
    assert drawn["layout"]["yaxis"]["tickprefix"] == "€"
    assert "€" in drawn["data"][0]["hovertemplate"]
    choose(go(app, "sales"), "sales-view", "Best customers")
    assert widget(app, "currency-").value == "€"


def test_the_currency_of_the_file_is_found(app: AppTest) -> None:
    rows = [f"c{i % 5};2026-01-{i % 28 + 1:02};{i},50 €" for i in range(30)]
    take(app, Source(name="a.csv", data="\n".join(["customer;date;amount", *rows]).encode()))
    assert widget(go(app, "sales"), "currency-").value == "€"


def test_a_filter_acts_on_sales(app: AppTest) -> None:
    go(take_sample(app, "orders"), "sales")
    every = app.dataframe[0].value["revenue"].sum()
    lines = pd.read_csv(ORDERS)
    country = lines["Country"].value_counts().index[1]
    choose(app, "filter-category-country", [country])
    less = app.dataframe[0].value["revenue"].sum()
    assert 0 < less < every
    choose(app, "sales-view", "Countries")
    assert app.dataframe[0].value["revenue"].sum() == pytest.approx(less)


def test_a_filter_chooses_customers_not_orders_and_says_so(app: AppTest) -> None:
    said_so = "All orders of the customers shown count, also those on other days"
    go(take_sample(app, "orders"), "sales")
    assert said_so not in said(app)
    lines = pd.read_csv(ORDERS, parse_dates=["InvoiceDate"])
    lines = lines[lines["CustomerID"].notna() & (lines["Quantity"] > 0)]
    span = widget(app, "filter-date-order_date")
    first, last = span.min + timedelta(days=60), span.min + timedelta(days=90)
    choose(app, "filter-date-order_date", (first, last))
    inside = lines["InvoiceDate"].dt.date.between(first, last)
    own = lines["CustomerID"].isin(lines["CustomerID"][inside])
    revenue = lines["Quantity"] * lines["UnitPrice"]
    assert revenue[inside].sum() < revenue[own].sum()
    assert app.dataframe[0].value["revenue"].sum() == pytest.approx(revenue[own].sum())
    assert said(app).count(said_so) == 1
    choose(app, "filter-date-order_date", ())
    assert said_so not in said(app)


def test_a_filter_by_segment_acts_on_sales(app: AppTest) -> None:
    run(take_sample(app, "orders"), k=3)
    go(app, "sales")
    every = app.dataframe[0].value["revenue"].sum()
    parts = []
    for segment in range(1, len(segment_names(app)) + 1):
        choose(app, "filter-segments-", [segment])
        parts.append(app.dataframe[0].value["revenue"].sum())
    assert sum(parts) == pytest.approx(every)


def test_net_is_chosen_on_data_and_shown_as_gross_returned_net(app: AppTest) -> None:
    take(app, returns_table())
    choose(app, "returns-net-", True)
    choose(app, "data-view", "Set aside")
    account = next(t.value for t in app.table if "What" in t.value.columns)
    amounts = dict(
        zip(account["What"], account.iloc[:, 1].str.replace(",", "").astype(float), strict=True)
    )
    gross = sum((i % 4 + 1) * 2.5 for i in range(80)) + 4
    assert amounts["Sold (gross)"] == pytest.approx(gross)
    assert amounts["Returned, no sale found"] == -693
    assert amounts["Customers with returns only, set aside"] == -10
    assert amounts["All valid lines of the file"] == pytest.approx(gross - 2.5 - 693 - 10)
    labels = [one.label for one in app.get("download_button")]
    assert {"Returns without their sale", "Customers with returns only"} <= set(labels)
    go(app, "sales")
    months = app.dataframe[0].value
    assert months["gross"].sum() == pytest.approx(gross)
    assert months["returned"].sum() == pytest.approx(695.5)
    assert months["revenue"].sum() == pytest.approx(gross - 695.5)


def test_postage_is_left_out_on_demand(app: AppTest) -> None:
    take(app, returns_table())
    choose(app, "drop-non-products-", True)
    choose(go(app, "sales"), "sales-view", "Products")
    assert "POST" not in set(app.dataframe[0].value["product"])


def test_other_lines_than_those_of_the_run_are_not_mixed_with_it(app: AppTest) -> None:
    run(take_sample(app, "orders"), k=3)
    choose(go(app, "data"), "returns-net-", True)
    go(app, "sales")
    assert "By segment" not in widget(app, "sales-view").options
    assert "run again" in said(app)


@pytest.mark.parametrize(
    "lines",
    [
        ["a,2026-01-01,5", "b,2026-01-01,7"],
        ["a,2026-01-01,-5", "b,2026-02-01,-7"],
        ["a,2199-01-01,5", "b,2026-02-01,7", "<b>,2026-02-01,7"],
        ["a,2026-01-01,0", "b,2026-02-01,0"],
    ],
)
def test_odd_files_break_no_view(app: AppTest, lines: list[str]) -> None:
    text = "\n".join(["customer,date,amount", *lines])
    take(app, Source(name="odd.csv", data=text.encode()))
    choose(app, "kind-", "transactions")
    every_view(go(app, "sales"), "sales-view", lambda _: nothing_is_nan(app))


def nothing_is_nan(app: AppTest) -> None:
    assert "nan" not in said(app)


def test_names_from_the_file_are_text(app: AppTest) -> None:
    rows = [
        f"c{i % 6},o{i},2026-01-{i % 28 + 1:02},1,{i + 1},<b>{i % 4}</b> %{{x}},=cmd|{i % 2}"
        for i in range(60)
    ]
    text = "\n".join(["customer,order,date,quantity,price,product,country", *rows])
    take(app, Source(name="odd.csv", data=text.encode()))
    choose(go(app, "sales"), "sales-view", "Products")
    drawn = "".join(figures(app)["sales-products"]["data"][0]["y"])
    assert "<b>" not in drawn and "%{" not in drawn


def test_one_segment_against_others_or_all(app: AppTest) -> None:
    run(take_sample(app, "orders"), k=4)
    go(app, "compare")
    names = segment_names(app)
    assert [trace["name"] for trace in figures(app)["differences"]["data"]] == [
        "against all other customers"
    ]
    choose(app, "compare-others-", [2, 3])
    plain = [trace["name"].replace("<br>", " ") for trace in figures(app)["differences"]["data"]]
    assert plain == [f"against {names[i]}" for i in (1, 2)]
    views = every_view(app, "compare-view")
    assert views == ["Differences", "Distribution", "Categories", "What they buy"]
    told = app.table[0].value
    assert told["Difference of means"].str.contains(" to ").all()
    made = told["Feature"].str.endswith(" (made from it)")
    assert 0 < made.sum() < len(told)
    assert "describe and prove nothing" in said(app) and "one in twenty" in said(app)


def test_what_groups_buy_is_held_against_the_groups_chosen(app: AppTest) -> None:
    run(take_sample(app, "orders"), k=4)
    go(app, "compare")
    names = segment_names(app)
    choose(app, "compare-view", "What they buy")
    drawn = []
    for others in ([], [2], [2, 3]):
        choose(app, "compare-others-", others)
        held = [names[i - 1] for i in others] or ["all other customers"]
        shown = app.dataframe[0].value
        columns = [column for column in shown if column.startswith("Share of ")]
        groups = [names[0], *held]
        assert columns == [f"Share of {name}" for name in [*groups, "them together"]]
        told = said(app)
        assert all(name in told for name in held)
        drawn.append(shown[["product", "lift"]].to_csv())
        chart = figures(app).get("compare-bought")
        if chart is not None:
            assert [t["name"].replace("<br>", " ") for t in chart["data"]] == groups
    assert len(set(drawn)) == 3


def test_a_small_segment_says_so(app: AppTest, source_of: Callable[..., Source]) -> None:
    random = np.random.default_rng(0)
    values = [*random.normal(10, 1, 60), *random.normal(90, 1, 4)]
    text = "\n".join(["id,spend", *(f"c{i},{value:.3f}" for i, value in enumerate(values))])
    run(take(app, source_of(text)), k=2)
    go(app, "compare")
    assert "Fewer than 30 customers" in said(app)
