"""Drift: nothing where nothing has changed, the one feature that has, and no alarm by chance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from segmentation.errors import DataError
from segmentation.models.drifting import chance_index, drift, stability_index
from segmentation.models.making import make_model
from segmentation.models.scoring import score, score_rows
from segmentation.reading import Source
from segmentation.results import Drift, Model
from segmentation.settings import ChooseSettings, PrepareSettings, Recipe
from tests.models.modelling import DATA, mall_model, run_of, spread_table, table

FOUR = Recipe(choose=ChooseSettings(k=4))


def drift_of(model: Model, frame: pd.DataFrame) -> Drift:
    data = frame.to_csv(index=False).encode()
    return drift(model, score(model, Source(name="new.csv", data=data)))


@pytest.mark.parametrize("file", ["mall.csv", "wholesale.csv", "shop.csv", "orders.csv"])
def test_a_file_against_itself_has_not_drifted(file: str) -> None:
    model = make_model(run_of(DATA / file, FOUR))
    found = drift(model, score(model, DATA / file))
    assert found.verdict == "keep" and found.changed == ()
    assert all(shift.psi < 0.01 for shift in (*found.features, found.segments))
    assert found.outside <= 0.01


@pytest.mark.parametrize("name", ["mall-customers", "wholesale-customers"])
def test_one_feature_shifted_is_the_one_that_is_named(shared: Path, name: str) -> None:
    path = shared / "data" / f"{name}.csv"
    model = make_model(run_of(path, FOUR))
    frame = pd.read_csv(path)
    assert drift_of(model, frame).verdict == "keep"
    for feature in model.features:
        moved = frame.assign(**{feature: frame[feature] + frame[feature].std()})
        found = drift_of(model, moved)
        over = [shift.name for shift in found.features if shift.psi > 0.25]
        assert over == [feature]
        assert all(shift.psi < 0.01 for shift in found.features if shift.name != feature)
        assert found.verdict == "refit"


def test_independent_features_of_other_customers() -> None:
    """New customers of the same kind, one of whose features has moved by a standard deviation."""
    model = make_model(run_of(table(spread_table(2_000, seed=1)), FOUR))
    new = pd.DataFrame(spread_table(1_500, seed=2))
    found = drift_of(model, new)
    assert found.verdict == "keep" and found.changed == ()
    for feature in model.features:
        found = drift_of(model, new.assign(**{feature: new[feature] + new[feature].std()}))
        changed = [shift.name for shift in found.changed if shift.name != "segments"]
        assert changed == [feature] and found.verdict == "refit"
        assert next(s for s in found.features if s.name == feature).psi > 0.25


def test_the_index_by_its_formula() -> None:
    before, after = np.array([40.0, 30.0, 30.0]), np.array([10.0, 20.0, 20.0])
    b, a = (before + 0.5) / 101.5, (after + 0.5) / 51.5
    terms = [(x - y) * (np.log(x) - np.log(y)) for x, y in zip(a, b, strict=True)]
    assert stability_index(before, after) == pytest.approx(sum(terms))
    assert stability_index(after, before) == pytest.approx(sum(terms))
    assert stability_index(before, before) == 0
    # An empty bin costs a finite amount.
    assert stability_index(before, np.array([0.0, 50.0, 0.0])) < 10


def test_chance_is_what_samples_give() -> None:
    """Of many samples without a change, about one in a hundred exceeds it."""
    rng = np.random.default_rng(0)
    shares = np.full(10, 0.1)
    found = [
        stability_index(rng.multinomial(500, shares), rng.multinomial(300, shares)) + 0.0
        for _ in range(4_000)
    ]
    above = np.mean(np.array(found) > chance_index(10, 500, 300))
    assert 0.003 < above < 0.02


def test_a_handful_of_customers_raises_no_alarm() -> None:
    model = make_model(run_of(table(spread_table(2_000, seed=1)), FOUR))
    verdicts = []
    for seed in range(20):
        new = pd.DataFrame(spread_table(12, seed=100 + seed))
        verdicts.append(drift_of(model, new).verdict)
    assert verdicts.count("refit") <= 1
    few = drift_of(model, pd.DataFrame(spread_table(5, seed=3)))
    assert few.verdict == "keep" and "could not be told from chance" in few.sentence


def test_a_category_that_changes_is_named() -> None:
    rng = np.random.default_rng(0)
    columns: dict[str, Any] = {**spread_table(600, seed=1), "shop": rng.choice(["a", "b"], 600)}
    recipe = FOUR.with_stage(prepare=PrepareSettings(features=("f0", "shop")))
    model = make_model(run_of(table(columns), recipe))
    found = drift_of(model, pd.DataFrame({**columns, "shop": ["b"] * 500 + ["c"] * 100}))
    number, category = found.features
    assert number.psi < 0.01 and category.level == "shifted"
    assert category.bins == ("a", "b", "another value") and category.after[0] == 0
    assert "and had" in category.text and "shop" in found.sentence


def test_missing_values_are_a_change_of_their_own() -> None:
    columns = spread_table(600, seed=1)
    model = make_model(run_of(table(columns), FOUR))
    frame = pd.DataFrame(columns)
    frame.loc[:250, "f1"] = np.nan
    found = drift_of(model, frame)
    assert [shift.name for shift in found.changed if shift.name != "segments"] == ["f1"]
    shift = next(shift for shift in found.features if shift.name == "f1")
    assert shift.bins[-1] == "no value" and shift.after[-1] == pytest.approx(251 / 600)


def test_many_outside_are_worth_a_watch() -> None:
    """Each feature keeps its spread, but values that never went together now do."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=2_000)
    columns = {"id": range(2_000), "a": x, "b": x + rng.normal(0, 0.05, 2_000)}
    model = make_model(run_of(table(columns), FOUR))
    found = drift_of(model, pd.DataFrame({**columns, "b": rng.permutation(columns["b"])}))
    assert found.outside > 0.05
    assert found.verdict in ("watch", "refit")
    assert all(shift.level == "steady" for shift in found.features)


def test_small_segments_leave_more_outside_by_chance() -> None:
    """Of 32 customers in 4 segments, the 99th percentile lies next to the farthest."""
    rng = np.random.default_rng(4)
    centres = rng.normal(scale=8, size=(4, 2))
    met, new = (centres[np.arange(n) % 4] + rng.normal(size=(n, 2)) for n in (32, 200))
    before, after = (
        {"id": range(len(rows)), "a": rows[:, 0], "b": rows[:, 1]} for rows in (met, new)
    )
    model = make_model(run_of(table(before), FOUR))
    found = drift_of(model, pd.DataFrame(after))
    assert found.outside > 0.05
    assert found.verdict == "keep"


def test_nobody_scored_is_refused() -> None:
    drop = PrepareSettings(missing="drop", features=mall_model().features)
    model = make_model(run_of(DATA / "mall.csv", FOUR.with_stage(prepare=drop)))
    with pytest.raises(DataError, match="No customer was scored"):
        drift(model, score_rows(model, [{}]))


def test_what_has_changed_is_said_in_numbers() -> None:
    model = mall_model()
    frame = pd.read_csv(DATA / "mall.csv")
    name = model.features[0]
    found = drift_of(model, frame.assign(**{name: frame[name] + 40}))
    assert found.changed[0].name == name
    old, new = frame[name].median(), frame[name].median() + 40
    assert found.changed[0].text == (
        f"Annual Income (k$): the middle value is {new:,.4g}, and was {old:,.4g}."
    )
