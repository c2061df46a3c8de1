"""After a run with other settings, segments keep their names and colours where they are met."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from segmentation.charts import segment_colour
from tests.pages.visiting import (
    choose,
    figures,
    go,
    one_segment,
    run,
    said,
    segment_names,
    take_sample,
    widget,
)

BOTH = ["Annual Income (k$)", "Spending Score (1-100)"]


@pytest.fixture
def segments(app: AppTest) -> AppTest:
    return run(take_sample(app, "mall"), k=4, features=BOTH)


def colours(app: AppTest) -> dict[str, str]:
    """Colour by name, as the map has them."""
    go(app, "segments")
    return {
        trace["name"].replace("<br>", " "): trace["marker"]["color"]
        for trace in figures(app)["map-2d"]["data"]
        if trace["name"] != "Centres"
    }


def test_a_first_run_has_the_first_colours_and_announces_nothing(segments: AppTest) -> None:
    assert list(colours(segments).values()) == [segment_colour(i) for i in range(1, 5)]
    assert "still there" not in said(segments) and not segments.expander


def test_a_name_and_its_colour_stay_with_the_segment(segments: AppTest) -> None:
    app = one_segment(segments)
    for segment, name in ((1, "Mine"), (4, "Yours")):
        choose(app, "card-", segment)
        choose(app, "rename", name)
    before = colours(app)
    run(app, k=5)
    after = colours(app)
    assert len(after) == len(set(after.values())) == 5
    for name in ("Mine", "Yours"):
        assert after[name] == before[name]
    assert "segments are still there" in said(app)
    (changes,) = app.expander
    assert "was split into" in " ".join(line.value for line in changes.markdown)
    assert set(after.values()) == {segment_colour(i) for i in range(1, 6)}
    # The chips of the verdict have the same.
    chips = " ".join(html.proto.body for html in app.get("html"))
    assert all(colour in chips for colour in after.values())


def test_a_kept_name_can_be_given_back_and_colours_stay(segments: AppTest) -> None:
    app = one_segment(segments)
    choose(app, "card-", 4)
    choose(app, "rename", "Mine")
    run(app, k=5)
    kept = colours(app)
    place = segment_names(app).index("Mine") + 1
    one_segment(app)
    choose(app, "card-", place)
    choose(app, "rename", "")
    again = colours(app)
    assert "Mine" not in again
    assert list(again.values()) == list(kept.values())


def test_names_that_match_no_segment_are_dropped(segments: AppTest) -> None:
    app = one_segment(segments)
    choose(app, "rename", "Mine")
    run(app, features=["Age"], k=9)
    assert "Mine" not in segment_names(app)
    assert "of 4 segments are still there" in said(app)


def test_the_announcement_uses_the_names_of_now_and_goes_with_the_file(segments: AppTest) -> None:
    run(segments, k=5)
    new = len(segment_names(segments))
    one_segment(segments)
    for i in range(1, new + 1):
        choose(segments, "card-", i)
        choose(segments, "rename", f"Number {i}")
    go(segments, "segments")
    (changes,) = segments.expander
    assert "Number" in " ".join(line.value for line in changes.markdown)
    run(take_sample(go(segments, "data"), "shop"), k=3)
    assert "still there" not in said(segments) and not segments.expander


def test_the_exported_recipe_has_the_names_and_colours(segments: AppTest) -> None:
    app = one_segment(segments)
    choose(app, "card-", 4)
    choose(app, "rename", "Mine")
    run(app, k=6)
    run(app, k=5)
    kept = colours(app)
    recipe = app.session_state["ran"]
    plain = json.loads(recipe.to_json())["naming"]
    assert "Mine" in [name for _, name in plain["names"]]
    places = dict(map(tuple, plain["colours"]))
    for place, colour in enumerate(kept.values(), start=1):
        if place in places:
            assert segment_colour(places[place]) == colour
    assert widget(app, "features").value == BOTH
