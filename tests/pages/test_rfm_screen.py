"""The RFM screen: the grid, its edges, its names, and how it crosses the segments."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from segmentation.pipeline import load
from segmentation.reading import Source
from segmentation.rfm import score_rfm
from segmentation.rfm_grid import GRID
from tests.pages.visiting import (
    choose,
    every_view,
    figures,
    go,
    healthy,
    press,
    run,
    said,
    take,
    take_sample,
    widget,
)


def upload(app: AppTest, name: str, text: str) -> AppTest:
    (uploader,) = [one for one in app.get("file_uploader") if one.key.startswith("grid-file")]
    uploader.set_value((name, text.encode(), "application/toml"))
    return healthy(app.run())


def plain(text: str) -> str:
    return text.replace("\\", "")


@pytest.fixture
def rfm(app: AppTest) -> AppTest:
    return go(take_sample(app, "orders"), "rfm")


def test_the_grid_counts_everybody(rfm: AppTest) -> None:
    (cells,) = figures(rfm)["rfm-grid"]["data"]
    lines = [text.split("<br>") for row in cells["text"] for text in row if text]
    assert sum(int(line[-2].replace(",", "")) for line in lines) == 900
    choose(rfm, "rfm-view", "Names")
    (names,) = [one.value for one in rfm.table]
    listed = [int(plain(cell).split(" ")[0].replace(",", "")) for cell in names["Customers"]]
    assert sum(listed) == 900


def test_every_view_and_a_filter_that_acts_on_all(rfm: AppTest) -> None:
    every_view(rfm, "rfm-view")
    country = widget(rfm, "filter-category-country").options[0]
    choose(rfm, "filter-category-country", [country])
    offered = [one.label for one in rfm.get("download_button")]
    assert "All 900 scores" in offered
    (shown,) = [text for text in offered if text.startswith("The ")]
    choose(rfm, "rfm-view", "Scores")
    for table in rfm.table:
        counts = [int(cell.replace(",", "")) for cell in table.value["Customers"]]
        assert sum(counts) == int(shown.split(" ")[1])
    choose(rfm, "filter-ranges", ["frequency_orders"])
    every_view(rfm, "rfm-view")


def test_a_filter_that_leaves_nobody(rfm: AppTest) -> None:
    choose(rfm, "filter-ranges", ["frequency_orders"])
    choose(rfm, "filter-from-frequency_orders", 1.25)
    choose(rfm, "filter-to-frequency_orders", 1.75)
    assert "No customer passes this filter" in said(rfm) and not figures(rfm)


def test_the_anchors_of_the_frequency_score(app: AppTest, shared: Path) -> None:
    take(app, Source.from_path(shared / "data" / "online-retail-rebuilt.xlsx"))
    choose(app, "drop-zero-price", True)
    choose(go(app, "rfm"), "rfm-view", "Scores")
    table = app.table[1].value
    counts = dict(zip(table["Score"], table["Customers"], strict=True))
    assert [counts[str(score)] for score in range(1, 6)] == ["1,493", "835", "508", "802", "700"]


def test_without_the_three_measures_the_screen_says_what_to_do(app: AppTest) -> None:
    go(take_sample(app, "mall"), "rfm")
    assert "RFM needs a column of numbers for recency" in plain(said(app))
    assert not figures(app) and not app.error
    press(app, "Choose other data")
    assert app.title[0].value == "Data"


def test_segments_are_crossed_once_there_are_any(rfm: AppTest) -> None:
    choose(rfm, "rfm-view", "Against the segments")
    press(rfm, "Find segments")
    run(rfm, k=3)
    choose(go(rfm, "rfm"), "rfm-view", "Against the segments")
    (cells,) = figures(rfm)["rfm-crossing"]["data"]
    assert sum(int(t.replace(",", "")) for row in cells["text"] for t in row if t) == 900
    choose(go(rfm, "data"), "drop-duplicates", True)
    go(rfm, "rfm")
    assert "set up otherwise than for the run" in said(rfm) and not figures(rfm)


# ---- one's own grid ------------------------------------------------------------------------------


def test_ones_own_names_are_used_and_taken_back(rfm: AppTest) -> None:
    text = GRID.read_text(encoding="utf-8").replace('"Champions"', '"Friends"')
    upload(rfm, "mine.toml", text)
    assert "Names from mine.toml" in plain(said(rfm))
    assert "Friends" in str(figures(rfm)["rfm-grid"]) and not rfm.warning
    press(rfm, "Back to the built-in names")
    assert "Champions" in str(figures(rfm)["rfm-grid"])


def test_the_linter_speaks(rfm: AppTest) -> None:
    upload(
        rfm, "mine.toml", "[[segment]]\nname = 'Few'\nr = 5\n[[segment]]\nname = 'Never'\nr = 5\n"
    )
    told = [plain(one.value) for one in rfm.warning]
    assert len(told) == 2
    assert "Nobody can be in 'Never' (mine.toml, line 5, key name)" in told[0]
    assert "100 of 125 combinations" in told[1]
    assert "combinations" not in " ".join(str(one.value) for one in rfm.caption)
    assert "Others" in str(figures(rfm)["rfm-grid"])


@pytest.mark.parametrize("text", ["[[segment]]\nname = 'X'\nr = 9\n", "nonsense", ""])
def test_a_grid_that_can_not_be_is_refused_and_the_old_one_kept(rfm: AppTest, text: str) -> None:
    upload(rfm, "mine.toml", text)
    (error,) = [plain(one.value) for one in rfm.error]
    assert "mine.toml" in error
    assert "Champions" in str(figures(rfm)["rfm-grid"])
    every_view(rfm, "rfm-view")


def test_the_download_is_what_the_command_line_writes(rfm: AppTest) -> None:
    scored = score_rfm(load(Path(__file__).parents[2] / "data" / "orders.csv").customers)
    assert list(scored.frame.columns) == [
        *("customer_id", "recency_days", "frequency_orders", "monetary_total"),
        *("r_score", "f_score", "m_score", "rfm_segment"),
    ]
    assert f"All {len(scored.frame):,} scores" in [b.label for b in rfm.get("download_button")]
