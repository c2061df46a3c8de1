"""Traps are named where they are, with their numbers, and nowhere else."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.__main__ import main
from segmentation.choosing import find_traps, least_size, sweep
from segmentation.choosing.handfuls import handful
from segmentation.pipeline import load
from segmentation.preparing import prepare
from segmentation.results import Customers, Loaded, Partition, Trap
from segmentation.settings import ChooseSettings, PrepareSettings, Recipe
from segmentation.trying import LARGEST_TRIED, drawn, with_outcomes
from tests.counts import examples
from tests.customers import customers_of, shuffled

RAW = PrepareSettings(transform="none", scaler="none")
STANDARD = PrepareSettings(transform="none")
FEW = ChooseSettings(k_max=5)


def traps_of(
    customers: Customers, asked: PrepareSettings, choose: ChooseSettings = FEW
) -> dict[str, Trap]:
    prepared = prepare(customers, asked)
    found = find_traps(customers, prepared, asked, sweep(prepared, choose))
    assert len({(trap.kind, trap.features) for trap in found}) == len(found)
    return {trap.kind: trap for trap in found}


def groups(count: int, each: int = 40, seed: int = 0) -> np.ndarray:
    places = np.array([(0, 0), (9, 0), (0, 9), (9, 9), (18, 4)], dtype=float)[:count]
    return np.concatenate(
        [
            np.random.default_rng([seed, i]).normal(place, 0.8, (each, 2))
            for i, place in enumerate(places)
        ]
    )


def plane(rows: np.ndarray, **more: Any) -> Customers:
    return customers_of(a=rows[:, 0], b=rows[:, 1], **more)


# --- none


@settings(max_examples=20)
@given(st.integers(0, 2**16), st.sampled_from([RAW, STANDARD]))
def test_five_groups_far_apart_hold_no_trap(seed: int, asked: PrepareSettings) -> None:
    assert traps_of(plane(groups(5, seed=seed)), asked, ChooseSettings(k_max=8)) == {}


@settings(max_examples=20)
@given(st.integers(0, 2**16), st.integers(2, 6))
def test_even_noise_holds_no_trap(seed: int, columns: int) -> None:
    noise = np.random.default_rng(seed).uniform(size=(300, columns))
    table = customers_of(**{f"f{i}": column for i, column in enumerate(noise.T)})
    assert traps_of(table, RAW) == {}


def test_mall_with_two_features_of_like_spread_holds_none(shared: Path) -> None:
    customers = load(shared / "data/mall-customers.csv").customers
    features = ("Annual Income (k$)", "Spending Score (1-100)")
    assert traps_of(customers, replace(RAW, features=features), ChooseSettings()) == {}


# --- a handful split off


@settings(max_examples=20)
@given(st.integers(0, 2**16), st.integers(1, 3))
def test_a_handful_far_out_is_told(seed: int, few: int) -> None:
    far = np.random.default_rng(seed).normal((400, 400), 1, (few, 2))
    trap = traps_of(plane(np.concatenate([groups(1, 200, seed), far])), STANDARD)["tiny_group"]
    assert trap.ks[0] == 2
    who = "1 customer" if few == 1 else f"{few} customers"
    assert "k = 2 has the largest silhouette (0.9" in trap.sentence
    assert f"only because it splits {who} off from 200" in trap.sentence


def test_where_the_best_k_is_fair_the_others_are_still_named() -> None:
    rows = np.concatenate([groups(2, 20), [[14.0, 0.0]]])
    trap = traps_of(plane(rows), RAW, ChooseSettings(k_max=3))["tiny_group"]
    assert trap.ks == (3,)
    assert "k = 3 would make a segment of fewer than 5 customers who merely lie far out" in (
        trap.sentence
    )
    assert "k = 3 splits 1 customer off from 40" in trap.sentence


def test_a_single_k_asked_for_claims_nothing_about_others() -> None:
    customers = plane(np.concatenate([groups(1, 200), [[400.0, 400.0]]]))
    trap = traps_of(customers, STANDARD, ChooseSettings(k=2))["tiny_group"]
    assert trap.sentence == "k = 2 splits 1 customer off from 200, who lie far out."


def test_small_groups_among_few_customers_are_no_handful() -> None:
    rows = groups(5, 4)
    assert least_size(len(rows)) > 4
    assert "tiny_group" not in traps_of(plane(rows), RAW)


def test_a_small_group_near_the_rest_is_no_handful() -> None:
    rows = np.random.default_rng(0).uniform(size=(300, 1))
    rows = rows[np.argsort(rows[:, 0])]
    labels = np.where(np.arange(300) < 3, 0, 1)
    centres = np.array([[rows[:3].mean()], [rows[3:].mean()]])
    assert handful(rows, Partition(labels=labels, centres=centres, inertia=1.0)) == 0
    rows[:3] -= 9
    centres[0] -= 9
    assert handful(rows, Partition(labels=labels, centres=centres, inertia=1.0)) == 3


# --- one feature rules


@pytest.mark.parametrize(("factor", "told"), [(1, False), (1.9, False), (2.1, True), (1000, True)])
def test_a_unit_that_rules_is_told(factor: float, told: bool) -> None:
    """Of two features with standard deviations 1 and f, the larger has f² / (1 + f²)."""
    rows = np.random.default_rng(1).uniform(size=(200, 2))
    rows = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    table = plane(rows * [factor, 1])
    found = traps_of(table, RAW)
    assert ("ruling_feature" in found) == told
    if told:
        trap = found["ruling_feature"]
        share = factor**2 / (1 + factor**2)
        assert trap.features == ("a",)
        assert f"a makes up {share:.0%} of the squared distances" in trap.sentence
        assert "own unit" in trap.sentence
        assert [remedy.settings.scaler for remedy in trap.remedies] == ["standard"]
    assert "ruling_feature" not in traps_of(table, STANDARD)


@settings(max_examples=examples(40))
@given(st.integers(2, 8), st.floats(0.05, 30))
def test_the_share_is_that_of_the_squared_distances(columns: int, factor: float) -> None:
    rows = np.random.default_rng(columns).normal(size=(40, columns)) * [factor] + 0.0
    rows[:, 1:] /= factor
    table = customers_of(**{f"f{i}": column for i, column in enumerate(rows.T)})
    apart = ((rows[:, None] - rows[None]) ** 2).sum(axis=(0, 1))
    share = apart.max() / apart.sum()
    bound = 1 / columns + 0.6 * (1 - 1 / columns)
    if abs(share - bound) > 1e-9:
        assert ("ruling_feature" in traps_of(table, RAW, ChooseSettings(k=2))) == (share > bound)


@pytest.mark.parametrize("weight", [0.1, 10.0])
def test_a_weight_that_makes_one_side_rule_is_told(weight: float) -> None:
    kind = np.array(["x", "y", "y", "z"] * 50, dtype=object)
    customers = customers_of(a=np.random.default_rng(0).uniform(size=200), kind=kind)
    asked = replace(STANDARD, features=("a", "kind"), category_weight=weight)
    trap = traps_of(customers, asked)["ruling_feature"]
    assert trap.features == (("kind",) if weight > 1 else ("a",))
    assert f"categories have the weight {weight:g}" in trap.sentence
    even = trap.remedies[0].settings
    variances = prepare(customers, even).matrix.var(axis=0)
    assert variances[1:].sum() == pytest.approx(variances[0], rel=0.02)
    assert "ruling_feature" not in traps_of(customers, even)


def test_codes_that_rule_together_are_told() -> None:
    """Between 0 and 1, numbers of two or three values are apart as no amounts are."""
    rng = np.random.default_rng(4)
    amounts = {f"amount {letter}": rng.lognormal(size=300) for letter in "abcd"}
    codes = {"channel": rng.integers(1, 3, 300), "region": rng.integers(1, 4, 300)}
    table = customers_of(**amounts, **{name: code.astype(float) for name, code in codes.items()})
    asked = PrepareSettings(transform="none", scaler="minmax")
    trap = traps_of(table, asked)["ruling_feature"]
    variances = prepare(table, asked).matrix.var(axis=0)
    assert set(trap.features) == {"channel", "region"}
    assert f"make up {variances[-2:].sum() / variances.sum():.0%} of the squared" in trap.sentence
    left_out, even = (remedy.settings for remedy in trap.remedies)
    assert set(left_out.features) == set(amounts) and even.scaler == "standard"
    assert "ruling_feature" not in traps_of(table, even)
    assert "ruling_feature" not in traps_of(table, left_out)


def test_where_all_are_codes_none_rule() -> None:
    rng = np.random.default_rng(5)
    table = customers_of(**{name: rng.integers(1, 4, 200).astype(float) for name in "ab"})
    assert "ruling_feature" not in traps_of(table, PrepareSettings(scaler="minmax"))


def test_alone_a_feature_rules_nobody() -> None:
    assert traps_of(customers_of(a=np.arange(50.0) ** 1.2), RAW) == {}


# --- copies

X = np.random.default_rng(5).uniform(size=200)
Y = np.random.default_rng(6).uniform(size=200)


@pytest.mark.parametrize(
    ("copy", "said"),
    [
        (X * 100, "one is the other in another unit (correlation 1.00)"),
        (32 - 1.8 * X, "one is the other in another unit"),
        (X + 0.02 * Y, "they nearly repeat each other (correlation 1.00)"),
        (np.exp(9 * X), "they nearly repeat each other (correlation 1.00)"),
        (X + 0.5 * Y, None),
        (Y, None),
    ],
)
def test_a_copy_is_told(copy: np.ndarray, said: str | None) -> None:
    found = traps_of(customers_of(spend=X, visits=Y[::-1], spend_again=copy), STANDARD)
    assert ("copied_feature" in found) == (said is not None)
    if said is not None:
        trap = found["copied_feature"]
        assert trap.features == ("spend", "spend_again")
        assert "spend and spend again" in trap.sentence and said in trap.sentence
        assert trap.remedies[0].settings.features == ("spend", "visits")


@pytest.mark.parametrize("noise", np.linspace(0.05, 0.5, 10))
def test_the_bound_of_copies_is_on_the_correlation(noise: float) -> None:
    copy = X + noise * Y
    strength = max(np.corrcoef(X, copy)[0, 1], pd.Series(X).corr(pd.Series(copy), "spearman"))
    found = traps_of(customers_of(a=X, b=copy), STANDARD)
    assert ("copied_feature" in found) == (strength >= 0.98)


def test_three_copies_are_two_traps_that_leave_one() -> None:
    table = customers_of(a=X, b=2 * X, c=3 - X)
    prepared = prepare(table, STANDARD)
    found = find_traps(table, prepared, STANDARD, sweep(prepared, FEW))
    assert [trap.features for trap in found] == [("a", "b"), ("a", "c")]


def test_a_category_that_is_coded_twice_is_told() -> None:
    kind = np.array(["x", "y", "z", "y"] * 50, dtype=object)
    again = np.array(["1", "2", "3", "2"] * 50, dtype=object)
    partly = np.array(["1", "2", "3", "3"] * 50, dtype=object)
    flag = (kind == "y").astype(float)
    asked = replace(STANDARD, features=("kind", "again", "partly", "flag"))
    table = customers_of(kind=kind, again=again, partly=partly, flag=flag)
    assert traps_of(table, asked, ChooseSettings(k=2))["copied_feature"].features == (
        "kind",
        "again",
    )


# --- tails


def test_a_tail_left_as_it_is_is_told() -> None:
    tail = np.random.default_rng(7).lognormal(3, 1.2, 300)
    table = customers_of(spend=tail, age=np.random.default_rng(8).uniform(size=300))
    trap = traps_of(table, STANDARD)["heavy_tail"]
    assert trap.features == ("spend",)
    skew = (((tail - tail.mean()) / tail.std()) ** 3).mean()
    assert f"spend (skewness {skew:.1f})" in trap.sentence
    assert [remedy.settings for remedy in trap.remedies] == [replace(STANDARD, transform="log")]
    for tamed in ("log", "auto", "yeo-johnson", "rank"):
        assert "heavy_tail" not in traps_of(table, replace(STANDARD, transform=tamed))


@pytest.mark.parametrize("shift", [-30.0, 0.0])
def test_where_there_is_a_negative_value_no_logarithm_is_offered(shift: float) -> None:
    tail = np.random.default_rng(7).lognormal(3, 1.2, 300)
    other = np.random.default_rng(8).uniform(size=300) + shift
    trap = traps_of(customers_of(spend=tail, age=other), STANDARD)["heavy_tail"]
    assert trap.remedies[0].settings.transform == ("yeo-johnson" if shift else "log")


def test_a_tail_below_needs_another_scale_than_the_logarithm() -> None:
    tail = np.random.default_rng(7).lognormal(3, 1.2, 300)
    trap = traps_of(customers_of(spend=tail.max() - tail), STANDARD)["heavy_tail"]
    assert trap.remedies[0].settings.transform == "yeo-johnson"


def test_a_rare_yes_is_no_tail() -> None:
    rare = (np.arange(300) % 60 == 0).astype(float)
    table = customers_of(rare=rare, b=np.random.default_rng(8).uniform(size=300))
    assert "heavy_tail" not in traps_of(table, STANDARD)


# --- the order of the rows, and what is tried


def trapped(rows: int = 300) -> Customers:
    generator = np.random.default_rng(9)
    spend = np.append(generator.lognormal(3, 1, rows - 3), [1e5, 2e5, 3e5])
    return customers_of(spend=spend, cents=spend * 100, age=generator.uniform(20, 60, rows))


@pytest.mark.parametrize("asked", [RAW, STANDARD])
def test_the_order_of_the_rows_does_not_matter(asked: PrepareSettings) -> None:
    recipe = Recipe(prepare=asked, choose=ChooseSettings(k_max=3))
    one, other = trapped(), shuffled(trapped(), 3)
    found = traps_of(one, asked, recipe.choose)
    assert set(found) >= {"tiny_group", "copied_feature", "heavy_tail"}
    assert found == traps_of(other, asked, recipe.choose)
    tried = with_outcomes(one, recipe, tuple(found.values()))
    assert tried == with_outcomes(other, recipe, tuple(found.values()))


def test_an_outcome_is_what_a_run_of_the_remedy_comes_to() -> None:
    recipe = Recipe(prepare=STANDARD, choose=ChooseSettings(k_max=4))
    customers = trapped()
    for trap in with_outcomes(customers, recipe, tuple(traps_of(customers, STANDARD).values())):
        for remedy in trap.remedies:
            prepared = prepare(customers, remedy.settings)
            swept = sweep(prepared, recipe.choose)
            outcome = remedy.outcome
            assert outcome is not None
            sizes = np.bincount(swept.partitions[outcome.k].labels)
            assert sorted(sizes, reverse=True) == list(outcome.sizes)
            assert outcome.silhouette == swept.silhouettes[swept.ks.index(outcome.k)]
            fair = [
                width
                for width, least in zip(swept.silhouettes, swept.smallest, strict=True)
                if least >= least_size(len(prepared.matrix))
            ]
            assert outcome.silhouette == max(fair)


def test_a_remedy_that_leaves_no_k_to_suggest_is_not_offered() -> None:
    """So far out that the rest is one point beside it, on any scale that keeps distances."""
    rows = np.concatenate([groups(1, 200), [[1e9, 1e9]]])
    recipe = Recipe(prepare=RAW, choose=ChooseSettings(k_max=2))
    traps = tuple(traps_of(plane(rows), RAW, recipe.choose).values())
    before = {r.settings for trap in traps for r in trap.remedies}
    after = {
        r.settings for trap in with_outcomes(plane(rows), recipe, traps) for r in trap.remedies
    }
    assert after < before
    assert replace(RAW, outliers="set-aside") in after


def test_progress_rises_to_the_whole() -> None:
    seen: list[tuple[int, int]] = []
    recipe = Recipe(prepare=STANDARD, choose=ChooseSettings(k_max=3))
    traps = tuple(traps_of(trapped(), STANDARD).values())
    with_outcomes(trapped(), recipe, traps, lambda done, of: seen.append((done, of)))
    assert seen == sorted(seen) and len({of for _, of in seen}) == 1
    assert seen[-1][0] == seen[-1][1]


def test_of_many_customers_a_sample_is_tried_whatever_their_order() -> None:
    count = LARGEST_TRIED + 500
    values = np.random.default_rng(1).permutation(count) * 1.0
    table = customers_of(a=values)
    one, other = drawn(table, Recipe()), drawn(shuffled(table, 2), Recipe())
    assert len(one.frame) == len(one.ids) == len(one.rows) == LARGEST_TRIED
    assert sorted(one.frame["a"]) == sorted(other.frame["a"])
    assert one.frame["a"].nunique() == LARGEST_TRIED
    few = customers_of(a=np.arange(9.0))
    assert drawn(few, Recipe()) is few


def test_the_evidence_file_tells_what_came_of_the_remedies(tmp_path: Path) -> None:
    table = tmp_path / "shop.csv"
    trapped(80).frame.to_csv(table, index_label="id")
    evidence = tmp_path / "e.json"
    options = ["--transform", "none", "--k-range", "2:3", "--evidence", str(evidence)]
    assert main(["sweep", str(table), "--out", str(tmp_path / "sweep.csv"), *options]) == 0
    told = {trap["kind"]: trap for trap in json.loads(evidence.read_text())["traps"]}
    assert set(told) >= {"tiny_group", "copied_feature", "heavy_tail"}
    for trap in told.values():
        for remedy in trap["remedies"]:
            outcome = remedy["outcome"]
            assert sum(outcome["sizes"]) == outcome["customers"] <= 80
            assert len(outcome["sizes"]) == outcome["k"]
            assert PrepareSettings(**{**remedy["settings"], "features": ()})


def test_online_retail(shared: Path, paid_orders: Loaded) -> None:
    features = ("frequency_orders", "quantity_total", "monetary_total")
    recipe = Recipe(
        prepare=replace(STANDARD, features=features),
        choose=ChooseSettings(k_max=3),
    )
    customers = paid_orders.customers
    anchors = json.loads((shared / "anchors.json").read_text())["online_retail"]
    found = traps_of(customers, recipe.prepare, recipe.choose)
    tiny = found["tiny_group"]
    assert tiny.ks[0] == 2
    assert tiny.sentence.startswith(
        "k = 2 has the largest silhouette (0.962) only because it splits 19 customers off from "
        "4,319."
    )
    assert found["heavy_tail"].features == features
    (tried,) = with_outcomes(customers, recipe, (tiny,))
    first, second = tried.remedies[:2]
    rfm = ("recency_days", "frequency_orders", "monetary_total")
    assert first.settings == PrepareSettings(features=rfm, transform="log", scaler="standard")
    assert second.settings == replace(recipe.prepare, transform="log", scaler="standard")
    anchor = anchors["kmeans_log1p_std_RFM"]["2"]
    assert first.outcome is not None
    assert first.outcome.k == 2
    assert first.outcome.sizes == tuple(anchor["sizes"])
    assert first.outcome.silhouette == pytest.approx(anchor["silhouette"], abs=1e-4)
