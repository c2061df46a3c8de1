"""Models, scores and movement as they are told and drawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from segmentation import charts
from segmentation.api.facts import model_facts
from segmentation.charts import segment_colour
from segmentation.charts.movement import LEAST_GAP, PLOT_PIXELS
from segmentation.models.drifting import drift
from segmentation.models.explaining import reasons
from segmentation.models.loading import Fitted, fit_file
from segmentation.models.making import make_model
from segmentation.models.model_telling import before_by_hand, segments_frame
from segmentation.models.movement_telling import (
    calendar_line,
    days,
    first_dates,
    flows_frame,
    matrix_frame,
    movers,
    noise_line,
)
from segmentation.models.moving import move_between, over_time
from segmentation.models.score_telling import BORDER, figures, rows, steps, typical_customer
from segmentation.models.scoring import score, score_rows
from segmentation.pipeline import load, segment
from segmentation.results import Model, ModelTurn, Movement, SegmentName
from segmentation.settings import ChooseSettings, Recipe

DATA = Path(__file__).parents[2] / "data"


def made(name: str) -> Model:
    recipe = Recipe(choose=ChooseSettings(k=4))
    return make_model(segment(load(DATA / name), recipe, compare=False, trust=False))


@pytest.fixture(scope="module")
def mall() -> Model:
    return made("mall.csv")


@pytest.fixture(scope="module")
def orders() -> Model:
    return made("orders.csv")


@pytest.fixture(scope="module")
def log(orders: Model) -> Fitted:
    return fit_file(orders, DATA / "orders.csv")


@pytest.fixture(scope="module")
def step(orders: Model, log: Fitted) -> Movement:
    return move_between(orders, log, "2025-04-01", "2025-12-10")


def named(model: Model) -> dict[int, SegmentName]:
    return {one.named.segment_id: one.named for one in model.segments}


def test_a_model_is_told_segment_by_segment(mall: Model) -> None:
    table = segments_frame(mall)
    assert table["Customers"].sum() == mall.training.customers
    assert "Stability" not in table
    incomes = [
        segment.centre[mall.features.index("Annual Income (k$)")] for segment in mall.segments
    ]
    np.testing.assert_allclose(table["Annual Income (k$)"], incomes, atol=1e-4)


def test_what_was_found_out_before_the_changes_by_hand_says_so(mall: Model) -> None:
    assert before_by_hand(mall, "They are real.") == "They are real."
    changed = replace(mall, turns=(ModelTurn(kept=1, other=2, centres=None),))
    assert before_by_hand(changed, "They are real.") == "Before the changes by hand: They are real."
    assert before_by_hand(changed, "") == ""
    trust = replace(changed.trust, level="strong", sentence="They are real.")
    facts = model_facts("m", replace(changed, trust=trust))
    assert facts["trust"]["sentence"] == "Before the changes by hand: They are real."


def test_figures_and_lists_agree(mall: Model) -> None:
    scored = score(mall, DATA / "mall.csv")
    told = {name: value for name, value, _ in figures(scored)}
    assert told["Scored"] == 200
    assert len(rows(scored, "border", 1000)) == told["On a border"]
    assert (rows(scored, "border", 1000)["Margin"] < BORDER).all()
    assert len(rows(scored, "outside", 1000)) == told["Outside"]
    every = rows(scored, "all", 1000)
    assert every.iloc[:, 0].tolist() == scored.ids.tolist()
    assert len(rows(scored, "all", 7)) == 7
    assert sum(len(rows(scored, "all", 1000, i)) for i in scored.names) == 200


def test_the_typical_customer_is_one_the_model_knows(mall: Model) -> None:
    customer = typical_customer(mall)
    table = pd.read_csv(DATA / "mall.csv")
    assert customer["Age"] == table["Age"].median()
    assert not score_rows(mall, [customer]).doubts
    assert all(0 < step < 100 for step in steps(mall).values())


def test_segments_have_their_colours_in_the_charts_of_scores(mall: Model) -> None:
    scored = score(mall, DATA / "mall.csv")
    sizes = {one.named.segment_id: one.size for one in mall.segments}
    now, before = charts.shares_then_now(scored.sizes(), sizes, named(mall)).data
    assert list(now.marker.color)[::-1] == [
        segment_colour(one.named.colour) for one in mall.segments
    ]
    assert list(now.x) == list(before.x)
    told = reasons(mall, scored, 0)
    pulls = charts.pull_bars(told, named(mall)[1]).data[0]
    assert list(pulls.x)[::-1] == [reason.pull for reason in told]


def test_drift_bars_stand_by_size(mall: Model) -> None:
    found = drift(mall, score(mall, DATA / "mall.csv"))
    bars = charts.drift_bars(found).data[0]
    assert list(bars.x) == sorted(bars.x)
    assert len(bars.x) == len(mall.features) + 1
    then, now = charts.before_after(found.segments).data
    assert sum(then.y) == pytest.approx(1) and sum(now.y) == pytest.approx(1)


def test_the_dates_to_begin_with_are_in_the_log(log: Fitted) -> None:
    when = pd.to_datetime(pd.read_csv(DATA / "orders.csv")["InvoiceDate"]).dt.date
    first, last = days(log)
    assert (first, last) == (date(2024, 12, 2), date(2025, 12, 10))
    assert when.min() < first and when.max() < last
    begin, end = first_dates(log)
    assert first <= begin < end == last


def test_every_table_and_chart_has_every_customer_once(step: Movement, orders: Model) -> None:
    matrix = matrix_frame(step)
    assert matrix.loc["All", "All"] == len(step.ids)
    assert flows_frame(step)["Customers"].sum() == len(step.ids)
    stream = charts.sankey(step, named(orders)).data[0]
    assert sum(stream.link.value) == len(step.ids)
    drawn = charts.move_matrix(step).data[0]
    assert sum(int(cell.replace(",", "")) for row in drawn.text for cell in row) == len(step.ids)
    left = {stream.node.label[i] for i in stream.link.source}
    right = {stream.node.label[i] for i in stream.link.target}
    for labels in (left, right):
        assert sum(int(text.rsplit(" ", 1)[1].replace(",", "")) for text in labels) == len(step.ids)


def test_movers_are_those_of_the_matrix(step: Movement) -> None:
    matrix = step.matrix()
    for from_id in step.names:
        moved = matrix[from_id].sum() - matrix[from_id, from_id]
        assert len(movers(step, from_id, None, 10_000)) == moved
    assert len(movers(step, None, None, 10_000)) == len(step.ids) - step.count("stayed")
    assert len(movers(step, 0, None, 3)) == 3
    assert set(movers(step, 0, None, 10_000)["From"]) == {"(not there yet)"}


def test_names_at_the_ends_of_lines_keep_apart(orders: Model, log: Fitted) -> None:
    dates = ("2025-06-01", "2025-12-10")
    found = over_time(orders, log, dates)
    for values in (found.sizes.astype(float), found.revenue, np.zeros_like(found.revenue)):
        figure = charts.over_time(found, named(orders), values)
        places = sorted(note.y for note in figure.layout.annotations)
        top = max(values.max(), 1.0)
        assert np.diff(places).min() >= 0.999 * LEAST_GAP / PLOT_PIXELS * top
        assert places[-1] <= figure.layout.yaxis.range[1]
    bars = charts.at_date(found, named(orders), found.revenue, 1, "Revenue").data[0]
    assert list(bars.x)[::-1] == found.revenue[1].tolist()


def test_months_covered_in_part_have_open_marks(orders: Model, log: Fitted) -> None:
    found = over_time(orders, log, ("2025-11-01", "2025-12-01", "2025-12-10"))
    for line in charts.over_time(found, named(orders), found.revenue, found.complete).data:
        assert list(line.marker.symbol) == ["circle", "circle", "circle-open"]
    for line in charts.over_time(found, named(orders), found.sizes.astype(float)).data:
        assert set(line.marker.symbol) == {"circle"}


@pytest.mark.parametrize("count", [0, 1, 2, 1200])
def test_one_is_told_as_one(step: Movement, count: int) -> None:
    assert step.noise is not None and step.calendar is not None
    noise = replace(step.noise, without_change=float(count), high=float(count), low=0.0)
    calendar = replace(step.calendar, of_movers=count, kept=count, moved=count)
    told = replace(step, noise=noise, calendar=calendar)
    text = noise_line(told) + calendar_line(told)
    one = count == 1
    assert f"puts {count:,} customer{'' if one else 's'} elsewhere" in text
    assert f"and {count:,} move{'' if one else 's'}, " in text
    assert f"{count:,} {'is' if one else 'are'} just where" in text


def test_progress_of_the_months_is_told(orders: Model, log: Fitted) -> None:
    told: list[tuple[int, int]] = []
    over_time(orders, log, ("2025-06-01", "2025-12-10"), lambda *at: told.append(at))
    assert told == [(1, 2), (2, 2)]
