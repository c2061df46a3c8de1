"""A filter acts on every chart and figure of a screen."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import addresses
from segmentation.filtering import Picked
from segmentation.reading import Source
from tests.pages.visiting import (
    chips,
    choose,
    every_view,
    figures,
    go,
    one_segment,
    press,
    run,
    said,
    segment_names,
    take,
    take_sample,
    widget,
)

MALL = Path(__file__).parents[2] / "data" / "mall.csv"
NOBODY = "No customer passes this filter"


def limit(app: AppTest, column: str, low: float, high: float) -> AppTest:
    choose(app, "filter-ranges", [column])
    choose(app, f"filter-from-{column}-", low)
    return choose(app, f"filter-to-{column}-", high)


def test_a_category_filters_every_view(app: AppTest) -> None:
    run(take_sample(app, "mall"), k=3)
    women = int((pd.read_csv(MALL)["Gender"] == "Female").sum())
    choose(app, "filter-category-Gender", ["Female"])
    note = f"{women:,} of 200 customers shown"
    assert note in said(app)
    drawn = figures(app)["map-2d"]["data"]
    assert sum(len(trace["text"]) for trace in drawn if trace["name"] != "Centres") == women
    every_view(app, "segments-view")
    choose(go(app, "profiles"), "profiles-view", "Sizes")
    assert note in said(app)
    (donut,) = figures(app)["size-donut"]["data"]
    assert f"{women}" in figures(app)["size-donut"]["layout"]["annotations"][0]["text"]
    assert donut["labels"]
    go(app, "export")
    assert f"The {women:,} customers shown" in [one.label for one in app.get("download_button")]
    choose(app, "export-look", True)
    assert set(app.dataframe[0].value["Gender"]) == {"Female"}


def test_a_range_and_a_segment_filter_together(app: AppTest) -> None:
    run(take_sample(app, "mall"), k=3)
    choose(app, "filter-segments-", [2])
    limit(app, "Age", 30.0, 40.0)
    assert chips(app) == [segment_names(app)[1], "Age 30 to 40"]
    drawn = figures(app)["map-2d"]["data"]
    assert len([trace for trace in drawn if trace["name"] != "Centres"]) == 1
    press(app, "Clear filter")
    assert "of 200 customers shown" not in said(app)
    assert widget(app, "filter-ranges").value == []


@pytest.mark.parametrize("screen", ["explore", "segments", "profiles", "compare", "export"])
def test_a_filter_that_leaves_nobody(app: AppTest, screen: str) -> None:
    take_sample(app, "mall")
    if screen != "explore":
        run(app, k=3)
    go(app, screen)
    ages = pd.read_csv(MALL)["Age"]
    gap = next(age for age in range(ages.min(), ages.max()) if age not in set(ages)) + 0.0
    limit(app, "Age", gap - 0.25, gap + 0.25)
    assert said(app).count(NOBODY) == 1
    assert not figures(app) and not app.error
    if screen == "segments":
        choose(app, "segments-view", "Evidence for k")
        assert {"elbow", "silhouette"} <= set(figures(app))
    elif screen == "profiles":
        choose(app, "profiles-view", "One segment")
        assert "What to do" in said(app)
        assert widget(app, "rename").value == segment_names(app)[0]
        choose(app, "profiles-view", "Side by side")
        assert not figures(app)
    elif screen == "export":
        offered = [one.label for one in app.get("download_button")]
        assert offered == [
            "All 200 customers",
            "Raw CSV",
            "Summary",
            "Rules",
            "Segments and their trust",
        ]
    press(app, "Clear filter")
    assert NOBODY not in said(app)


def test_a_range_the_wrong_way_round_is_named(app: AppTest) -> None:
    rows = [f"c{i},{i * 3},{i % 7}" for i in range(30)]
    text = "\n".join(["id,net_$pend,visits", *rows])
    go(take(app, Source(name="few.csv", data=text.encode())), "explore")
    limit(app, "net_$pend", 60.0, 40.0)
    assert f"{NOBODY}. Of net \\$pend, from is above to. Widen or clear it." in said(app)
    choose(app, "filter-to-net_$pend-", 80.0)
    assert "is above to" not in said(app) and "7 of 30 customers shown" in said(app)
    limit(app, "net_$pend", 61.0, 62.0)
    assert NOBODY in said(app) and "is above to" not in said(app)


@pytest.mark.parametrize("asks", ["other", "same"])
def test_going_back_keeps_what_was_drawn(
    app: AppTest, monkeypatch: pytest.MonkeyPatch, asks: str
) -> None:
    go(take_sample(app, "mall"), "explore")
    choose(app, "filter-category-Gender", ["Female"])
    before = address(app)
    key = f"filter-held-{app.session_state['generation']}"
    ids = pd.read_csv(MALL)["CustomerID"].astype(str).to_numpy()[:50]
    app.session_state[key] = replace(app.session_state[key], picked=Picked(ids=ids, turn=1))
    drawn = "50 customers chosen in the map"
    if asks == "other":
        choose(app, "filter-category-Gender", ["Male"])
        assert chips(app) == [drawn, "Gender: Male"]
    app.query_params["filter"] = before
    back = SimpleNamespace(is_history_navigation=True)
    monkeypatch.setattr(addresses, "get_script_run_ctx", lambda: back)
    app.run()
    assert chips(app) == [drawn, "Gender: Female"]
    women = int((pd.read_csv(MALL)["Gender"][:50] == "Female").sum())
    assert f"{women} of 200 customers shown" in said(app)


def test_a_segment_outside_the_filter_says_so(app: AppTest) -> None:
    run(take_sample(app, "mall"), k=3)
    one_segment(app)
    choose(app, "filter-segments-", [2])
    assert "No customer of this segment passes the filter." in said(app)
    assert not figures(app)
    choose(app, "card-", 2)
    assert "No customer of this segment" not in said(app)
    assert set(figures(app)) == {"effects"}


def test_the_customers_shown_are_held_against_all(app: AppTest) -> None:
    """A segment alone is no less apart from all customers, and its indices stay."""
    held = "they are held against all 200 customers in segments"
    run(take_sample(app, "mall"), k=3)
    one_segment(app)
    apart = figures(app)["effects"]["data"][0]
    choose(app, "profiles-view", "Side by side")
    first = figures(app)["means-map"]["data"][0]["text"][0]
    choose(app, "filter-segments-", [1])
    assert figures(app)["means-map"]["data"][0]["text"] == [first]
    assert held in said(app)
    choose(app, "profiles-view", "One segment")
    assert figures(app)["effects"]["data"][0] == apart
    assert held in said(app)
    go(app, "compare")
    choose(app, "filter-segments-", [])
    choose(app, "compare-others-", [2])
    pair = figures(app)["differences"]["data"]
    assert "both sides" not in said(app)
    choose(app, "filter-segments-", [1, 2])
    choose(app, "compare-others-", [2])
    assert figures(app)["differences"]["data"] == pair
    assert "The filter acts on both sides: only the" in said(app)
    assert held not in said(app)


def test_one_segment_left_can_not_be_compared(app: AppTest) -> None:
    run(take_sample(app, "mall"), k=3)
    go(app, "compare")
    choose(app, "filter-segments-", [1])
    assert "fewer than two segments" in said(app)


def test_one_customer_left(app: AppTest) -> None:
    rows = [f"c{i},{i * 3},{i % 7},{'pqr'[i % 3]}" for i in range(30)]
    text = "\n".join(["id,spend,visits,kind", *rows])
    run(take(app, Source(name="few.csv", data=text.encode())), k=3)
    limit(app, "spend", 0.0, 0.0)
    assert "1 of 30 customers shown" in said(app)
    every_view(app, "segments-view")
    every_view(go(app, "profiles"), "profiles-view")
    go(app, "explore")
    assert "1 of 30 customers shown" in said(app)
    assert "1 value, 0 missing" in said(app) and "1 customer has **0**" in said(app)
    choose(app, "explore-column", "kind")
    assert "1 category;" in said(app)
    choose(app, "explore-view", "Two columns")
    assert "No correlation: that takes three customers" in said(app)
    every_view(app, "explore-view", lambda _: nothing_is_nan(app))
    go(app, "export")
    assert "The 1 customer shown" in [one.label for one in app.get("download_button")]


def counts(app: AppTest) -> list[str]:
    return [one.value for one in app.caption if re.match(r"[\d,]+ of [\d,]+ customers", one.value)]


def test_segments_act_on_every_screen_of_the_same_customers(app: AppTest) -> None:
    note = "The choice of segments in the filter does not act here"
    run(take_sample(app, "orders"), k=3)
    choose(app, "filter-segments-", [1])
    (shown,) = counts(go(app, "profiles"))
    for screen in ("explore", "rfm", "sales"):
        assert counts(go(app, screen)) == [shown] and note not in said(app)
    go(app, "rfm")
    labels = [one.label for one in app.get("download_button")]
    assert f"The {shown.split()[0]} shown" in labels
    choose(go(app, "data"), "drop-zero-price", True)
    assert note in said(go(app, "explore")) and not counts(app)


def test_a_filter_acts_before_the_first_run(app: AppTest) -> None:
    go(take_sample(app, "mall"), "explore")
    choose(app, "filter-category-Gender", ["Male"])
    go(app, "segments")
    (shown,) = [one.value for one in app.caption if " of 200 customers shown" in one.value]
    count = int(shown.split()[0])
    assert len(pd.read_csv(MALL).query("Gender == 'Male'")) == count
    (drawn,) = figures(app)["before"]["data"]
    assert len(np.frombuffer(b64decode(drawn["x"]["bdata"]), drawn["x"]["dtype"])) == count
    assert "Run takes all customers" in said(app)


def nothing_is_nan(app: AppTest) -> None:
    assert "nan" not in said(app)


def test_a_filter_set_while_exploring_is_the_same_filter(app: AppTest) -> None:
    run(take_sample(app, "mall"), k=3)
    go(app, "explore")
    choose(app, "filter-category-Gender", ["Male"])
    shown = [one.value for one in app.caption if " of 200 customers shown" in one.value]
    go(app, "profiles")
    assert shown == [one.value for one in app.caption if " of 200 customers shown" in one.value]


def address(app: AppTest) -> str:
    return "".join(app.query_params.get("filter", []))


def test_a_chip_takes_its_condition_out(app: AppTest) -> None:
    run(take_sample(app, "mall"), k=3)
    choose(app, "filter-category-Gender", ["Female"])
    limit(app, "Age", 30.0, 40.0)
    assert chips(app) == ["Gender: Female", "Age 30 to 40"]
    press(app, "Gender: Female")
    assert chips(app) == ["Age 30 to 40"]
    assert widget(app, "filter-category-Gender").value == []
    go(app, "export")
    assert chips(app) == ["Age 30 to 40"]
    press(app, "Clear filter")
    assert "Filter cleared: all 200 customers are shown." in said(app)
    assert chips(app) == [] and address(app) == ""


def test_the_address_brings_the_filter_back(app: AppTest, fresh: Callable[[], AppTest]) -> None:
    run(take_sample(app, "orders"), k=3)
    choose(app, "filter-segments-", [1, 3])
    country = next(iter(widget(app, "filter-category-country").options))
    choose(app, "filter-category-country", [country])
    product = widget(app, "filter-products").options[0]
    choose(app, "filter-products", [product])
    span = widget(app, "filter-date-order_date")
    days = (span.min, span.min + timedelta(days=200))
    choose(app, "filter-date-order_date", days)
    limit(app, "frequency_orders", 2.0, 40.0)
    wanted, shown = chips(app), said(app).split("customers shown")[0].rsplit("\n", 1)[1]
    text = address(app)
    assert len(wanted) == 5 and country not in text and product not in text

    other = fresh()
    other.query_params["filter"] = text
    other.run()
    # It waits for the file, and what is about segments for the run.
    go(take_sample(other, "orders"), "explore")
    assert chips(other) == wanted[1:]
    run(other, k=3)
    assert chips(other) == wanted
    assert said(other).split("customers shown")[0].rsplit("\n", 1)[1] == shown
    assert address(other) == text


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("01234567_c0~1", "The address holds a filter of another file"),
        ("<script>alert(1)</script>", "A part of the filter in the address can't be read"),
        ("_" * 5_000, "A part of the filter in the address can't be read"),
    ],
)
def test_an_address_that_does_not_fit_does_nothing(
    fresh: Callable[[], AppTest], text: str, word: str
) -> None:
    app = fresh()
    app.query_params["filter"] = text
    run(take_sample(app.run(), "mall"), k=3)
    assert said(app).count(word) == 1
    assert chips(app) == []
    choose(app, "filter-category-Gender", ["Female"])
    assert word not in said(app)
    assert chips(app) == ["Gender: Female"]


def test_a_choice_of_segments_ends_with_its_run(app: AppTest) -> None:
    run(take_sample(app, "mall"), k=3)
    choose(app, "filter-segments-", [2])
    choose(app, "filter-category-Gender", ["Female"])
    assert len(chips(app)) == 2
    run(app, k=4)
    assert chips(app) == ["Gender: Female"]


def test_of_many_products_some_are_listed_and_the_others_found(app: AppTest) -> None:
    lines = ["customer,date,product,amount"]
    lines += [
        f"c{i % 40},2026-01-{1 + i % 28:02},{'Large' if i % 2 else 'Small'} thing {i % 300},5"
        for i in range(900)
    ]
    run(take(app, Source(name="o.csv", data="\n".join(lines).encode())), k=2)
    offered = widget(app, "filter-products-").options
    assert len(offered) == 50
    choose(app, "filter-products-", [offered[3]])
    (box,) = [one for one in app.text_input if one.label == "Search in Bought any of"]
    box.set_value("large 299").run()
    assert widget(app, "filter-products-").options == [offered[3], "Large thing 299"]
    choose(app, "filter-products-", [offered[3], "Large thing 299"])
    assert chips(app) == [f"bought {' or '.join(sorted([offered[3], 'Large thing 299']))}"]
    (box,) = [one for one in app.text_input if one.label == "Search in Bought any of"]
    box.set_value("nothing at all").run()
    assert len(widget(app, "filter-products-").value) == 2
    assert "Nothing has these words in it." in said(app)
