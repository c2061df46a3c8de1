"""What actions cost, held against sums made another way."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy import stats

from segmentation.costing import (
    Costs,
    cost_actions,
    group_for_means,
    group_for_shares,
    power_of_means,
    power_of_shares,
)
from segmentation.errors import SettingsError
from segmentation.pipeline import run
from segmentation.portraits import portraits
from segmentation.reading import Source
from segmentation.results import CostedAction, Run
from segmentation.settings import ChooseSettings, Recipe


def power_of_t(size: int, effect: float) -> float:
    """The power of a two-sided t test by another library's non-central t distribution."""
    freedom = 2 * size - 2
    bound = stats.t.ppf(0.975, freedom)
    return float(stats.nct.sf(bound, freedom, effect * sqrt(size / 2)))


@pytest.mark.parametrize("effect", [0.02, 0.1, 0.35, 0.8, 1.0, 2.5])
@pytest.mark.parametrize("power", [0.8, 0.9])
def test_two_means_by_another_library(effect: float, power: float) -> None:
    size = group_for_means(3 * effect, 3.0, power=power)
    assert size is not None
    assert power_of_t(size, effect) >= power > power_of_t(size - 1, effect) or size == 2


def test_the_figures_that_r_prints() -> None:
    """``power.t.test(power = .90, delta = 1)`` is 22.02110, and
    ``power.prop.test(p1 = .50, p2 = .75, power = .90)`` is 76.7."""
    assert group_for_means(1.0, 1.0, power=0.9) == 23
    assert group_for_shares(0.5, 0.75, power=0.9) == 77


@pytest.mark.parametrize(("usual", "wanted"), [(0.02, 0.025), (0.05, 0.1), (0.3, 0.45), (0, 0.01)])
def test_two_proportions_by_the_formula_written_out(usual: float, wanted: float) -> None:
    middle = (usual + wanted) / 2
    alike = 1.959963984540054 * sqrt(2 * middle * (1 - middle))
    apart = 0.8416212335729143 * sqrt(usual * (1 - usual) + wanted * (1 - wanted))
    exact = (alike + apart) ** 2 / (wanted - usual) ** 2
    assert group_for_shares(usual, wanted) == int(np.ceil(exact))


def test_the_power_is_what_happens() -> None:
    rng = np.random.default_rng(1)
    size = group_for_means(0.5, 1.0)
    assert size is not None
    draws = rng.normal([[[0.5], [0.0]]], size=(4000, 2, size))
    seen = stats.ttest_ind(draws[:, 0], draws[:, 1], axis=1).pvalue < 0.05
    assert seen.mean() == pytest.approx(0.8, abs=0.03)
    size = group_for_shares(0.2, 0.3)
    assert size is not None
    hits = rng.binomial(size, [[0.3], [0.2]], size=(2, 4000))
    pooled = hits.sum(axis=0) / (2 * size)
    away = (hits[0] - hits[1]) / size / np.sqrt(2 * pooled * (1 - pooled) / size)
    assert (away > stats.norm.ppf(0.975)).mean() == pytest.approx(0.8, abs=0.03)


@given(
    some.integers(2, 10**6),
    some.floats(1e-3, 1e3),
    some.floats(1e-2, 1e2),
)
def test_more_customers_never_see_less(size: int, uplift: float, spread: float) -> None:
    assert power_of_means(size + 1, uplift, spread) >= power_of_means(size, uplift, spread) - 1e-9
    assert power_of_shares(size + 1, 0.1, 0.2) >= power_of_shares(size, 0.1, 0.2)


def test_what_no_test_can_tell() -> None:
    assert group_for_means(1e-6, 1.0) is None
    assert group_for_means(1e9, 1.0) == 2


# ---- actions -------------------------------------------------------------------------------------


def shoppers(column: str = "spend") -> Run:
    rows = [f"a{i},{1000 + 10 * i}" for i in range(40)] + [f"b{i},{20 + i % 3}" for i in range(60)]
    source = Source(name="a.csv", data="\n".join([f"id,{column}", *rows]).encode())
    return run(source, Recipe(choose=ChooseSettings(k=2)))


@pytest.fixture(scope="module")
def shop() -> Run:
    return shoppers()


COSTS = Costs(contact=2.0, margin=0.25, own={})


def actions(found: Run, costs: Costs, keep: Any = None) -> tuple[CostedAction, ...]:
    keep = np.ones(len(found.profiles.labels), dtype=bool) if keep is None else keep
    return cost_actions(found, portraits(found, keep), keep, costs)


def test_an_action_by_money_counted_by_hand(shop: Run) -> None:
    large, small = actions(shop, COSTS)
    values = np.array([1000.0 + 10 * i for i in range(40)])
    assert (large.customers, small.customers) == (40, 60)
    assert large.revenue == values.sum()
    assert large.revenue_per_customer == values.mean()
    assert (large.effort, small.effort) == (80.0, 120.0)
    assert large.break_even == 8.0
    assert large.break_even_share == 8.0 / values.mean()
    assert large.trial is not None and large.trial.per_group is not None
    effect = 8.0 / values.std(ddof=1)
    assert power_of_t(large.trial.per_group, effect) >= 0.8
    assert power_of_t(large.trial.per_group - 1, effect) < 0.8
    assert not large.trial.fits
    assert small.trial is not None and small.trial.fits


def test_the_smallest_uplift_is_just_seen_by_both_halves(shop: Run) -> None:
    for action in actions(shop, COSTS):
        assert action.trial is not None and action.trial.smallest is not None
        half = action.customers // 2
        values = shop.loaded.customers.frame["spend"].to_numpy()
        own = values[shop.profiles.labels == action.segment_id]
        effect = action.trial.smallest / own.std(ddof=1)
        assert power_of_t(half, effect) == pytest.approx(0.8, abs=1e-6)


def test_a_segment_has_its_own_cost(shop: Run) -> None:
    large, small = actions(shop, replace(COSTS, own={1: 5.0}))
    assert (large.effort, small.effort) == (200.0, 120.0)
    assert large.break_even == 20.0


def test_an_action_by_answers_counted_by_hand(shop: Run) -> None:
    costs = Costs(contact=2.0, margin=0.25, own={}, usual=0.1, answer=40.0)
    for action in actions(shop, costs):
        assert action.break_even == 0.2
        assert action.break_even_share is None
        assert action.trial is not None
        assert action.trial.per_group == group_for_shares(0.1, 0.3)


def test_only_who_is_shown_is_contacted(shop: Run) -> None:
    keep = np.zeros(100, dtype=bool)
    keep[:10] = True
    large, small = actions(shop, COSTS, keep)
    assert (large.customers, large.effort) == (10, 20.0)
    assert (small.customers, small.effort, small.revenue, small.trial) == (0, 0.0, None, None)


def test_without_a_column_of_money_nothing_is_promised_of_it() -> None:
    found = shoppers("visits")
    for action in actions(found, COSTS):
        assert action.revenue is action.break_even_share is action.trial is None
        assert "No column says what customers bring in" in action.notes[0]
        assert action.effort > 0
    for action in actions(found, Costs(contact=2.0, margin=0.25, own={}, usual=0.1, answer=40.0)):
        assert action.trial is not None and not action.notes


@pytest.mark.parametrize(
    ("cells", "note"),
    [
        (["900"] * 5 + ["1", "2", "3", "4", "5"], "All bring in the same"),
        (["900", "1", "2", "3", "4", "5"], "1 customer can't be tested on"),
        (["-10", "-12", "-11", "-13", "500", "510", "505", "520"], "an uplift has no share"),
    ],
)
def test_what_the_data_can_not_carry_is_said(cells: list[str], note: str) -> None:
    rows = [f"c{i},{cell}" for i, cell in enumerate(cells)]
    data = "\n".join(["id,spend", *rows]).encode()
    found = run(Source(name="a.csv", data=data), Recipe(choose=ChooseSettings(k=2)))
    notes = [text for action in actions(found, COSTS) for text in action.notes]
    assert any(note in text for text in notes), notes


def test_an_answer_that_never_pays(shop: Run) -> None:
    costs = Costs(contact=9.0, margin=0.5, own={}, usual=0.2, answer=20.0)
    assert {text for action in actions(shop, costs) for text in action.notes} == {
        "Even if all answered, the cost would not come back."
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"margin": 0.0},
        {"margin": 1.01},
        {"margin": float("nan")},
        {"contact": 0.0},
        {"contact": float("inf")},
        {"own": {1: -1.0}},
        {"usual": 1.0},
        {"usual": 0.5, "answer": 0.0},
    ],
)
def test_costs_that_can_not_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingsError):
        Costs(**{"contact": 1.0, "margin": 0.5, "own": {}, **wrong})
