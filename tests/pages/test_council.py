"""The Segments screen decides on k: segments first, then the check, the council and its views."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from streamlit.runtime.scriptrunner import StopException
from streamlit.testing.v1 import AppTest

from pages.ui import cache
from segmentation import pipeline
from segmentation.choosing import CRITERIA
from segmentation.reading import Source
from segmentation.results import Outcome, Remedy, Run, Trap
from segmentation.settings import PrepareSettings
from tests.pages.visiting import (
    choose,
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
    unfold,
    widget,
)

INCOME, SCORE = "Annual Income (k$)", "Spending Score (1-100)"


def html(app: AppTest) -> str:
    """All HTML of a screen but its style sheet."""
    bodies = [one.proto.body for one in app.get("html")]
    return " ".join(body for body in bodies if not body.startswith("<style"))


def mall(app: AppTest, **settings: Any) -> AppTest:
    return run(take_sample(app, "mall"), features=[INCOME, SCORE], **settings)


@pytest.fixture
def shaken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of k of each time that trials were made."""
    made: list[int] = []
    plain = pipeline.shake

    def counting(prepared: Any, swept: Any, *args: Any, **named: Any) -> Any:
        made.append(len(swept.ks))
        return plain(prepared, swept, *args, **named)

    monkeypatch.setattr(pipeline, "shake", counting)
    return made


def even() -> Source:
    """Customers scattered evenly; the largest silhouette is at another k than the elbow."""
    points = np.random.default_rng(0).uniform(size=(60, 2)).tolist()
    rows = [f"c{i},{x:.4f},{y:.4f}" for i, (x, y) in enumerate(points)]
    return Source(name="even.csv", data="\n".join(["id,visits,spend", *rows]).encode())


# ---- the check -----------------------------------------------------------------------------------


def test_every_segment_says_how_far_it_can_be_trusted(app: AppTest) -> None:
    mall(app)
    assert html(app).count("class='trust trust-") == 5
    assert "Can each segment be trusted?" in popovers(app)
    table = app.table[0].value
    assert list(table.columns) == ["Segment", "Customers", "Trust", "Stability", "Silhouette"]
    assert len(table) == 5
    for low, mean, high in (
        (float(b), float(a), float(c))
        for a, b, c in table["Stability"].str.findall(r"[0-9.]+").tolist()
    ):
        assert 0 <= low <= mean <= high <= 1


def popovers(app: AppTest) -> list[str]:
    return [block.proto.popover.label for block in app.get("popover")]


def test_a_check_is_made_once(app: AppTest, shaken: list[int]) -> None:
    mall(app)
    assert shaken == [9]
    for screen in ("profiles", "segments", "export", "segments"):
        go(app, screen)
    run(app)
    # Another k of those compared is in it already.
    run(app, k=3)
    assert "3 segments, " in said(app) and "was asked for" in said(app).replace("\\", "")
    assert "The evidence speaks for 5" in said(app)
    assert shaken == [9]
    run(app, scaler="robust")
    assert shaken == [9, 9]


def test_a_check_that_was_skipped_can_be_taken_up(app: AppTest, shaken: list[int]) -> None:
    go(take_sample(app, "mall"), "segments")
    choose(app, "features", [INCOME, SCORE])
    app.session_state["check-skipped"] = 1
    press(app, "Run")
    assert shaken == []
    assert "5 segments, not checked yet" in said(app)
    assert "trust-" not in html(app)
    for screen in ("profiles", "export"):
        assert "is not checked yet" in said(go(app, screen))
    choose(go(app, "segments"), "segments-view", "Evidence for k")
    assert set(figures(app)) == {"elbow", "silhouette", "calinski_harabasz", "davies_bouldin"}
    press(app, "Check how far this can be trusted")
    assert shaken == [9]
    assert "5 segments, reasonable structure" in said(app)
    assert set(figures(app)) == set(CRITERIA)


def test_the_screen_says_when_the_check_leads_to_another_number(app: AppTest) -> None:
    run(take(app, even()))
    assert "4 segments, no natural groups" in said(app)
    assert "At first 7 segments were shown" in said(app)
    assert "no number stands out; 4 make a simpler cut" in said(app)
    assert "convenient cut" in said(app)
    assert "4 segments" in [one.value for one in app.sidebar.caption]
    assert len(segment_names(app)) == 4
    assert "The settings have changed" not in said(app)
    run(app, k=4)
    assert "At first" not in said(app)
    assert "No number of segments stands out" in said(app)


def test_an_even_scatter_is_still_cut(app: AppTest) -> None:
    """Who wants segments gets them, with what they are worth."""
    run(take(app, even()))
    assert "a convenient cut, good for sorting customers" in said(app)
    go(app, "export")
    assert "All 60 customers" in [one.label for one in app.get("download_button")]


def test_how_we_know_gives_direction_and_exponent(app: AppTest) -> None:
    mall(app)
    assert "How we know" in popovers(app)
    text = said(app)
    assert "Near 1 is clumped, 0.5 evenly scattered" in text
    assert "to the power of 2, the number of columns" in text


# ---- the council ---------------------------------------------------------------------------------


def council(app: AppTest) -> list[tuple[str, str, str]]:
    """Whether it agrees, the criterion and its k, for each row."""
    row = r"<tr class='(agrees|dissents)'><th scope='row'>([^<]+)<.*?<b>(.+?)</b>"
    return re.findall(row, html(app))


@pytest.mark.parametrize("k", [None, 9])
def test_the_council_shows_every_vote_and_who_dissents(app: AppTest, k: int | None) -> None:
    choose(mall(app, k=k), "segments-view", "Evidence for k")
    rows = council(app)
    assert [name.lower() for _, name, _ in rows] == [name.lower() for name in CRITERIA.values()]
    for mark, name, said_k in rows:
        assert mark == ("agrees" if said_k == "5" else "dissents"), name
    assert [said_k for _, _, said_k in rows].count("5") >= 4
    assert set(figures(app)) == set(CRITERIA)
    folded = ["How the votes are weighed", "The exact figures", "Sources"]
    assert [one.label for one in app.expander] == folded and not app.dataframe
    text = said(unfold(app))
    assert "One criterion, one vote" in text and "doi 10.1198/106186005X59243" in text
    exact = app.dataframe[0].value
    assert exact["Segments"].tolist() == list(range(2, 11))
    assert {"Gap, standard error", "Prediction strength", "Weakest stability"} <= set(exact)


def test_two_different_customers_are_no_comparison(app: AppTest) -> None:
    rows = [f"c{i},{i % 2}.5" for i in range(20)]
    take(app, Source(name="two.csv", data="\n".join(["id,spend", *rows]).encode()))
    run(app, k=2)
    choose(app, "segments-view", "Evidence for k")
    assert "too few different customers" in said(app)
    assert not app.error


# ---- silhouettes ---------------------------------------------------------------------------------


def test_silhouettes_are_of_all_customers_whatever_the_filter(app: AppTest) -> None:
    choose(mall(app), "segments-view", "Silhouettes")
    before = figures(app)["silhouette-plot"]
    assert len(before["data"]) == 5
    assert "The figures are of all 200 customers" in said(app)
    choose(app, "filter-segments-", [1])
    assert figures(app)["silhouette-plot"] == before


# ---- traps ---------------------------------------------------------------------------------------


@pytest.fixture
def trapped(monkeypatch: pytest.MonkeyPatch) -> Trap:
    """A trap that every run without a logarithm is in."""
    remedy = Remedy(
        words="With a logarithm",
        settings=PrepareSettings(features=("Age", INCOME), transform="log", scaler="robust"),
        outcome=Outcome(k=2, silhouette=0.4327, sizes=(120, 80), customers=200),
    )
    trap = Trap(
        kind="heavy_tail", sentence="A few customers lie far out in *Age*.", remedies=(remedy,)
    )
    plain = cache.segment

    def segment(*args: Any, **named: Any) -> Run:
        found = plain(*args, **named)
        traps = () if found.recipe.prepare.transform == "log" else (trap,)
        return replace(found, evidence=replace(found.evidence, traps=traps))

    monkeypatch.setattr(cache, "segment", segment)
    return trap


def test_a_trap_is_named_and_its_remedy_adopted_by_one_press(app: AppTest, trapped: Trap) -> None:
    mall(app, k=4)
    text = said(app).replace("\\", "")
    assert trapped.sentence in text
    assert "Gives 2 segments, silhouette 0.433, 120 and 80 customers" in text
    press(app, "With a logarithm")
    assert widget(app, "features").value == ["Age", INCOME]
    assert widget(app, "transform").value == "log"
    assert widget(app, "scaler").value == "robust"
    assert widget(app, "k-how").value == "Suggest"
    assert trapped.sentence not in said(app).replace("\\", "")
    assert "The settings have changed" not in said(app)
    for screen in ("profiles", "segments"):
        assert "The settings have changed" not in said(go(app, screen))


def test_remedies_are_tried_once_the_check_is_made(app: AppTest) -> None:
    """Spend in cents rules the distances; every remedy on offer says what comes of it."""
    points = np.random.default_rng(2).normal(size=(90, 2)) + np.repeat([[0, 0], [8, 8]], 45, axis=0)
    rows = [f"c{i},{x:.3f},{1000 * y:.0f}" for i, (x, y) in enumerate(points.tolist())]
    take(app, Source(name="cents.csv", data="\n".join(["id,visits,spend", *rows]).encode()))
    run(app, scaler="none")
    assert "One feature rules" in said(app)
    offers = [one for one in app.button if (one.key or "").startswith("remedy-")]
    gains = [one.value for one in app.caption if one.value.startswith("Gives ")]
    assert len(offers) == len(gains) >= 1
    press(app, "Put the features on an equal footing (z-score)")
    assert widget(app, "scaler").value == "standard"
    assert "One feature rules" not in said(app)


# ---- preparations --------------------------------------------------------------------------------


def test_preparations_stand_side_by_side_and_one_is_adopted(app: AppTest) -> None:
    choose(mall(app, transform="none"), "segments-view", "Preparations")
    table = app.table[-1].value
    assert len(table) == 7
    (used,) = [name for name in table["Preparation"] if "(in use)" in name]
    assert used == "**z-score** (in use)"
    drawn = figures(app)
    assert set(drawn) == {"preparations-agreement", "preparations-held-out"}
    assert "Gender" in drawn["preparations-held-out"]["data"][0]["x"]
    press(app, "Use Logarithm and z-score")
    assert widget(app, "transform").value == "log"
    assert widget(app, "k-how").value == "Suggest"
    assert "The settings have changed" not in said(app)
    table = app.table[-1].value
    assert "**Logarithm and z-score** (in use)" in table["Preparation"].tolist()


def test_the_weight_of_categories_is_asked_for_where_there_is_one(app: AppTest) -> None:
    go(take_sample(app, "mall"), "segments")
    weights = "Weight of categories"
    assert weights not in [one.label for one in app.number_input]
    choose(app, "features", ["Age", "Gender"])
    assert weights in [one.label for one in app.number_input]
    choose(app, "category-weight", 0.5)
    press(app, "Run")
    assert app.session_state["ran"].prepare.category_weight == 0.5
    choose(app, "features", ["Age", INCOME])
    press(app, "Run")
    assert app.session_state["ran"].prepare.category_weight == 1.0


# ---- other methods -------------------------------------------------------------------------------


def test_other_methods_stand_side_by_side(app: AppTest) -> None:
    choose(mall(app), "segments-view", "Other methods")
    table = app.table[-1].value
    assert table["Method"].tolist()[0] == "**K-Means** (in use)"
    assert len(table) == 6
    assert table["Agrees"].iloc[0] == "1.00"
    assert set(figures(app)) == {"methods-agreement"}
    assert "less what chance alone would give" in said(app)
    assert not app.error


@pytest.mark.parametrize(
    ("name", "method", "how"), [("Ward", "ward", "Choose"), ("HDBSCAN", "hdbscan", "Suggest")]
)
def test_another_method_is_adopted_by_one_press(
    app: AppTest, name: str, method: str, how: str
) -> None:
    choose(mall(app), "segments-view", "Other methods")
    press(app, f"Use {name}")
    assert widget(app, "method").value == method
    assert widget(app, "k-how").value == how
    assert "The settings have changed" not in said(app)
    assert "trust-" in html(app)
    choose(app, "segments-view", "Evidence for k")
    assert ("The council judges K-Means alone" in said(app)) == (method == "ward")
    choose(app, "segments-view", "Other methods")
    assert "**K-Means** (in use)" not in app.table[-1].value["Method"].tolist()
    press(app, "Use K-Means")
    assert widget(app, "method").value == "kmeans"
    assert "class='trust trust-" in html(app)


# ---- other screens -------------------------------------------------------------------------------


def test_a_card_says_how_far_its_segment_can_be_trusted(app: AppTest) -> None:
    one_segment(mall(app))
    (line,) = [one.value for one in app.markdown if "Stability" in str(one.value)]
    assert re.search(r"Stability \d\.\d\d \(\d\.\d\d to \d\.\d\d\), silhouette \d\.\d\d", line)


def test_the_segments_are_taken_away_with_their_trust(app: AppTest) -> None:
    go(mall(app), "export")
    assert "Segments and their trust" in [one.label for one in app.get("download_button")]
    assert "not checked yet" not in said(app)


def test_nothing_is_wrong_where_a_visitor_leaves_during_the_check(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Streamlit then ends the script at its next call; the segments found so far are shown."""
    go(take_sample(app, "mall"), "segments")
    plain = cache.trusted

    def left(found: Run, _: Any, begun: Any) -> Run:
        def leave(*_: object) -> None:
            if len(begun.found) >= 3:
                raise StopException

        return plain(found, leave, begun)

    monkeypatch.setattr(cache, "trusted", left)
    press(app, "Run")
    assert "being checked" in said(app)
    monkeypatch.setattr(cache, "trusted", plain)
    go(app, "profiles")
    assert "is not checked yet" in said(app)
    go(app, "segments")
    healthy(app)
    assert "being checked" not in said(app)
