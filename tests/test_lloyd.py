"""Lloyd's iteration from many starts at once is scikit-learn's from each."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans

import segmentation.lloyd as module
from segmentation.lloyd import lloyd, spread_starts
from tests.counts import examples


def drawn(seed: int, rows: int, columns: int, k: int, starts: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows, and starts at rows of them."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(rows, columns)) + rng.integers(0, 4, rows)[:, None]
    return matrix, np.stack([matrix[rng.choice(rows, k, replace=False)] for _ in range(starts)])


def scikit_learn(matrix: np.ndarray, weights: np.ndarray, start: np.ndarray) -> KMeans:
    model = KMeans(len(start), init=start, n_init=1, tol=0, max_iter=300, algorithm="lloyd")
    return model.fit(matrix, sample_weight=weights)


@settings(max_examples=examples(40))
@given(st.integers(0, 10_000), st.integers(20, 90), st.integers(1, 4), st.integers(1, 7))
def test_each_start_ends_where_scikit_learn_does(
    seed: int, rows: int, columns: int, k: int
) -> None:
    matrix, starts = drawn(seed, rows, columns, k, 4)
    weights = np.random.default_rng(seed).uniform(0.1, 3.0, (4, rows))
    found = lloyd(matrix, weights, starts)
    for i, start in enumerate(starts):
        expected = scikit_learn(matrix, weights[i], start)
        if len(np.unique(found.labels[i])) == k:
            assert np.array_equal(found.labels[i], expected.labels_)
            assert np.allclose(found.centres[i], expected.cluster_centers_, rtol=0, atol=1e-9)
            assert found.inertias[i] == pytest.approx(expected.inertia_, rel=1e-9)


@pytest.mark.parametrize("starts", [1, 6])
def test_a_row_between_two_centres_counts_for_the_first_alone(starts: int) -> None:
    matrix = np.array([[-1.0], [0.0], [1.0]])
    found = lloyd(matrix, np.ones(3), np.tile([[-1.0], [1.0]], (starts, 1, 1)))
    assert found.labels.tolist() == [[0, 0, 1]] * starts
    assert found.centres[..., 0].tolist() == [[-0.5, 1.0]] * starts
    assert found.inertias.tolist() == [0.5] * starts


def test_the_same_weights_for_all_starts_are_given_once() -> None:
    matrix, starts = drawn(1, 70, 3, 4, 5)
    weights = np.random.default_rng(1).uniform(0, 2, 70)
    once, each = lloyd(matrix, weights, starts), lloyd(matrix, np.tile(weights, (5, 1)), starts)
    assert np.array_equal(once.labels, each.labels)
    assert np.array_equal(once.inertias, each.inertias)


def test_a_weight_of_three_is_a_row_three_times() -> None:
    matrix, starts = drawn(2, 60, 2, 4, 3)
    times = np.random.default_rng(2).integers(0, 4, 60)
    weighted = lloyd(matrix, times.astype(float), starts)
    repeated = lloyd(np.repeat(matrix, times, axis=0), np.ones(times.sum()), starts)
    assert np.allclose(weighted.centres, repeated.centres, rtol=0, atol=1e-9)
    assert np.allclose(weighted.inertias, repeated.inertias, rtol=1e-9)
    for i in range(3):
        assert np.array_equal(np.repeat(weighted.labels[i], times), repeated.labels[i])


@pytest.mark.parametrize("cells", [1, 900, 1 << 30])
def test_the_block_changes_nothing(cells: int, monkeypatch: pytest.MonkeyPatch) -> None:
    matrix, starts = drawn(3, 80, 3, 5, 7)
    expected = lloyd(matrix, np.ones(80), starts)
    monkeypatch.setattr(module, "BLOCK_CELLS", cells)
    found = lloyd(matrix, np.ones(80), starts)
    assert np.array_equal(found.labels, expected.labels)
    assert np.allclose(found.centres, expected.centres, rtol=0, atol=1e-12)


@pytest.mark.parametrize("k", [255, 256, 257, 300])
def test_more_groups_than_a_byte_counts(k: int) -> None:
    matrix = np.arange(320.0)[:, None]
    found = lloyd(matrix, np.ones(320), matrix[None, :k])
    assert len(np.unique(found.labels)) == k
    nearest = np.abs(matrix - found.centres[0].T).min(axis=1)
    assert found.inertias[0] == pytest.approx((nearest**2).sum())


def test_far_from_zero_the_groups_are_the_same() -> None:
    matrix, starts = drawn(4, 90, 2, 4, 3)
    matrix, starts = np.round(matrix, 3), np.round(starts, 3)
    near, far = (
        lloyd(matrix, np.ones(90), starts),
        lloyd(matrix + 2**30, np.ones(90), starts + 2**30),
    )
    assert np.array_equal(near.labels, far.labels)
    assert np.allclose(near.inertias, far.inertias, rtol=1e-5)


def test_an_empty_group_keeps_its_centre_or_takes_a_far_row() -> None:
    matrix, start = np.array([[0.0], [1.0]]), np.array([[[0.5], [50.0]]])
    shared = lloyd(matrix, np.ones(2), np.repeat(start, module.FEW_STARTS + 2, axis=0))
    assert shared.centres[0].tolist() == [[0.5], [50.0]]
    assert shared.labels[0].tolist() == [0, 0]
    alone = lloyd(matrix, np.ones(2), start)
    assert sorted(alone.centres[0].ravel()) == [0.0, 1.0]
    assert alone.inertias.tolist() == [0.0]


@pytest.mark.parametrize("starts", [1, 3, 4, 9])
@pytest.mark.parametrize("rows", [60, 700])
@pytest.mark.parametrize("most", [1, 2, 5, 300])
def test_shared_steps_or_compiled_ones_end_at_the_same_place(
    starts: int, rows: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    matrix, begun = drawn(6, rows, 3, 4, starts)
    weights = np.random.default_rng(6).uniform(0.1, 3.0, (starts, rows))
    found = []
    for few, largest in ((0, 10_000), (100, 10_000), (0, 0)):
        monkeypatch.setattr(module, "FEW_STARTS", few)
        monkeypatch.setattr(module, "LARGEST_SHARED_ROWS", largest)
        found.append(lloyd(matrix, weights, begun, most=most))
    for other in found[1:]:
        assert np.array_equal(found[0].labels, other.labels)
        assert np.allclose(found[0].centres, other.centres, rtol=0, atol=1e-9)
        assert np.allclose(found[0].inertias, other.inertias, rtol=1e-9)


@pytest.mark.parametrize("most", [1, 2, 4])
def test_stopped_early_labels_are_still_the_nearest_centres(most: int) -> None:
    matrix, starts = drawn(5, 400, 3, 6, 3)
    found = lloyd(matrix, np.ones(400), starts, most=most)
    squares = ((matrix[None, :, None] - found.centres[:, None]) ** 2).sum(axis=3)
    assert np.array_equal(found.labels, squares.argmin(axis=2))
    assert np.allclose(found.inertias, squares.min(axis=2).sum(axis=1), rtol=1e-9)


def test_starts_are_spread_over_what_is_far_apart() -> None:
    groups = np.repeat(np.eye(5) * 1e6, 30, axis=0)
    matrix = groups + np.random.default_rng(0).normal(size=groups.shape)
    starts = spread_starts(matrix, np.ones(150), 5, 40, np.random.default_rng(1))
    for start in starts:
        assert sorted(start.argmax(axis=1).tolist()) == [0, 1, 2, 3, 4]


def test_drawn_as_often_as_the_squared_distance_says() -> None:
    matrix = np.array([[0.0], [1.0], [2.0], [5.0]])
    starts = spread_starts(matrix, np.array([1.0, 2, 3, 2]), 2, 20_000, np.random.default_rng(0))
    first, second = starts[:, 0, 0], starts[:, 1, 0]
    assert [np.mean(first == x) for x in (0, 1, 2, 5)] == pytest.approx(
        [1 / 8, 2 / 8, 3 / 8, 2 / 8], abs=0.02
    )
    after_zero = second[first == 0]
    expected = np.array([0, 2 * 1, 3 * 4, 2 * 25]) / 64
    assert [np.mean(after_zero == x) for x in (0, 1, 2, 5)] == pytest.approx(expected, abs=0.03)


@given(st.integers(0, 10_000))
def test_rows_without_weight_are_not_drawn(seed: int) -> None:
    matrix = np.random.default_rng(seed).normal(size=(30, 2))
    weights = np.random.default_rng(seed).integers(0, 2, (6, 30)).astype(float)
    weights[:, :4] = 1
    starts = spread_starts(matrix, weights, 4, 6, np.random.default_rng(seed))
    for start, weight in zip(starts, weights, strict=True):
        used = [int(np.flatnonzero((matrix == row).all(axis=1))[0]) for row in start]
        assert len(set(used)) == 4
        assert weight[used].all()


def test_fewer_distinct_rows_than_centres_give_some_twice() -> None:
    starts = spread_starts(np.ones((5, 2)), np.ones(5), 3, 2, np.random.default_rng(0))
    assert starts.tolist() == [[[1.0, 1.0]] * 3] * 2
