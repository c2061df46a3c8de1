"""Movement: nobody is lost, what is counted can be counted otherwise, and causes are told apart."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from segmentation.cleaning import clean
from segmentation.errors import DataError, SettingsError
from segmentation.models.loading import Fitted, fit_file, fit_tables
from segmentation.models.making import make_model
from segmentation.models.movement_telling import direction_line, movers
from segmentation.models.moving import (
    month_starts,
    move,
    move_between,
    over_time,
    score_before,
)
from segmentation.models.reports import move_summary, movers_csv, moves_csv, moves_frame
from segmentation.models.scoring import score
from segmentation.pipeline import segment
from segmentation.reading import Source
from segmentation.results import Loaded, Model, Movement, Run
from segmentation.settings import (
    ChooseSettings,
    CleanSettings,
    PrepareSettings,
    Recipe,
    WheelSettings,
)
from tests.models.modelling import DATA, run_of, table

FIRST, SECOND = "2025-08-01", "2025-12-10"


@pytest.fixture(scope="module")
def model() -> Model:
    recipe = Recipe(clean=CleanSettings(drop_zero_price=True), choose=ChooseSettings(k=4))
    return make_model(run_of(DATA / "orders.csv", recipe))


@pytest.fixture(scope="module")
def log(model: Model) -> Fitted:
    return fit_file(model, DATA / "orders.csv")


@pytest.fixture(scope="module")
def step(model: Model, log: Fitted) -> Movement:
    return move_between(model, log, FIRST, SECOND)


@pytest.fixture(scope="module")
def lines(log: Fitted) -> pd.DataFrame:
    return log.loaded.clean.frame


def test_online_retail(online_retail: Loaded, anchors: dict[str, int]) -> None:
    """The published table: 3,370 customers and 968 new ones make 4,338."""
    recipe = Recipe(clean=CleanSettings(drop_zero_price=True), choose=ChooseSettings(k=4))
    cleaned = clean(online_retail.table, online_retail.schema, recipe.clean)
    from segmentation.features import build_features

    customers = build_features(cleaned, online_retail.schema)
    loaded = replace(online_retail, clean=cleaned, customers=customers)
    model = make_model(segment(loaded, recipe, trust=False))
    fitted = fit_tables(model, (online_retail.table,))
    step = move_between(model, fitted, "2011-09-10", "2011-12-10")
    assert step.before.customers == anchors["customers_before_2011_09_10"] == 3370
    assert step.count("came") == anchors["new"] == 968
    assert step.after.customers == anchors["customers_before_2011_12_10"] == 4338
    assert step.count("left") == 0
    assert step.count("stayed") + step.count("moved") == 3370
    # At the second date nothing is left out, so that the segments are those of the fit.
    assert list(step.after.sizes.values()) == [segment.size for segment in model.segments]
    assert sum(step.after.revenue.values()) == pytest.approx(8_911_407.904)
    timeline = over_time(model, fitted, month_starts(fitted))
    assert timeline.sizes[-1].tolist() == list(step.after.sizes.values())
    assert timeline.revenue.sum() == pytest.approx(8_911_407.904)


@pytest.fixture(scope="module")
def anchors(request: pytest.FixtureRequest) -> dict[str, int]:
    import json

    shared = request.getfixturevalue("shared")
    text = (shared / "anchors.json").read_text(encoding="utf-8")
    found: dict[str, int] = json.loads(text)["online_retail"]["migration"]
    return found


def test_a_date_is_exclusive(model: Model, log: Fitted, lines: pd.DataFrame) -> None:
    for text in ("2025-03-14", "2025-08-01", "2025-12-09", "2025-12-10"):
        day = date.fromisoformat(text)
        before = lines[lines["order_date"] < pd.Timestamp(day)]
        scored = score_before(model, log, day)
        assert sorted(scored.ids) == sorted(before["customer_id"].unique())
        last = before.groupby("customer_id")["order_date"].max().dt.normalize()
        days = (pd.Timestamp(day) - last).dt.days
        assert dict(zip(scored.ids, scored.features["recency_days"], strict=True)) == days.to_dict()
        assert min(days) >= 1


def test_the_matrix_conserves_everybody(step: Movement) -> None:
    matrix = step.matrix()
    assert matrix.sum() == len(step.ids) == len(set(step.ids))
    assert matrix[1:].sum(axis=1).tolist() == list(step.before.sizes.values())
    assert matrix[:, 1:].sum(axis=0).tolist() == list(step.after.sizes.values())
    assert matrix[0, 0] == 0
    counts = [step.count(kind) for kind in ("stayed", "moved", "came", "left")]
    assert sum(counts) == len(step.ids)
    for flow in step.flows:
        assert flow.customers == matrix[flow.from_id, flow.to_id] > 0


def test_the_revenue_is_conserved(step: Movement, lines: pd.DataFrame) -> None:
    early = lines[lines["order_date"] < FIRST]["amount"].sum()
    late = lines[lines["order_date"] < SECOND]["amount"].sum()
    assert sum(flow.revenue_before or 0 for flow in step.flows) == pytest.approx(early)
    assert sum(flow.revenue_after or 0 for flow in step.flows) == pytest.approx(late)
    assert sum(step.before.revenue.values()) == pytest.approx(early)
    assert sum(step.after.revenue.values()) == pytest.approx(late)


def test_examples_are_of_their_flow_and_the_largest(step: Movement) -> None:
    where = {one: i for i, one in enumerate(step.ids)}
    assert step.revenue_before is not None and step.revenue_after is not None
    for flow in step.flows:
        places = [where[one] for one in flow.examples]
        assert all(step.from_ids[i] == flow.from_id for i in places)
        assert all(step.to_ids[i] == flow.to_id for i in places)
        worth = np.maximum(step.revenue_before, step.revenue_after)
        inside = np.sort(worth[step.who(flow.from_id, flow.to_id)])[::-1]
        assert worth[places].tolist() == inside[: len(places)].tolist()


def test_the_calendar_alone(model: Model, log: Fitted, lines: pd.DataFrame, step: Movement) -> None:
    """A log that ends at the first date, scored as of the second."""
    early = lines[lines["order_date"] < FIRST]
    days = pd.Timestamp(SECOND) - early.groupby("customer_id")["order_date"].max().dt.normalize()
    alone = score_before(model, log, date.fromisoformat(FIRST), date.fromisoformat(SECOND))
    assert alone.features["recency_days"].tolist() == days[alone.ids].dt.days.tolist()
    assert step.calendar is not None and step.calendar_ids is not None
    by_id = dict(zip(alone.ids, alone.segment_ids.tolist(), strict=True))
    there = step.from_ids > 0
    assert [by_id[one] for one in step.ids[there]] == step.calendar_ids[there].tolist()
    moved = step.from_ids != step.calendar_ids
    assert step.calendar.moved == int((there & moved).sum()) > 0
    assert step.calendar.kept + step.calendar.of_movers <= step.calendar.moved


def test_without_an_order_only_the_calendar_moves(model: Model, log: Fitted) -> None:
    """Nobody orders after the log's end: what moves then is the calendar's."""
    step = move_between(model, log, "2025-12-10", "2026-06-01")
    assert step.calendar is not None
    assert step.count("moved") == step.calendar.moved == step.calendar.of_movers > 0
    assert step.count("came") == step.count("left") == step.calendar.kept == 0
    assert step.revenue_before is not None
    assert np.array_equal(step.revenue_before, step.revenue_after)


def test_a_date_that_the_log_does_not_reach_is_noted(
    model: Model, log: Fitted, lines: pd.DataFrame
) -> None:
    last = lines["order_date"].max().date()
    for days, noted in ((0, False), (1, False), (2, True), (300, True)):
        second = (last + timedelta(days=days)).isoformat()
        step = move_between(model, log, FIRST, second)
        assert bool(step.notes) == noted
        if noted:
            assert str(last) in step.notes[0] and second in step.notes[0]
            (facts,) = move_summary(model, log, [step], None)["steps"]
            assert facts["notes"] == list(step.notes)


def test_noise_is_what_other_models_say(model: Model, step: Movement) -> None:
    assert step.noise is not None and step.sureness is not None
    assert step.noise.models == len(model.shaken) == 50
    assert step.noise.low <= step.noise.high
    both = (step.from_ids > 0) & (step.to_ids > 0)
    assert np.isnan(step.sureness[~both]).all()
    moved = both & (step.from_ids != step.to_ids)
    assert step.noise.sure == int((step.sureness[moved] >= 0.95).sum())
    assert 0 < step.noise.sure < step.count("moved")
    assert sum(flow.sure or 0 for flow in step.flows if flow.kind == "moved") == step.noise.sure


def test_points_that_never_waver_leave_no_noise(model: Model, log: Fitted) -> None:
    firm = replace(model, shaken=(model.points,) * 3)
    step = move_between(firm, log, FIRST, SECOND)
    assert step.noise is not None
    moved = step.count("moved")
    assert (step.noise.sure, step.noise.low, step.noise.high) == (moved, moved, moved)
    assert step.noise.without_change == 0
    bare = move_between(replace(model, shaken=()), log, FIRST, SECOND)
    assert bare.noise is None and bare.sureness is None


def test_resampled_points_waver_as_means_do() -> None:
    """One clear group's mean wavers by its standard deviation over the root of its size."""
    rng = np.random.default_rng(1)
    values = np.concatenate([rng.normal(0, 1, 300), rng.normal(40, 1, 100)])
    recipe = Recipe(prepare=PrepareSettings(transform="none"), choose=ChooseSettings(k=2))
    model = make_model(run_of(table({"id": range(400), "spend": values}), recipe))
    spread = np.array(model.shaken).std(axis=0)[:, 0] * model.columns[0].scale
    for found, group in zip(spread, (values[300:], values[:300]), strict=True):
        assert found == pytest.approx(group.std() / np.sqrt(len(group)), rel=0.35)


def test_by_month(model: Model, log: Fitted, lines: pd.DataFrame) -> None:
    dates = month_starts(log)
    assert dates[0] == "2025-01-01" and dates[-1] == "2025-12-10" and len(dates) == 13
    timeline = over_time(model, log, dates)
    assert timeline.sizes.shape == (13, 4)
    known = [lines[lines["order_date"] < day]["customer_id"].nunique() for day in dates]
    assert timeline.sizes.sum(axis=1).tolist() == known
    came_in = [lines[lines["order_date"] < day]["amount"].sum() for day in dates]
    assert np.allclose(timeline.revenue.sum(axis=1), np.diff([0, *came_in]))
    assert timeline.sizes[-1].tolist() == [segment.size for segment in model.segments]


@pytest.mark.parametrize(
    ("first", "last", "whole"),
    [
        ("2025-01-01", "2025-03-31", [True, True, True]),
        ("2025-01-02", "2025-03-31", [False, True, True]),
        ("2025-01-01", "2025-03-30", [True, True, False]),
        ("2025-02-03", "2025-02-20", [False]),
    ],
)
def test_months_that_the_log_covers_in_part_are_known(
    model: Model, first: str, last: str, whole: list[bool]
) -> None:
    text = pd.read_csv(DATA / "orders.csv", dtype=str, keep_default_na=False)
    when = next(c.name for c in model.inputs if c.role == "order_date")
    text = text[(text[when].str[:10] >= first) & (text[when].str[:10] <= last)]
    for edge in (first, last):
        line = text.iloc[[0]].copy()
        line[when] = f"{edge}{line[when].iloc[0][10:]}"
        text = pd.concat([text, line])
    log = fit_file(model, Source(name="part.csv", data=text.to_csv(index=False).encode()))
    timeline = over_time(model, log, month_starts(log))
    assert timeline.complete.tolist() == whole
    facts = move_summary(model, log, [], timeline)
    assert facts["months"]["complete"] == whole


def test_returns_are_taken_off_at_each_date() -> None:
    recipe = Recipe(clean=CleanSettings(returns="net"), choose=ChooseSettings(k=3))
    model = make_model(run_of(DATA / "orders.csv", recipe))
    log = fit_file(model, DATA / "orders.csv")
    scored = score_before(model, log, date(2025, 6, 1))
    text = pd.read_csv(DATA / "orders.csv", dtype=str, keep_default_na=False)
    when = next(c.name for c in model.inputs if c.role == "order_date")
    early = text[text[when] < "2025-06-01"]
    alone = score(model, Source(name="early.csv", data=early.to_csv(index=False).encode()))
    money = [
        dict(zip(s.customers.ids, s.customers.frame["monetary_total"], strict=True))
        for s in (scored, alone)
    ]
    assert money[0] == money[1]


def upload(rows: dict[str, tuple[float, float]], name: str) -> Source:
    columns = {
        "customer": list(rows),
        "spend": [spend for spend, _ in rows.values()],
        "visits": [visits for _, visits in rows.values()],
    }
    return table(columns, name)


def test_two_uploads() -> None:
    low, high = (10.0, 2.0), (900.0, 40.0)
    start = {f"C{i}": low if i % 2 else (high[0] + i, high[1]) for i in range(40)}
    source = upload(start, "january.csv")
    model = make_model(run_of(source, Recipe(choose=ChooseSettings(k=2))))
    later = {**start, "C1": high, "C2": low, "new": high}
    del later["C3"]
    before, after = score(model, source), score(model, upload(later, "february.csv"))
    step = move(model, before, after, labels=("january.csv", "february.csv"))
    assert [step.count(kind) for kind in ("stayed", "moved", "came", "left")] == [37, 2, 1, 1]
    assert step.calendar is None and step.calendar_ids is None
    assert step.ids[step.who(2, 1)].tolist() == ["C1"]
    assert step.ids[step.who(1, 2)].tolist() == ["C2"]
    assert step.ids[step.who(0, None)].tolist() == ["new"]
    assert step.ids[step.who(None, 0)].tolist() == ["C3"]
    assert sum(step.before.revenue.values()) == pytest.approx(sum(s for s, _ in start.values()))


def test_customers_without_ids_can_not_be_followed() -> None:
    model = make_model(run_of(DATA / "wholesale.csv", Recipe(choose=ChooseSettings(k=3))))
    scored = score(model, DATA / "wholesale.csv")
    with pytest.raises(DataError, match="no ids"):
        move(model, scored, scored, labels=("a", "b"))
    with pytest.raises(DataError, match="no dates to go back to"):
        move_between(model, fit_file(model, DATA / "wholesale.csv"), FIRST, SECOND)


def test_wrong_dates_are_refused(model: Model, log: Fitted) -> None:
    with pytest.raises(DataError, match=r"no order before 2024-01-01.*after 2024-12-01"):
        move_between(model, log, "2024-01-01", SECOND)
    with pytest.raises(SettingsError, match="is not after"):
        move_between(model, log, SECOND, FIRST)
    with pytest.raises(SettingsError, match="not a date"):
        move_between(model, log, "soon", SECOND)
    with pytest.raises(SettingsError, match="too many"):
        over_time(model, log, [f"{year}-01-01" for year in range(1000, 1200)])


def test_the_frame_has_everybody_once(step: Movement) -> None:
    frame = moves_frame(step)
    assert list(frame) == [
        "customer_id", "from", "to", "from_segment_id", "from_segment", "to_segment_id",
        "to_segment", "move", "direction", "revenue_before", "revenue_after", "by_calendar",
        "sureness",
    ]  # fmt: skip
    assert frame["customer_id"].is_unique
    assert frame["move"].value_counts().to_dict() == {
        kind: step.count(kind) for kind in ("moved", "stayed", "came", "left") if step.count(kind)
    }
    written = pd.read_csv(io.BytesIO(moves_csv([step, step])))
    assert len(written) == 2 * len(frame)
    came = frame[frame["move"] == "came"]
    assert came["from_segment_id"].isna().all() and came["sureness"].isna().all()


def middles(run: Run) -> dict[int, float]:
    """Means of logarithms, counted from the customers of a run and not from its centres."""
    spend = np.log1p(run.loaded.customers.frame["monetary_total"].to_numpy(dtype=float))
    own = pd.Series(spend[run.profiles.customers]).groupby(run.profiles.labels).mean()
    return {int(label): float(np.expm1(mean)) for label, mean in own.to_dict().items()}


@pytest.mark.parametrize(
    "by_hand", [(), (("merge", (1, 4)),), (("split", (4,)), ("merge", (2, 5)))]
)
def test_up_is_towards_segments_that_are_worth_more(by_hand: Any) -> None:
    recipe = Recipe(
        clean=CleanSettings(drop_zero_price=True),
        choose=ChooseSettings(k=4),
        wheel=WheelSettings(steps=by_hand),
    )
    run = run_of(DATA / "orders.csv", recipe)
    model = make_model(run)
    moved = move_between(model, fit_file(model, DATA / "orders.csv"), "2025-05-01", SECOND)
    worth = middles(run)
    assert moved.worth == pytest.approx(worth)
    frame = moves_frame(moved)
    changed = frame[frame["move"] == "moved"]
    gain = changed["to_segment_id"].map(worth) - changed["from_segment_id"].map(worth)
    assert changed["direction"].tolist() == np.where(gain > 0, "up", "down").tolist()
    assert set(changed["direction"]) == {"up", "down"}
    assert set(frame.loc[frame["move"] != "moved", "direction"]) == {""}
    listed = movers(moved, None, None, len(frame))
    assert (
        listed["Direction"].tolist() == frame.loc[frame["move"] != "stayed", "direction"].tolist()
    )


def test_income_is_no_revenue_and_has_no_up() -> None:
    model = make_model(run_of(DATA / "mall.csv", Recipe(choose=ChooseSettings(k=4))))
    before = score(model, DATA / "mall.csv")
    turned = pd.read_csv(DATA / "mall.csv")
    turned["Annual Income (k$)"] = turned["Annual Income (k$)"].to_numpy()[::-1]
    after = score(model, Source(name="later.csv", data=turned.to_csv(index=False).encode()))
    step = move(model, before, after, labels=("a", "b"))
    assert step.count("moved") > 0 and step.worth == {}
    assert set(moves_frame(step)["direction"]) == {""}
    assert "Direction" not in movers(step, None, None, 10)
    assert direction_line(step) == ""


def test_an_average_is_no_revenue() -> None:
    columns = {"id": range(40), "average spend": [5.0, 90.0] * 20, "visits": [1.0, 20.0] * 20}
    source = table(columns)
    model = make_model(run_of(source, Recipe(choose=ChooseSettings(k=2))))
    scored = score(model, source)
    step = move(model, scored, scored, labels=("a", "b"))
    assert step.worth == {} and step.revenue_before is None


def test_those_who_slipped_can_be_taken_away(step: Movement) -> None:
    flow = max((f for f in step.flows if f.kind == "moved"), key=lambda flow: flow.customers)
    some = pd.read_csv(io.BytesIO(movers_csv(step, flow.from_id, flow.to_id)))
    assert len(some) == flow.customers
    assert some["revenue_after"].is_monotonic_decreasing
    everybody = pd.read_csv(io.BytesIO(movers_csv(step)))
    assert len(everybody) == step.count("moved") + step.count("came") + step.count("left")
    slipped = pd.read_csv(io.BytesIO(movers_csv(step, from_id=1)))
    assert (slipped["from_segment_id"] == 1).all() and (slipped["to_segment_id"] != 1).all()


def test_a_list_is_written_as_the_whole_file_is(step: Movement) -> None:
    """Also where all numbers of a column happen to be whole."""
    assert step.sureness is not None
    sureness = np.where(step.who(1, 1), 1.0, step.sureness)
    told = replace(step, sureness=sureness)
    whole = pd.read_csv(io.BytesIO(moves_csv([told])), dtype=str).set_index("customer_id")
    assert set(whole["sureness"].dropna()) > {"1.0"}
    for pair in ((1, 1), (1, None), (None, 1), (0, None), (None, None)):
        part = pd.read_csv(io.BytesIO(movers_csv(told, *pair)), dtype=str).set_index("customer_id")
        pd.testing.assert_frame_equal(part, whole.loc[part.index], check_dtype=False)
    assert set(pd.read_csv(io.BytesIO(movers_csv(told, 1, 1)), dtype=str)["sureness"]) == {"1.0"}


def test_the_summary_adds_up(model: Model, log: Fitted, step: Movement) -> None:
    facts = move_summary(model, log, [step], over_time(model, log, month_starts(log)))
    (told,) = facts["steps"]
    matrix = np.array(told["matrix"])
    assert matrix.sum() + sum(told["came_by_segment"]) == told["customers_after"]
    assert matrix.sum() + sum(told["left_by_segment"]) == told["customers_before"]
    assert facts["months"]["customers"][-1] == list(step.after.sizes.values())
