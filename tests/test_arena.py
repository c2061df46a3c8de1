"""Preparations side by side: the figures are those of each, and agreement is counted right."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from sklearn.preprocessing import StandardScaler

from segmentation.arena import MOST_HELD_OUT, PREPARATIONS, arena
from segmentation.choosing import shake, sweep
from segmentation.errors import DataError
from segmentation.pipeline import load
from segmentation.preparing import prepare
from segmentation.results import Arena, Customers
from segmentation.settings import ChooseSettings, PrepareSettings, Recipe
from tests.customers import customers_of, shuffled

FEW = ChooseSettings(k_max=4)
SPEND = ("Fresh", "Milk", "Grocery", "Frozen", "Detergents_Paper", "Delicassen")


def shop(rows: int = 150, seed: int = 0) -> Customers:
    generator = np.random.default_rng(seed)
    kind = generator.integers(0, 3, rows)
    return customers_of(
        spend=generator.lognormal(3 + kind, 0.4, rows),
        visits=generator.poisson(4 + 6 * kind, rows) + 1.0,
        channel=kind + 1.0,
        town=np.array(["Bern", "", "Oslo"], dtype=object)[generator.integers(0, 3, rows)],
        weight=generator.uniform(size=rows),
        year=generator.integers(1900, 2000, rows) * 1.0,
    )


RECIPE = Recipe(prepare=PrepareSettings(features=("spend", "visits")), choose=FEW)


@pytest.fixture
def found() -> Arena:
    return arena(shop(), RECIPE, 3)


def labels_of(customers: Customers, settings: PrepareSettings, k: int) -> np.ndarray:
    """By customer, -1 for one set aside."""
    prepared = prepare(customers, settings)
    labels = np.full(len(customers.frame), -1)
    labels[prepared.customers] = sweep(prepared, ChooseSettings(k=k)).partitions[k].labels
    return labels


def pair_counted(one: np.ndarray, other: np.ndarray) -> float:
    """The adjusted Rand index by going through all pairs of customers."""
    pairs = list(combinations(range(len(one)), 2))
    together = [one[i] == one[j] for i, j in pairs]
    beside = [other[i] == other[j] for i, j in pairs]
    both = sum(a and b for a, b in zip(together, beside, strict=True))
    chance = sum(together) * sum(beside) / len(pairs)
    return float((both - chance) / ((sum(together) + sum(beside)) / 2 - chance))


def test_each_figure_is_that_of_a_sweep_with_the_settings_that_adopt_it(found: Arena) -> None:
    assert len(found.candidates) == len(PREPARATIONS) == 7
    assert (found.k, found.customers, found.of, found.compared) == (3, 150, 150, 150)
    for candidate in found.candidates:
        assert candidate.settings.features == ("spend", "visits")
        prepared = prepare(shop(), candidate.settings)
        swept = sweep(prepared, FEW)
        sizes = np.bincount(swept.partitions[3].labels)
        assert candidate.problem is None
        assert candidate.sizes == tuple(sorted(sizes, reverse=True))
        assert candidate.silhouette == pytest.approx(swept.silhouettes[1], abs=1e-12)
        assert candidate.own_k is not None
        best = swept.silhouettes[swept.ks.index(candidate.own_k)]
        assert candidate.own_silhouette == pytest.approx(best, abs=1e-12)
        fair = [w for w, least in zip(swept.silhouettes, swept.smallest, strict=True) if least >= 5]
        assert best == max(fair)


def test_stability_is_that_of_the_trials(found: Arena) -> None:
    candidate = found.candidates[1]
    prepared = prepare(shop(), candidate.settings)
    stabilities = shake(prepared, sweep(prepared, ChooseSettings(k=3))).stabilities[3]
    assert candidate.stability == min(stabilities, key=lambda of_one: of_one.mean)


def test_agreement_is_the_adjusted_rand_index(found: Arena) -> None:
    labels = [labels_of(shop(), candidate.settings, 3) for candidate in found.candidates]
    for i, j in combinations(range(7), 2):
        said = found.agreements[i][j]
        assert (
            said
            == found.agreements[j][i]
            == pytest.approx(adjusted_rand_score(labels[i], labels[j]))
        )
    assert found.agreements[0][4] == pytest.approx(pair_counted(labels[0], labels[4]))
    assert [found.agreements[i][i] for i in range(7)] == [1.0] * 7


def test_held_out_are_the_columns_that_tell_groups(found: Arena) -> None:
    assert [(held.column, held.values) for held in found.held_out] == [("channel", 3), ("town", 2)]
    customers = shop()
    for candidate, channel, town in zip(
        found.candidates, *(held.agreements for held in found.held_out), strict=True
    ):
        labels = labels_of(customers, candidate.settings, 3)
        assert channel == pytest.approx(adjusted_rand_score(customers.frame["channel"], labels))
        known = (customers.frame["town"] != "").to_numpy()
        assert town == pytest.approx(
            adjusted_rand_score(customers.frame["town"][known], labels[known])
        )
    assert found.held_out[0].agreements[4] > 0.4


def test_a_feature_is_not_held_out() -> None:
    recipe = replace(RECIPE, prepare=PrepareSettings(features=("spend", "channel")))
    assert [held.column for held in arena(shop(60), recipe, 2).held_out] == ["visits", "town"]


def test_few_columns_are_held_out() -> None:
    codes = {f"code{i}": np.arange(60) % 3 * 1.0 for i in range(MOST_HELD_OUT + 5)}
    recipe = replace(RECIPE, prepare=PrepareSettings(features=("spend",)))
    held = arena(customers_of(spend=np.arange(60.0), **codes), recipe, 2).held_out
    assert [column.column for column in held] == [f"code{i}" for i in range(MOST_HELD_OUT)]


def test_what_is_not_possible_says_why_and_leaves_the_others() -> None:
    customers = customers_of(a=np.arange(-9.0, 51.0), b=np.arange(60.0) % 7)
    found = arena(customers, Recipe(choose=FEW), 2)
    names = list(PREPARATIONS)
    log = names.index("Logarithm and z-score")
    candidate = found.candidates[log]
    assert candidate.problem == (
        "'a' has negative values (the lowest is -9), which have no logarithm."
    )
    assert (candidate.silhouette, candidate.sizes, candidate.own_k) == (None, (), None)
    assert candidate.stability is None
    for i in range(7):
        assert (found.agreements[log][i] is None) and (found.agreements[i][log] is None)
        assert (found.candidates[i].problem is None) == (i != log)
        assert (found.agreements[i][i] is None) == (i == log)


def test_too_many_segments_are_a_problem_of_each() -> None:
    found = arena(customers_of(a=np.arange(60.0) % 4), Recipe(), 5)
    assert all("too few for 5 segments" in str(c.problem) for c in found.candidates)
    assert all(cell is None for row in found.agreements for cell in row)


def test_agreement_is_among_customers_that_nobody_sets_aside() -> None:
    recipe = replace(RECIPE, prepare=replace(RECIPE.prepare, outliers="set-aside"))
    customers = shop()
    # Far out as they are; on the scale of the logarithm no longer.
    customers.frame.loc[:4, "spend"] = [9e3, 8e3, 7e3, 6e3, 5e3]
    found = arena(customers, recipe, 2)
    labels = np.array([labels_of(customers, c.settings, 2) for c in found.candidates])
    common = (labels >= 0).all(axis=0)
    assert found.compared == common.sum() < len(customers.frame)
    for i, j in combinations(range(7), 2):
        expected = adjusted_rand_score(labels[i][common], labels[j][common])
        assert found.agreements[i][j] == pytest.approx(expected)


@pytest.mark.parametrize("k", [None, 2])
def test_which_k_is_used(k: int | None) -> None:
    recipe = replace(RECIPE, choose=replace(FEW, k=k))
    found = arena(shop(), recipe)
    prepared = prepare(shop(), recipe.prepare)
    swept = sweep(prepared, FEW)
    assert found.k == (k or swept.ks[int(np.argmax(swept.silhouettes))])
    assert all(len(candidate.sizes) == found.k for candidate in found.candidates)


def test_nothing_to_choose_k_from_is_said() -> None:
    with pytest.raises(DataError, match="Only 2 customers differ"):
        arena(customers_of(a=np.arange(60.0) % 2), Recipe())


def test_the_order_of_the_rows_changes_nothing(found: Arena) -> None:
    assert arena(shuffled(shop(), 4), RECIPE, 3) == found


def test_of_many_customers_a_sample_is_taken_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segmentation.trying.LARGEST_TRIED", 100)
    found = arena(shop(), RECIPE, 3)
    assert (found.customers, found.of) == (100, 150)
    assert all(sum(candidate.sizes) == 100 for candidate in found.candidates)


def test_progress_rises_to_the_whole() -> None:
    seen: list[tuple[int, int]] = []
    arena(shop(60), RECIPE, 3, lambda done, of: seen.append((done, of)))
    assert seen == sorted(seen) and seen[-1][0] == seen[-1][1]
    assert len(seen) >= 7


def test_wholesale_against_its_channel(shared: Path) -> None:
    anchors = json.loads((shared / "anchors.json").read_text())["wholesale"]["k2_ARI_vs_Channel"]
    customers = load(shared / "data/wholesale-customers.csv").customers
    recipe = Recipe(prepare=PrepareSettings(features=SPEND), choose=ChooseSettings(k_max=2))
    found = arena(customers, recipe, 2)
    channel, region = found.held_out
    assert (channel.column, channel.values, region.column, region.values) == (
        ("Channel", 2, "Region", 3)
    )
    assert channel.agreements[0] == pytest.approx(anchors["raw"], abs=1e-4)
    held = customers.frame["Channel"].to_numpy()
    # The reference of the logarithm leaves the scale, that of the z-score an optimum of Lloyd's
    # iteration with a larger sum of squares than the best.
    log = labels_of(customers, PrepareSettings(features=SPEND, transform="log", scaler="none"), 2)
    assert adjusted_rand_score(held, log) == pytest.approx(anchors["log"], abs=1e-4)
    scaled = StandardScaler().fit_transform(customers.frame[list(SPEND)])
    labels = KMeans(2, n_init=10, random_state=0).fit_predict(scaled)
    assert adjusted_rand_score(held, labels) == pytest.approx(anchors["std"], abs=1e-4)
    own = labels_of(customers, found.candidates[1].settings, 2)
    assert channel.agreements[1] == pytest.approx(adjusted_rand_score(held, own))
