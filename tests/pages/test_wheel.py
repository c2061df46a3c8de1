"""Segments merged and split on the screen, and back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from segmentation.models.scoring import score
from segmentation.models.store import load_model
from tests.pages.visiting import (
    chips,
    choose,
    every_view,
    figures,
    go,
    press,
    run,
    said,
    segment_names,
    take_sample,
    widget,
)

MALL = Path(__file__).parents[2] / "data" / "mall.csv"


@pytest.fixture
def profiles(app: AppTest) -> AppTest:
    run(take_sample(app, "mall"), k=4)
    return choose(go(app, "profiles"), "profiles-view", "One segment")


def plain(app: AppTest) -> str:
    return said(app).replace("\\", "")


def test_two_are_merged_and_parted_again(profiles: AppTest) -> None:
    app = profiles
    before = segment_names(app)
    choose(app, "rename", "Ours")
    named = segment_names(app)
    choose(app, "wheel-Segment that stays", 1)
    choose(app, "wheel-Segment merged into it", 3)
    press(app, "Merge")
    assert segment_names(app) == [named[0], named[1], named[3]]
    assert "changed by hand: segment 3 was merged into it" in plain(app)
    colours = [trace["marker"]["color"] for trace in traces(app)]
    go(app, "profiles")
    press(app, "Undo last")
    assert segment_names(app) == named
    assert "changed by hand" not in plain(app)
    assert [trace["marker"]["color"] for trace in traces(app)] == [
        colours[0],
        colours[1],
        *({trace["marker"]["color"] for trace in traces(app)} - set(colours)),
        colours[2],
    ]
    choose(go(app, "profiles"), "rename", "")
    assert segment_names(app) == before


def traces(app: AppTest) -> list[dict]:
    go(app, "segments")
    drawn = figures(app)["map-2d"]["data"]
    return [trace for trace in drawn if trace["name"] != "Centres"]


def test_one_is_split_named_and_made_whole(profiles: AppTest) -> None:
    app = profiles
    before = segment_names(app)
    choose(app, "wheel-Split in two", 2)
    press(app, "Split")
    assert len(segment_names(app)) == 5 and segment_names(app)[1] == before[1]
    choose(app, "card-", 5)
    assert "changed by hand: it was split off segment 2" in plain(app)
    choose(app, "rename", "Offshoot")
    assert segment_names(app)[4] == "Offshoot"
    choose(app, "wheel-Segment that stays", 1)
    choose(app, "wheel-Segment merged into it", 3)
    press(app, "Merge")
    assert len(segment_names(app)) == 4 and segment_names(app)[3] == "Offshoot"
    choose(app, "card-", 4)
    choose(app, "rename", "Sidekick")
    press(app, "Undo last")
    assert segment_names(app)[4] == "Sidekick"
    press(app, "Undo last")
    assert segment_names(app) == before
    assert not app.error


def test_all_is_undone_at_once_and_the_run_is_not_stale(profiles: AppTest) -> None:
    app = profiles
    before = segment_names(app)
    press(app, "Split")
    press(app, "Split")
    assert len(segment_names(app)) == 6
    go(app, "segments")
    assert "Changed by hand after 4 segments were found" in said(app)
    assert "The settings have changed" not in said(app)
    assert "4 segments found, changed by hand" in said(app)
    go(app, "profiles")
    press(app, "Undo all")
    assert segment_names(app) == before
    run(app)
    assert segment_names(app) == before


def test_two_segments_are_the_least(app: AppTest) -> None:
    run(take_sample(app, "mall"), k=2)
    go(app, "profiles")
    (merge,) = [one for one in app.button if one.label == "Merge"]
    assert merge.disabled


def test_every_screen_shows_segments_turned_by_hand(profiles: AppTest) -> None:
    app = profiles
    press(app, "Merge")
    press(app, "Split")
    names = segment_names(app)
    for screen in ("segments", "compare", "export", "profiles"):
        go(app, screen)
        assert segment_names(app) == names
        assert not app.error
    assert widget(app, "card-").options == names
    every_view(app, "profiles-view")
    every_view(go(app, "segments"), "segments-view")


def test_what_was_done_by_hand_is_saved_and_scored(profiles: AppTest, models_folder: Path) -> None:
    app = profiles
    press(app, "Merge")
    press(app, "Split")
    press(app, "Split")
    names = segment_names(app)
    go(app, "models")
    assert not app.error
    widget(app, "model-name").set_value("Ours")
    press(app, "Save")
    model = load_model(models_folder, "Ours")
    assert len(model.turns) == 3 and list(model.name_of().values()) == names
    assert "reached by steps" in said(app) and "joblib" not in said(app)
    (facts,) = [table.value for table in app.table if "Changed by hand" in table.value[""].tolist()]
    assert "merged into" in facts.set_index("")[" "]["Changed by hand"]
    # What was found out is about the segments before.
    assert model.trust.level
    trust = model.trust.sentence
    (card,) = [line.value for line in app.markdown if trust in line.value.replace("\\", "")]
    assert "Before the changes by hand: " in card.replace("\\", "")
    assert app.dataframe[0].value["Trust"][0].startswith("Before the changes by hand: ")
    go(app, "score")
    for shown in ("", "Ours"):
        choose(app, "model-choice", shown)
        choose(app, "score-view", "One customer by hand")
        assert "in this part of the segment" in said(app)
        choose(app, "score-view", "A file")
        assert not app.error
    sizes = np.bincount(score(model, MALL).segment_ids)[1:].tolist()
    assert [segment.size for segment in model.segments] == sizes


def test_a_new_run_begins_without_the_hand(profiles: AppTest) -> None:
    app = profiles
    press(app, "Split")
    run(app, k=3)
    assert len(segment_names(app)) == 3
    assert "changed by hand" not in plain(app)


GONE = "The segments were found anew: the choice of segments in the filter is gone."


def test_the_filter_follows_its_segment_through_steps_by_hand(profiles: AppTest) -> None:
    app = profiles
    names = segment_names(app)
    choose(app, "filter-segments-", [4])
    shown = shown_count(app)
    choose(app, "wheel-Segment that stays", 1)
    choose(app, "wheel-Segment merged into it", 3)
    press(app, "Merge")
    assert (chips(app), shown_count(app)) == ([names[3]], shown)
    assert widget(app, "filter-segments-").value == [3]
    press(app, "Undo last")
    assert (chips(app), shown_count(app)) == ([names[3]], shown)
    choose(app, "wheel-Split in two", 4)
    press(app, "Split")
    assert widget(app, "filter-segments-").value == [4]
    assert 0 < shown_count(app) < shown
    choose(app, "filter-segments-", [5])
    press(app, "Undo last")
    assert (chips(app), shown_count(app)) == ([names[3]], shown)
    assert GONE not in said(app)


def test_the_filter_goes_with_a_segment_that_is_merged_away(profiles: AppTest) -> None:
    app = profiles
    names = segment_names(app)
    counts = []
    for segment in (1, 3):
        choose(app, "filter-segments-", [segment])
        counts.append(shown_count(app))
    choose(app, "wheel-Segment that stays", 1)
    choose(app, "wheel-Segment merged into it", 3)
    press(app, "Merge")
    assert (chips(app), shown_count(app)) == ([names[0]], sum(counts))


def test_segments_found_anew_end_the_choice_and_say_so_once(profiles: AppTest) -> None:
    app = profiles
    choose(app, "filter-segments-", [2])
    run(app, k=3)
    assert chips(app) == [] and said(app).count(GONE) == 1
    assert GONE not in said(go(app, "profiles"))


def test_nothing_is_gone_where_nothing_was_chosen(app: AppTest) -> None:
    app = go(take_sample(app, "mall"), "explore")
    assert GONE not in said(app)


def shown_count(app: AppTest) -> int:
    (note,) = [one.value for one in app.caption if " of 200 customers shown" in one.value]
    return int(note.split()[0])
