"""The same segments at two moments: two dates of a log, two files, month by month."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from segmentation.models.loading import fit_file
from segmentation.models.making import make_model
from segmentation.models.moving import move_between
from segmentation.models.store import save_model
from segmentation.pipeline import load, segment
from segmentation.results import Model
from segmentation.settings import ChooseSettings, Recipe
from tests.pages.visiting import (
    choose,
    every_view,
    figures,
    go,
    healthy,
    press,
    run,
    said,
    take_sample,
    widget,
)

ROOT = Path(__file__).parents[2]
ORDERS = ROOT / "data" / "orders.csv"
SPRING, END = date(2025, 4, 1), date(2025, 12, 10)


def made(name: str) -> Model:
    recipe = Recipe(choose=ChooseSettings(k=4))
    found = segment(load(ROOT / "data" / name), recipe, compare=False, trust=False)
    return make_model(found, at="2026-01-02T03:04:05+00:00")


@pytest.fixture(scope="module")
def shop() -> Model:
    return made("orders.csv")


@pytest.fixture
def with_log(app: AppTest, models_folder: Path, shop: Model) -> AppTest:
    """The log of the sample on Data, and its segments saved."""
    save_model(models_folder, "Shop", shop)
    go(take_sample(app, "orders"), "movement")
    first = next(one for one in app.date_input if one.label == "Before")
    return healthy(first.set_value(SPRING).run())


def test_without_a_model_the_screen_says_how_to_get_one(app: AppTest) -> None:
    go(app, "movement")
    assert "There is no saved model" in said(app)
    press(app, "Choose data")


def test_a_model_of_customers_has_no_dates(app: AppTest, models_folder: Path) -> None:
    save_model(models_folder, "Mall", made("mall.csv"))
    go(app, "movement")
    assert "which has no dates to go back to" in said(app)
    assert not app.error and not figures(app)


def test_a_saved_model_waits_for_a_log(app: AppTest, models_folder: Path, shop: Model) -> None:
    save_model(models_folder, "Shop", shop)
    go(app, "movement")
    assert len(app.get("file_uploader")) == 1 and not app.error
    (chooser,) = app.get("file_uploader")
    chooser.set_value([("orders.csv", ORDERS.read_bytes(), "text/csv")])
    healthy(app.run())
    assert set(figures(app)) == {"sankey"}


def test_customers_are_neither_lost_nor_made(with_log: AppTest, shop: Model) -> None:
    table = pd.read_csv(ORDERS)
    assert "make 900" in said(with_log).replace("\\", "")
    expected = move_between(shop, fit_file(shop, ORDERS), SPRING.isoformat(), END.isoformat())
    stream = figures(with_log)["sankey"]["data"][0]
    assert sum(stream["link"]["value"]) == len(expected.ids) == 900
    used = table[table["CustomerID"].notna() & (table["Quantity"] > 0)]
    before = used[used["InvoiceDate"] < SPRING.isoformat()]["CustomerID"].nunique()
    came = [
        value
        for value, at in zip(stream["link"]["value"], stream["link"]["source"], strict=True)
        if stream["node"]["label"][at].startswith("(not")
    ]
    assert 900 - sum(came) == before
    choose(with_log, "movement-view", "Matrix")
    matrix = with_log.dataframe[0].value
    np.testing.assert_array_equal(matrix.iloc[:-1].sum(), matrix.iloc[-1])
    np.testing.assert_array_equal(matrix.iloc[:, :-1].sum(axis=1), matrix["All"])
    assert matrix["All"].iloc[-1] == 900


def test_each_flow_has_its_customers_revenue_and_examples(with_log: AppTest) -> None:
    choose(with_log, "movement-view", "Each flow")
    table = with_log.dataframe[0].value
    assert table["Customers"].sum() == 900
    assert list(table.columns) == [
        "From",
        "To",
        "Customers",
        "Sure",
        "By the calendar",
        "Revenue before",
        "Revenue after",
        "Examples",
    ]
    spent = load(ORDERS).customers.frame["monetary_total"].sum()
    assert table["Revenue after"].sum() == pytest.approx(spent)
    assert table["Examples"].str.len().min() > 0


def test_noise_and_calendar_are_told(with_log: AppTest) -> None:
    text = said(with_log)
    assert "send the customer the same way" in text
    assert "Had nobody ordered anything in between" in text


def test_lists_of_movers(with_log: AppTest) -> None:
    choose(with_log, "movement-view", "Lists of movers")
    choose(with_log, "movers-From", 2)
    choose(with_log, "movers-To", -1)
    table = with_log.dataframe[0].value
    assert set(table["From"]) == {"Champions"} and "Champions" not in set(table["To"])
    assert set(table["Direction"]) <= {"up", "down", ""}
    assert "Up is towards segments whose typical customer brings in more" in said(with_log)
    offered = [one.label for one in with_log.get("download_button")]
    assert offered == ["This list", "Everybody"]
    choose(with_log, "movers-To", 0)
    assert "Nobody went that way." in said(with_log)


def test_the_months_are_stepped_through(with_log: AppTest) -> None:
    choose(with_log, "movement-view", "Month by month")
    drawn = figures(with_log)
    assert set(drawn) == {
        "over-time-Customers",
        "over-time-Revenue",
        "at-date-Customers",
        "at-date-Revenue",
    }
    lines = drawn["over-time-Customers"]["data"]
    assert len(lines) == 4
    for line in drawn["over-time-Revenue"]["data"]:
        is_open = [symbol.endswith("-open") for symbol in line["marker"]["symbol"]]
        assert is_open == [not day.endswith("-01") for day in line["x"]]
    assert "Open marks: months that the log covers in part only." in said(with_log)
    slider = with_log.select_slider[0]
    assert slider.value == END.isoformat()
    last = drawn["at-date-Customers"]["data"][0]["x"]
    assert sum(last) == 900
    press(with_log, "Back")
    assert with_log.select_slider[0].value == "2025-12-01"
    assert sum(figures(with_log)["at-date-Customers"]["data"][0]["x"]) < 900
    (back,) = [one for one in with_log.button if one.label == "Back"]
    (forth,) = [one for one in with_log.button if one.label == "Next"]
    assert not back.disabled and not forth.disabled
    press(with_log, "Next")
    (forth,) = [one for one in with_log.button if one.label == "Next"]
    assert forth.disabled


def test_dates_that_cannot_be_are_refused(with_log: AppTest) -> None:
    later = next(one for one in with_log.date_input if one.label == "And before")
    healthy(later.set_value(date(2025, 3, 1)).run())
    assert "is not after" in with_log.error[0].value
    assert not figures(with_log)


def test_every_view_draws(with_log: AppTest) -> None:
    assert every_view(with_log, "movement-view") == [
        "Flows",
        "Matrix",
        "Each flow",
        "Lists of movers",
        "Month by month",
    ]


def test_two_files_are_held_against_each_other(app: AppTest) -> None:
    run(take_sample(app, "mall"), k=4)
    choose(go(app, "movement"), "movement-way", "Two files")
    table = pd.read_csv(ROOT / "data" / "mall.csv")
    before, after = table.iloc[:150], table.iloc[50:].copy()
    after["Spending Score (1-100)"] = 101 - after["Spending Score (1-100)"]
    for number, half in enumerate((before, after)):
        chooser = app.get("file_uploader")[number]
        chooser.set_value([(f"{number}.csv", half.to_csv(index=False).encode(), "text/csv")])
        healthy(app.run())
    text = said(app).replace("\\", "")
    assert "150 customers" in text and "50 who came, without 50 who left, make 150" in text
    assert "Had nobody ordered" not in text
    assert "Month by month" not in widget(app, "movement-view").options
    assert sum(figures(app)["sankey"]["data"][0]["link"]["value"]) == 200
    choose(app, "movement-view", "Lists of movers")
    choose(app, "movers-To", -1)
    assert "Direction" not in app.dataframe[0].value and "Up is towards" not in said(app)


def test_files_without_ids_cannot_be_followed(app: AppTest) -> None:
    run(take_sample(app, "wholesale"), k=3)
    choose(go(app, "movement"), "movement-way", "Two files")
    data = (ROOT / "data" / "wholesale.csv").read_bytes()
    for number in range(2):
        app.get("file_uploader")[number].set_value([(f"{number}.csv", data, "text/csv")])
        healthy(app.run())
    assert "can't be followed" in app.error[0].value
