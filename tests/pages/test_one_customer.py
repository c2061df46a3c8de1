"""The screen about one customer, followed by hand from the file."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import cache
from segmentation.reading import Source
from tests.pages.visiting import (
    choose,
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

ROWS = ["K1,A1,2026-01-01,5", "K1,A1,2026-01-01,7.5", "K1,A2,2026-01-09,20"]
OTHERS = [
    f"L{i},B{i}{n},2026-01-{i % 28 + 1:02},{i * i}" for i in range(1, 60) for n in range(i % 3 + 1)
]
ORDERS = "\n".join(["customer,order,date,amount", *ROWS, *OTHERS])


def plain(text: str) -> str:
    return text.replace("\\", "")


@pytest.fixture
def customer(app: AppTest) -> AppTest:
    run(take(app, Source(name="orders.csv", data=ORDERS.encode())), k=2)
    return go(app, "customer")


def table(app: AppTest) -> pd.DataFrame:
    (found,) = [one.value for one in app.table if "This one" in one.value.columns]
    return found.set_index(found["Figure"].map(lambda name: plain(name).removesuffix(" ·")))


def test_who_is_above_nearly_all_is_not_quoted(app: AppTest) -> None:
    """A cell that begins with > would be a quotation in Markdown."""
    lines = [f"c{i // 2},o{i},2026-01-{i % 28 + 1:02},{i + 1}" for i in range(600)]
    log = "\n".join(["customer,order,date,amount", *lines])
    run(take(app, Source(name="orders.csv", data=log.encode())), k=2)
    choose(go(app, "customer"), "customer-id", "c299")
    assert table(app).loc["total spend", "Above"] == r"\>99%"


def test_before_an_id_is_typed_the_screen_asks_for_one(customer: AppTest) -> None:
    assert "Type the id of a customer" in said(customer)
    assert not figures(customer) and not customer.table


def test_a_customer_is_followed_by_hand(customer: AppTest) -> None:
    choose(customer, "customer-id", "k1")
    assert customer.subheader[0].value == "K1"
    figures_of = table(customer)
    assert figures_of.loc["total spend", "This one"] == "32.5"
    assert figures_of.loc["orders", "This one"] == "2"
    totals = np.array([32.5, *((i % 3 + 1) * i * i for i in range(1, 60))])
    rank = (totals < 32.5).mean() + (totals == 32.5).mean() / 2
    assert figures_of.loc["total spend", "Above"] == f"{rank:.0%}"
    text = plain(said(customer))
    assert "By the rules: " in text and "because" in text
    assert re.search(r"Nearest centre: .*next comes .*Margin \d+%", text)
    assert "RFM: " in text and "F 2 of 5" in text
    assert "2 orders" in text
    orders, lines = (one.value for one in customer.dataframe)
    assert orders["Order"].tolist() == ["A2", "A1"]
    assert orders["Amount"].tolist() == [20.0, 12.5]
    assert len(lines) == 3
    choose(customer, "customer-order-", "A1")
    assert customer.dataframe[1].value["Amount"].tolist() == [5.0, 7.5]
    ring = figures(customer)["customer-map"]["data"][-1]
    assert ring["name"] == "This one" and "K1" in ring["text"][0]


def test_the_segment_told_is_that_of_the_export(customer: AppTest) -> None:
    html = " ".join(one.proto.body for one in choose(customer, "customer-id", "L49").get("html"))
    own = [name for name in segment_names(go(customer, "export")) if name in html]
    choose(customer, "export-look", True)
    rows = customer.dataframe[0].value
    assert rows.loc[rows["customer_id"] == "L49", "segment"].tolist() == own


def test_an_id_by_its_beginning_and_one_that_is_not_there(customer: AppTest) -> None:
    choose(customer, "customer-id", "L1")
    hits = widget(customer, "customer-hit-")
    assert hits.options == ["L1", *(f"L1{i}" for i in range(10))]
    healthy(hits.select_index(3).run())
    assert customer.subheader[0].value == "L12"
    choose(customer, "customer-id", "nobody")
    assert "No customer has an id that begins so" in said(customer)
    assert not figures(customer)


def test_ids_stay_out_of_the_address(customer: AppTest) -> None:
    choose(customer, "customer-id", "L1")
    assert dict(customer.query_params) == {}


@pytest.mark.parametrize("name", ["mall", "wholesale", "shop"])
def test_customer_tables_have_no_orders(app: AppTest, name: str) -> None:
    run(take_sample(app, name), k=3)
    go(app, "customer")
    choose(app, "customer-id", widget(app, "customer-id").placeholder)
    assert "customer-map" in figures(app) and len(table(app)) > 2
    assert not app.dataframe and not app.error


def test_who_is_in_no_segment_is_told_why(app: AppTest) -> None:
    rows = [f"c{i},{i if i else ''},{i * i % 17}" for i in range(40)]
    take(app, Source(name="a.csv", data="\n".join(["id,spend,visits", *rows]).encode()))
    run(app, k=2, missing="drop")
    choose(go(app, "customer"), "customer-id", "c0")
    assert "In no segment: a feature has no value" in plain(app.warning[0].value)
    assert not app.error


def test_names_of_customers_are_no_markup(app: AppTest) -> None:
    names = ["**b**", "<b>x</b>", "$x$", "=1+1", ":red[r]", "x" * 5000, "\U0001f600"]
    rows = [f'"{name}",{i},{i * i}' for i, name in enumerate([*names, *map(str, range(20))])]
    take(app, Source(name="a.csv", data="\n".join(["id,spend,visits", *rows]).encode()))
    run(app, k=2)
    go(app, "customer")
    for name in names:
        choose(app, "customer-id", name[:200])
        assert plain(app.subheader[0].value).replace("\u200b", "") == name
        assert "<b>x" not in " ".join(
            one.proto.body for one in app.get("html") if "segment-name" in one.proto.body
        )


def test_the_index_of_ids_is_made_once(customer: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    real = cache.id_index
    monkeypatch.setattr(cache, "id_index", lambda found: (made.append(found), real(found))[1])
    for text in ("L", "L1", "L12"):
        choose(customer, "customer-id", text)
    assert len(made) == 1
