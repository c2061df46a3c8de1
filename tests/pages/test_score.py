"""New customers by a model: a file, and one by hand."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from segmentation.models.making import make_model
from segmentation.models.scoring import score
from segmentation.models.store import save_model
from segmentation.pipeline import load, segment
from segmentation.reading import Source
from segmentation.results import Model
from segmentation.settings import ChooseSettings, PrepareSettings, Recipe
from tests.pages.visiting import choose, figures, go, healthy, press, run, said, take_sample, widget

ROOT = Path(__file__).parents[2]
MALL = (ROOT / "data" / "mall.csv").read_text(encoding="utf-8")


def made(name: str, recipe: Recipe) -> Model:
    found = segment(load(ROOT / "data" / name), recipe, compare=False, trust=False)
    return make_model(found, at="2026-01-02T03:04:05+00:00", by="Ann")


@pytest.fixture(scope="module")
def mall_model() -> Model:
    return made("mall.csv", Recipe(choose=ChooseSettings(k=4)))


@pytest.fixture
def with_model(app: AppTest, models_folder: Path, mall_model: Model) -> AppTest:
    save_model(models_folder, "Spring", mall_model)
    return go(app, "score")


def upload(app: AppTest, *files: tuple[str, str]) -> AppTest:
    (chooser,) = app.get("file_uploader")
    chooser.set_value([(name, text.encode(), "text/csv") for name, text in files])
    return healthy(app.run())


def test_without_a_model_the_screen_says_how_to_get_one(app: AppTest) -> None:
    go(app, "score")
    assert "There is no saved model" in said(app)
    press(app, "Choose data")
    take_sample(app, "mall")
    go(app, "score")
    press(app, "Find segments")
    assert app.title[0].value == "Segments"


def test_a_saved_model_needs_no_data(with_model: AppTest) -> None:
    assert widget(with_model, "model-choice").options == ["Spring: 4 segments"]
    assert len(with_model.get("file_uploader")) == 1
    assert not with_model.error


def test_a_file_is_scored_as_by_the_command_line(with_model: AppTest, mall_model: Model) -> None:
    upload(with_model, ("again.csv", MALL))
    expected = score(mall_model, Source(name="again.csv", data=MALL.encode()))
    assert "Keep the model" in said(with_model)
    (chart,) = figures(with_model).values()
    assert chart["data"][0]["customdata"][::-1] == list(expected.sizes().values())
    choose(with_model, "score-result", "Customers")
    table = with_model.dataframe[0].value
    assert table["Segment"].tolist() == [
        expected.names[i] for i in expected.places.segment_ids.tolist()
    ]
    np.testing.assert_allclose(table["Margin"], expected.places.margins)
    assert [one.label for one in with_model.get("download_button")] == [
        "200 customers with their segment",
        "Summary",
    ]


def test_the_lists_hold_who_they_say(with_model: AppTest, mall_model: Model) -> None:
    text = f"{MALL}901,Male,99,400,1\n902,Female,18,400,99\n"
    upload(with_model, ("more.csv", text))
    expected = score(mall_model, Source(name="more.csv", data=text.encode()))
    choose(with_model, "score-result", "Customers")
    choose(with_model, "score-list", "outside")
    assert expected.places.outside.sum() >= 2
    assert len(with_model.dataframe[0].value) == expected.places.outside.sum()
    assert with_model.dataframe[0].value["Outside"].all()
    choose(with_model, "score-list", "border")
    shown = with_model.dataframe[0].value
    assert len(shown) == (expected.places.margins < 0.1).sum()
    assert shown["Margin"].is_monotonic_increasing
    choose(with_model, "score-list", "all")
    choose(with_model, "score-segment", 2)
    assert len(with_model.dataframe[0].value) == expected.sizes()[2]


def test_a_changed_column_is_told_and_no_other(with_model: AppTest) -> None:
    table = pd.read_csv(ROOT / "data" / "mall.csv")
    table["Age"] += round(2 * table["Age"].std())
    upload(with_model, ("later.csv", table.to_csv(index=False)))
    assert "Time for new segments" in said(with_model)
    choose(with_model, "score-result", "What has changed")
    bars = figures(with_model)["drift"]["data"][0]
    index = dict(zip(bars["y"], bars["x"], strict=True))
    assert index["Age"] > 0.25
    assert {name for name, psi in index.items() if psi > 0.25} <= {"Age", "shares of the segments"}
    press(with_model, "Find segments in this file")
    assert "later.csv" in said(with_model).replace("\\", "")
    assert with_model.title[0].value == "Data"


def test_doubts_are_told_in_words(with_model: AppTest) -> None:
    table = pd.read_csv(ROOT / "data" / "mall.csv")
    table["Annual Income (k$)"] *= 1000
    upload(with_model, ("dollars.csv", table.drop(columns="Age").to_csv(index=False)))
    told = "\n".join(one.value for one in with_model.warning)
    assert "another unit" in told
    assert "no column for 'Age'" in told


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("a,b\n1,2\n3,4\n", "none of the columns that the model needs"),
    ],
)
def test_a_file_that_cannot_be_scored_says_why(with_model: AppTest, text: str, reason: str) -> None:
    upload(with_model, ("other.csv", text))
    assert len(with_model.error) == 1
    assert reason in with_model.error[0].value
    assert not figures(with_model)
    upload(with_model, ("again.csv", MALL))
    assert not with_model.error


def test_nobody_scored_says_why(app: AppTest, models_folder: Path) -> None:
    recipe = Recipe(choose=ChooseSettings(k=3), prepare=PrepareSettings(missing="drop"))
    save_model(models_folder, "Strict", made("mall.csv", recipe))
    table = pd.read_csv(ROOT / "data" / "mall.csv")
    upload(go(app, "score"), ("x.csv", table.drop(columns="Age").to_csv(index=False)))
    assert "None of these customers could be scored" in said(app)
    assert "a feature has no value" in said(app)
    assert not figures(app) and not app.get("download_button")


def workbook(table: pd.DataFrame) -> bytes:
    """Two sheets that could both be meant."""
    data = io.BytesIO()
    with pd.ExcelWriter(data) as writer:
        for name, rows in (("March", table.iloc[:100]), ("April", table.iloc[100:])):
            rows.to_excel(writer, sheet_name=name, index=False)
    return data.getvalue()


def test_what_only_the_analyst_can_tell_is_asked_of_each_file(
    app: AppTest, models_folder: Path, mall_model: Model
) -> None:
    save_model(models_folder, "Spring", mall_model)
    table = pd.read_csv(ROOT / "data" / "mall.csv")
    go(app, "score")
    for name in ("one.xlsx", "other.xlsx"):
        (chooser,) = app.get("file_uploader")
        chooser.set_value([(name, workbook(table), "application/vnd.ms-excel")])
        healthy(app.run())
        answers = [one for one in app.button if (one.key or "").startswith("answer-sheet-")]
        assert len(answers) == 2, "an answer about one file is none about another"
        choose(app, "score-result", "Customers")
        (april,) = [one for one in answers if "April" in one.label]
        healthy(april.click().run())
        ids = app.dataframe[0].value.iloc[:, 0]
        assert ids.astype(int).tolist() == table["CustomerID"].iloc[100:].tolist()
        choose(app, "score-result", "Segments")


def test_segments_found_now_can_be_used_unsaved(app: AppTest, models_folder: Path) -> None:
    run(take_sample(app, "mall"), k=3)
    go(app, "score")
    assert widget(app, "model-choice").options == ["The segments found now (not saved): 3 segments"]
    (shown,) = [one for one in app.button if (one.key or "").startswith("use-shown")]
    healthy(shown.click().run())
    assert "This is the file that the model was made from" in said(app)
    assert not models_folder.exists()


def test_a_model_that_is_gone_is_not_used(
    with_model: AppTest, models_folder: Path, mall_model: Model
) -> None:
    save_model(models_folder, "Summer", mall_model)
    choose(go(with_model, "score"), "model-choice", "Summer")
    (models_folder / "Summer.json").unlink()
    go(with_model, "score")
    assert widget(with_model, "model-choice").options == ["Spring: 4 segments"]


def test_days_are_counted_to_the_date_that_is_given(app: AppTest, models_folder: Path) -> None:
    save_model(models_folder, "Shop", made("orders.csv", Recipe(choose=ChooseSettings(k=3))))
    go(app, "score")
    text = (ROOT / "data" / "orders.csv").read_text(encoding="utf-8")
    upload(app, ("orders.csv", text))
    assert not app.error
    days = app.date_input[0]
    assert days.value is None
    recipe_day = pd.Timestamp("2031-01-01").date()
    healthy(days.set_value(recipe_day).run())
    assert "Time for new segments" in said(app)


def test_one_customer_by_hand(with_model: AppTest, mall_model: Model) -> None:
    choose(with_model, "score-view", "One customer by hand")
    chart = figures(with_model)["pulls"]["data"][0]
    assert len(chart["x"]) == len(mall_model.features)
    centre = mall_model.segments[1].centre
    for column, value in zip(mall_model.columns, centre, strict=True):
        (box,) = [one for one in with_model.number_input if one.key.endswith(column.feature)]
        box.set_value(float(value))
    press(with_model, "Which segment?")
    chips = [
        html.proto.body for html in with_model.get("html") if "border-radius:50%" in html.proto.body
    ]
    assert [mall_model.segments[1].named.name in chip for chip in chips] == [True]
    assert "**Clear**, with a margin" in said(with_model)
    (age,) = [one for one in with_model.number_input if one.key.endswith("Age")]
    age.set_value(900.0)
    press(with_model, "Which segment?")
    assert "hardly seen anyone like this" in said(with_model)
    (age,) = [one for one in with_model.number_input if one.key.endswith("Age")]
    age.set_value(None)
    press(with_model, "Which segment?")
    assert "1 customer has no 'Age'" in said(with_model)
    for column in mall_model.columns:
        (box,) = [one for one in with_model.number_input if one.key.endswith(column.feature)]
        box.set_value(None)
    press(with_model, "Which segment?")
    assert "Nothing is known of this customer" in said(with_model)
    assert "with a margin" not in said(with_model)
