"""Silhouettes of many partitions at once are those of scikit-learn, one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import silhouette_samples

import segmentation.silhouettes as module
from segmentation.silhouettes import LARGEST_ROWS, SAMPLE_ROWS, silhouette_sample, silhouettes
from tests.counts import examples


def cut(rows: int, k: int, seed: int) -> np.ndarray:
    """Random labels in which every group has a row."""
    generator = np.random.default_rng(seed)
    labels = np.concatenate([np.arange(k), generator.integers(0, k, rows - k)])
    return generator.permutation(labels)


@settings(max_examples=examples(40))
@given(
    st.integers(12, 60),
    st.integers(1, 4),
    st.lists(st.integers(2, 11), min_size=1, max_size=5),
    st.integers(0, 10_000),
)
def test_all_partitions_at_once_equal_scikit_learn(
    rows: int, columns: int, ks: list[int], seed: int
) -> None:
    matrix = np.random.default_rng(seed).normal(size=(rows, columns))
    partitions = [cut(rows, k, seed + k) for k in ks]
    for labels, found in zip(partitions, silhouettes(matrix, partitions), strict=True):
        assert np.allclose(found, silhouette_samples(matrix, labels), rtol=0, atol=1e-9)


@pytest.mark.parametrize("block", [1, 7, 52, 10**9])
def test_the_block_changes_nothing(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = np.random.default_rng(0).normal(size=(53, 3))
    partitions = [cut(53, k, k) for k in (2, 4, 9)]
    monkeypatch.setattr(module, "BLOCK_ROWS", block)
    for labels, found in zip(partitions, silhouettes(matrix, partitions), strict=True):
        assert np.allclose(found, silhouette_samples(matrix, labels), rtol=0, atol=1e-9)


@pytest.mark.parametrize("groups", [1, 6, 13, 15])
def test_a_few_partitions_at_a_time(groups: int, monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = np.random.default_rng(1).normal(size=(53, 3))
    partitions = [cut(53, k, k) for k in (2, 4, 9)]
    monkeypatch.setattr(module, "MOST_GROUPS", groups)
    found = silhouettes(matrix, partitions)
    assert len(found) == 3
    for labels, each in zip(partitions, found, strict=True):
        assert np.allclose(each, silhouette_samples(matrix, labels), rtol=0, atol=1e-9)


def test_a_group_of_one_has_none() -> None:
    matrix = np.array([[0.0], [0.1], [0.2], [9.0]])
    found = silhouettes(matrix, [np.array([0, 0, 0, 1])])[0]
    assert found[3] == 0
    assert (found[:3] > 0.9).all()


def test_a_group_without_rows_is_nobodys_neighbour() -> None:
    """As in a sample that no row of a tiny group was drawn into."""
    matrix = np.random.default_rng(3).normal(size=(40, 2))
    labels = cut(40, 3, 3)
    gapped = np.array([0, 2, 5])[labels]
    assert np.allclose(silhouettes(matrix, [gapped])[0], silhouette_samples(matrix, labels))


def test_equal_rows_in_two_groups_are_on_the_border() -> None:
    found = silhouettes(np.zeros((6, 2)), [np.array([0, 0, 0, 1, 1, 1])])[0]
    assert found.tolist() == [0.0] * 6


@given(st.integers(0, 10_000), st.integers(0, 100))
def test_bounds(rows_seed: int, seed: int) -> None:
    matrix = np.random.default_rng(rows_seed).integers(-2, 3, size=(20, 2)).astype(float)
    found = silhouettes(matrix, [cut(20, 4, seed)])[0]
    assert np.isfinite(found).all()
    assert ((found >= -1) & (found <= 1)).all()


@pytest.mark.parametrize("rows", [1, 10, LARGEST_ROWS])
def test_all_rows_up_to_the_limit(rows: int) -> None:
    assert silhouette_sample(rows, seed=4).tolist() == list(range(rows))


def test_beyond_the_limit_a_sample_by_the_seed() -> None:
    rows = LARGEST_ROWS + 1_000
    drawn = silhouette_sample(rows, seed=4)
    assert len(np.unique(drawn)) == len(drawn) == SAMPLE_ROWS
    assert drawn.min() >= 0 and drawn.max() < rows
    assert np.array_equal(drawn, silhouette_sample(rows, seed=4))
    assert not np.array_equal(drawn, silhouette_sample(rows, seed=5))
