"""Unusual tables and files that can't be used: sentences, never exceptions."""

from __future__ import annotations

import io
from collections.abc import Callable
from itertools import product

import numpy as np
import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import state
from segmentation.reading import Source
from tests.pages.visiting import (
    SCREENS,
    choose,
    every_view,
    figures,
    go,
    healthy,
    press,
    run,
    said,
    take,
    take_sample,
    widget,
)


def of(*rows: str, name: str = "table.csv") -> Source:
    return Source(name=name, data="\n".join(rows).encode())


def walk(app: AppTest) -> None:
    """Every view of every screen."""
    every_view(go(app, "data"), "data-view")
    every_view(go(app, "explore"), "explore-view")
    every_view(go(app, "segments"), "segments-view")
    every_view(go(app, "profiles"), "profiles-view")
    go(app, "compare")
    choose(go(app, "export"), "export-look", True)
    assert not app.error


OF_ALL_CUSTOMERS = ["Evidence for k", "Silhouettes", "Preparations", "Other methods"]


def test_one_numeric_column(app: AppTest) -> None:
    take(app, of("id,spend", *(f"c{i},{i * i}" for i in range(40))))
    every_view(go(app, "explore"), "explore-view")
    run(app, k=3)
    assert widget(app, "segments-view").options == OF_ALL_CUSTOMERS
    walk(app)


def test_two_rows(app: AppTest) -> None:
    take(app, of("id,spend,visits", "a,1,5", "b,2,9"))
    run(app)
    (error,) = [one.value for one in app.error]
    assert "Only 2 customers differ" in error
    assert "ask for 2 segments" in error
    choose(app, "k-how", "Choose")
    (slider,) = [one for one in app.slider if one.label == "k"]
    healthy(slider.set_value(2).run())
    press(app, "Run")
    assert "2 segments, " in said(app)
    walk(app)
    choose(go(app, "segments"), "segments-view", "Evidence for k")
    assert "too few different customers" in said(app)


def test_fewer_customers_than_k(app: AppTest) -> None:
    take(app, of("id,spend", *(f"c{i},{i}" for i in range(5))))
    run(app, k=8)
    (error,) = [one.value for one in app.error]
    assert "8" in error and error.rstrip().endswith(".")
    assert [one.value for one in app.slider if one.label == "k"] == [8]


def test_no_category(app: AppTest) -> None:
    run(take(app, of("id,a,b", *(f"c{i},{i % 9},{i * 37 % 101}" for i in range(50)))), k=4)
    assert not [one for one in app.multiselect if "filter-category" in (one.key or "")]
    walk(app)


def test_only_categories(app: AppTest) -> None:
    rows = [f"c{i},{'xyz'[i % 3]},{'pq'[i % 2]}" for i in range(48)]
    take(app, of("id,one,two", *rows))
    choose(go(app, "segments"), "features", ["one", "two"])
    run(app, k=3)
    walk(app)


def test_nothing_to_segment_by(app: AppTest) -> None:
    take(app, of("id,same", *(f"c{i},7" for i in range(20))))
    every_view(go(app, "explore"), "explore-view")
    go(app, "segments")
    (button,) = [button for button in app.button if button.label == "Run"]
    assert button.disabled
    assert "it has the same value for every customer" in said(app)


def gaps() -> Source:
    generator = np.random.default_rng(10)
    rows = []
    for i in range(60):
        spend = "" if i % 11 == 4 else f"{generator.gamma(2, 40):.2f}"
        age = "n/a" if i % 13 == 5 else f"{generator.integers(20, 60)}"
        town = "" if i % 7 == 3 else ["Bern", "Köln", "Oslo"][i % 3]
        rows.append(f"c{i},{9999 if i == 20 else spend},{age},{town}")
    return of("id,spend,age,town", *rows)


MISSING, OUTLIERS = ("median", "mean", "mode", "drop"), ("keep", "cap", "set-aside")
# Each choice at least once; the other pairs take as long as all other tables together.
PAIRS = [("median", "keep"), ("mean", "cap"), ("mode", "set-aside"), ("drop", "keep")]


@pytest.mark.parametrize(
    ("missing", "outliers"),
    [
        pytest.param(*pair, marks=() if pair in PAIRS else pytest.mark.exhaustive)
        for pair in product(MISSING, OUTLIERS)
    ],
)
def test_missing_and_extreme_values(app: AppTest, missing: str, outliers: str) -> None:
    run(take(app, gaps()), k=3, missing=missing, outliers=outliers, transform="none")
    assert "3 segments, " in said(app)
    assert not app.error
    walk(app)


@pytest.mark.parametrize("transform", ["auto", "none", "log", "yeo-johnson", "rank"])
@pytest.mark.parametrize("scaler", ["standard", "robust", "minmax", "none"])
def test_every_preparation(app: AppTest, transform: str, scaler: str) -> None:
    run(take_sample(app, "wholesale"), k=3, transform=transform, scaler=scaler)
    assert "3 segments, " in said(app)


def test_a_logarithm_of_negatives_is_refused_in_a_sentence(app: AppTest) -> None:
    take(app, of("id,balance,b", *(f"c{i},{i - 20},{i % 9}" for i in range(40))))
    run(app, k=3, transform="log")
    (error,) = [one.value for one in app.error]
    assert "balance" in error


def test_columns_called_like_the_screens_own(app: AppTest) -> None:
    header = "id,Customers,Segment,Feature,segment,segment_id,reason,line,_id,_segment,total_x"
    rows = [
        f"c{i},{i},{i * 3 % 11},{i * i},{i % 4},{i * 5 % 13},{i},{i * 2},{i % 9},{i % 5},{i}"
        for i in range(40)
    ]
    run(take(app, of(header, *rows)), k=3)
    walk(app)


def test_columns_that_read_alike(app: AppTest) -> None:
    rows = [f"c{i},{i % 9},{i * 3 % 11},{i * i}" for i in range(40)]
    run(take(app, of("id,a_b,a b,orders", *rows)), k=3)
    walk(app)


def test_text_from_the_file_is_not_read_as_markdown_or_markup(app: AppTest) -> None:
    rows = [f"c{i},{i % 9},{i * 3 % 11},{('**x**', '<b>y</b>', '$z$')[i % 3]}" for i in range(40)]
    take(app, of("id,**bold**,:red[x],`code` <b>c</b>", *rows, name="*a*_b_.csv"))
    run(app, k=3)
    walk(app)
    assert "\\*a\\*\\_b\\_\\.csv" in said(app)
    go(app, "profiles")
    choose(app, "filter-ranges", ["**bold**"])
    labels = [one.label for one in (*app.number_input, *app.multiselect)]
    assert "**bold**, from" not in labels and "\\*\\*bold\\*\\*, from" in labels
    assert ":red[x]" not in labels and "`code` <b>c</b>" not in labels


def test_labels_told_aloud_have_no_needless_backslash(app: AppTest) -> None:
    go(take_sample(app, "mall"), "explore")
    choose(app, "filter-ranges", ["Annual Income (k$)", "Spending Score (1-100)"])
    assert [one.label for one in app.number_input] == [
        "Annual Income (k$), from",
        "Annual Income (k$), to",
        "Spending Score (1-100), from",
        "Spending Score (1-100), to",
    ]


MARKS = "a*b*|_a_|a $x$ b|a :smile: b|- a|1. a|1) a|# a|www.a.b|a@b.c|a -> b|a -- b|[a](b)|![a](b)"


@pytest.mark.parametrize("text", [*MARKS.split("|"), "`a`", "<b>a</b>", "~~a~~", "&lt;", "a|b"])
def test_a_label_that_markdown_would_change_is_escaped(text: str) -> None:
    assert state.widget_label(text) == state.escape(text) != text


def test_a_range_over_values_that_hardly_differ(app: AppTest) -> None:
    rows = [f"c{i},{i % 5},{1e-9 if i == 3 else 0},{1e50 * i}" for i in range(30)]
    go(take(app, of("id,a,tiny,huge", *rows)), "explore")
    choose(app, "filter-ranges", ["tiny", "huge"])
    assert figures(app)
    every_view(app, "explore-view")


def test_many_countries_are_all_drawn(app: AppTest) -> None:
    rows = [f"c{i},{i % 31},{i * 7 % 101},land {i % 23}" for i in range(120)]
    go(take(app, of("id,a,b,country", *rows)), "explore")
    choose(app, "explore-view", "Two columns")
    choose(app, "explore-colour", "country")
    drawn = figures(app)["explore-relation"]["data"]
    assert sum(len(trace["customdata"]["bdata"]) > 0 for trace in drawn) == 11
    assert drawn[-1]["name"] == "13 others"


BAD: dict[str, tuple[Source, str]] = {
    "empty": (of(name="empty.csv"), "The file is empty"),
    "header only": (of("id,spend"), "There is a header but no row below it"),
    "a picture": (Source(name="a.csv", data=b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9), ""),
    "half a workbook": (Source(name="a.xlsx", data=b"PK\x03\x04" + bytes(200)), ""),
}


@pytest.mark.parametrize("what", BAD)
def test_a_file_that_can_not_be_used_leaves_all_else(app: AppTest, what: str) -> None:
    bad, sentence = BAD[what]
    take(app, bad)
    (error,) = [one.value for one in app.error]
    assert sentence in error and error.rstrip().endswith(".")
    assert "Traceback" not in error
    assert app.title[0].value == "Who are your customers?"
    run(take_sample(app, "mall"), k=4)
    go(app, "data")
    assert not app.error
    take(app, bad)
    assert len(app.error) == 1
    assert "The data you had before is still here." in said(app)
    go(app, "segments")
    assert "4 segments, " in said(app)
    go(app, "data")
    take_sample(app, "shop")
    assert not app.error


def test_roles_that_can_not_be(app: AppTest) -> None:
    take_sample(app, "orders")
    choose(app, "role-quantity", "Description")
    (error,) = [one.value for one in app.error]
    assert "Description" in error and error.rstrip().endswith(".")
    for screen in SCREENS:
        go(app, screen)
    go(app, "data")
    assert widget(app, "role-quantity").value == "Description"
    choose(app, "role-quantity", "Quantity")
    assert not app.error


def test_one_column_for_two_roles(app: AppTest) -> None:
    take_sample(app, "orders")
    choose(app, "role-order_id", "StockCode")
    choose(app, "role-product", "Description")
    choose(app, "role-order_id", "Description")
    (error,) = [one.value for one in app.error]
    assert "two roles" in error


def test_the_customer_id_can_be_settled(app: AppTest) -> None:
    take_sample(app, "mall")
    choose(app, "role-customer_id", "(none)")
    assert not app.error
    go(app, "segments")
    choose(go(app, "data"), "role-customer_id", "CustomerID")
    assert not app.error


def test_a_customer_table_is_not_order_lines(app: AppTest) -> None:
    take_sample(app, "mall")
    choose(app, "kind", "transactions")
    (error,) = [one.value for one in app.error]
    assert "Order lines need a column for" in error.replace("\\", "")
    choose(app, "data-view", "Set aside")
    assert "known once the data can be used" in said(app)
    choose(app, "data-view", "Table")
    assert len(app.dataframe[0].value.columns) == 5
    choose(app, "data-view", "Columns")
    choose(app, "kind", "customers")
    assert not app.error
    run(app, k=3)
    assert "3 segments, " in said(app)


def test_order_lines_whose_columns_are_called_otherwise_can_be_settled(app: AppTest) -> None:
    rows = [f"k{i % 20},2025-0{i % 9 + 1}-1{i % 7},{i * 7 % 90 + 1}" for i in range(90)]
    run(take(app, of("wer,geboren,zahl", *rows)), k=3)
    choose(go(app, "data"), "kind", "transactions")
    assert "Say which column it is" in said(app)
    for screen in ("explore", "segments", "profiles", "compare", "export"):
        go(app, screen)
        assert "The data can't be used as it is set up." in said(app)
        assert not figures(app) and not app.get("download_button")
        assert [button.label for button in app.main.button][-1] == "Mend it"
    go(app, "data")
    choose(app, "role-customer_id", "wer")
    choose(app, "role-order_date", "geboren")
    choose(app, "role-amount", "zahl")
    assert not app.error
    run(app, k=3)
    assert "3 segments, " in said(app)


def test_another_sheet_can_be_chosen_after_one_without_a_table(app: AppTest) -> None:
    book = openpyxl.Workbook()
    for row in (("id", "spend"), *((f"c{i}", i * i) for i in range(30))):
        book.active.append(row)
    book.create_sheet("Notes").append(("only a remark",))
    data = io.BytesIO()
    book.save(data)
    take(app, Source(name="book.xlsx", data=data.getvalue()))
    choose(app, "sheet", "Notes")
    assert len(app.error) == 1
    for view in ("Set aside", "Table", "How it was read", "Columns"):
        choose(app, "data-view", view)
    assert "The data can't be used as it is set up." in said(go(app, "explore"))
    choose(go(app, "data"), "sheet", "Sheet")
    assert not app.error
    assert widget(app, "role-customer_id").value == "id"


def test_order_lines_can_be_read_as_customers(app: AppTest) -> None:
    take_sample(app, "orders")
    choose(app, "kind", "customers")
    assert not app.error
    every_view(app, "data-view")


def test_the_day_that_days_are_counted_to(app: AppTest) -> None:
    from datetime import date

    take_sample(app, "orders")
    choose(app, "as-of", date(2030, 1, 1))
    assert not app.error
    choose(app, "as-of", date(1999, 1, 1))
    for screen in ("explore", "segments"):
        go(app, screen)


def test_settings_and_results_of_one_session_are_not_anothers(
    app: AppTest, fresh: Callable[[], AppTest]
) -> None:
    run(take_sample(app, "mall"), k=4)
    other = healthy(fresh().run())
    assert other.title[0].value == "Who are your customers?"
    go(other, "profiles")
    assert "Choose a sample or a file of your own first." in said(other)


def test_orders_of_the_future_are_pointed_out(app: AppTest) -> None:
    lines = [f"c{i % 9},o{i},2999-0{1 + i % 9}-11,{i}" for i in range(40)]
    take(app, of("customer_id,order_id,order_date,amount", *lines))
    assert "which is still to come" in said(app)
    lines = [line.replace("2999", "2019") for line in lines]
    take(app, of("customer_id,order_id,order_date,amount", *lines, name="other.csv"))
    assert "which is still to come" not in said(app)
