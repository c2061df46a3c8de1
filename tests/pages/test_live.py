"""The Live screen: a folder that grows, the API's arrivals, and who sees what."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import sharing
from segmentation.api.arrivals import Arrivals
from segmentation.models.making import make_model
from segmentation.models.store import save_model
from segmentation.pipeline import run
from segmentation.results import Model
from segmentation.settings import ChooseSettings, Recipe
from tests.pages.visiting import choose, figures, go, healthy, press, said, widget

DATA = Path(__file__).parents[2] / "data"
HEADER = "CustomerID,Age,Annual Income (k$),Spending Score (1-100)\n"


@pytest.fixture(scope="module")
def model() -> Model:
    return make_model(run(DATA / "mall.csv", Recipe(choose=ChooseSettings(k=4))))


@pytest.fixture
def arrivals(monkeypatch: pytest.MonkeyPatch) -> Arrivals:
    monkeypatch.setattr(sharing, "arrivals", fresh := Arrivals())
    return fresh


@pytest.fixture
def live(app: AppTest, model: Model, tmp_path: Path, arrivals: Arrivals) -> AppTest:  # noqa: ARG001
    """The screen, with one model and a root that has one folder."""
    save_model(tmp_path / "models", "spring", model)
    (tmp_path / "incoming" / "shop").mkdir(parents=True)
    return told(app, tmp_path)


def told(app: AppTest, folder: Path) -> AppTest:
    app.secrets["live"] = {"folder": str(folder / "incoming")}
    return go(app, "live")


def again(app: AppTest) -> AppTest:
    """What the timer of a browser does."""
    return healthy(app.run())


def table(app: AppTest) -> dict[str, int]:
    shown = app.table[0].value
    return dict(zip(shown["Segment"], shown["New"].astype(int), strict=True))


def test_a_deep_link_reaches_it(fresh: Callable[[], AppTest]) -> None:
    app = go(fresh().run(), "live")
    assert [one.value for one in app.title] == ["Live"]


def test_without_a_model_the_screen_says_what_to_do(app: AppTest, tmp_path: Path) -> None:
    told(app, tmp_path)
    assert "there is none yet" in said(app)
    press(app, "Go to Models")
    assert app.title[0].value == "Models"


def test_new_rows_are_shown_by_segment(live: AppTest, tmp_path: Path) -> None:
    shop = tmp_path / "incoming" / "shop"
    (shop / "a.csv").write_text(HEADER + "x1,30,80,90\nx2,31,82,88\n")
    choose(live, "live-folder", "shop")
    press(live, "Start")
    assert "Nobody new yet" in said(live)
    with (shop / "a.csv").open("a") as file:
        file.write("x3,30,81,91\nx4,45,85,15\nx1,30,80,90\n")
    again(live)
    assert sorted(table(live).values()) == [0, 0, 1, 1]
    assert set(figures(live)) == {"live-sizes", "live-history"}
    again(live)
    assert sum(table(live).values()) == 2
    press(live, "Stop")
    assert not figures(live)
    assert not live.error


def test_files_of_another_kind_are_told(live: AppTest, tmp_path: Path) -> None:
    press(live, "Start")
    (tmp_path / "incoming" / "odd.csv").write_text("colour,shape\nred,round\n")
    again(live)
    assert "odd.csv" in said(live).replace("\\", "")


def test_only_folders_below_the_root_are_on_offer(live: AppTest, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "incoming" / "link").symlink_to(tmp_path / "outside")
    again(live)
    assert widget(live, "live-folder").options == ["incoming", "shop"]


def test_without_a_root_no_folder_can_be_watched(
    app: AppTest, model: Model, models_folder: Path
) -> None:
    save_model(models_folder, "spring", model)
    go(app, "live")
    assert "No folder may be watched yet" in said(app)
    (start,) = [button for button in app.button if button.label == "Start"]
    assert start.disabled


def test_where_the_api_is_not_served_it_says_how(live: AppTest) -> None:
    choose(live, "live-source", "The API")
    assert "streamlit run serve.py" in said(live)
    (start,) = [button for button in live.button if button.label == "Start"]
    assert start.disabled


def test_each_session_sees_what_came_since_its_own_start(
    live: AppTest, arrivals: Arrivals, fresh: Callable[[], AppTest], model: Model, tmp_path: Path
) -> None:
    arrivals.is_served = True
    name = model.segments[0].named.name
    arrivals.count("spring", {name: 7})
    choose(live, "live-source", "The API")
    press(live, "Start")
    arrivals.count("spring", {name: 3})
    again(live)
    assert sum(table(live).values()) == 3
    other = told(fresh().run(), tmp_path)
    assert "New customers" not in said(other) and not other.table
    choose(other, "live-source", "The API")
    other_start = next(button for button in other.button if button.label == "Start")
    healthy(other_start.click().run())
    assert "Nobody new yet" in said(other)
    arrivals.count("spring", {name: 2})
    again(other)
    assert sum(table(other).values()) == 2
    again(live)
    assert sum(table(live).values()) == 5
