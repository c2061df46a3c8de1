"""Trials: against the references of R's fpc and cluster, and against plain recomputation."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans

from segmentation.choosing import Draws, shake, sweep
from segmentation.choosing.chance import gap_k, without_groups
from segmentation.choosing.predicting import prediction_strength
from segmentation.choosing.refitting import assign, refit
from segmentation.choosing.stability import bootstraps, stability
from segmentation.choosing.tendency import hopkins
from segmentation.results import Run, Trials
from segmentation.settings import ChooseSettings, FitSettings
from tests.choosing.clouds import blobs, noise, prepared_of

RESAMPLED = 0.02
FEW = Draws(bootstraps=8, splits=4, references=4)


def trials_of(found: Run) -> Trials:
    assert found.evidence.trials is not None
    return found.evidence.trials


def margin(low: float, high: float) -> float:
    """What resampled values may differ by: the two hundredths agreed, and their own error."""
    return RESAMPLED + (high - low) / 2


def test_mall_prediction_strengths_are_the_references(mall_raw: Run, shared: Path) -> None:
    anchors = json.loads((shared / "anchors.json").read_text())["mall"]
    trials = trials_of(mall_raw)
    expected = anchors["fpc_prediction_strength_raw_k2_10"]
    for found, value in zip(trials.prediction_strengths, expected, strict=True):
        assert found.mean == pytest.approx(value, abs=margin(found.low, found.high))


@pytest.mark.parametrize("k", [3, 4, 5, 6])
def test_mall_stabilities_are_the_references(mall_raw: Run, shared: Path, k: int) -> None:
    anchors = json.loads((shared / "anchors.json").read_text())["mall"]
    expected = anchors["fpc_clusterboot_mean_jaccard_raw_B100"][str(k)]
    found = sorted(trials_of(mall_raw).stabilities[k], key=lambda one: one.mean)
    for one, value in zip(found, sorted(expected), strict=True):
        assert one.mean == pytest.approx(value, abs=margin(one.low, one.high))


def test_wholesale_stabilities_are_the_references(wholesale: Run) -> None:
    found = sorted(trials_of(wholesale).stabilities[2], key=lambda one: one.mean)
    for one, value in zip(found, (0.621, 0.954), strict=True):
        assert one.mean == pytest.approx(value, abs=margin(one.low, one.high))


@pytest.mark.parametrize(("k", "foretold"), [(3, True), (4, False), (6, False)])
def test_halves_of_fewer_than_two_a_group_foretell_nothing(k: int, foretold: bool) -> None:
    rows = np.repeat(np.arange(4.0) * 100, 3)[:, None] + np.arange(12.0)[:, None] / 100
    partition = sweep(prepared_of(rows), ChooseSettings(k=k)).partitions[k]
    strengths = prediction_strength(rows, partition, 5, np.random.default_rng(0))
    assert bool(strengths.any()) == foretold


def test_mall_gap_speaks_for_one_as_in_r(mall_raw: Run) -> None:
    trials = trials_of(mall_raw)
    gaps = [gap for gap, _ in trials.gaps]
    assert gap_k(trials.gaps, (1, *trials.ks)) == 1
    assert max(gaps[5:]) > max(gaps[:4])


def test_mall_hopkins_is_the_reference(mall_raw: Run, shared: Path) -> None:
    anchors = json.loads((shared / "anchors.json").read_text())["mall"]
    found = trials_of(mall_raw).hopkins
    assert found is not None
    assert found.mean == pytest.approx(anchors["hopkins_exponent_p_mean"], abs=RESAMPLED)
    assert found.low < found.mean < found.high


@pytest.mark.parametrize("columns", [1, 2, 4])
def test_hopkins_of_even_scatter_is_a_half(columns: int) -> None:
    found = hopkins(noise(columns, 1, rows=2_000), 200, np.random.default_rng(0))
    assert found.mean() == pytest.approx(0.5, abs=0.05)


def test_hopkins_of_clumps_is_near_one() -> None:
    assert hopkins(blobs(3, rows=300), 100, np.random.default_rng(0)).mean() > 0.95


def test_hopkins_of_equal_rows_is_unknown() -> None:
    assert not len(hopkins(np.ones((9, 2)), 5, np.random.default_rng(0)))


def test_groups_far_apart_always_come_back() -> None:
    prepared = prepared_of(blobs(4, rows=200))
    trials = shake(prepared, sweep(prepared, ChooseSettings(k_max=5)), draws=FEW)
    assert all(found.mean == 1.0 for found in trials.stabilities[4])
    assert trials.prediction_strengths[2].mean == 1.0
    assert min(found.mean for found in trials.stabilities[5]) < 0.9
    assert trials.prediction_strengths[3].mean < 0.9


def test_one_bootstrap_by_hand() -> None:
    """Clustered again by scikit-learn, and compared group by group with sets."""
    rows = np.sort(np.random.default_rng(4).normal(size=(60, 1)), axis=0)
    whole = sweep(prepared_of(rows), ChooseSettings(k=3)).partitions[3]
    found = stability(rows, whole, 5, np.random.default_rng(9))
    for draw, drawn in enumerate(bootstraps(60, 5, np.random.default_rng(9))):
        again = KMeans(3, n_init=50, random_state=0).fit(rows[drawn]).labels_
        for group in range(3):
            before = set(drawn[whole.labels[drawn] == group].tolist())
            after = [set(drawn[again == other].tolist()) for other in range(3)]
            best = max(len(before & one) / len(before | one) for one in after)
            assert found[draw, group] == pytest.approx(best, abs=0.08)


def test_prediction_strength_by_hand_of_a_split_that_agrees_on_nothing() -> None:
    """Two halves of evenly spaced points in k = n / 2 groups: pairs of one half hardly meet."""
    rows = np.arange(8.0)[:, None]
    whole = sweep(prepared_of(rows), ChooseSettings(k=4)).partitions[4]
    found = prediction_strength(rows, whole, 30, np.random.default_rng(0))
    assert ((found >= 0) & (found <= 1)).all()


@given(st.integers(1, 30), st.integers(1, 20))
def test_bootstraps_draw_each_row_equally_often(count: int, draws: int) -> None:
    rng = np.random.default_rng(count)
    assert len(bootstraps(count, draws, rng)) == draws
    for drawn in bootstraps(count, draws, rng):
        assert len(drawn) == len(set(drawn.tolist()))
        assert set(drawn.tolist()) <= set(range(count))
    shares = [len(drawn) / 200 for drawn in bootstraps(200, 50, rng)]
    assert np.mean(shares) == pytest.approx(1 - np.exp(-1), abs=0.02)


@settings(max_examples=25)
@given(st.integers(20, 80), st.integers(1, 3), st.integers(2, 5), st.integers(0, 99))
def test_refitting_the_rows_as_they_are_is_no_worse_than_their_partition(
    count: int, columns: int, k: int, seed: int
) -> None:
    rows = np.random.default_rng(seed).normal(size=(count, columns))
    prepared = prepared_of(rows)
    whole = sweep(prepared, ChooseSettings(k=k)).partitions[k]
    weights = np.ones((1, count))
    centres = refit(prepared.matrix, weights, whole.centres, np.random.default_rng(0))[0]
    labels = assign(prepared.matrix, centres)
    spread = ((prepared.matrix - centres[labels]) ** 2).sum()
    assert spread <= whole.inertia * (1 + 1e-9)


@pytest.mark.parametrize("rows", [300, 1_500])
def test_a_table_without_groups_is_as_long_and_wide(rows: int) -> None:
    rng = np.random.default_rng(2)
    cloud = rng.normal(size=(rows, 3)) @ np.array([[3.0, 1, 0], [0, 1, 1], [0, 0, 0.2]])
    drawn = without_groups(cloud, np.arange(3), rng)
    turn = np.linalg.svd(cloud - cloud.mean(axis=0), full_matrices=False)[2].T
    own, made = (cloud - cloud.mean(axis=0)) @ turn, (drawn - cloud.mean(axis=0)) @ turn
    assert (made.min(axis=0) >= own.min(axis=0) - 1e-9).all()
    assert (made.max(axis=0) <= own.max(axis=0) + 1e-9).all()
    assert (np.ptp(made, axis=0) > 0.9 * np.ptp(own, axis=0)).all()


def test_yes_and_no_stay_yes_and_no_and_a_category_keeps_its_columns_together() -> None:
    rng = np.random.default_rng(0)
    category = np.eye(3)[rng.integers(3, size=90)]
    rows = np.column_stack([rng.normal(size=90), rng.integers(2, size=90), category])
    drawn = without_groups(rows, np.array([0, 1, 2, 2, 2]), rng)
    assert sorted(drawn[:, 1].tolist()) == sorted(rows[:, 1].tolist())
    assert (drawn[:, 2:].sum(axis=1) == 1).all()
    assert drawn[:, 2:].sum(axis=0).tolist() == category.sum(axis=0).tolist()


def test_the_same_seed_gives_the_same_trials_and_another_seed_others() -> None:
    prepared = prepared_of(noise(2, 0, rows=60))
    swept = sweep(prepared, ChooseSettings(k_max=4))
    first, again = (shake(prepared, swept, FitSettings(seed=5), draws=FEW) for _ in range(2))
    other = shake(prepared, swept, FitSettings(seed=6), draws=FEW)
    assert first.gaps == again.gaps
    assert first.stabilities == again.stabilities
    assert first.prediction_strengths == again.prediction_strengths
    assert first.hopkins == again.hopkins
    assert first.prediction_strengths != other.prediction_strengths


def test_the_range_changes_no_figure_of_a_k() -> None:
    prepared = prepared_of(noise(2, 0, rows=60))
    alone, among = (
        shake(prepared, sweep(prepared, choose), draws=FEW)
        for choose in (ChooseSettings(k=4), ChooseSettings(k_max=5))
    )
    assert alone.stabilities[4] == among.stabilities[4]
    assert alone.prediction_strengths[0] == among.prediction_strengths[2]


def test_of_many_customers_some_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segmentation.choosing.shaking.LARGEST_ROWS", 150)
    prepared = prepared_of(blobs(3, rows=600))
    trials = shake(prepared, sweep(prepared, ChooseSettings(k_max=4)), draws=FEW)
    assert trials.customers == 150
    assert all(found.mean == 1.0 for found in trials.stabilities[3])


def test_what_progress_raises_ends_the_trials() -> None:
    class StopError(Exception):
        pass

    said: list[tuple[float, str]] = []

    def tell(share: float, words: str) -> None:
        said.append((share, words))
        if len(said) == 3:
            raise StopError

    prepared = prepared_of(blobs(3))
    with pytest.raises(StopError):
        shake(prepared, sweep(prepared), draws=FEW, progress=tell)
    assert len(said) == 3
    assert 0 < said[0][0] < said[2][0] < 1


def test_two_customers_in_two_segments_can_be_tried() -> None:
    prepared = prepared_of(np.array([[0.0], [1.0], [1.0]]))
    trials = shake(prepared, sweep(prepared, ChooseSettings(k=2)), draws=FEW)
    assert all(0 <= found.low <= found.mean <= found.high <= 1 for found in trials.stabilities[2])
