"""A segment's name can be changed, and goes with it."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.visiting import (
    choose,
    go,
    one_segment,
    run,
    said,
    segment_names,
    take_sample,
    widget,
)


@pytest.fixture
def profiles(app: AppTest) -> AppTest:
    run(take_sample(app, "mall"), k=4)
    return one_segment(app)


def test_a_new_name_is_on_every_screen(profiles: AppTest) -> None:
    app = profiles
    choose(app, "rename", "  Regulars & <b>friends</b> ")
    new = "Regulars & <b>friends</b>"
    assert not app.error
    assert segment_names(app)[0] == new
    for screen in ("segments", "compare", "export", "profiles"):
        go(app, screen)
        assert segment_names(app)[0] == new
        assert "The settings have changed" not in said(app)
    html = " ".join(one.proto.body for one in app.get("html"))
    assert "Regulars &amp; &lt;b&gt;friends" in html and "<b>friends" not in html
    choose(go(app, "export"), "export-look", True)
    names = app.dataframe[0].value
    assert set(names.loc[names["segment_id"] == 1, "segment"]) <= {new}


def test_an_empty_name_gives_the_found_one_back(profiles: AppTest) -> None:
    found = segment_names(profiles)
    choose(profiles, "rename", "Something else")
    choose(profiles, "rename", "   ")
    assert segment_names(profiles) == found
    assert not profiles.error


@pytest.mark.parametrize(
    ("wanted", "what"),
    [
        ("two\nlines", "can't be the name"),
        ("x" * 10_000, "Use 1 to 120 characters"),
        ("Twice", "Segment 1 is already called 'Twice'"),
    ],
)
def test_a_name_that_can_not_be(profiles: AppTest, wanted: str, what: str) -> None:
    app = profiles
    choose(app, "rename", "Twice")
    choose(app, "card-", 2)
    before = segment_names(app)
    choose(app, "rename", wanted)
    (error,) = [one.value for one in app.error]
    assert what in error.replace("\\", "") and error.endswith(".")
    assert segment_names(app) == before
    # The complaint belongs to the name it is about.
    choose(app, "card-", 3)
    assert not app.error
    choose(app, "card-", 2)
    choose(app, "rename", "Fine")
    assert not app.error
    assert segment_names(app)[1] == "Fine"


def test_a_complaint_about_a_name_does_not_outlive_its_run(profiles: AppTest) -> None:
    app = profiles
    choose(app, "rename", "two\nlines")
    assert app.error
    run(app)
    one_segment(app)
    assert not app.error
    take_sample(go(app, "data"), "shop")
    run(app, k=3)
    one_segment(app)
    assert not app.error


def test_the_name_of_another_segment_as_found_is_not_taken(profiles: AppTest) -> None:
    names = segment_names(profiles)
    choose(profiles, "rename", names[1])
    (error,) = [one.value.replace("\\", "") for one in profiles.error]
    assert error.startswith(f"Segment 2 is already called {names[1]!r}")
    assert segment_names(profiles) == names


def test_a_name_given_is_not_explained_as_if_found(profiles: AppTest) -> None:
    found = segment_names(profiles)[0]
    assert "given by hand" not in said(profiles)
    choose(profiles, "rename", "Regulars")
    assert f"It was given by hand. Its figures call it **{found}**" in said(profiles).replace(
        "\\", ""
    )
    choose(profiles, "rename", "")
    assert "given by hand" not in said(profiles)


def test_names_stay_when_the_same_is_run_again(profiles: AppTest) -> None:
    choose(profiles, "card-", 3)
    choose(profiles, "rename", "Mine")
    choose(profiles, "filter-segments-", [3])
    run(profiles)
    assert segment_names(profiles)[2] == "Mine"
    assert widget(profiles, "filter-segments-").value == [3]


def test_names_do_not_go_over_to_another_file(profiles: AppTest) -> None:
    choose(profiles, "rename", "Mine")
    run(take_sample(go(profiles, "data"), "shop"), k=4)
    assert "Mine" not in segment_names(profiles)
