"""After the exchange no single move lowers the sum of squares."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import segmentation.exchanging as module
from segmentation.exchanging import exchange


def total(rows: np.ndarray, weights: np.ndarray, labels: np.ndarray) -> float:
    """The weighted sum of squares within groups, from its definition."""
    result = 0.0
    for group in np.unique(labels):
        inside = labels == group
        centre = np.average(rows[inside], axis=0, weights=weights[inside])
        result += (weights[inside] * ((rows[inside] - centre) ** 2).sum(axis=1)).sum()
    return result


def drawn(seed: int, count: int, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.concatenate([np.arange(k), rng.integers(0, k, count - k)]))
    return rng.normal(size=(count, 2)), rng.uniform(0.2, 3.0, count), labels


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(8, 30), st.integers(1, 5), st.sampled_from([4, 1_000]))
def test_no_move_of_a_row_helps(seed: int, count: int, k: int, active: int) -> None:
    rows, weights, labels = drawn(seed, count, k)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "ACTIVE_ROWS", active)
        found = exchange(rows, weights, labels, k)
    least = total(rows, weights, found)
    assert least <= total(rows, weights, labels) * (1 + 1e-9)
    assert len(np.unique(found)) == k
    for row in range(count):
        for group in range(k):
            moved = found.copy()
            moved[row] = group
            if len(np.unique(moved)) == k:
                assert total(rows, weights, moved) >= least * (1 - 1e-7)


def test_what_is_given_stays_as_it_was() -> None:
    rows, weights, labels = drawn(1, 40, 3)
    before = labels.copy()
    exchange(rows, weights, labels, 3)
    assert np.array_equal(labels, before)


def test_the_last_row_of_a_group_stays() -> None:
    rows = np.array([[0.0], [0.1], [0.2]])
    found = exchange(rows, np.ones(3), np.array([0, 0, 1]), 2)
    assert sorted(np.bincount(found).tolist()) == [1, 2]
