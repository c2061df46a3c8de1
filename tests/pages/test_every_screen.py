"""Every screen, every view: without data, before a run, and with one."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from segmentation.charts import MOST_POINTS, segment_colour
from segmentation.charts.look import NEUTRAL
from segmentation.reading import Source
from tests.pages.visiting import (
    SCREENS,
    choose,
    every_view,
    figures,
    go,
    healthy,
    one_segment,
    press,
    run,
    said,
    segment_names,
    take,
    take_sample,
    widget,
)

TABLES = ("mall", "shop", "wholesale", "orders")
NEEDS_A_RUN = ("profiles", "compare", "customer", "export")
CHANGED = ":material/history: Settings changed since"


def test_the_first_screen_offers_a_file_and_samples(app: AppTest) -> None:
    healthy(app)
    assert [b.label for b in app.button] == ["Use this sample"] * 4
    assert len(app.get("file_uploader")) == 1
    assert not app.error


@pytest.mark.parametrize("screen", SCREENS[1:])
def test_without_data_a_screen_says_what_to_do(app: AppTest, screen: str) -> None:
    go(app, screen)
    assert "Choose a sample or a file of your own first." in said(app)
    assert not app.error and not figures(app)
    assert [b.label for b in app.main.button] == ["Choose data"]


@pytest.mark.parametrize("screen", SCREENS)
def test_a_deep_link_reaches_its_screen(fresh: Callable[[], AppTest], screen: str) -> None:
    """Streamlit then runs the page's file without `app.py`."""
    app = fresh().run()
    go(app, screen)
    assert len(app.title) == 1
    if screen != "data":
        assert "Choose a sample or a file of your own first." in said(app)


@pytest.mark.parametrize("screen", NEEDS_A_RUN)
def test_a_screen_that_ends_early_keeps_its_sidebar(app: AppTest, screen: str) -> None:
    """After `st.stop` nothing more can be drawn, not even around the screen."""
    go(take_sample(app, "mall"), screen)
    assert [one.value for one in app.sidebar.caption] == ["Working on", "No segments yet"]


def test_the_way_from_an_empty_screen_leads_to_the_data(app: AppTest) -> None:
    go(app, "profiles")
    press(app, "Choose data")
    assert app.title[0].value == "Who are your customers?"


@pytest.mark.parametrize("table", TABLES)
def test_data_without_a_run(app: AppTest, table: str) -> None:
    take_sample(app, table)
    assert app.title[0].value == "Data"
    assert every_view(app, "data-view") == ["Columns", "Set aside", "Table", "How it was read"]
    go(app, "explore")
    views = every_view(app, "explore-view", lambda _: figures_there(app))
    assert views == ["One column", "Two columns", "Correlations"]
    go(app, "segments")
    assert "no segments yet" in said(app)
    for screen in NEEDS_A_RUN:
        go(app, screen)
        assert "There are no segments yet" in said(app)
        assert not figures(app)
    press(app, "Find segments")
    assert app.title[0].value == "Segments"


def figures_there(app: AppTest) -> None:
    assert figures(app)


@pytest.mark.parametrize("table", TABLES)
def test_every_view_of_every_screen_with_a_run(app: AppTest, table: str) -> None:
    run(take_sample(app, table), k=4)
    assert "4 segments, " in said(app)
    assert every_view(app, "segments-view", lambda _: figures_there(app)) == [
        "Map",
        "3-D map",
        "All features (PCA)",
        "Evidence for k",
        "Silhouettes",
        "Preparations",
        "Other methods",
    ]
    go(app, "profiles")
    drawn = ("One segment", "Sizes", "Side by side", "Distributions")
    every_view(app, "profiles-view", lambda view: view not in drawn or figures_there(app))
    go(app, "compare")
    every_view(app, "compare-view")
    assert set(figures(app)) == {"differences"}
    go(app, "export")
    assert len(app.get("download_button")) >= 2
    offered = "Rows set aside" in [one.label for one in app.get("download_button")]
    assert ("No row was set aside." in said(app)) != offered
    assert "0 rows" not in said(app)
    choose(app, "export-look", True)
    assert len(app.dataframe[0].value) == 50
    assert not app.error


@pytest.mark.parametrize("table", ["shop", "orders"])
def test_every_column_can_be_looked_at(app: AppTest, table: str) -> None:
    go(take_sample(app, table), "explore")
    for column in list(widget(app, "explore-column").options):
        widget(app, "explore-column").select(column)
        healthy(app.run())
        assert figures(app) and not app.error
    choose(app, "explore-view", "Two columns")
    for colour in list(widget(app, "explore-colour").options):
        widget(app, "explore-colour").select(colour)
        healthy(app.run())
        assert figures(app) and not app.error


def test_no_colour_stays_chosen(app: AppTest) -> None:
    choose(go(take_sample(app, "mall"), "explore"), "explore-view", "Two columns")
    for screen in ("segments", "explore"):
        go(app, screen)
    assert widget(app, "explore-colour").value is not None
    assert widget(app, "explore-colour").options[0] == "(no colour)"
    assert widget(app, "explore-colour").index == 0


def test_suggest_finds_the_groups_of_the_sample(app: AppTest) -> None:
    take_sample(app, "mall")
    run(app, features=["Annual Income (k$)", "Spending Score (1-100)"])
    assert "5 segments, reasonable structure" in said(app)
    assert re.search(r"\d of 7 criteria speak for k = 5", said(app).replace("\\", ""))


@pytest.mark.parametrize("k", [2, 7, 10])
def test_k_as_chosen(app: AppTest, k: int) -> None:
    run(take_sample(app, "mall"), k=k)
    assert f"{k} segments, " in said(app)
    assert len(set(segment_names(app))) == k
    assert f"{k} segments" in [one.value for one in app.sidebar.caption]


def test_choosing_k_starts_from_that_of_the_run(app: AppTest) -> None:
    take_sample(app, "mall")
    run(app, features=["Annual Income (k$)", "Spending Score (1-100)"])
    assert "5 segments, " in said(app)
    choose(app, "k-how", "Choose")
    assert [one.value for one in app.slider if one.label == "k"] == [5]
    run(app, k=7)
    choose(app, "k-how", "Suggest")
    choose(app, "k-how", "Choose")
    assert [one.value for one in app.slider if one.label == "k"] == [7]


def test_a_segment_has_its_colour_on_every_screen(app: AppTest) -> None:
    run(take_sample(app, "mall"), k=5)
    names = segment_names(app)
    colours = [segment_colour(i) for i in range(1, 6)]
    plain = {name: "".join(name.split()) for name in names}

    def squeezed(text: str) -> str:
        return "".join(text.replace("<br>", " ").split())

    drawn = {
        squeezed(trace["name"]): trace["marker"]["color"]
        for trace in figures(app)["map-2d"]["data"]
        if trace["name"] != "Centres"
    }
    assert drawn == {plain[n]: c for n, c in zip(names, colours, strict=True)}
    choose(go(app, "profiles"), "profiles-view", "Sizes")
    (donut,) = figures(app)["size-donut"]["data"]
    assert donut["marker"]["colors"] == colours
    assert [squeezed(text) for text in donut["labels"]] == list(plain.values())
    go(app, "compare")
    choose(app, "compare-view", "Distribution")
    pair = figures(app)["overlay"]["data"]
    assert [trace["marker"]["color"] for trace in pair] == [colours[0], NEUTRAL]
    chips = " ".join(html.proto.body for html in app.get("html"))
    assert colours[0] in chips


def test_what_is_not_drawn_is_stated(app: AppTest) -> None:
    rows = MOST_POINTS + 500
    text = "\n".join(["id,a,b", *(f"c{i},{i % 97},{i * 7 % 1009}" for i in range(rows))])
    take(app, Source(name="many.csv", data=text.encode()))
    note = f"{MOST_POINTS:,} of {rows:,} customers are drawn"
    choose(go(app, "explore"), "explore-view", "Two columns")
    assert note in said(app)
    run(app, k=3)
    assert note in said(app)


def test_wholesale_has_no_id_column(app: AppTest) -> None:
    take_sample(app, "wholesale")
    assert widget(app, "role-customer_id").value == "(none)"
    run(app)
    assert not app.error
    go(app, "export")
    choose(app, "export-look", True)
    assert list(app.dataframe[0].value.columns[-2:]) == ["segment_id", "segment"]


@pytest.mark.parametrize(("transform", "differ"), [("log", True), ("none", False)])
def test_centres_that_are_not_means_are_explained(
    app: AppTest, transform: str, differ: bool
) -> None:
    run(take_sample(app, "mall"), k=4, features=["Age", "Gender"], transform=transform)
    note = "The centres on the maps differ from the means on Profiles in Age:"
    choose(app, "axis-2-1", "Age")
    assert (note in said(app)) == differ
    choose(go(app, "profiles"), "profiles-view", "Side by side")
    assert (note in said(app)) == differ


def test_another_file_leaves_nothing_of_the_old_one(app: AppTest) -> None:
    run(take_sample(app, "mall"), k=5)
    choose(go(app, "profiles"), "filter-ranges", ["Age"])
    take_sample(go(app, "data"), "shop")
    assert "shop.csv" in said(app).replace("\\", "")
    for screen in NEEDS_A_RUN:
        go(app, screen)
        assert "There are no segments yet" in said(app)
        assert "5 segments" not in said(app)
    assert "No segments yet" in [one.value for one in app.sidebar.caption]
    go(app, "segments")
    assert "Spending Score (1-100)" not in widget(app, "features").options
    assert widget(app, "k-how").value == "Suggest"
    run(app, k=3)
    go(app, "profiles")
    assert len(segment_names(app)) == 3
    assert not app.error and not app.warning
    assert widget(app, "filter-ranges").value == []


def test_the_same_file_twice_starts_over(app: AppTest, sample: Callable[[str], Source]) -> None:
    run(take(app, sample("mall")), k=4)
    take(app, sample("mall"))
    go(app, "profiles")
    assert "There are no segments yet" in said(app)


def test_a_change_of_settings_is_told_on_every_screen(app: AppTest) -> None:
    run(take_sample(app, "mall"), k=4)
    assert not app.warning
    choose(app, "scaler", "none")
    stale = "The settings have changed since this run"
    assert stale in said(app)
    assert "4 segments" in said(app)
    for screen in NEEDS_A_RUN:
        go(app, screen)
        assert stale in said(app)
    assert {"4 segments", CHANGED} <= {one.value for one in app.sidebar.caption}
    choose(go(app, "segments"), "scaler", "standard")
    assert stale not in said(app)
    choose(app, "scaler", "none")
    press(app, "Run")
    assert stale not in said(app)


@pytest.mark.parametrize(
    ("table", "key", "other", "before"),
    [
        ("mall", "kind", "customers", "auto"),
        ("mall", "drop-duplicates", True, False),
        ("orders", "drop-zero-price", True, False),
        ("orders", "kind", "customers", "auto"),
        ("shop", "role-customer_id", "(none)", "id"),
    ],
)
def test_a_run_outlasts_a_change_of_what_is_read_or_cleaned(
    app: AppTest, table: str, key: str, other: object, before: object
) -> None:
    """It is told to be of earlier settings, shows its own customers, and can be current again."""
    run(take_sample(app, table), k=4)
    run(app, features=widget(app, "features").value[:2])
    category = next(one for one in app.multiselect if "filter-category" in one.key)
    healthy(category.set_value(category.options[:1]).run())
    assert "customers shown" in said(app)
    shown = everything_shown(app)
    stale = "The settings have changed since this run"
    choose(go(app, "data"), key, other)
    assert {"4 segments", CHANGED} <= {one.value for one in app.sidebar.caption}
    go(app, "explore")
    go(app, "segments")
    for screen in ("segments", *NEEDS_A_RUN):
        assert stale in said(go(app, screen))
    assert everything_shown(app) == shown
    choose(go(app, "data"), key, before)
    for screen in ("segments", *NEEDS_A_RUN):
        assert stale not in said(go(app, screen))
    assert everything_shown(app) == shown


def everything_shown(app: AppTest) -> tuple[object, ...]:
    """What the screens say of a run's own customers."""
    chips = [
        html.proto.body for html in go(app, "segments").get("html") if "span" in html.proto.body
    ]
    maps = figures(app)
    profiles = figures(one_segment(app))
    compared = figures(go(app, "compare"))
    choose(go(app, "export"), "export-look", True)
    return chips, maps, profiles, compared, app.dataframe[0].value.to_csv()


def test_settings_survive_a_walk_through_the_screens(app: AppTest) -> None:
    run(take_sample(app, "mall"), k=6, transform="none", seed=11)
    for screen in SCREENS:
        go(app, screen)
    go(app, "segments")
    assert widget(app, "transform").value == "none"
    assert widget(app, "seed").value == 11
    assert widget(app, "k-how").value == "Choose"
    assert [one.value for one in app.slider if one.label == "k"] == [6]
    assert "The settings have changed" not in said(app)


def test_without_a_feature_there_is_nothing_to_run(app: AppTest) -> None:
    go(take_sample(app, "mall"), "segments")
    choose(app, "features", [])
    (button,) = [button for button in app.button if button.label == "Run"]
    assert button.disabled
    assert not app.error
    assert "Choose at least one feature" in said(app)
    assert "press **Run**" not in said(app)
    choose(app, "features", ["Age"])
    press(app, "Run")
    choose(app, "features", [])
    for screen in ("segments", "profiles"):
        assert "Choose a feature, then press Run" in said(go(app, screen))
