"""Saved models: kept, looked at, renamed, replaced, brought in, refused, deleted."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from segmentation.models.files import dump_model, parse_model, read_model
from segmentation.models.making import make_model
from segmentation.models.store import list_models, load_model, save_model
from segmentation.pipeline import load, segment
from segmentation.results import Model
from segmentation.settings import ChooseSettings, Recipe
from tests.pages.visiting import choose, go, healthy, press, run, said, take_sample, widget

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def mall_model() -> Model:
    """The segments of a sample, as somebody saved them before."""
    recipe = Recipe(choose=ChooseSettings(k=4))
    found = segment(load(ROOT / "data" / "mall.csv"), recipe, compare=False, trust=False)
    return make_model(found, at="2026-01-02T03:04:05+00:00", by="Ann", note="For the spring")


def names(folder: Path) -> list[str]:
    return [entry.name for entry in list_models(folder)]


def save(app: AppTest, name: str, by: str = "", note: str = "") -> AppTest:
    widget(app, "model-name").set_value(name)
    widget(app, "model-by").set_value(by)
    widget(app, "model-note").set_value(note)
    return press(app, "Save")


def test_without_anything_the_screen_says_how_to_begin(app: AppTest, models_folder: Path) -> None:
    go(app, "models")
    assert "There are no segments yet" in said(app)
    assert "Nothing is saved yet" in said(app)
    assert not models_folder.exists()
    press(app, "Choose data")
    assert app.title[0].value == "Who are your customers?"


def test_data_without_a_run_leads_to_the_segments(app: AppTest) -> None:
    go(take_sample(app, "mall"), "models")
    press(app, "Find segments")
    assert app.title[0].value == "Segments"


def test_a_run_is_saved_with_who_when_and_why(app: AppTest, models_folder: Path) -> None:
    run(take_sample(app, "mall"), k=4)
    save(go(app, "models"), "Spring", "Ann", "For the mailing")
    assert "Saved as **Spring**" in said(app)
    model = load_model(models_folder, "Spring")
    assert (model.k, model.made.by, model.made.note) == (4, "Ann", "For the mailing")
    assert model.made.at.endswith("+00:00")
    row = app.dataframe[0].value.iloc[0]
    assert (row["Name"], row["By"], row["Note"]) == ("Spring", "Ann", "For the mailing")
    assert (row["Segments"], row["Customers"]) == (4, 200)
    assert row["Trust"] != "not checked"
    # The next time, the name of the analyst is known.
    assert widget(app, "model-by").value == "Ann"


def test_a_model_that_does_not_tell_when_has_the_time_of_its_file(
    app: AppTest, models_folder: Path, mall_model: Model
) -> None:
    silent = replace(mall_model, made=replace(mall_model.made, at=""))
    save_model(models_folder, "Told", mall_model)
    save_model(models_folder, "Silent", silent)
    os.utime(models_folder / "Silent.json", (1_700_000_000, 1_700_000_000))
    go(app, "models")
    saved = app.dataframe[0].value.set_index("Name")["Saved"]
    assert saved.to_dict() == {"Told": "2026-01-02 03:04 UTC", "Silent": "2023-11-14 22:13 UTC"}
    assert list(saved.index) == ["Told", "Silent"]
    card = said(choose(app, "model-shown", "Silent")).replace("\\", "")
    assert "Saved by Ann 2023-11-14 22:13 UTC" in card


@pytest.mark.parametrize("name", ["../x", "a/b", "con", "", "x" * 79 + "."])
def test_a_name_that_cannot_be_is_refused(app: AppTest, models_folder: Path, name: str) -> None:
    run(take_sample(app, "mall"), k=3)
    save(go(app, "models"), name)
    assert "can't be the name of a model" in said(app)
    assert not models_folder.exists()


def test_a_run_that_no_model_can_hold_says_why(app: AppTest, models_folder: Path) -> None:
    run(take_sample(app, "mall"), method="hdbscan")
    go(app, "models")
    assert len(app.error) == 1
    assert not [one for one in app.button if one.label == "Save"]
    assert not models_folder.exists()


def test_a_model_of_the_same_name_is_compared_before_it_is_replaced(
    app: AppTest, models_folder: Path, mall_model: Model
) -> None:
    save_model(models_folder, "Spring", mall_model)
    run(take_sample(app, "mall"), k=5)
    save(go(app, "models"), "Spring", "Ben")
    assert load_model(models_folder, "Spring") == mall_model
    assert "There is a model called Spring already" in said(app)
    assert "segments are still there; the runs agree to" in said(app).replace("\\", "")
    press(app, "Replace it")
    assert sorted(names(models_folder)) == ["Spring", "Spring-1"]
    assert load_model(models_folder, "Spring-1") == mall_model
    assert load_model(models_folder, "Spring").k == 5
    assert "Spring\\-1" in said(app)
    assert "already" not in said(app)


def test_both_can_be_kept_and_nothing_can_be_done(
    app: AppTest, models_folder: Path, mall_model: Model
) -> None:
    save_model(models_folder, "Spring", mall_model)
    run(take_sample(app, "mall"), k=5)
    save(go(app, "models"), "Spring")
    press(app, "Cancel")
    assert names(models_folder) == ["Spring"]
    save(app, "Spring")
    press(app, "Keep both")
    assert load_model(models_folder, "Spring") == mall_model
    assert load_model(models_folder, "Spring (2)").k == 5


def test_names_that_people_work_with_go_over_to_the_new_model(
    app: AppTest, models_folder: Path, mall_model: Model
) -> None:
    from dataclasses import replace

    first, *others = mall_model.segments
    own = replace(first, named=replace(first.named, name="The big ones", given=True))
    save_model(models_folder, "Spring", replace(mall_model, segments=(own, *others)))
    run(take_sample(app, "mall"), k=4)
    save(go(app, "models"), "Spring")
    assert widget(app, "keep-names").value
    press(app, "Replace it")
    assert "The big ones" in load_model(models_folder, "Spring").name_of().values()


def test_what_is_said_before_a_replacement_goes_with_the_names_chosen(
    app: AppTest, models_folder: Path, mall_model: Model
) -> None:
    from dataclasses import replace

    named = [
        replace(one, named=replace(one.named, name=f"Old {one.named.segment_id}", given=True))
        for one in mall_model.segments
    ]
    save_model(models_folder, "Spring", replace(mall_model, segments=tuple(named)))
    run(take_sample(app, "mall"), k=5, features=["Annual Income (k$)", "Spending Score (1-100)"])
    save(go(app, "models"), "Spring")
    text = said(app).replace("\\", "")
    assert "The features changed: Age went out." in text
    assert "% of the customers in either are in both; otherwise it would be '" in text
    assert "Segment 'Old " in text and "(called 'Old " not in text
    healthy(widget(app, "keep-names").set_value(False).run())
    text = said(app).replace("\\", "")
    assert "(called 'Old " in text and "Segment 'Old 1' is still" not in text
    press(app, "Replace it")
    saved = load_model(models_folder, "Spring").name_of().values()
    assert not any(name.startswith("Old ") for name in saved)
    assert sum(f"Segment '{name}' (called 'Old " in text for name in saved) >= 1


def test_a_model_is_renamed_annotated_and_deleted(
    app: AppTest, models_folder: Path, mall_model: Model
) -> None:
    save_model(models_folder, "Spring", mall_model)
    go(app, "models")
    choose(app, "rename-Spring", "Summer")
    assert names(models_folder) == ["Summer"]
    assert widget(app, "model-shown").value == "Summer"
    healthy(app.text_area[0].set_value("For the fair").run())
    assert load_model(models_folder, "Summer").made.note == "For the fair"
    assert load_model(models_folder, "Summer").made.by == "Ann"
    press(app, "Delete it for good")
    assert names(models_folder) == []
    assert "Nothing is saved yet" in said(app)


def test_a_name_that_is_taken_is_refused(
    app: AppTest, models_folder: Path, mall_model: Model
) -> None:
    save_model(models_folder, "Spring", mall_model)
    save_model(models_folder, "Summer", mall_model)
    go(app, "models")
    choose(app, "model-shown", "Spring")
    choose(app, "rename-Spring", "Summer")
    assert "There is a model called 'Summer' already" in said(app)
    assert names(models_folder) == ["Spring", "Summer"]


def test_a_damaged_model_is_listed_with_its_problem(
    app: AppTest, models_folder: Path, mall_model: Model
) -> None:
    save_model(models_folder, "Spring", mall_model)
    path = models_folder / "Broken.json"
    path.write_bytes(dump_model(mall_model).replace(b"Ann", b"Bob", 1))
    go(app, "models")
    assert "Can't be used" in said(app)
    assert "digest" in said(app)
    assert widget(app, "model-shown").options == ["Spring"]
    (delete,) = [one for one in app.button if one.key == "delete-Broken"]
    healthy(delete.click().run())
    assert names(models_folder) == ["Spring"]


def upload(app: AppTest, name: str, data: bytes) -> AppTest:
    (chooser,) = app.get("file_uploader")
    chooser.set_value((name, data, "application/json"))
    return healthy(app.run())


def test_a_model_that_was_downloaded_can_be_brought_in(
    app: AppTest, models_folder: Path, mall_model: Model
) -> None:
    go(app, "models")
    for name in ("Spring", "Spring (2)"):
        upload(app, "Spring.json", dump_model(mall_model))
        assert read_model(models_folder / f"{name}.json") == mall_model
        assert widget(app, "model-shown").value == name
    upload(app, "con.json", dump_model(mall_model))
    assert "Uploaded model" in names(models_folder)


def flipped(data: bytes) -> bytes:
    return data[:900] + bytes([data[900] ^ 4]) + data[901:]


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (lambda data: data[:-100], "digest"),
        (flipped, "digest"),
        (lambda data: data.replace(b'"format_version":1', b'"format_version":2'), "version 2"),
        (lambda _: b"", "empty"),
        (lambda _: b"\x80\x04\x95\x10", "pickle"),
        (lambda _: b"[" * 100_000, "no saved model"),
        (lambda _: b"id,spend\n1,2\n", "no saved model"),
    ],
)
def test_a_hostile_file_is_refused_with_the_reason(
    app: AppTest, models_folder: Path, mall_model: Model, harm: Any, reason: str
) -> None:
    go(app, "models")
    upload(app, "x.json", harm(dump_model(mall_model)))
    assert reason in app.error[0].value.replace("\\", "")
    assert not models_folder.exists()
    upload(app, "x.json", dump_model(mall_model))
    assert not app.error and names(models_folder) == ["x"]


def test_what_is_downloaded_is_the_model(
    app: AppTest, models_folder: Path, mall_model: Model
) -> None:
    save_model(models_folder, "Spring", mall_model)
    go(app, "models")
    offered = {one.label: one for one in app.get("download_button")}
    assert set(offered) == {"Download", "Pipeline (.joblib)"}
    assert parse_model(dump_model(mall_model)) == mall_model
    assert "runs what is written in it" in said(app)


def test_who_sees_a_model_is_said(app: AppTest, models_folder: Path) -> None:
    go(app, "models")
    assert "Everyone who can open this app" in said(app)
    assert "holds no id and no row" in said(app)
    assert str(models_folder) in said(app)
